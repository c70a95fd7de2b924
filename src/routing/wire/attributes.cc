#include "routing/wire/attributes.h"

namespace nightjar::wire {
namespace {

using enum AttributeType;
constexpr uint8_t kWellKnown = kTransitive;
constexpr uint8_t kOptionalTransitive = kOptional | kTransitive;

constexpr std::array kForms{
    AttributeForm{kOrigin, kWellKnown, "ORIGIN", "RFC 4271", "decodeOrigin"},
    AttributeForm{kAsPath, kWellKnown, "AS_PATH", "RFC 4271, 5065", "AsPathCursor"},
    AttributeForm{kNextHop, kWellKnown, "NEXT_HOP", "RFC 4271", "decodeIpv4"},
    AttributeForm{kMultiExitDisc, kOptional, "MULTI_EXIT_DISC", "RFC 4271", "decodeU32"},
    AttributeForm{kLocalPref, kWellKnown, "LOCAL_PREF", "RFC 4271", "decodeU32"},
    AttributeForm{kAtomicAggregate, kWellKnown, "ATOMIC_AGGREGATE", "RFC 4271", "AttributeCursor"},
    AttributeForm{kAggregator, kOptionalTransitive, "AGGREGATOR", "RFC 4271, 6793", "decodeAggregator"},
    AttributeForm{kCommunities, kOptionalTransitive, "COMMUNITIES", "RFC 1997", "u32At"},
    AttributeForm{kOriginatorId, kOptional, "ORIGINATOR_ID", "RFC 4456", "decodeIpv4"},
    AttributeForm{kClusterList, kOptional, "CLUSTER_LIST", "RFC 4456", "u32At"},
    AttributeForm{kMpReachNlri, kOptional, "MP_REACH_NLRI", "RFC 4760, 6396", "decodeMpReach"},
    AttributeForm{kMpUnreachNlri, kOptional, "MP_UNREACH_NLRI", "RFC 4760", "decodeMpUnreach"},
    AttributeForm{kExtendedCommunities, kOptionalTransitive, "EXTENDED COMMUNITIES", "RFC 4360", ""},
    AttributeForm{kAs4Path, kOptionalTransitive, "AS4_PATH", "RFC 6793", "AsPathCursor"},
    AttributeForm{kAs4Aggregator, kOptionalTransitive, "AS4_AGGREGATOR", "RFC 6793", "decodeAggregator"},
    AttributeForm{kIpv6ExtendedCommunities, kOptionalTransitive, "IPv6 EXTENDED COMMUNITIES", "RFC 5701", ""},
    AttributeForm{kLargeCommunities, kOptionalTransitive, "LARGE_COMMUNITY", "RFC 8092", "largeCommunityAt"},
};

}  // namespace

std::span<const AttributeForm> attributeForms() {
  return kForms;
}

const AttributeForm* formOf(uint8_t type) {
  for (const AttributeForm& form : kForms) {
    if (static_cast<uint8_t>(form.type) == type) return &form;
  }
  return nullptr;
}

std::optional<Bytes> findAttribute(Bytes attributes, AttributeType type) {
  AttributeCursor cursor(attributes);
  for (Attribute attribute; cursor.next(attribute);) {
    if (attribute.is(type)) return attribute.value;
  }
  return std::nullopt;
}

std::optional<Origin> decodeOrigin(Bytes value) {
  if (value.size() != 1 || value[0] > static_cast<uint8_t>(Origin::kIncomplete)) return std::nullopt;
  return static_cast<Origin>(value[0]);
}

std::optional<Address> decodeIpv4(Bytes value) {
  if (value.size() != 4) return std::nullopt;
  return Address::of(Family::kIpv4, value);
}

std::optional<uint32_t> decodeU32(Bytes value) {
  if (value.size() != 4) return std::nullopt;
  return loadU32(value.data());
}

std::optional<Aggregator> decodeAggregator(Bytes value, AsnSize asnSize) {
  const auto asnOctets = static_cast<size_t>(asnSize);
  if (value.size() != asnOctets + 4) return std::nullopt;
  return Aggregator{loadAsn(value.data(), asnSize), Address::of(Family::kIpv4, value.subspan(asnOctets))};
}

std::optional<MpReach> decodeMpReach(Bytes value) {
  if (value.empty()) return std::nullopt;
  if (value[0] != 0) {
    if (value[0] != value.size() - 1) return std::nullopt;
    return MpReach{{0, 0, {}}, value.subspan(1), true};
  }
  ByteReader reader(value);
  MpReach reach;
  reach.nlri.afi = reader.u16();
  reach.nlri.safi = reader.u8();
  reach.nextHop = reader.take(reader.u8());
  reader.u8();  // reserved (RFC 4760, section 3)
  if (!reader.ok()) return std::nullopt;
  reach.nlri.bytes = reader.rest();
  return reach;
}

std::optional<NlriBlock> decodeMpUnreach(Bytes value) {
  if (value.size() < 3) return std::nullopt;
  return NlriBlock{loadU16(value.data()), value[2], value.subspan(3)};
}

std::optional<Address> globalNextHop(Bytes nextHop) {
  switch (nextHop.size()) {
    case 4:
      return Address::of(Family::kIpv4, nextHop);
    case 16:
    case 32:
      return Address::of(Family::kIpv6, nextHop.first(16));
    default:
      return std::nullopt;
  }
}

namespace {

// RFC 6793, section 4.2.3: a two-octet speaker that aggregated knew nothing of the AS4 attributes it passed
// on.
bool aggregatedByTwoOctetSpeaker(Bytes attributes) {
  const auto aggregator = findAttribute(attributes, kAggregator);
  if (!aggregator || !findAttribute(attributes, kAs4Aggregator)) return false;
  const auto decoded = decodeAggregator(*aggregator, AsnSize::kTwo);
  return decoded && decoded->asn != kAsTrans;
}

}  // namespace

std::optional<Bytes> usableAs4Path(Bytes attributes) {
  const auto as4Path = findAttribute(attributes, kAs4Path);
  if (!as4Path || aggregatedByTwoOctetSpeaker(attributes)) return std::nullopt;
  return as4Path;
}

Asn originBehindAsTrans(Bytes attributes, Bytes asPath) {
  const auto as4Path = usableAs4Path(attributes);
  if (!as4Path) return kAsTrans;
  const size_t length = pathLength(*as4Path, AsnSize::kFour);
  if (length > pathLength(asPath, AsnSize::kTwo)) return kAsTrans;
  const Asn origin = pathOrigin(*as4Path, AsnSize::kFour);
  return origin == Asn{} ? kAsTrans : origin;
}

}  // namespace nightjar::wire
