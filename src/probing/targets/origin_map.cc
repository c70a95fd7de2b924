#include "probing/targets/origin_map.h"

#include <algorithm>
#include <tuple>

namespace nightjar::targets {

OriginMap::OriginMap(Family family, std::vector<Route> routes) {
  std::sort(routes.begin(), routes.end(), [](const Route& a, const Route& b) {
    return std::tie(a.first, a.length, a.origin) < std::tie(b.first, b.length, b.origin);
  });
  // Routes nest: those that hold the place that is being looked at, the widest first.
  struct Open {
    uint64_t end;
    Asn origin;
  };
  std::vector<Open> open;
  uint64_t at = 0;
  const auto fillUntil = [&](uint64_t end) {
    while (!open.empty() && at < end) {
      const uint64_t stop = std::min(open.back().end, end);
      if (stop > at) append(at, stop - 1, open.back().origin);
      at = std::max(at, stop);
      if (open.back().end <= at) open.pop_back();
    }
    at = std::max(at, end);
  };
  const Route* before = nullptr;
  for (const Route& route : routes) {
    const bool same = before != nullptr && before->first == route.first && before->length == route.length;
    before = &route;
    if (same) continue;
    fillUntil(route.first);
    open.push_back({route.first + (uint64_t{1} << (geo::unitLength(family) - route.length)), route.origin});
  }
  fillUntil(geo::unitCount(family));
}

void OriginMap::append(uint64_t first, uint64_t last, Asn origin) {
  if (!ranges_.empty() && ranges_.back().origin == origin && ranges_.back().last + 1 == first) {
    ranges_.back().last = last;
  } else {
    ranges_.push_back({first, last, origin});
  }
}

Asn OriginMap::originOf(uint64_t unit) const {
  const auto range = std::partition_point(ranges_.begin(), ranges_.end(),
                                          [unit](const OriginRange& r) { return r.last < unit; });
  return range != ranges_.end() && range->first <= unit ? range->origin : Asn{};
}

}  // namespace nightjar::targets
