#include "routing/wire/update.h"

#include <algorithm>
#include <bitset>
#include <string>
#include <utility>

namespace nightjar::wire {
namespace {

enum BlockIndex : uint8_t { kWithdrawnRoutes, kMpUnreach, kMpReach, kNlri };

std::unexpected<Finding> reset(Bytes message, uint64_t offset, std::string what) {
  return std::unexpected(Finding{FindingKind::kSessionReset, offset, message.size(), std::move(what)});
}

bool markerIsOnes(const uint8_t* p) {
  uint64_t halves[2];
  std::memcpy(halves, p, sizeof halves);
  return (halves[0] & halves[1]) == ~uint64_t{0};
}

// Optional and Transitive bits of each known type (attributeForms()), or kAnyFlags.
constexpr uint8_t kAnyFlags = 0xff;
std::array<uint8_t, 256> flagsByType() {
  std::array<uint8_t, 256> flags{};
  flags.fill(kAnyFlags);
  for (const AttributeForm& form : attributeForms()) flags[static_cast<uint8_t>(form.type)] = form.flags;
  return flags;
}

// RFC 7606, section 7.2, and RFC 7607: well-formed segments, and no AS number zero.
bool isGoodPath(Bytes value, AsnSize asnSize) {
  AsPathCursor cursor(value, asnSize);
  for (AsSegment segment; cursor.next(segment);) {
    for (size_t i = 0; i < segment.count; ++i) {
      if (segment[i] == Asn{}) return false;
    }
  }
  return cursor.ok();
}

bool isGoodAggregator(Bytes value, AsnSize asnSize) {
  const auto aggregator = decodeAggregator(value, asnSize);
  return aggregator && aggregator->asn != Asn{};
}

bool isListOf(size_t octets, Bytes value) {
  return !value.empty() && value.size() % octets == 0;
}

// RFC 4760, section 3; RFC 2545, section 3; RFC 8950, section 3.
bool isGoodNextHopSize(const NlriBlock& nlri, size_t size) {
  if (!nlri.isIp()) return true;
  return size == 16 || size == 32 || (size == 4 && nlri.afi == kAfiIpv4);
}

// Judges the attributes and fields of one UPDATE.
class Judge {
 public:
  Judge(Bytes message, const UpdateContext& context, Update& update, std::vector<Finding>& findings)
      : message_(message), context_(context), update_(update), findings_(findings) {}

  void judge(const BgpMessage& message) {
    update_.blocks[kWithdrawnRoutes].bytes = message.withdrawn;
    update_.blocks[kNlri].bytes = message.nlri;
    AttributeCursor cursor(message.attributes);
    for (Attribute attribute; cursor.next(attribute);) judgeAttribute(attribute);
    if (!cursor.ok()) {
      // RFC 7606, section 4: the total length still shows where the NLRI begins.
      report(FindingKind::kTreatAsWithdraw, message.attributes.subspan(cursor.position()),
             "path attribute runs past the end of the attributes");
    }
    judgePresence(message);
    for (const NlriBlock& block : update_.blocks) judgeRoutes(block);
    settleOrigin(message.attributes);
  }

  void report(FindingKind kind, Bytes where, std::string what) {
    const auto at = static_cast<uint64_t>(where.data() - message_.data());
    findings_.push_back({kind, context_.offset + at, where.size(), std::move(what)});
    update_.worst = std::max(update_.worst.value_or(kind), kind);
  }

 private:
  static constexpr std::optional<FindingKind> kGood = std::nullopt;

  static std::string nameOfType(uint8_t type) {
    const AttributeForm* const form = wire::formOf(type);
    return form == nullptr ? "attribute " + std::to_string(type) : std::string(form->name);
  }
  // The attribute with its header.
  static Bytes whole(const Attribute& attribute) {
    const size_t head = (attribute.flags & kExtendedLength) != 0 ? 4 : 3;
    return {attribute.value.data() - head, attribute.value.size() + head};
  }

