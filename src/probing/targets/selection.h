// From what was asked for to the blocks and addresses that are probed.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/entity.h"
#include "base/result.h"
#include "geo/geo_map.h"
#include "probing/targets/exclusions.h"
#include "probing/targets/list_reader.h"
#include "probing/targets/origin_map.h"

namespace nightjar::targets {

struct Selection {
  std::vector<uint32_t> blocks;  // /24s by number, sorted, each once
  std::vector<Address> hosts6;
  uint64_t special = 0;   // blocks and IPv6 addresses left out because they are special-purpose space
  uint64_t optedOut = 0;  // and because their owner does not want to be probed
};

// The blocks of `list` (its prefixes, and the blocks of its listed addresses) and of `places`, without those
// that are excluded. A country or region is its /24s in `geo`, those with a route in `origins` (of IPv4)
// if there are any routes; a network is the /24s that it originates, by country if one is named. Fails with
// kUsage when a place has no block, or is a network and there are no routes.
Result<Selection> select(const TargetList& list, const std::vector<Entity>& places, const geo::GeoMap& geo,
                         const OriginMap& origins, const Exclusions& exclusions);

}  // namespace nightjar::targets
