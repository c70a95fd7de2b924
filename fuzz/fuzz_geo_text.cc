// The geolocation readers of text: whatever the bytes are, an error or a map that holds together.
#include <cstdlib>
#include <string_view>

#include "geo/load.h"

namespace {

using namespace nightjar;  // NOLINT(google-build-using-namespace)

void require(bool condition) {
  if (!condition) std::abort();
}

// Ranges are sorted, disjoint, in known places, and joined where they can be.
void checkRanges(const geo::GeoMap& map, Family family) {
  const geo::Range* before = nullptr;
  for (const geo::Range& range : map.ranges(family)) {
    require(range.first <= range.last && range.last < geo::unitCount(family));
    require(range.place.known() && range.place.index < map.places().size());
    if (before != nullptr) {
      require(before->last < range.first);
      require(before->last + 1 < range.first || before->place != range.place);
    }
    require(map.placeOfUnit(family, range.first) == range.place);
    require(map.placeOfUnit(family, range.last) == range.place);
    before = &range;
  }
  uint64_t units = 0;
  map.forEachRun(family, 0, geo::unitCount(family), [&](geo::PlaceId, uint64_t count) { units += count; });
  require(units == geo::unitCount(family));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto loaded = geo::loadText({reinterpret_cast<const char*>(data), size}, "input");
  if (!loaded) {
    require(!loaded.error().message.empty() && loaded.error().where == "input");
    return 0;
  }
  checkRanges(loaded->map, Family::kIpv4);
  checkRanges(loaded->map, Family::kIpv6);
  return 0;
}
