// MRT records whose bodies mean nothing, for tests that are about framing.
#pragma once

#include "routing/feed/compress_for_tests.h"
#include "routing/wire/mrt.h"

namespace nightjar::app {

inline constexpr uint32_t kTestTime = 1641379500;  // 2022-01-05T10:45:00Z

// A header and `size` bytes of 1.
inline feed::Buffer record(uint32_t seconds, wire::MrtType type, uint16_t subtype, uint32_t size) {
  feed::Buffer bytes;
  const auto put = [&bytes](uint32_t value, int octets) {
    for (int i = octets; i-- > 0;) bytes.push_back(static_cast<uint8_t>(value >> (8 * i)));
  };
  put(seconds, 4);
  put(static_cast<uint32_t>(type), 2);
  put(subtype, 2);
  put(size, 4);
  bytes.resize(bytes.size() + size, 1);
  return bytes;
}

inline void append(feed::Buffer& to, const feed::Buffer& bytes) {
  to.insert(to.end(), bytes.begin(), bytes.end());
}

}  // namespace nightjar::app
