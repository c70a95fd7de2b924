// What hosts and routers answer to probes, byte by byte, for tests.
#pragma once

#include <cstring>
#include <string_view>
#include <vector>

#include "probing/packet/checksum.h"
#include "probing/packet/codec.h"
#include "probing/packet/ip.h"

namespace nightjar::packet {

using Buffer = std::vector<uint8_t>;

inline Address address(std::string_view text) {
  return Address::parse(text).value();
}

inline Buffer bytesOf(const Codec& codec, const Probe& probe, const Address& source, uint64_t stamp) {
  Buffer bytes(kMaxProbeSize);
  bytes.resize(codec.write(probe, source, stamp, bytes));
  return bytes;
}

// Writes the checksum that the packet ought to have into its message.
inline void mendChecksum(Buffer& packet) {
  const Family family = packet[0] >> 4 == 4 ? Family::kIpv4 : Family::kIpv6;
  const size_t header = family == Family::kIpv4 ? size_t{4} * (packet[0] & 15) : 40;
  const uint8_t protocol = family == Family::kIpv4 ? packet[9] : packet[6];
  if (family == Family::kIpv4) {
    std::memset(&packet[10], 0, 2);
    const uint16_t sum = checksum(Bytes(packet).first(header));
    std::memcpy(&packet[10], &sum, 2);
  }
  const size_t at = header + (protocol == kTcp ? 16 : protocol == kUdp ? 6 : 2);
  if (packet.size() < at + 2) return;
  std::memset(&packet[at], 0, 2);
  const size_t addressLength = addressSize(family);
  const uint8_t* addresses = &packet[family == Family::kIpv4 ? 12 : 8];
  Checksum sum;
  if (protocol != kIcmp)
    sum.addPseudoHeader(Address::of(family, {addresses, addressLength}),
                        Address::of(family, {addresses + addressLength, addressLength}), protocol,
                        static_cast<uint32_t>(packet.size() - header));
  const uint16_t value = sum.add(Bytes(packet).subspan(header)).value();
  std::memcpy(&packet[at], &value, 2);
}

inline Buffer packetOf(const Address& from, const Address& to, uint8_t protocol, Bytes message) {
  Buffer packet(ipHeaderSize(from.family));
  writeIpHeader(packet.data(), from, to, protocol, message.size());
  packet.insert(packet.end(), message.begin(), message.end());
  mendChecksum(packet);
  return packet;
}

inline Bytes messageOf(Bytes packet) {
  return packet.subspan(packet[0] >> 4 == 4 ? 20 : 40);
}

// To an ICMP echo probe.
inline Buffer echoReply(Bytes probe, const Address& from, const Address& to) {
  Buffer message(messageOf(probe).begin(), messageOf(probe).end());
  message[0] = from.family == Family::kIpv4 ? 0 : 129;
  return packetOf(from, to, from.family == Family::kIpv4 ? kIcmp : kIcmpv6, message);
}

// An error that quotes the first `quoted` bytes of the probe.
inline Buffer icmpError(Bytes probe, size_t quoted, const Address& from, const Address& to, uint8_t type,
                        uint8_t code) {
  Buffer message{type, code, 0, 0, 0, 0, 0, 0};
  const Bytes quote = probe.first(std::min(quoted, probe.size()));
  message.insert(message.end(), quote.begin(), quote.end());
  return packetOf(from, to, from.family == Family::kIpv4 ? kIcmp : kIcmpv6, message);
}

// To a TCP SYN: SYN/ACK is 0x12, RST/ACK 0x14.
inline Buffer tcpReply(Bytes probe, const Address& from, const Address& to, uint8_t flags) {
  const Bytes syn = messageOf(probe);
  Buffer message(20);
  std::memcpy(&message[0], &syn[2], 2);
  std::memcpy(&message[2], &syn[0], 2);
  storeU32(&message[4], 0x12345678);
  storeU32(&message[8], loadU32(&syn[4]) + 1);
  message[12] = 5 << 4;
  message[13] = flags;
  return packetOf(from, to, kTcp, message);
}

// To a DNS query: the first `size` bytes of it (all by default) with the QR bit set and REFUSED.
inline Buffer dnsReply(Bytes probe, const Address& from, const Address& to, size_t size = SIZE_MAX) {
  const Bytes query = messageOf(probe);
  Buffer message(query.begin(), query.begin() + static_cast<ptrdiff_t>(std::min(size, query.size() - 8) + 8));
  std::memcpy(&message[0], &query[2], 2);
  std::memcpy(&message[2], &query[0], 2);
  storeU16(&message[4], static_cast<uint16_t>(message.size()));
  message[10] |= 0x80;
  message[11] |= 5;
  return packetOf(from, to, kUdp, message);
}

}  // namespace nightjar::packet
