// Writes what the simulation tells as the route archives that collectors publish.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "episode/facts.h"
#include "episode/host_world.h"
#include "episode/paths.h"
#include "episode/simulation.h"
#include "episode/world.h"
#include "routing/wire/mrt_writer.h"

namespace nightjar::episode {

// The view name in every PEER_INDEX_TABLE (RFC 6396, section 4.3.1): who reads the archives learns from it
// that nothing was measured.
std::string viewName(const Facts& facts);

struct ArchiveCount {
  uint64_t files = 0;
  uint64_t bytes = 0;    // on disk
  uint64_t records = 0;  // MRT
};

// Plays the whole episode into FOLDER/COLLECTOR/FILE, and tells the hosts when they have a route. Fails with
// kIo.
Result<ArchiveCount> writeArchives(const Facts& facts, const World& world, HostWorld& hosts,
                                   const std::string& folder);

}  // namespace nightjar::episode
