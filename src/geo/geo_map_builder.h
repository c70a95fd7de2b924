// Collects address ranges in any order and makes a GeoMap of them.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/result.h"
#include "geo/address_number.h"
#include "geo/geo_map.h"

namespace nightjar::geo {

// Where a range was read, to be named when it contradicts another.
struct Origin {
  uint64_t offset = 0;  // bytes from the start of the file
  uint32_t line = 0;    // 0: the format has no lines
  uint16_t source = 0;  // what GeoMapBuilder::addSource() returned
};

// Rules:
// - Where ranges overlap, the one with fewer addresses wins, whatever the order of input. Two that overlap
// with
//   the same number of addresses and different places contradict each other: build() fails.
// - A unit that several places share is in the place that has most of its addresses; of equals, in the one
//   that has the lowest address. Addresses of no known place do not count.
class GeoMapBuilder {
 public:
  // The id of a place; the same for the same codes. Fails with kLimit after 65,535 places. Ids are valid for
  // add() until build(), which numbers the places anew.
  Result<PlaceId> place(std::string_view country, std::string_view region = {});

  // A file's name, for Origin and error messages. Fails with kLimit after 65,535 files.
  Result<uint16_t> addSource(std::string_view where);

  // Addresses first .. last, both included. kUnknownPlace makes a hole in a wider range.
  // Fails with kInvalid when the families differ or last < first, kLimit after kMaxRanges ranges.
  Result<void> add(const Address& first, const Address& last, PlaceId place, Origin origin = {});
  Result<void> add(const Prefix& prefix, PlaceId place, Origin origin = {});

  // `title` is the source and its date; the map's name is the title, which family is missing, and a hash
  // of the map. The builder is empty afterwards. Fails with kInvalid when ranges contradict each other.
  Result<GeoMap> build(std::string_view title);

  // Per family: a bound on memory (400 MB) that leaves room above what the largest published maps need.
  static constexpr size_t kMaxRanges = size_t{1} << 23;

 private:
  struct AddressRange {
    Uint128 first;
    Uint128 last;
    uint64_t offset;
    uint32_t line;
    uint16_t source;
    PlaceId place;
  };
  using AddressRanges = std::vector<AddressRange>;

  Result<void> add(Family family, const AddressRange& range);
  // Sorted and disjoint ranges that say the same as `ranges`.
  Result<AddressRanges> withoutOverlaps(Family family, AddressRanges ranges) const;
  Error contradiction(Family family, const AddressRange& one, const AddressRange& other) const;

  std::vector<std::string> sources_{std::string()};
  std::map<Place, PlaceId, std::less<>> ids_;
  AddressRanges ipv4_;
  AddressRanges ipv6_;
};

}  // namespace nightjar::geo
