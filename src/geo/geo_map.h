// Where address space is: an immutable map from units of address space to places.
//
// Space is counted in the units that visibility counts in: a /24 in IPv4 (numbered 0 .. 2^24-1), a /48 in
// IPv6 (numbered 0 .. 2^48-1); a unit's number is the first 24 (48) bits of its addresses. A unit is in one
// place or in none. Built by GeoMapBuilder, read from files by load.h.
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/address.h"

namespace nightjar::geo {

// A country, or a part of one where the source tells it.
struct Place {
  std::string country;  // ISO 3166-1 alpha-2: "KZ"; see countries.h for the codes that are accepted
  std::string region;   // ISO 3166-2: "KZ-ALA", or empty
  auto operator<=>(const Place&) const = default;
};

// An index into GeoMap::places(). 0 is "unknown".
struct PlaceId {
  uint16_t index = 0;
  constexpr bool known() const { return index != 0; }
  auto operator<=>(const PlaceId&) const = default;
};
inline constexpr PlaceId kUnknownPlace{};

// Bits of a prefix that is one unit: 24 or 48.
constexpr uint8_t unitLength(Family family) {
  return family == Family::kIpv4 ? 24 : 48;
}
// How many units a family has: 2^24 or 2^48.
constexpr uint64_t unitCount(Family family) {
  return uint64_t{1} << unitLength(family);
}
// The unit that an address lies in.
inline uint64_t unitOf(const Address& address) {
  return address.high() >> (address.family == Family::kIpv4 ? 8 : 16);
}

// Units first .. last, both included.
struct Range {
  uint64_t first = 0;
  uint64_t last = 0;
  PlaceId place;
  bool operator==(const Range&) const = default;
};

// Any number of threads may read one map.
class GeoMap {
 public:
  // Everything is unknown; named "none".
  GeoMap() = default;

  // One line that says which map this is: source, date, and a hash of what the map says. The same data give
  // the same name, on any machine and in any order of input. Printed in every result.
  // "tor-geoipdb 2026-06-25 (fnv1a64 0123456789abcdef)"
  const std::string& name() const { return name_; }

  // All places, sorted, each once; [0] is the unknown place, with empty codes.
  std::span<const Place> places() const { return places_; }
  // REQUIRES: an id of this map.
  const Place& place(PlaceId id) const { return places_[id.index]; }

  // Sorted and disjoint; neighbours of the same place are one range; gaps are unknown.
  std::span<const Range> ranges(Family family) const { return table(family).ranges; }

  PlaceId placeOf(const Address& address) const { return placeOfUnit(address.family, unitOf(address)); }
  // REQUIRES: unit < unitCount(family).
  PlaceId placeOfUnit(Family family, uint64_t unit) const;

  // Calls fn(PlaceId, uint64_t count) for each run of units in one place, in ascending order, unknown gaps
  // included: the counts add up to `count`. Neighbouring runs have different places.
  // REQUIRES: first + count <= unitCount(family).
  template <class Fn>
  void forEachRun(Family family, uint64_t first, uint64_t count, Fn&& fn) const;

 private:
  friend class GeoMapBuilder;

  // The ranges of one family, and where to start looking for a unit.
  struct Table {
    static constexpr unsigned kBucketBits = 16;

    Table() = default;
    // REQUIRES: sorted, disjoint.
    Table(Family family, std::vector<Range> sorted);

    std::vector<Range> ranges;
    // For each value of a unit's first 16 bits, its bucket (and one past the last): the index of the first
    // range that ends in it or later. Empty when there are no ranges.
    std::vector<uint32_t> starts;
    unsigned shift = 0;  // from a unit to its bucket

    // The first range that ends at `unit` or later; past the end when there is none.
    const Range* find(uint64_t unit) const;
    const Range* end() const { return ranges.data() + ranges.size(); }
  };
  const Table& table(Family family) const { return family == Family::kIpv4 ? ipv4_ : ipv6_; }

  std::string name_ = "none";
  std::vector<Place> places_{Place{}};
  Table ipv4_;
  Table ipv6_;
};

inline const Range* GeoMap::Table::find(uint64_t unit) const {
  if (ranges.empty()) return end();
  const uint64_t bucket = unit >> shift;
  const Range* range = ranges.data() + starts[bucket];
  // The answer is in [range, range + length]: no branch depends on the data but the loop's own.
  uint64_t length = starts[bucket + 1] - starts[bucket];
  while (length > 0) {
    const uint64_t half = (length + 1) / 2;
    range += range[half - 1].last < unit ? half : 0;
    length -= half;
  }
  return range;
}

inline PlaceId GeoMap::placeOfUnit(Family family, uint64_t unit) const {
  const Table& ranges = table(family);
  const Range* range = ranges.find(unit);
  return range != ranges.end() && range->first <= unit ? range->place : kUnknownPlace;
}

template <class Fn>
void GeoMap::forEachRun(Family family, uint64_t first, uint64_t count, Fn&& fn) const {
  const Table& ranges = table(family);
  const uint64_t end = first + count;
  for (const Range* range = ranges.find(first); first < end; ++range) {
    const bool more = range != ranges.end() && range->first < end;
    const uint64_t start = more ? std::max(range->first, first) : end;
    if (start > first) fn(kUnknownPlace, start - first);
    if (!more) return;
    first = std::min(range->last + 1, end);
    fn(range->place, first - start);
  }
}

}  // namespace nightjar::geo
