#include "geo/geo_map_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <queue>
#include <tuple>
#include <utility>

namespace nightjar::geo {
namespace {

constexpr size_t kMaxIds = std::numeric_limits<uint16_t>::max();

// Bits of an address past its unit: 8 or 80.
constexpr unsigned bitsInUnit(Family family) {
  return addressBits(family) - unitLength(family);
}

// Turns disjoint ascending address ranges into ranges of units.
class UnitRanges {
 public:
  explicit UnitRanges(Family family) : bits_(bitsInUnit(family)) {}

  void add(Uint128 first, Uint128 last, PlaceId place) {
    const Uint128 inUnit = lowBits(bits_);
    if ((first & inUnit) != 0) {
      const Uint128 unitEnd = std::min(last, first | inUnit);
      addShare(first, unitEnd, place);
      if (unitEnd == last) return;
      first = unitEnd + 1;
    }
    if ((last & inUnit) != inUnit) {
      const Uint128 unitStart = last & ~inUnit;
      if (unitStart > first) addWhole(unitOf(first), unitOf(unitStart - 1), place);
      addShare(unitStart, last, place);
    } else {
      addWhole(unitOf(first), unitOf(last), place);
    }
  }

  std::vector<Range> finish() {
    settle();
    return std::move(ranges_);
  }

 private:
  struct Share {
    PlaceId place;
    Uint128 addresses;
  };

  uint64_t unitOf(Uint128 address) const { return static_cast<uint64_t>(address >> bits_); }

  void addWhole(uint64_t first, uint64_t last, PlaceId place) {
    settle();
    append(first, last, place);
  }

  // A part of one unit.
  void addShare(Uint128 first, Uint128 last, PlaceId place) {
    if (!shares_.empty() && unit_ != unitOf(first)) settle();
    unit_ = unitOf(first);
    if (!place.known()) return;
    const auto known = std::find_if(shares_.begin(), shares_.end(),
                                    [place](const Share& share) { return share.place == place; });
    if (known != shares_.end()) {
      known->addresses += last - first + 1;
    } else {
      shares_.push_back({place, last - first + 1});
    }
  }

  // Gives the shared unit to the largest share; shares are in the order of their lowest address.
  void settle() {
    if (shares_.empty()) return;
    const auto largest = std::max_element(shares_.begin(), shares_.end(), [](const Share& a, const Share& b) {
      return a.addresses < b.addresses;
    });
    append(unit_, unit_, largest->place);
    shares_.clear();
  }

  void append(uint64_t first, uint64_t last, PlaceId place) {
    if (!place.known()) return;
    if (!ranges_.empty() && ranges_.back().last + 1 == first && ranges_.back().place == place) {
      ranges_.back().last = last;
    } else {
      ranges_.push_back({first, last, place});
    }
  }

  unsigned bits_;
  std::vector<Range> ranges_;
  uint64_t unit_ = 0;
  std::vector<Share> shares_;
};

// FNV-1a, 64 bits (Fowler, Noll, Vo; RFC 9923): tells maps apart, protects against nothing.
class Fnv1a64 {
 public:
  void add(std::string_view text) {
    for (const char c : text) add(static_cast<uint8_t>(c));
    add(uint8_t{0});
  }
  void add(uint64_t number) {
    for (int i = 0; i < 8; ++i, number >>= 8) add(static_cast<uint8_t>(number));
  }
  uint64_t value() const { return value_; }

