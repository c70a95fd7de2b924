#include "probing/targets/exclusions.h"

#include <algorithm>

#include "probing/targets/special.h"

namespace nightjar::targets {
namespace {

geo::Uint128 lastOf(const Prefix& prefix) {
  const auto hostBits = static_cast<unsigned>(addressBits(prefix.address.family) - prefix.length);
  return geo::toNumber(prefix.address) | geo::lowBits(hostBits);
}

std::vector<AddressRange> merged(std::vector<AddressRange> ranges) {
  std::sort(ranges.begin(), ranges.end(),
            [](const AddressRange& a, const AddressRange& b) { return a.first < b.first; });
  std::vector<AddressRange> all;
  for (const AddressRange& range : ranges) {
    if (!all.empty() && range.first <= all.back().last) {
      all.back().last = std::max(all.back().last, range.last);
    } else {
      all.push_back(range);
    }
  }
  return all;
}

std::vector<Prefix> specialPrefixes() {
  std::vector<Prefix> prefixes;
  for (const SpecialBlock& block : specialBlocks()) prefixes.push_back(block.prefix);
  return prefixes;
}

}  // namespace

AddressSet::AddressSet(std::span<const Prefix> prefixes) {
  for (const Prefix& prefix : prefixes) {
    ranges_[prefix.address.family == Family::kIpv6].push_back(
        {geo::toNumber(prefix.address), lastOf(prefix)});
  }
  for (auto& ranges : ranges_) ranges = merged(std::move(ranges));
}

bool AddressSet::meets(Family family, geo::Uint128 first, geo::Uint128 last) const {
  const auto& ranges = ranges_[family == Family::kIpv6];
  const auto range = std::partition_point(ranges.begin(), ranges.end(),
                                          [&](const AddressRange& r) { return r.last < first; });
  return range != ranges.end() && range->first <= last;
}

bool AddressSet::contains(const Address& address) const {
  const geo::Uint128 number = geo::toNumber(address);
  return meets(address.family, number, number);
}

bool AddressSet::touches(const Prefix& prefix) const {
  return meets(prefix.address.family, geo::toNumber(prefix.address), lastOf(prefix));
}

Exclusions::Exclusions(std::span<const Prefix> optOut) : special_(specialPrefixes()), optOut_(optOut) {}

Exclusion Exclusions::of(const Address& address) const {
  if (special_.contains(address)) return Exclusion::kSpecial;
  return optOut_.contains(address) ? Exclusion::kOptedOut : Exclusion::kNone;
}

Exclusion Exclusions::of(const Prefix& block) const {
  if (special_.touches(block)) return Exclusion::kSpecial;
  return optOut_.touches(block) ? Exclusion::kOptedOut : Exclusion::kNone;
}

}  // namespace nightjar::targets
