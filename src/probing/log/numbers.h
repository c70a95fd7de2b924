// Whole numbers as the log's bodies hold them, the highest byte first; those of no fixed length are varints
// (base/varint.h).
#pragma once

#include <cstdint>
#include <vector>

#include "base/byte_reader.h"

namespace nightjar::probe_log {

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