 private:
  void add(uint8_t byte) { value_ = (value_ ^ byte) * 0x100000001b3; }
  uint64_t value_ = 0xcbf29ce484222325;
};

uint64_t hashOf(const GeoMap& map) {
  Fnv1a64 hash;
  for (const Place& place : map.places()) {
    hash.add(std::string_view(place.country));
    hash.add(std::string_view(place.region));
  }
  for (const Family family : {Family::kIpv4, Family::kIpv6}) {
    for (const Range& range : map.ranges(family)) {
      hash.add(range.first);
      hash.add(range.last);
      hash.add(uint64_t{range.place.index});
    }
    hash.add(uint64_t{map.ranges(family).size()});
  }
  return hash.value();
}

}  // namespace

GeoMap::Table::Table(Family family, std::vector<Range> sorted)
    : ranges(std::move(sorted)), shift(unitLength(family) - kBucketBits) {
  if (ranges.empty()) return;
  starts.assign((size_t{1} << kBucketBits) + 1, static_cast<uint32_t>(ranges.size()));
  size_t bucket = 0;
  for (uint32_t i = 0; i < ranges.size(); ++i) {
    for (; bucket <= ranges[i].last >> shift; ++bucket) starts[bucket] = i;
  }
}

Result<PlaceId> GeoMapBuilder::place(std::string_view country, std::string_view region) {
  Place place{std::string(country), std::string(region)};
  const auto known = ids_.find(place);
  if (known != ids_.end()) return known->second;
  if (ids_.size() == kMaxIds) return fail(ErrorKind::kLimit, fmt::format("more than {} places", kMaxIds));
  const PlaceId id{static_cast<uint16_t>(ids_.size() + 1)};
  ids_.emplace(std::move(place), id);
  return id;
}

Result<uint16_t> GeoMapBuilder::addSource(std::string_view where) {
  if (sources_.size() > kMaxIds) return fail(ErrorKind::kLimit, fmt::format("more than {} files", kMaxIds));
  sources_.emplace_back(where);
  return static_cast<uint16_t>(sources_.size() - 1);
}

Result<void> GeoMapBuilder::add(const Address& first, const Address& last, PlaceId place, Origin origin) {
  if (first.family != last.family) {
    return fail(ErrorKind::kInvalid,
                fmt::format("the range {}-{} mixes IPv4 and IPv6", first.text(), last.text()));
  }
  if (last < first) {
    return fail(ErrorKind::kInvalid,
                fmt::format("the range {}-{} ends before it starts", first.text(), last.text()));
  }
  return add(first.family,
             {toNumber(first), toNumber(last), origin.offset, origin.line, origin.source, place});
}

Result<void> GeoMapBuilder::add(const Prefix& prefix, PlaceId place, Origin origin) {
  const Family family = prefix.address.family;
  const Uint128 first = toNumber(prefix.address);
  const Uint128 last = first | lowBits(addressBits(family) - prefix.length);
  return add(family, {first, last, origin.offset, origin.line, origin.source, place});
}

Result<void> GeoMapBuilder::add(Family family, const AddressRange& range) {
  AddressRanges& ranges = family == Family::kIpv4 ? ipv4_ : ipv6_;
  if (ranges.size() == kMaxRanges) {
    return fail(ErrorKind::kLimit, fmt::format("more than {} ranges", kMaxRanges));
  }
  ranges.push_back(range);
  return {};
}

Error GeoMapBuilder::contradiction(Family family, const AddressRange& one, const AddressRange& other) const {
  const auto place = [this](PlaceId id) {
    const auto at =
        std::find_if(ids_.begin(), ids_.end(), [id](const auto& entry) { return entry.second == id; });
    if (at == ids_.end()) return std::string("nowhere");
    return at->first.region.empty() ? at->first.country : at->first.region;
  };
  const auto text = [&](const AddressRange& range) {
    return fmt::format("{}-{} in {}", toAddress(family, range.first).text(),
                       toAddress(family, range.last).text(), place(range.place));
  };
  const auto line = [](const AddressRange& range) {
    return range.line == 0 ? std::string() : fmt::format("line {}: ", range.line);
  };
  const std::string from = one.source == other.source ? std::string() : sources_[one.source] + ": ";
  return {ErrorKind::kInvalid,
          fmt::format("{}{} contradicts {}{}{}", line(other), text(other), from, line(one), text(one)),
          sources_[other.source], other.offset};
}

auto GeoMapBuilder::withoutOverlaps(Family family, AddressRanges ranges) const -> Result<AddressRanges> {
  const auto overlaps = [](const AddressRange& a, const AddressRange& b) { return b.first <= a.last; };
  if (std::adjacent_find(ranges.begin(), ranges.end(), overlaps) == ranges.end()) return ranges;
  const auto key = [](const AddressRange& range) {
    return std::tuple(range.first, range.last, range.source, range.offset);
  };
  std::sort(ranges.begin(), ranges.end(),
            [&](const AddressRange& a, const AddressRange& b) { return key(a) < key(b); });
  if (std::adjacent_find(ranges.begin(), ranges.end(), overlaps) == ranges.end()) return ranges;

  // Walk along the address space; `open` holds the ranges that started, the smallest on top.
  const auto size = [](const AddressRange& range) { return range.last - range.first; };
  const auto larger = [&](size_t a, size_t b) {
    return std::pair(size(ranges[a]), a) > std::pair(size(ranges[b]), b);
  };
  std::priority_queue<size_t, std::vector<size_t>, decltype(larger)> open(larger);
  // Of each size, the range that started last. Ranges of one size end in the order in which they start, so
  // if a new one overlaps any of them, it overlaps that one.
  std::map<Uint128, size_t> latestOfSize;
  AddressRanges result;
  size_t next = 0;
  Uint128 at = 0;
  for (;;) {
    while (!open.empty() && ranges[open.top()].last < at) open.pop();
    if (open.empty()) {
      if (next == ranges.size()) break;
      at = ranges[next].first;
    }
    for (; next < ranges.size() && ranges[next].first == at; ++next) {
      const auto [latest, isNew] = latestOfSize.try_emplace(size(ranges[next]), next);
      const AddressRange& other = ranges[latest->second];
      if (!isNew && overlaps(other, ranges[next]) && other.place != ranges[next].place) {
        return std::unexpected(contradiction(family, other, ranges[next]));
      }
      latest->second = next;
      open.push(next);
    }
    AddressRange winner = ranges[open.top()];
    winner.first = at;
    if (next < ranges.size()) winner.last = std::min(winner.last, ranges[next].first - 1);
    result.push_back(winner);
    if (winner.last == ~Uint128{0}) break;
    at = winner.last + 1;
  }
  return result;
}

Result<GeoMap> GeoMapBuilder::build(std::string_view title) {
  GeoMapBuilder self = std::exchange(*this, GeoMapBuilder());
  GeoMap map;
  std::vector<PlaceId> newIds(self.ids_.size() + 1);
  for (const auto& [place, id] : self.ids_) {
    newIds[id.index] = PlaceId{static_cast<uint16_t>(map.places_.size())};
    map.places_.push_back(place);
  }
  for (const Family family : {Family::kIpv4, Family::kIpv6}) {
    const bool isIpv4 = family == Family::kIpv4;
    auto ranges = self.withoutOverlaps(family, std::move(isIpv4 ? self.ipv4_ : self.ipv6_));
    if (!ranges) return std::unexpected(std::move(ranges.error()));
    UnitRanges units(family);
    for (const AddressRange& range : *ranges) units.add(range.first, range.last, newIds[range.place.index]);
    (isIpv4 ? map.ipv4_ : map.ipv6_) = GeoMap::Table(family, units.finish());
  }
  const bool noIpv4 = map.ipv4_.ranges.empty();
  const bool noIpv6 = map.ipv6_.ranges.empty();
  const std::string_view missing = noIpv4 == noIpv6 ? "" : noIpv4 ? ", IPv6 only" : ", IPv4 only";
  map.name_ = fmt::format("{}{} (fnv1a64 {:016x})", title, missing, hashOf(map));
  return map;
}

}  // namespace nightjar::geo
