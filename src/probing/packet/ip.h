// IP headers of both versions (RFC 791, RFC 8200): written for probes, read from hostile packets.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string_view>

#include "base/address.h"
#include "base/byte_reader.h"

namespace nightjar::packet {

// Why a packet is not a reply to a probe of ours. The order is that of the checks.
enum class Foreign : uint8_t {
  kTruncated,  // ends before the lengths in its headers say
  kHeader,     // an IP, TCP or UDP header that breaks its format
  kFragment,   // part of a packet: replies to probes are never so long
  kProtocol,   // a protocol, message type or flags that answer no probe
  kChecksum,   // a wrong checksum
  kQuote,      // an ICMP error that quotes too little, or no probe
  kLocal,   // an ICMP error of this very machine: its next hop does not answer, which says nothing of targets
  kForged,  // the keyed hash does not fit: another program's, an older round's or run's, or forged
};
inline constexpr size_t kForeignKinds = 8;
std::string_view nameOf(Foreign reason);

// IANA, protocol numbers.
inline constexpr uint8_t kIcmp = 1;
inline constexpr uint8_t kTcp = 6;
inline constexpr uint8_t kUdp = 17;
inline constexpr uint8_t kIcmpv6 = 58;

constexpr size_t ipHeaderSize(Family family) {
  return family == Family::kIpv4 ? 20 : 40;
}

// Big-endian stores. REQUIRES: that many bytes can be written at `p`.
inline void storeU16(uint8_t* p, uint16_t value) {
  value = __builtin_bswap16(value);
  __builtin_memcpy(p, &value, sizeof value);
}
inline void storeU32(uint8_t* p, uint32_t value) {
  value = __builtin_bswap32(value);
  __builtin_memcpy(p, &value, sizeof value);
}
inline void storeU64(uint8_t* p, uint64_t value) {
  value = __builtin_bswap64(value);
  __builtin_memcpy(p, &value, sizeof value);
}
inline uint64_t loadU64(const uint8_t* p) {
  return uint64_t{loadU32(p)} << 32 | loadU32(p + 4);
}

// Writes a header without options: time to live 64, not to be fragmented. REQUIRES:
// ipHeaderSize(target.family) bytes at `out`; source and target of one family.
void writeIpHeader(uint8_t* out, const Address& source, const Address& target, uint8_t protocol,
                   size_t payloadSize);

struct IpPacket {
  Address source;
  Address destination;
  uint8_t protocol = 0;
  Bytes payload;  // a view; without what a link appended as padding
};

// A whole packet from its IP header on. IPv4 options are stepped over; an IPv6 extension header is kProtocol.
std::expected<IpPacket, Foreign> readIp(Bytes packet);

// The beginning of a packet as an ICMP error quotes it: lengths and checksum may lie beyond the quote, or
// have been changed on the way, and are not looked at. Empty when it is no first fragment with a whole
// header.
std::optional<IpPacket> readQuotedIp(Bytes quote);

}  // namespace nightjar::packet
