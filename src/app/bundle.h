// An incident's bundle of evidence: made from a store, checked by judging anew.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "evidence/key.h"
#include "series/store.h"

namespace nightjar::app {

// Whether nobody waits for it any more; empty: somebody does.
using GivenUp = std::function<bool()>;

// What is in the folder: report.html, chart.png, incident.json (as it was published), bins.csv (the place's
// own series around it), bins.db (a store with every series that the judgement needs), sources.csv,
// parameters.json; MANIFEST and SIGNATURE over all of them (evidence/manifest.h).
//
// `given_up` is asked before each series is copied or judged; where it says so, kLimit comes at once.
//
// Fails with kUsage for an incident that is not there, or one that this program judges otherwise (the store
// was written to since, or another version judged it): `nightjar detect` judges it anew. kConflict where the
// folder is there and not empty.
Result<void> writeBundle(series::Store& store, const std::string& incident, const std::string& folder,
                         const evidence::SecretKey& key, const GivenUp& given_up = {});

struct Verified {
  evidence::PublicKey key;
  std::string incident;  // its document
};

// Checks hashes and signature, then judges the bins again: the document must come out the same. Fails with
// kInvalid and says what differs.
Result<Verified> verifyBundle(const std::string& folder);

}  // namespace nightjar::app
