// Numbers as the log's bodies hold them.
#pragma once

#include <cstdint>
#include <vector>

#include "base/byte_reader.h"

namespace nightjar::probe_log {

// Seven bits a byte, the lowest first, the top bit set on all bytes but the last.
inline void putVarint(std::vector<uint8_t>& out, uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<uint8_t>(value | 0x80));
  out.push_back(static_cast<uint8_t>(value));
}
// Past the end, or more than 64 bits: like a ByteReader's read past the end.
inline uint64_t getVarint(ByteReader& in) {
  uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const uint8_t byte = in.u8();
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  in.take(in.left() + 1);
  return 0;
}

// 0, -1, 1, -2 as 0, 1, 2, 3.
constexpr uint64_t zigzag(int64_t value) {
  return (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
}
constexpr int64_t unzigzag(uint64_t value) {
  return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1);
}

inline void putU32(std::vector<uint8_t>& out, uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<uint8_t>(value >> shift));
}
inline void putU64(std::vector<uint8_t>& out, uint64_t value) {
  putU32(out, static_cast<uint32_t>(value >> 32));
  putU32(out, static_cast<uint32_t>(value));
}
inline uint64_t getU64(ByteReader& in) {
  const uint64_t high = in.u32();
  return high << 32 | in.u32();
}

}  // namespace nightjar::probe_log
