// What is asked for most often of a store, held in memory: read once, the same for all threads.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "serve/catalog.h"
#include "serve/incident_head.h"
#include "serve/judgement.h"

namespace nightjar::serve {

struct Snapshot {
  uint64_t number = 0;  // rises with each that is read in this process
  Catalog catalog;
  std::vector<series::Source> sources;
  std::vector<series::Note> notes;
  Judgement judgement;
  std::vector<IncidentHead> incidents;  // in their latest revision, the latest onset first
  // Empty for measurements; else the sentence that says what was simulated. Every document carries it.
  std::string simulation;
  std::string geo_source;
  std::string trouble;  // why the store cannot be read now, so that this is of earlier; empty if it can
};

uint64_t nextSnapshotNumber();

// It is never changed, and may be read by any number of threads. Fails with what the store fails with.
Result<std::shared_ptr<const Snapshot>> readSnapshot(series::Store& store, const NamesOf& names_of);

}  // namespace nightjar::serve
