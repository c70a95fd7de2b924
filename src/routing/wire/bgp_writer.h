// Writes BGP-4: routes, path attributes, messages. The counterpart of nlri.h, attributes.h and update.h: what
// is written here is read back there as it was. Appends to a buffer of the caller; deterministic.
//
//   std::vector<uint8_t> attributes, nlri, message;
//   AttributeWriter(attributes).origin(Origin::kIgp).asPath({{64500}, {64501}}).nextHop(address);
//   appendNlri(nlri, {prefix});
//   appendUpdate(message, {}, attributes, nlri);
//
// REQUIRES everywhere: what is given fits its length field (an attribute 65,535 octets, a segment 255
// numbers, a message 65,535 octets; a speaker without RFC 8654 would not send more than 4,096). Checked by
// assert.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

#include "routing/wire/as_path.h"
#include "routing/wire/attributes.h"
#include "routing/wire/nlri.h"
#include "routing/wire/update.h"

namespace nightjar::wire {

using Buffer = std::vector<uint8_t>;

// Big-endian fields at the end of a buffer.
void appendU8(Buffer& out, uint8_t value);
void appendU16(Buffer& out, uint16_t value);
void appendU32(Buffer& out, uint32_t value);
void appendBytes(Buffer& out, Bytes bytes);
// 4 or 16 octets.
void appendAddress(Buffer& out, const Address& address);
// Two octets: numbers above 65,535 become AS_TRANS (RFC 6793, section 4.2.2).
void appendAsn(Buffer& out, Asn asn, AsnSize size);

// Length and octets; with the path identifier under add-path.
void appendPrefix(Buffer& out, const Prefix& prefix);
void appendNlri(Buffer& out, const Nlri& nlri, bool addPath = false);

// A path segment as a value, for building.
struct PathSegment {
  SegmentType type = SegmentType::kSequence;
  std::vector<Asn> asns;
  bool operator==(const PathSegment&) const = default;
};

// Appends path attributes in the order of the calls. Flags are those of the RFCs; the extended length is used
// above 255 octets only. A long sequence is split into segments of 255.
class AttributeWriter {
 public:
  explicit AttributeWriter(Buffer& out, AsnSize asnSize = AsnSize::kFour) : out_(out), asnSize_(asnSize) {}

  AttributeWriter& origin(Origin origin);
  AttributeWriter& asPath(std::span<const Asn> sequence);
  AttributeWriter& asPath(std::initializer_list<Asn> sequence);
  AttributeWriter& asPath(std::span<const PathSegment> segments);
  AttributeWriter& as4Path(std::span<const PathSegment> segments);
  AttributeWriter& nextHop(const Address& ipv4);
  AttributeWriter& multiExitDisc(uint32_t value);
  AttributeWriter& localPref(uint32_t value);
  AttributeWriter& atomicAggregate();
  AttributeWriter& aggregator(const Aggregator& aggregator);
  AttributeWriter& as4Aggregator(const Aggregator& aggregator);
  AttributeWriter& communities(std::span<const uint32_t> values);
  AttributeWriter& largeCommunities(std::span<const LargeCommunity> values);
  // Raw: 8 octets each (RFC 4360, section 2).
  AttributeWriter& extendedCommunities(std::span<const uint64_t> values);
  AttributeWriter& originatorId(const Address& ipv4);
  AttributeWriter& clusterList(std::span<const uint32_t> ids);
  // `nextHop` is one address, or for IPv6 a global and a link-local one.
  AttributeWriter& mpReach(Family family, std::span<const Address> nextHop, std::span<const Nlri> nlri,
                           bool addPath = false, uint8_t safi = kSafiUnicast);
  // As TABLE_DUMP_V2 has it (RFC 6396, section 4.3.4).
  AttributeWriter& mpReachAbbreviated(std::span<const Address> nextHop);
  AttributeWriter& mpUnreach(Family family, std::span<const Nlri> nlri, bool addPath = false,
                             uint8_t safi = kSafiUnicast);
  // Any attribute with any flags and bytes, right or wrong; only the extended length flag follows the size.
  AttributeWriter& raw(uint8_t flags, uint8_t type, Bytes value);

 private:
  AttributeWriter& add(AttributeType type, Bytes value);
  AttributeWriter& number(AttributeType type, uint32_t value);
  AttributeWriter& numbers(AttributeType type, std::span<const uint32_t> values);
  AttributeWriter& address(AttributeType type, const Address& address);
  AttributeWriter& addAggregator(AttributeType type, const Aggregator& aggregator, AsnSize asnSize);
  AttributeWriter& path(AttributeType type, std::span<const PathSegment> segments, AsnSize asnSize);

  Buffer& out_;
  AsnSize asnSize_;
};

// Messages (RFC 4271, section 4).
void appendUpdate(Buffer& out, Bytes withdrawn, Bytes attributes, Bytes nlri);
void appendOpen(Buffer& out, Asn asn, uint16_t holdTime, uint32_t bgpId, Bytes parameters = {});
void appendNotification(Buffer& out, uint8_t code, uint8_t subcode, Bytes data = {});
void appendKeepalive(Buffer& out);
// Any type, any body.
void appendMessage(Buffer& out, uint8_t type, Bytes body);

}  // namespace nightjar::wire
