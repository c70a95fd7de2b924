// Which network originates a unit of address space: a /24, or a /48 of IPv6.
#pragma once

#include <cstdint>
#include <vector>

#include "base/address.h"
#include "base/asn.h"
#include "geo/geo_map.h"

namespace nightjar::targets {

// Units first .. last by number (geo/geo_map.h), both included.
struct OriginRange {
  uint64_t first = 0;
  uint64_t last = 0;
  Asn origin;
  bool operator==(const OriginRange&) const = default;
};

// Built from routes in any order; the more specific route wins, as it does for packets.
class OriginMap {
 public:
  struct Route {
    uint64_t first = 0;  // the prefix's first unit
    uint8_t length = 0;  // 0 .. that of a unit
    Asn origin;
  };

  OriginMap() = default;
  // Of two routes of one prefix the lower AS number counts.
  OriginMap(Family family, std::vector<Route> routes);

  bool empty() const { return ranges_.empty(); }
  // Asn{0} where no route is known.
  Asn originOf(uint64_t unit) const;
  // Sorted and disjoint; neighbours have different origins or a gap between them.
  const std::vector<OriginRange>& ranges() const { return ranges_; }

 private:
  void append(uint64_t first, uint64_t last, Asn origin);

  std::vector<OriginRange> ranges_;
};

// Of both families.
struct Origins {
  OriginMap ipv4;
  OriginMap ipv6;

  Asn of(const Address& address) const {
    return (address.family == Family::kIpv4 ? ipv4 : ipv6).originOf(geo::unitOf(address));
  }
};

}  // namespace nightjar::targets
