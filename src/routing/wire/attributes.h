// Path attributes of BGP-4 (RFC 4271, section 4.3). docs/wire.md lists them: which are decoded, which are
// kept as raw bytes.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/address.h"
#include "base/asn.h"
#include "base/byte_reader.h"
#include "routing/wire/as_path.h"

namespace nightjar::wire {

// IANA, "BGP path attributes"; the RFC of each is in attributeForms().
enum class AttributeType : uint8_t {
  kOrigin = 1,
  kAsPath = 2,
  kNextHop = 3,
  kMultiExitDisc = 4,
  kLocalPref = 5,
  kAtomicAggregate = 6,
  kAggregator = 7,
  kCommunities = 8,
  kOriginatorId = 9,
  kClusterList = 10,
  kMpReachNlri = 14,
  kMpUnreachNlri = 15,
  kExtendedCommunities = 16,
  kAs4Path = 17,
  kAs4Aggregator = 18,
  kIpv6ExtendedCommunities = 25,
  kLargeCommunities = 32,
};

// RFC 4271, section 4.3.
inline constexpr uint8_t kOptional = 0x80;
inline constexpr uint8_t kTransitive = 0x40;
inline constexpr uint8_t kPartial = 0x20;
inline constexpr uint8_t kExtendedLength = 0x10;

// One row of the table of attributes; docs/wire.md is held against it.
struct AttributeForm {
  AttributeType type;
  uint8_t flags;  // Optional and Transitive as the RFC fixes them
  std::string_view name;
  std::string_view rfc;
  std::string_view decoder;  // function of this folder; empty: kept raw
};
std::span<const AttributeForm> attributeForms();
// nullptr for a type that is kept raw and not named.
const AttributeForm* formOf(uint8_t type);

struct Attribute {
  uint8_t flags = 0;
  uint8_t type = 0;
  Bytes value;
  uint32_t offset = 0;  // of the flags octet, from the start of the attributes

  bool is(AttributeType t) const { return type == static_cast<uint8_t>(t); }
};

// Walks path attributes:
//   AttributeCursor cursor(bytes);
//   for (Attribute attribute; cursor.next(attribute);) ...
//   if (!cursor.ok()) the attribute at cursor.position() runs past the end
class AttributeCursor {
 public:
  explicit AttributeCursor(Bytes bytes) : p_(bytes.data()), end_(p_ + bytes.size()), begin_(p_) {}

  bool next(Attribute& attribute) {
    const auto left = static_cast<size_t>(end_ - p_);
    if (left < 3) return stop(left == 0);
    size_t head = 3;
    size_t length = p_[2];
    if ((p_[0] & kExtendedLength) != 0) {
      if (left < 4) return stop(false);
      head = 4;
      length = loadU16(p_ + 2);
    }
    if (left - head < length) [[unlikely]]
      return stop(false);
    attribute.flags = p_[0];
    attribute.type = p_[1];
    attribute.value = {p_ + head, length};
    attribute.offset = static_cast<uint32_t>(p_ - begin_);
    p_ += head + length;
    return true;
  }

  bool ok() const { return ok_; }
  size_t position() const { return static_cast<size_t>(p_ - begin_); }

 private:
  bool stop(bool ok) {
    ok_ = ok_ && ok;
    return false;
  }

