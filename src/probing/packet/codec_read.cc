// The half of the codec that reads: every byte here is hostile.
#include "probing/packet/codec.h"
#include "probing/packet/mark.h"

namespace nightjar::packet {

namespace {

constexpr size_t kEchoHeaderSize = 8;

// Type numbers of RFC 792 and RFC 4443.
enum class IcmpUse : uint8_t { kOther, kEchoReply, kError };

IcmpUse useOf(uint8_t protocol, uint8_t type) {
  if (protocol == kIcmp) {
    // Destination unreachable, time exceeded, parameter problem. Source quench (4) says that the packet was
    // dropped for want of buffers, which is neither here nor there; RFC 6633 forbids to send it.
    if (type == 0) return IcmpUse::kEchoReply;
    return type == 3 || type == 11 || type == 12 ? IcmpUse::kError : IcmpUse::kOther;
  }
  if (type == 129) return IcmpUse::kEchoReply;
  return type >= 1 && type <= 4 ? IcmpUse::kError : IcmpUse::kOther;
}

bool checksumFits(const IpPacket& ip, Bytes segment) {
  Checksum sum;
  if (ip.protocol != kIcmp)
    sum.addPseudoHeader(ip.source, ip.destination, ip.protocol, static_cast<uint32_t>(segment.size()));
  return sum.add(segment).value() == 0;
}

std::optional<uint64_t> readDigits(Bytes digits) {
  uint64_t value = 0;
  for (const uint8_t c : digits) {
    const auto lower = static_cast<uint8_t>(c | 0x20);
    if (c >= '0' && c <= '9')
      value = value << 4 | static_cast<uint64_t>(c - '0');
    else if (lower >= 'a' && lower <= 'f')
      value = value << 4 | static_cast<uint64_t>(lower - 'a' + 10);
    else
      return std::nullopt;
  }
  return value;
}

}  // namespace

std::expected<Arrival, Foreign> Codec::read(Bytes packet, uint32_t epoch, bool checksumPending) const {
  const auto ip = readIp(packet);
  if (!ip) return std::unexpected(ip.error());
  const bool ipv4 = ip->source.family == Family::kIpv4;
  if (ip->protocol == (ipv4 ? kIcmp : kIcmpv6)) {
    if (ip->payload.size() < kEchoHeaderSize) return std::unexpected(Foreign::kTruncated);
    if (useOf(ip->protocol, ip->payload[0]) == IcmpUse::kOther) return std::unexpected(Foreign::kProtocol);
    if (!checksumFits(*ip, ip->payload)) return std::unexpected(Foreign::kChecksum);
    return readIcmp(*ip, epoch);
  }
  if (ip->protocol == kTcp) return readTcp(*ip, epoch, checksumPending);
  if (ip->protocol == kUdp) return readUdp(*ip, epoch, checksumPending);
  return std::unexpected(Foreign::kProtocol);
}

template <typename Fits>
bool Codec::findEpoch(Probe& probe, uint32_t epoch, Fits fits) const {
  for (const uint32_t candidate : {epoch, epoch - 1}) {
    probe.epoch = candidate;
    if (fits(Mark(hash(probe)))) return true;
  }
  return false;
}

Codec::Read Codec::readIcmp(const IpPacket& ip, uint32_t epoch) const {
  const uint8_t type = ip.payload[0];
  const uint8_t code = ip.payload[1];
  Arrival arrival;
  arrival.from = ip.source;
  arrival.probe.target.family = ip.source.family;
  if (useOf(ip.protocol, type) == IcmpUse::kEchoReply) {
    if (!readEcho(ip.payload, epoch, arrival)) return std::unexpected(Foreign::kForged);
    if (arrival.probe.target != arrival.from) arrival.kind = ReplyKind::kElsewhere;
    return arrival;
  }
  const auto quoted = readQuotedIp(ip.payload.subspan(kEchoHeaderSize));
  if (!quoted || quoted->source.family != ip.source.family) return std::unexpected(Foreign::kQuote);
  if (ip.source == ip.destination && ip.source != quoted->destination)
    return std::unexpected(Foreign::kLocal);
  if (const auto wrong = readQuote(*quoted, epoch, arrival)) return std::unexpected(*wrong);
  arrival.icmpType = type;
  arrival.icmpCode = code;
  if (arrival.probe.target != arrival.from) arrival.kind = ReplyKind::kUnreachable;
  return arrival;
}

std::optional<Foreign> Codec::readQuote(const IpPacket& quoted, uint32_t epoch, Arrival& arrival) const {
  const Bytes bytes = quoted.payload;
  if (bytes.size() < kEchoHeaderSize) return Foreign::kQuote;
  Probe& probe = arrival.probe;
  probe.target = quoted.destination;
  bool ours = false;
  if (quoted.protocol == kIcmp || quoted.protocol == kIcmpv6) {
    if (bytes[0] != (quoted.protocol == kIcmp ? 8 : 128) || bytes[1] != 0) return Foreign::kQuote;
    ours = readQuotedEcho(bytes, epoch, arrival);
  } else if (quoted.protocol == kTcp) {
    probe.method = Method::kTcpSyn;
    probe.port = loadU16(&bytes[2]);
    ours = readSequence(loadU16(&bytes[0]), loadU32(&bytes[4]), epoch, arrival);
  } else if (quoted.protocol == kUdp) {
    // The ports alone are too little to go by.
    if (loadU16(&bytes[2]) != kDnsPort || bytes.size() < 8 + kDnsHeaderSize) return Foreign::kQuote;
    probe.method = Method::kUdpDns;
    ours = readDns(loadU16(&bytes[0]), bytes.subspan(8), epoch, arrival);
  } else {
    return Foreign::kQuote;
  }
  if (!ours) return Foreign::kForged;
  return std::nullopt;
}

bool Codec::readEcho(Bytes echo, uint32_t epoch, Arrival& arrival) const {
  const size_t addressLength = addressSize(arrival.probe.target.family);
  const Bytes data = echo.subspan(kEchoHeaderSize);
  if (data.size() < 16 + addressLength) return false;
  const uint64_t stamp = loadU64(&data[0]);
  const uint64_t seal = loadU64(&data[8 + addressLength]);
  arrival.probe.target = Address::of(arrival.probe.target.family, data.subspan(8, addressLength));
  const uint32_t label = loadU32(&echo[4]);
  if (!findEpoch(arrival.probe, epoch, [label](Mark mark) { return mark.echo() == label; })) return false;
  if (hash(arrival.probe, &stamp) != seal) return false;
  arrival.stamp = Stamp::exact(stamp);
  arrival.fingerprint = seal;
  return true;
}

bool Codec::readQuotedEcho(Bytes echo, uint32_t epoch, Arrival& arrival) const {
  const Address target = arrival.probe.target;
  if (echo.size() >= kEchoHeaderSize + 16 + addressSize(target.family))
    return readEcho(echo, epoch, arrival) && arrival.probe.target == target;
  const uint32_t label = loadU32(&echo[4]);
  return findEpoch(arrival.probe, epoch, [label, &arrival](Mark mark) {
    arrival.fingerprint = mark.hash();
    return mark.echo() == label;
  });
}

Codec::Read Codec::readTcp(const IpPacket& ip, uint32_t epoch, bool checksumPending) const {
  const Bytes segment = ip.payload;
  if (segment.size() < 20) return std::unexpected(Foreign::kTruncated);
  const size_t headerSize = size_t{4} * (segment[12] >> 4);
  if (headerSize < 20 || headerSize > segment.size()) return std::unexpected(Foreign::kHeader);
  constexpr uint8_t kSyn = 2;
  constexpr uint8_t kReset = 4;
  constexpr uint8_t kAck = 16;
  const uint8_t flags = segment[13] & (kSyn | kReset | kAck);
  if (flags != (kSyn | kAck) && flags != (kReset | kAck)) return std::unexpected(Foreign::kProtocol);
  if (!checksumPending && !checksumFits(ip, segment)) return std::unexpected(Foreign::kChecksum);
  Arrival arrival;
  arrival.from = ip.source;
  arrival.probe = {ip.source, Method::kTcpSyn, loadU16(&segment[0]), 0};
  // Both acknowledge the SYN: one more than its sequence number (RFC 9293, sections 3.5 and 3.10.7.1).
  if (!readSequence(loadU16(&segment[2]), loadU32(&segment[8]) - 1, epoch, arrival))
    return std::unexpected(Foreign::kForged);
  return arrival;
}

bool Codec::readSequence(uint16_t localPort, uint32_t sequence, uint32_t epoch, Arrival& arrival) const {
  return findEpoch(arrival.probe, epoch, [localPort, sequence, &arrival](Mark mark) {
    if (mark.port() != localPort || !mark.owns(sequence)) return false;
    arrival.stamp = Stamp::coarse(mark.stampUnits(sequence));
    arrival.fingerprint = mark.hash() ^ sequence;
    return true;
  });
}

Codec::Read Codec::readUdp(const IpPacket& ip, uint32_t epoch, bool checksumPending) const {
  if (ip.payload.size() < 8) return std::unexpected(Foreign::kTruncated);
  const size_t size = loadU16(&ip.payload[4]);
  if (size < 8) return std::unexpected(Foreign::kHeader);
  if (size > ip.payload.size()) return std::unexpected(Foreign::kTruncated);
  const Bytes datagram = ip.payload.first(size);
  if (loadU16(&datagram[0]) != kDnsPort) return std::unexpected(Foreign::kProtocol);
  const bool none = loadU16(&datagram[6]) == 0 && ip.source.family == Family::kIpv4;  // RFC 768
  if (!none && !checksumPending && !checksumFits(ip, datagram)) return std::unexpected(Foreign::kChecksum);
  const Bytes message = datagram.subspan(8);
  if (message.size() < kDnsHeaderSize) return std::unexpected(Foreign::kTruncated);
  constexpr uint8_t kResponse = 0x80;
  if ((message[2] & kResponse) == 0) return std::unexpected(Foreign::kProtocol);
  Arrival arrival;
  arrival.from = ip.source;
  arrival.probe = {ip.source, Method::kUdpDns, 0, 0};
  if (!readDns(loadU16(&datagram[2]), message, epoch, arrival)) return std::unexpected(Foreign::kForged);
  return arrival;
}

// A question may be missing (from a response that could not make sense of it) or cut (in a quote): then port
// and identifier have to do.
bool Codec::readDns(uint16_t localPort, Bytes message, uint32_t epoch, Arrival& arrival) const {
  const uint16_t id = loadU16(&message[0]);
  const bool found = findEpoch(arrival.probe, epoch, [localPort, id, &arrival](Mark mark) {
    arrival.fingerprint = mark.hash();
    return mark.port() == localPort && mark.dnsId() == id;
  });
  const Bytes question = message.subspan(kDnsHeaderSize);
  if (!found || loadU16(&message[4]) == 0 || question.size() < 1 + kDnsDigits) return found;
  const auto stamp = readDigits(question.subspan(1, 16));
  const auto seal = readDigits(question.subspan(17, 16));
  if (question[0] != kDnsDigits || !stamp || !seal || hash(arrival.probe, &*stamp) != *seal) return false;
  arrival.stamp = Stamp::exact(*stamp);
  arrival.fingerprint = *seal;
  return true;
}

}  // namespace nightjar::packet
