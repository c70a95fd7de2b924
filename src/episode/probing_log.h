// Writes the log of the episode's prober, as `nightjar probe` would have written it.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "episode/facts.h"
#include "episode/host_world.h"

namespace nightjar::episode {

struct ProbingCount {
  uint64_t blocks = 0;  // probed
  uint64_t probes = 0;
  uint64_t bytes = 0;  // on disk
};

// The name of the log in the episode's folder.
std::string probingLogName(const Prober& prober);

// Lets the block engine of the prober run through the whole episode, against these hosts, in simulated time,
// and logs every outcome. The same facts give the same bytes. Fails with kIo, kConflict where the file
// exists. REQUIRES: facts.prober, and the hosts know all that happens to routes.
Result<ProbingCount> writeProbingLog(const Facts& facts, const HostWorld& hosts, const std::string& path);

}  // namespace nightjar::episode
