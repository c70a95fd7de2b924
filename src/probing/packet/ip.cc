#include "probing/packet/ip.h"

#include <array>
#include <cstring>

#include "probing/packet/checksum.h"

namespace nightjar::packet {

namespace {

constexpr uint16_t kDontFragment = 0x4000;
constexpr uint16_t kMoreFragments = 0x2000;
constexpr uint16_t kFragmentOffset = 0x1fff;
constexpr uint8_t kTimeToLive = 64;  // RFC 1700: the recommended default

Address ipv4At(const uint8_t* p) {
  return Address::of(Family::kIpv4, {p, 4});
}
Address ipv6At(const uint8_t* p) {
  return Address::of(Family::kIpv6, {p, 16});
}

size_t ipv4HeaderSize(const uint8_t* p) {
  return size_t{4} * (p[0] & 0x0fU);
}

std::expected<IpPacket, Foreign> readIpv4(Bytes packet) {
  const uint8_t* p = packet.data();
  if (packet.size() < 20) return std::unexpected(Foreign::kTruncated);
  const size_t headerSize = ipv4HeaderSize(p);
  const size_t size = loadU16(p + 2);
  if (headerSize < 20 || size < headerSize) return std::unexpected(Foreign::kHeader);
  if (packet.size() < size) return std::unexpected(Foreign::kTruncated);
  if ((loadU16(p + 6) & (kMoreFragments | kFragmentOffset)) != 0) return std::unexpected(Foreign::kFragment);
  if (checksum(packet.first(headerSize)) != 0) return std::unexpected(Foreign::kChecksum);
  return IpPacket{ipv4At(p + 12), ipv4At(p + 16), p[9], packet.subspan(headerSize, size - headerSize)};
}

std::expected<IpPacket, Foreign> readIpv6(Bytes packet) {
  const uint8_t* p = packet.data();
  if (packet.size() < 40) return std::unexpected(Foreign::kTruncated);
  const size_t payloadSize = loadU16(p + 4);
  if (packet.size() - 40 < payloadSize) return std::unexpected(Foreign::kTruncated);
  constexpr uint8_t kFragmentHeader = 44;
  if (p[6] == kFragmentHeader) return std::unexpected(Foreign::kFragment);
  return IpPacket{ipv6At(p + 8), ipv6At(p + 24), p[6], packet.subspan(40, payloadSize)};
}

}  // namespace

std::string_view nameOf(Foreign reason) {
  static constexpr std::array<std::string_view, kForeignKinds> kNames{
      "truncated", "broken header", "fragment", "protocol", "checksum", "quote", "local", "forged"};
  return kNames[static_cast<size_t>(reason)];
}

void writeIpHeader(uint8_t* out, const Address& source, const Address& target, uint8_t protocol,
                   size_t payloadSize) {
  std::memset(out, 0, ipHeaderSize(target.family));
  if (target.family == Family::kIpv4) {
    out[0] = 0x45;
    storeU16(out + 2, static_cast<uint16_t>(20 + payloadSize));
    storeU16(out + 6, kDontFragment);
    out[8] = kTimeToLive;
    out[9] = protocol;
    std::memcpy(out + 12, source.bytes.data(), 4);
    std::memcpy(out + 16, target.bytes.data(), 4);
    const uint16_t sum = checksum({out, 20});
    std::memcpy(out + 10, &sum, 2);
  } else {
    out[0] = 0x60;
    storeU16(out + 4, static_cast<uint16_t>(payloadSize));
    out[6] = protocol;
    out[7] = kTimeToLive;
    std::memcpy(out + 8, source.bytes.data(), 16);
    std::memcpy(out + 24, target.bytes.data(), 16);
  }
}

std::expected<IpPacket, Foreign> readIp(Bytes packet) {
  if (packet.empty()) return std::unexpected(Foreign::kTruncated);
  switch (packet[0] >> 4) {
    case 4:
      return readIpv4(packet);
    case 6:
      return readIpv6(packet);
    default:
      return std::unexpected(Foreign::kHeader);
  }
}

std::optional<IpPacket> readQuotedIp(Bytes quote) {
  if (quote.size() < 20) return std::nullopt;
  const uint8_t* p = quote.data();
  if (p[0] >> 4 == 4) {
    const size_t headerSize = ipv4HeaderSize(p);
    if (headerSize < 20 || quote.size() < headerSize || (loadU16(p + 6) & kFragmentOffset) != 0)
      return std::nullopt;
    return IpPacket{ipv4At(p + 12), ipv4At(p + 16), p[9], quote.subspan(headerSize)};
  }
  if (p[0] >> 4 != 6 || quote.size() < 40) return std::nullopt;
  return IpPacket{ipv6At(p + 8), ipv6At(p + 24), p[6], quote.subspan(40)};
}

}  // namespace nightjar::packet
