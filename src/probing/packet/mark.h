// What the keyed hash of a probe puts into the fields of its packet. See codec.h.
#pragma once

#include <cstdint>

namespace nightjar::packet {

inline constexpr uint32_t kStampUnit = 64;              // microseconds, of a stamp in a TCP sequence number
inline constexpr uint32_t kStampMask = (1U << 19) - 1;  // 19 bits of it
inline constexpr uint16_t kDnsPort = 53;
inline constexpr size_t kDnsHeaderSize = 12;
inline constexpr size_t kDnsDigits = 32;  // of the first label

class Mark {
 public:
  explicit Mark(uint64_t hash) : hash_(hash) {}
  uint64_t hash() const { return hash_; }

  uint32_t echo() const { return static_cast<uint32_t>(hash_ >> 32); }  // identifier, sequence number
  uint16_t port() const { return static_cast<uint16_t>(0x8000U | hash_); }
  uint16_t dnsId() const { return static_cast<uint16_t>(hash_ >> 16); }

  uint32_t sequence(uint64_t stamp) const {
    return ((static_cast<uint32_t>(stamp / kStampUnit) & kStampMask) ^ mask()) << 13 | tail();
  }
  bool owns(uint32_t sequence) const { return (sequence & 0x1fff) == tail(); }
  uint32_t stampUnits(uint32_t sequence) const { return (sequence >> 13) ^ mask(); }

 private:
  uint32_t mask() const { return static_cast<uint32_t>(hash_ >> 16) & kStampMask; }
  uint32_t tail() const { return static_cast<uint32_t>(hash_ >> 40) & 0x1fff; }

  uint64_t hash_;
};

}  // namespace nightjar::packet
