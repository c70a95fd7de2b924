// An order of n things that looks random and takes no memory.
#pragma once

#include <bit>
#include <cstdint>

#include "base/mix.h"

namespace nightjar::blocks {

// A Feistel network of four rounds over the next even number of bits; results past the end are put through
// again until they fall inside (Black and Rogaway: "Ciphers with Arbitrary Finite Domains", CT-RSA 2002,
// section 4, cycle walking). At most four walks on average.
class Permutation {
 public:
  Permutation() = default;
  Permutation(uint32_t size, uint64_t seed)
      : size_(size),
        half_((static_cast<int>(std::bit_width(size > 1 ? size - 1 : 1U)) + 1) / 2),
        seed_(seed) {}

  // REQUIRES: position < size. Each of [0, size) comes once.
  uint32_t operator()(uint32_t position) const {
    do {
      position = walk(position);
    } while (position >= size_);
    return position;
  }

 private:
  uint32_t walk(uint32_t x) const {
    const uint32_t mask = (1U << half_) - 1;
    uint32_t left = x >> half_;
    uint32_t right = x & mask;
    for (uint64_t round = 0; round < 4; ++round) {
      const auto mixed = static_cast<uint32_t>(mixBits(seed_ ^ (round << 32 | right)));
      const uint32_t next = left ^ (mixed & mask);
      left = right;
      right = next;
    }
    return left << half_ | right;
  }

  uint32_t size_ = 0;
  int half_ = 1;
  uint64_t seed_ = 0;
};

}  // namespace nightjar::blocks
