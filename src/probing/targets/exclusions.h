// What must not be probed: special-purpose space, and whoever opted out. Asked twice: when the schedule is
// made, and again for each packet just before it is sent.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/address.h"
#include "geo/address_number.h"

namespace nightjar::targets {

// Addresses first .. last, both included.
struct AddressRange {
  geo::Uint128 first;
  geo::Uint128 last;
};

// A set of addresses of both families.
class AddressSet {
 public:
  AddressSet() = default;
  explicit AddressSet(std::span<const Prefix> prefixes);

  bool contains(const Address& address) const;
  // Whether any address of the prefix is in the set.
  bool touches(const Prefix& prefix) const;
  bool empty() const { return ranges_[0].empty() && ranges_[1].empty(); }

 private:
  bool meets(Family family, geo::Uint128 first, geo::Uint128 last) const;

  std::array<std::vector<AddressRange>, 2> ranges_;  // by family; sorted, disjoint
};

enum class Exclusion : uint8_t { kNone, kSpecial, kOptedOut };

class Exclusions {
 public:
  Exclusions() : Exclusions(std::span<const Prefix>()) {}
  explicit Exclusions(std::span<const Prefix> optOut);

  // Of one address: what a packet is held against.
  Exclusion of(const Address& address) const;
  // Of a block (a /24, a /48): an opt-out of any part of it takes out the whole, because a block that is
  // probed in part would be judged by the part that may not be asked.
  Exclusion of(const Prefix& block) const;

 private:
  AddressSet special_;
  AddressSet optOut_;
};

}  // namespace nightjar::targets
