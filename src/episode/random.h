// Chance that is the same on every machine: integers only, no distribution of the standard library.
#pragma once

#include <cstdint>
#include <initializer_list>

#include "base/mix.h"

namespace nightjar::episode {

// A number that looks random and depends on the values and their order only: a decision that can be asked
// again at any time.
constexpr uint64_t hashOf(std::initializer_list<uint64_t> values) {
  uint64_t hash = 0;
  for (const uint64_t value : values) hash = mixBits(hash ^ value);
  return hash;
}

// The top 32 bits of `hash`, scaled to [0, bound).
constexpr uint32_t scaled(uint64_t hash, uint32_t bound) {
  return static_cast<uint32_t>(((hash >> 32) * bound) >> 32);
}

// True for `share` of all hashes.
constexpr bool withShare(uint64_t hash, double share) {
  return static_cast<double>(hash >> 32) < share * 4294967296.0;
}

// A stream of numbers.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t next() { return mixBits(state_++); }
  // [0, bound)
  uint32_t below(uint32_t bound) { return scaled(next(), bound); }

 private:
  uint64_t state_;
};

}  // namespace nightjar::episode