  void judgeAttribute(const Attribute& attribute) {
    static const std::array<uint8_t, 256> kFlags = flagsByType();
    if (seen_[attribute.type]) [[unlikely]]
      return judgeRepeated(attribute);
    seen_[attribute.type] = true;
    const uint8_t expected = kFlags[attribute.type];
    const uint8_t flags = attribute.flags & (kOptional | kTransitive);
    if (expected == kAnyFlags) {
      if ((flags & kOptional) == 0) {  // RFC 4271, section 6.3
        report(FindingKind::kSessionReset, whole(attribute),
               "well-known " + nameOfType(attribute.type) + " is not known");
      }
      return;
    }
    if (const auto verdict = judgeValue(attribute)) {
      report(*verdict, whole(attribute), nameOfType(attribute.type) + " is malformed");
    } else if (flags != expected) [[unlikely]] {  // RFC 7606, section 3 c
      report(FindingKind::kTreatAsWithdraw, whole(attribute),
             nameOfType(attribute.type) + " has wrong flags");
    }
  }

  // RFC 7606, section 3 g: the first one counts, except for the two that carry routes.
  void judgeRepeated(const Attribute& attribute) {
    if (repeated_[attribute.type]) return;
    repeated_[attribute.type] = true;
    const bool routes =
        attribute.is(AttributeType::kMpReachNlri) || attribute.is(AttributeType::kMpUnreachNlri);
    report(routes ? FindingKind::kSessionReset : FindingKind::kAttributeDiscard, whole(attribute),
           nameOfType(attribute.type) + " appears more than once");
  }

  // What RFC 7606, section 7, asks for when the value is malformed; the RFC of the attribute for later ones.
  std::optional<FindingKind> judgeValue(const Attribute& attribute) {
    using enum AttributeType;
    using enum FindingKind;
    const Bytes value = attribute.value;
    const auto unless = [](bool good, FindingKind kind) { return good ? kGood : kind; };
    const FindingKind onlyInternal = context_.internal ? kTreatAsWithdraw : kAttributeDiscard;
    switch (static_cast<AttributeType>(attribute.type)) {
      case kOrigin:
        return unless(decodeOrigin(value).has_value(), kTreatAsWithdraw);
      case kAsPath:
        asPath_ = value;
        return unless(isGoodPath(value, context_.asnSize), kTreatAsWithdraw);
      case kNextHop:
      case kMultiExitDisc:
        return unless(value.size() == 4, kTreatAsWithdraw);
      case kLocalPref:
      case kOriginatorId:
        return unless(value.size() == 4, onlyInternal);
      case kClusterList:
        return unless(isListOf(4, value), onlyInternal);
      case kAtomicAggregate:
        return unless(value.empty(), kAttributeDiscard);
      case kAggregator:
        return unless(isGoodAggregator(value, context_.asnSize), kAttributeDiscard);
      case kCommunities:
        return unless(isListOf(4, value), kTreatAsWithdraw);
      case kExtendedCommunities:
        return unless(isListOf(8, value), kTreatAsWithdraw);
      case kIpv6ExtendedCommunities:
        return unless(isListOf(20, value), kTreatAsWithdraw);
      case kLargeCommunities:  // RFC 8092, section 6
        return unless(isListOf(12, value), kTreatAsWithdraw);
      case kAs4Path:  // RFC 6793, section 6
        return unless(isGoodPath(value, AsnSize::kFour), kAttributeDiscard);
      case kAs4Aggregator:
        return unless(isGoodAggregator(value, AsnSize::kFour), kAttributeDiscard);
      case kMpReachNlri:
        return unless(readMpReach(value), kSessionReset);
      case kMpUnreachNlri:
        return unless(readMpUnreach(value), kSessionReset);
    }
    return kGood;
  }

  bool readMpReach(Bytes value) {
    const auto reach = decodeMpReach(value);
    if (!reach || reach->abbreviated || !isGoodNextHopSize(reach->nlri, reach->nextHop.size())) return false;
    update_.blocks[kMpReach] = reach->nlri;
    return true;
  }

