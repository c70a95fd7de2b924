#include "routing/wire/bgp_writer.h"

#include <algorithm>
#include <cassert>

namespace nightjar::wire {
namespace {

// RFC 4271, section 4.3: a segment counts its numbers in one octet.
constexpr size_t kMaxSegmentCount = 255;

void appendSegment(Buffer& out, SegmentType type, std::span<const Asn> asns, AsnSize asnSize) {
  assert(asns.size() <= kMaxSegmentCount);
  appendU8(out, static_cast<uint8_t>(type));
  appendU8(out, static_cast<uint8_t>(asns.size()));
  for (const Asn asn : asns) appendAsn(out, asn, asnSize);
}

void appendMpHead(Buffer& out, Family family, uint8_t safi) {
  appendU16(out, family == Family::kIpv4 ? kAfiIpv4 : kAfiIpv6);
  appendU8(out, safi);
}

void appendNextHop(Buffer& out, std::span<const Address> nextHop) {
  size_t octets = 0;
  for (const Address& address : nextHop) octets += addressSize(address.family);
  assert(octets <= 255);
  appendU8(out, static_cast<uint8_t>(octets));
  for (const Address& address : nextHop) appendAddress(out, address);
}

}  // namespace

void appendU8(Buffer& out, uint8_t value) {
  out.push_back(value);
}

void appendU16(Buffer& out, uint16_t value) {
  out.push_back(static_cast<uint8_t>(value >> 8));
  out.push_back(static_cast<uint8_t>(value));
}

void appendU32(Buffer& out, uint32_t value) {
  appendU16(out, static_cast<uint16_t>(value >> 16));
  appendU16(out, static_cast<uint16_t>(value));
}

void appendBytes(Buffer& out, Bytes bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

void appendAddress(Buffer& out, const Address& address) {
  appendBytes(out, Bytes(address.bytes).first(addressSize(address.family)));
}

void appendAsn(Buffer& out, Asn asn, AsnSize size) {
  if (size == AsnSize::kFour) return appendU32(out, asn.number);
  appendU16(out, static_cast<uint16_t>(asn.number > 0xffff ? kAsTrans.number : asn.number));
}

void appendPrefix(Buffer& out, const Prefix& prefix) {
  appendU8(out, prefix.length);
  appendBytes(out, Bytes(prefix.address.bytes).first(octetsOf(prefix.length)));
}

void appendNlri(Buffer& out, const Nlri& nlri, bool addPath) {
  if (addPath) appendU32(out, nlri.pathId);
  appendPrefix(out, nlri.prefix);
}

AttributeWriter& AttributeWriter::origin(Origin origin) {
  const uint8_t value = static_cast<uint8_t>(origin);
  return add(AttributeType::kOrigin, Bytes(&value, 1));
}

AttributeWriter& AttributeWriter::asPath(std::span<const Asn> sequence) {
  Buffer value;
  while (!sequence.empty()) {
    const size_t count = std::min(sequence.size(), kMaxSegmentCount);
    appendSegment(value, SegmentType::kSequence, sequence.first(count), asnSize_);
    sequence = sequence.subspan(count);
  }
  return add(AttributeType::kAsPath, value);
}

AttributeWriter& AttributeWriter::asPath(std::initializer_list<Asn> sequence) {
  return asPath(std::span<const Asn>(sequence.begin(), sequence.size()));
}

AttributeWriter& AttributeWriter::asPath(std::span<const PathSegment> segments) {
  return path(AttributeType::kAsPath, segments, asnSize_);
}

AttributeWriter& AttributeWriter::as4Path(std::span<const PathSegment> segments) {
  return path(AttributeType::kAs4Path, segments, AsnSize::kFour);
}

AttributeWriter& AttributeWriter::nextHop(const Address& ipv4) {
  return address(AttributeType::kNextHop, ipv4);
}

AttributeWriter& AttributeWriter::multiExitDisc(uint32_t value) {
  return number(AttributeType::kMultiExitDisc, value);
}

AttributeWriter& AttributeWriter::localPref(uint32_t value) {
  return number(AttributeType::kLocalPref, value);
}

AttributeWriter& AttributeWriter::atomicAggregate() {
  return add(AttributeType::kAtomicAggregate, {});
}

AttributeWriter& AttributeWriter::aggregator(const Aggregator& aggregator) {
  return addAggregator(AttributeType::kAggregator, aggregator, asnSize_);
}

AttributeWriter& AttributeWriter::as4Aggregator(const Aggregator& aggregator) {
  return addAggregator(AttributeType::kAs4Aggregator, aggregator, AsnSize::kFour);
}

AttributeWriter& AttributeWriter::communities(std::span<const uint32_t> values) {
  return numbers(AttributeType::kCommunities, values);
}

AttributeWriter& AttributeWriter::largeCommunities(std::span<const LargeCommunity> values) {
  Buffer value;
  for (const LargeCommunity& community : values) {
    appendU32(value, community.global);
    appendU32(value, community.local1);
    appendU32(value, community.local2);
  }
  return add(AttributeType::kLargeCommunities, value);
}

AttributeWriter& AttributeWriter::extendedCommunities(std::span<const uint64_t> values) {
  Buffer value;
  for (const uint64_t community : values) {
    appendU32(value, static_cast<uint32_t>(community >> 32));
    appendU32(value, static_cast<uint32_t>(community));
  }
  return add(AttributeType::kExtendedCommunities, value);
}

AttributeWriter& AttributeWriter::originatorId(const Address& ipv4) {
  return address(AttributeType::kOriginatorId, ipv4);
}

AttributeWriter& AttributeWriter::clusterList(std::span<const uint32_t> ids) {
  return numbers(AttributeType::kClusterList, ids);
}

AttributeWriter& AttributeWriter::mpReach(Family family, std::span<const Address> nextHop,
                                          std::span<const Nlri> nlri, bool addPath, uint8_t safi) {
  Buffer value;
  appendMpHead(value, family, safi);
  appendNextHop(value, nextHop);
  appendU8(value, 0);  // reserved
  for (const Nlri& route : nlri) appendNlri(value, route, addPath);
  return add(AttributeType::kMpReachNlri, value);
}

AttributeWriter& AttributeWriter::mpReachAbbreviated(std::span<const Address> nextHop) {
  Buffer value;
  appendNextHop(value, nextHop);
  return add(AttributeType::kMpReachNlri, value);
}

AttributeWriter& AttributeWriter::mpUnreach(Family family, std::span<const Nlri> nlri, bool addPath,
                                            uint8_t safi) {
  Buffer value;
  appendMpHead(value, family, safi);
  for (const Nlri& route : nlri) appendNlri(value, route, addPath);
  return add(AttributeType::kMpUnreachNlri, value);
}

AttributeWriter& AttributeWriter::raw(uint8_t flags, uint8_t type, Bytes value) {
  assert(value.size() <= 0xffff);
  const bool extended = value.size() > 0xff;
  appendU8(out_, static_cast<uint8_t>(extended ? flags | kExtendedLength : flags & ~kExtendedLength));
  appendU8(out_, type);
  if (extended) {
    appendU16(out_, static_cast<uint16_t>(value.size()));
  } else {
    appendU8(out_, static_cast<uint8_t>(value.size()));
  }
  appendBytes(out_, value);
  return *this;
}

AttributeWriter& AttributeWriter::add(AttributeType type, Bytes value) {
  const auto number = static_cast<uint8_t>(type);
  return raw(formOf(number)->flags, number, value);
}

AttributeWriter& AttributeWriter::number(AttributeType type, uint32_t value) {
  return numbers(type, std::span<const uint32_t>(&value, 1));
}

AttributeWriter& AttributeWriter::numbers(AttributeType type, std::span<const uint32_t> values) {
  Buffer value;
  for (const uint32_t number : values) appendU32(value, number);
  return add(type, value);
}

AttributeWriter& AttributeWriter::address(AttributeType type, const Address& address) {
  Buffer value;
  appendAddress(value, address);
  return add(type, value);
}

AttributeWriter& AttributeWriter::path(AttributeType type, std::span<const PathSegment> segments,
                                       AsnSize asnSize) {
  Buffer value;
  for (const PathSegment& segment : segments) appendSegment(value, segment.type, segment.asns, asnSize);
  return add(type, value);
}

AttributeWriter& AttributeWriter::addAggregator(AttributeType type, const Aggregator& aggregator,
                                                AsnSize asnSize) {
  Buffer value;
  appendAsn(value, aggregator.asn, asnSize);
  appendAddress(value, aggregator.speaker);
  return add(type, value);
}

void appendUpdate(Buffer& out, Bytes withdrawn, Bytes attributes, Bytes nlri) {
  Buffer body;
  body.reserve(4 + withdrawn.size() + attributes.size() + nlri.size());
  appendU16(body, static_cast<uint16_t>(withdrawn.size()));
  appendBytes(body, withdrawn);
  appendU16(body, static_cast<uint16_t>(attributes.size()));
  appendBytes(body, attributes);
  appendBytes(body, nlri);
  appendMessage(out, static_cast<uint8_t>(MessageType::kUpdate), body);
}

void appendOpen(Buffer& out, Asn asn, uint16_t holdTime, uint32_t bgpId, Bytes parameters) {
  assert(parameters.size() <= 0xff);
  Buffer body;
  appendU8(body, 4);  // version
  appendAsn(body, asn, AsnSize::kTwo);
  appendU16(body, holdTime);
  appendU32(body, bgpId);
  appendU8(body, static_cast<uint8_t>(parameters.size()));
  appendBytes(body, parameters);
  appendMessage(out, static_cast<uint8_t>(MessageType::kOpen), body);
}

void appendNotification(Buffer& out, uint8_t code, uint8_t subcode, Bytes data) {
  Buffer body{code, subcode};
  appendBytes(body, data);
  appendMessage(out, static_cast<uint8_t>(MessageType::kNotification), body);
}

void appendKeepalive(Buffer& out) {
  appendMessage(out, static_cast<uint8_t>(MessageType::kKeepalive), {});
}

void appendMessage(Buffer& out, uint8_t type, Bytes body) {
  assert(kBgpHeaderSize + body.size() <= 0xffff);
  out.insert(out.end(), 16, 0xff);  // marker
  appendU16(out, static_cast<uint16_t>(kBgpHeaderSize + body.size()));
  appendU8(out, type);
  appendBytes(out, body);
}

}  // namespace nightjar::wire
