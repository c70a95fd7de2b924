// Address space in units of /24 (IPv4) or /48 (IPv6): taking it from pools, cutting it into prefixes.
#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <vector>

#include "base/address.h"
#include "base/result.h"

namespace nightjar::episode {

// 2^log2 units from unit number `first` on, a multiple of that size. Units count from the family's zero
// address.
struct Block {
  Family family = Family::kIpv4;
  uint64_t first = 0;
  uint8_t log2 = 0;

  Prefix prefix() const;
  // REQUIRES: the prefix is a /24 (/48) or larger.
  static Block of(const Prefix& prefix);
  auto operator<=>(const Block&) const = default;
};

// The fewest blocks that cover units [first, end) exactly, in order.
std::vector<Block> coverUnits(Family family, uint64_t first, uint64_t end);

// Hands out blocks once, from the bottom up.
class Pool {
 public:
  explicit Pool(std::vector<Block> blocks) : blocks_(std::move(blocks)) {}
  // Public unicast space for networks that name no space of their own: whole /8s without any that holds
  // special-purpose space (IANA registry, RFC 6890); 2400::/12, 2600::/12, 2800::/12, 2a00::/12, 2c00::/12
  // (IANA IPv6 unicast registry). `taken` is left out.
  static Pool ofPublic(Family family, std::span<const Block> taken);

  // `units` in few blocks, one for each one of its binary form, the largest first. Fails with kInvalid when
  // the pool is used up.
  Result<std::vector<Block>> take(uint32_t units);

 private:
  bool takeBlock(uint8_t log2, std::vector<Block>& out);

  std::vector<Block> blocks_;
  size_t current_ = 0;
  uint64_t used_ = 0;  // units of the current block
};

// The same space as exactly `prefixes` blocks, in order, none smaller than a unit: the largest is halved
// until there are enough. So a smaller number gives an aggregate of what a larger number gives. REQUIRES:
// `prefixes` is at least the number of blocks and at most that of their units.
std::vector<Block> partition(std::span<const Block> blocks, uint32_t prefixes);

}  // namespace nightjar::episode
