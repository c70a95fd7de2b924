// From facts to a folder that `nightjar replay` reads.
#pragma once

#include <string>

#include "base/result.h"
#include "episode/archives.h"
#include "episode/facts.h"
#include "episode/probing_log.h"

namespace nightjar::episode {

struct BuildReport {
  ArchiveCount archives;
  ProbingCount probing;
  size_t networks = 0;
  size_t prefixes = 0;
};

// Writes into `folder`:
//   COLLECTOR/...   route archives
//   PROBER.probes   the log of the prober, if there is one
//   geo.csv         where the prefixes are, for `replay --geo`
//   networks.csv    names of the networks, and how their customers reach them
//   README.txt      that all of this is a simulation
//   episode.json    the same for programs, with the facts and their sources; written last
// The same facts give the same bytes. `folder` must not exist or be empty (else kConflict); what a failed run
// leaves has no episode.json. Fails with kIo, kInvalid (no room in the address space).
Result<BuildReport> buildEpisode(const Facts& facts, const std::string& folder);

}  // namespace nightjar::episode
