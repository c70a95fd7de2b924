// Which network originates a /24.
#pragma once

#include <cstdint>
#include <vector>

#include "base/asn.h"

namespace nightjar::targets {

// /24s first .. last by number, both included.
struct OriginRange {
  uint32_t first = 0;
  uint32_t last = 0;
  Asn origin;
  bool operator==(const OriginRange&) const = default;
};

// Built from routes in any order; the more specific route wins, as it does for packets.
class OriginMap {
 public:
  struct Route {
    uint32_t first = 0;  // the prefix's first /24
    uint8_t length = 0;  // 0 .. 24
    Asn origin;
  };

  OriginMap() = default;
  // Of two routes of one prefix the first counts.
  explicit OriginMap(std::vector<Route> routes);

  bool empty() const { return ranges_.empty(); }
  // Asn{0} where no route is known.
  Asn originOf(uint32_t block) const;
  // Sorted and disjoint; neighbours have different origins or a gap between them.
  const std::vector<OriginRange>& ranges() const { return ranges_; }

 private:
  void append(uint32_t first, uint32_t last, Asn origin);

  std::vector<OriginRange> ranges_;
};

}  // namespace nightjar::targets