  const uint8_t* p_;
  const uint8_t* end_;
  const uint8_t* begin_;
  bool ok_ = true;
};

// The value of the first attribute of that type; nothing when it is not there. Stops at damage.
std::optional<Bytes> findAttribute(Bytes attributes, AttributeType type);

// ---- Values. Nothing when the value has not the form that its RFC asks for.

enum class Origin : uint8_t { kIgp = 0, kEgp = 1, kIncomplete = 2 };  // RFC 4271, section 5.1.1
std::optional<Origin> decodeOrigin(Bytes value);
// NEXT_HOP, ORIGINATOR_ID.
std::optional<Address> decodeIpv4(Bytes value);
// MULTI_EXIT_DISC, LOCAL_PREF.
std::optional<uint32_t> decodeU32(Bytes value);

// RFC 4271, section 5.1.7; AS4_AGGREGATOR is the same with AsnSize::kFour (RFC 6793, section 3).
struct Aggregator {
  Asn asn;
  Address speaker;
  bool operator==(const Aggregator&) const = default;
};
std::optional<Aggregator> decodeAggregator(Bytes value, AsnSize asnSize);

// COMMUNITIES (RFC 1997: AS number and value, 16 bits each), CLUSTER_LIST (RFC 4456) are lists of these.
inline size_t countU32(Bytes value) {
  return value.size() / 4;
}
// REQUIRES: i < countU32(value).
inline uint32_t u32At(Bytes value, size_t i) {
  return loadU32(value.data() + 4 * i);
}

// RFC 8092.
struct LargeCommunity {
  uint32_t global = 0;
  uint32_t local1 = 0;
  uint32_t local2 = 0;
  auto operator<=>(const LargeCommunity&) const = default;
};
inline size_t largeCommunityCount(Bytes value) {
  return value.size() / 12;
}
// REQUIRES: i < largeCommunityCount(value).
inline LargeCommunity largeCommunityAt(Bytes value, size_t i) {
  const uint8_t* const p = value.data() + 12 * i;
  return {loadU32(p), loadU32(p + 4), loadU32(p + 8)};
}

// Address families and sub-families (IANA); others are kept as numbers.
inline constexpr uint16_t kAfiIpv4 = 1;
inline constexpr uint16_t kAfiIpv6 = 2;
inline constexpr uint8_t kSafiUnicast = 1;
inline constexpr uint8_t kSafiMulticast = 2;

// A run of routes of one family, still encoded; nlri.h reads them.
struct NlriBlock {
  uint16_t afi = kAfiIpv4;
  uint8_t safi = kSafiUnicast;
  Bytes bytes;

  bool isIp() const { return (afi == kAfiIpv4 || afi == kAfiIpv6) && (safi == 1 || safi == 2); }
  bool isUnicast() const { return (afi == kAfiIpv4 || afi == kAfiIpv6) && safi == kSafiUnicast; }
  // REQUIRES: isIp().
  Family family() const { return afi == kAfiIpv4 ? Family::kIpv4 : Family::kIpv6; }
};

// RFC 4760, section 3.
struct MpReach {
  NlriBlock nlri;  // nlri.afi is 0 when abbreviated: the RIB record says the family
  Bytes nextHop;   // 4, 16 or 32 octets for IP (RFC 2545, section 3: global, then link-local)
  bool abbreviated = false;
};
// Reads the full attribute and the abbreviated one of TABLE_DUMP_V2 (RFC 6396, section 4.3.4: next hop length
// and next hop only), told apart by the first octet: no family has a number of 256 or more that collectors
// carry, so a full attribute begins with zero.
std::optional<MpReach> decodeMpReach(Bytes value);
// RFC 4760, section 4.
std::optional<NlriBlock> decodeMpUnreach(Bytes value);
// The global address of an MP_REACH next hop (the first when there are two); nothing for other lengths.
std::optional<Address> globalNextHop(Bytes nextHop);

// ---- The origin of a route, for whole tables.

// The AS4_PATH that belongs to a two-octet AS_PATH; nothing when there is none, or when AGGREGATOR shows that
// AS4_PATH is stale (RFC 6793, section 4.2.3). as_path.h, mergeAs4Path, joins the two.
std::optional<Bytes> usableAs4Path(Bytes attributes);

// Out of line: AS_TRANS in a two-octet path, looked up in AS4_PATH (RFC 6793, section 4.2.3).
Asn originBehindAsTrans(Bytes attributes, Bytes asPath);

// The AS that originated the route with these attributes, as pathOrigin() says; for two-octet paths AS4_PATH
// replaces AS_TRANS. Unknown (0) when there is no usable AS_PATH. Allocates nothing.
inline Asn originOf(Bytes attributes, AsnSize asnSize) {
  AttributeCursor cursor(attributes);
  for (Attribute attribute; cursor.next(attribute);) {
    if (!attribute.is(AttributeType::kAsPath)) continue;
    const Asn origin = pathOrigin(attribute.value, asnSize);
    if (origin == kAsTrans && asnSize == AsnSize::kTwo) [[unlikely]]
      return originBehindAsTrans(attributes, attribute.value);
    return origin;
  }
  return {};
}

}  // namespace nightjar::wire
