// The Internet checksum (RFC 1071): 16-bit ones' complement of the ones' complement sum.
#pragma once

#include <cstdint>

#include "base/address.h"
#include "base/byte_reader.h"

namespace nightjar::packet {

// The running sum over words in the order of memory (RFC 1071, section 2 B: the byte order does not matter).
//   Checksum().add(header).add(payload).value()
class Checksum {
 public:
  // REQUIRES: every piece but the last has an even length.
  Checksum& add(Bytes bytes);
  // What TCP, UDP and ICMPv6 add of the IP header (RFC 9293, section 3.1; RFC 8200, section 8.1).
  Checksum& addPseudoHeader(const Address& source, const Address& destination, uint8_t protocol,
                            uint32_t length);
  // To be stored as it is (memcpy). Over data that holds its own right checksum this is 0.
  uint16_t value() const;

 private:
  uint64_t sum_ = 0;  // carries are folded in value(): no overflow below 16 GiB
};

// The checksum of a header or message as a whole; 0 over one that holds its own right checksum.
inline uint16_t checksum(Bytes bytes) {
  return Checksum().add(bytes).value();
}

}  // namespace nightjar::packet
