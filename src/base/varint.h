// Unsigned integers in as few bytes as they need: seven bits a byte, the lowest first, and the top bit set on
// all bytes but the last.
#pragma once

#include <cstdint>
#include <vector>

#include "base/byte_reader.h"

namespace nightjar {

inline void putVarint(std::vector<uint8_t>& out, uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<uint8_t>(value | 0x80));
  out.push_back(static_cast<uint8_t>(value));
}

// Small numbers of either sign as small unsigned ones: 0, -1, 1, -2 become 0, 1, 2, 3.
constexpr uint64_t zigzag(int64_t value) {
  return (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
}
constexpr int64_t unzigzag(uint64_t value) {
  return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1);
}

// A ByteReader's rules for a read past the end; a number of more than ten bytes, or of more than 64 bits, is
// one as well.
inline uint64_t getVarint(ByteReader& in) {
  uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const uint8_t byte = in.u8();
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) [[likely]] {
      if (shift == 63 && byte > 1) break;
      return value;
    }
  }
  in.take(in.left() + 1);
  return 0;
}

}  // namespace nightjar