  bool readMpUnreach(Bytes value) {
    const auto unreach = decodeMpUnreach(value);
    if (!unreach) return false;
    update_.blocks[kMpUnreach] = *unreach;
    return true;
  }

  bool seen(AttributeType type) const { return seen_[static_cast<uint8_t>(type)]; }

  // RFC 7606, section 3 d; RFC 4760, section 3: which attributes a route cannot do without.
  void judgePresence(const BgpMessage& message) {
    const bool routes = !message.nlri.empty();
    if (!routes && !seen(AttributeType::kMpReachNlri)) return;
    if (update_.worst >= FindingKind::kTreatAsWithdraw) return;
    const auto missing = [&](AttributeType type) {
      if (seen(type)) return;
      report(FindingKind::kTreatAsWithdraw, message.attributes,
             nameOfType(static_cast<uint8_t>(type)) + " is missing");
    };
    missing(AttributeType::kOrigin);
    missing(AttributeType::kAsPath);
    if (routes) missing(AttributeType::kNextHop);
  }

  // RFC 7606, section 5.3: routes that cannot be told apart cannot be withdrawn either.
  void judgeRoutes(const NlriBlock& block) {
    if (block.bytes.empty() || !block.isIp()) return;
    NlriCursor cursor(block.bytes, block.family(), context_.addPath);
    while (cursor.skip()) continue;
    if (!cursor.ok()) {
      report(FindingKind::kSessionReset, block.bytes.subspan(cursor.position()), "route is too long or cut");
    }
  }

  void settleOrigin(Bytes attributes) {
    update_.origin = pathOrigin(asPath_, context_.asnSize);
    if (update_.origin == kAsTrans && context_.asnSize == AsnSize::kTwo) {
      update_.origin = originBehindAsTrans(attributes, asPath_);
    }
  }

  Bytes message_;
  const UpdateContext& context_;
  Update& update_;
  std::vector<Finding>& findings_;
  Bytes asPath_;
  std::bitset<256> seen_;
  std::bitset<256> repeated_;
};

}  // namespace

Decoded<BgpMessage> decodeBgpMessage(Bytes message, uint64_t offset) {
  if (message.size() < kBgpHeaderSize) return reset(message, offset, "message ends inside its header");
  if (!markerIsOnes(message.data())) return reset(message, offset, "marker is not all ones");
  const size_t length = loadU16(message.data() + 16);
  if (length < kBgpHeaderSize) {
    return reset(message, offset, "message length " + std::to_string(length) + " is below the header's");
  }
  if (length > message.size()) {
    return reset(
        message, offset,
        "message is cut: " + std::to_string(message.size()) + " of " + std::to_string(length) + " octets");
  }
  BgpMessage result;
  result.type = static_cast<MessageType>(message[18]);
  result.body = message.subspan(kBgpHeaderSize, length - kBgpHeaderSize);
  if (result.type != MessageType::kUpdate) return result;

  ByteReader reader(result.body);
  result.withdrawn = reader.take(reader.u16());
  result.attributes = reader.take(reader.u16());
  result.nlri = reader.rest();
  if (!reader.ok()) return reset(message, offset, "lengths inside the UPDATE do not fit it");
  return result;
}

Update decodeUpdate(Bytes message, const UpdateContext& context, std::vector<Finding>& findings) {
  Update update;
  update.addPath = context.addPath;
  auto frame = decodeBgpMessage(message, context.offset);
  if (!frame) {
    update.worst = frame.error().kind;
    findings.push_back(std::move(frame).error());
    return update;
  }
  update.type = frame->type;
  if (frame->type != MessageType::kUpdate) return update;
  update.attributes = frame->attributes;
  Judge(message, context, update, findings).judge(*frame);
  if (update.worst == FindingKind::kSessionReset) update.blocks = {};
  if (update.worst == FindingKind::kTreatAsWithdraw) {
    update.withdrawnBlocks = static_cast<uint8_t>(update.blocks.size());
  }
  return update;
}

}  // namespace nightjar::wire
