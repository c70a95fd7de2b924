#include "probing/packet/checksum.h"

#include <array>
#include <cstring>

namespace nightjar::packet {

Checksum& Checksum::add(Bytes bytes) {
  const uint8_t* p = bytes.data();
  size_t left = bytes.size();
  for (; left >= 4; p += 4, left -= 4) {
    uint32_t words;
    std::memcpy(&words, p, 4);
    sum_ += words;
  }
  if (left > 0) {
    uint32_t words = 0;
    std::memcpy(&words, p, left);
    sum_ += words;
  }
  return *this;
}

Checksum& Checksum::addPseudoHeader(const Address& source, const Address& destination, uint8_t protocol,
                                    uint32_t length) {
  const size_t size = addressSize(source.family);
  add(Bytes(source.bytes).first(size)).add(Bytes(destination.bytes).first(size));
  const std::array<uint8_t, 8> tail{static_cast<uint8_t>(length >> 24),
                                    static_cast<uint8_t>(length >> 16),
                                    static_cast<uint8_t>(length >> 8),
                                    static_cast<uint8_t>(length),
                                    0,
                                    0,
                                    0,
                                    protocol};
  return add(tail);
}

uint16_t Checksum::value() const {
  uint64_t sum = sum_;
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<uint16_t>(~sum);
}

}  // namespace nightjar::packet
