#include "routing/print/json_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/time.h"
#include "routing/print/rib_walk.h"
#include "routing/wire/as_path.h"

namespace nightjar::print {
namespace {

using wire::AsnSize;
using wire::AttributeType;
using wire::Finding;
using wire::MrtRecord;

// Of a finding's bytes at most this many are printed; its length tells how many there are.
constexpr size_t kMostFindingBytes = 4096;

// The values of the attributes that describe() names, by type; the first of each type counts (RFC 7606,
// section 3 g). The others stay where they are.
class NamedAttributes {
 public:
  explicit NamedAttributes(Bytes attributes) {
    wire::AttributeCursor cursor(attributes);
    for (wire::Attribute attribute; cursor.next(attribute);) {
      if (!isNamed(attribute.type) || has(attribute.type)) continue;
      present_ |= uint64_t{1} << attribute.type;
      values_[attribute.type] = attribute.value;
    }
  }

  static bool isNamed(uint8_t type) {
    using enum AttributeType;
    switch (static_cast<AttributeType>(type)) {
      case kOrigin:
      case kAsPath:
      case kNextHop:
      case kMultiExitDisc:
      case kLocalPref:
      case kAtomicAggregate:
      case kAggregator:
      case kCommunities:
      case kOriginatorId:
      case kClusterList:
      case kMpReachNlri:
      case kMpUnreachNlri:
      case kAs4Path:
      case kAs4Aggregator:
      case kLargeCommunities:
        return true;
      default:
        return false;
    }
  }
  bool has(uint8_t type) const { return (present_ >> type & 1) != 0; }
  bool has(AttributeType type) const { return has(static_cast<uint8_t>(type)); }
  // Empty when it is not there.
  Bytes operator[](AttributeType type) const { return values_[static_cast<uint8_t>(type)]; }

 private:
  std::array<Bytes, 33> values_{};
  uint64_t present_ = 0;
};

std::string_view originName(wire::Origin origin) {
  return origin == wire::Origin::kIgp ? "IGP" : origin == wire::Origin::kEgp ? "EGP" : "INCOMPLETE";
}

std::string_view segmentName(wire::SegmentType type) {
  switch (type) {
    case wire::SegmentType::kSet:
      return "set";
    case wire::SegmentType::kConfedSequence:
      return "confed_sequence";
    case wire::SegmentType::kConfedSet:
      return "confed_set";
    case wire::SegmentType::kSequence:
      break;
  }
  return {};
}

std::string stateName(wire::SessionState state) {
  constexpr std::array<std::string_view, 7> kNames{"",          "idle",         "connect",    "active",
                                                   "open-sent", "open-confirm", "established"};
  const auto number = static_cast<uint16_t>(state);
  return number > 0 && number < kNames.size() ? std::string(kNames[number]) : std::to_string(number);
}

std::string messageName(wire::MessageType type) {
  constexpr std::array<std::string_view, 6> kNames{"",          "open",         "update", "notification",
                                                   "keepalive", "route-refresh"};
  const auto number = static_cast<uint8_t>(type);
  return number > 0 && number < kNames.size() ? std::string(kNames[number]) : std::to_string(number);
}

std::string_view recordName(const MrtRecord& record) {
  switch (static_cast<wire::MrtType>(record.type)) {
    case wire::MrtType::kTableDump:
      return "TABLE_DUMP";
    case wire::MrtType::kTableDumpV2:
      return "TABLE_DUMP_V2";
    case wire::MrtType::kBgp4mp:
      return "BGP4MP";
    case wire::MrtType::kBgp4mpEt:
      return "BGP4MP_ET";
  }
  return {};
}

void writeText(JsonWriter& json, std::string_view key, std::string_view text) {
  json.key(key);
  json.text(text);
}
void writeNumber(JsonWriter& json, std::string_view key, uint64_t number) {
  json.key(key);
  json.number(number);
}
void writeAddress(JsonWriter& json, std::string_view key, const Address& address) {
  json.key(key);
  json.address(address);
}
void writeTrue(JsonWriter& json, std::string_view key) {
  json.key(key);
  json.raw("true");
}

void writePath(JsonWriter& json, Bytes path, AsnSize asnSize) {
  json.key("as_path");
  json.open('[');
  wire::AsPathCursor cursor(path, asnSize);
  for (wire::AsSegment segment; cursor.next(segment);) {
    const std::string_view name = segmentName(segment.type);
    if (!name.empty()) {
      json.open('{');
      json.key(name);
      json.open('[');
    }
    for (size_t i = 0; i < segment.count; ++i) json.number(segment[i].number);
    if (!name.empty()) {
      json.close(']');
      json.close('}');
    }
  }
  json.close(']');
}

void writeNextHop(JsonWriter& json, Bytes nextHop) {
  const auto global = wire::globalNextHop(nextHop);
  if (!global) return;
  writeAddress(json, "next_hop", *global);
  if (nextHop.size() == 32) {
    writeAddress(json, "next_hop_link_local", Address::of(Family::kIpv6, nextHop.subspan(16)));
  }
}

void writeAggregator(JsonWriter& json, const wire::Aggregator& aggregator) {
  json.key("aggregator");
  json.open('{');
  writeNumber(json, "asn", aggregator.asn.number);
  writeAddress(json, "address", aggregator.speaker);
  json.close('}');
}

void writeCommunities(JsonWriter& json, Bytes value) {
  json.key("communities");
  json.open('[');
  for (size_t i = 0; i < wire::countU32(value); ++i) {
    const uint32_t community = wire::u32At(value, i);
    char text[2 * kU32Room + 1];
    char* p = putU32(text, community >> 16);
    *p++ = ':';
    json.text({text, putU32(p, community & 0xffff)});
  }
  json.close(']');
}

void writeLargeCommunities(JsonWriter& json, Bytes value) {
  json.key("large_communities");
  json.open('[');
  for (size_t i = 0; i < wire::largeCommunityCount(value); ++i) {
    const wire::LargeCommunity community = wire::largeCommunityAt(value, i);
    char text[3 * kU32Room + 2];
    char* p = putU32(text, community.global);
    *p++ = ':';
    p = putU32(p, community.local1);
    *p++ = ':';
    json.text({text, putU32(p, community.local2)});
  }
  json.close(']');
}

void writeClusterList(JsonWriter& json, Bytes value) {
  json.key("cluster_list");
  json.open('[');
  for (size_t i = 0; i < wire::countU32(value); ++i) json.address(Address::ipv4(wire::u32At(value, i)));
  json.close(']');
}

void writeOthers(JsonWriter& json, Bytes attributes) {
  bool any = false;
  wire::AttributeCursor cursor(attributes);
  for (wire::Attribute attribute; cursor.next(attribute);) {
    if (NamedAttributes::isNamed(attribute.type)) continue;
    if (!any) {
      json.key("other_attributes");
      json.open('[');
      any = true;
    }
    json.open('{');
    writeNumber(json, "type", attribute.type);
    writeNumber(json, "flags", attribute.flags);
    json.key("value");
    json.hex(attribute.value);
    json.close('}');
  }
  if (any) json.close(']');
}

struct As4Choice {
  bool path = false;
  std::optional<wire::Aggregator> aggregator;
};

// RFC 6793, section 4.2.3: which of the attributes of a two-octet speaker count.
As4Choice chooseAs4(const NamedAttributes& named, AsnSize asnSize) {
  As4Choice choice{asnSize == AsnSize::kTwo && named.has(AttributeType::kAs4Path),
                   wire::decodeAggregator(named[AttributeType::kAggregator], asnSize)};
  if (asnSize == AsnSize::kFour || !choice.aggregator) return choice;
  const auto as4 = wire::decodeAggregator(named[AttributeType::kAs4Aggregator], AsnSize::kFour);
  if (!as4) return choice;
  if (choice.aggregator->asn == kAsTrans) {
    choice.aggregator = as4;
  } else {
    choice.path = false;
  }
  return choice;
}

// MP_REACH_NLRI before NEXT_HOP, as in tables.
Bytes tableNextHop(Bytes attributes) {
  const auto reach = wire::findAttribute(attributes, AttributeType::kMpReachNlri);
  if (const auto decoded = reach ? wire::decodeMpReach(*reach) : std::nullopt) return decoded->nextHop;
  return wire::findAttribute(attributes, AttributeType::kNextHop).value_or(Bytes());
}

Bytes bytesOf(const Finding& finding, const MrtRecord& record) {
  const uint64_t end = record.offset + record.raw.size();
  if (finding.offset < record.offset || finding.offset >= end) return {};
  return record.raw.subspan(finding.offset - record.offset)
      .first(std::min(finding.length, end - finding.offset));
}

}  // namespace

// What every line of a record begins with.
struct JsonLinePrinter::Head {
  std::string_view time;
  std::string_view record;
  const Address& peerAddress;
  Asn peerAsn;
};

// What the routes of one block of an update have in common.
struct JsonLinePrinter::Routes {
  std::string_view type;
  bool addPath = false;
  std::string_view members;  // of the object, each with its comma
};

void JsonLinePrinter::printFindings(const MrtRecord& record, TextBuffer& out,
                                    std::span<const Finding> findings) {
  for (const Finding& finding : findings) appendFinding(out, finding, bytesOf(finding, record));
}

std::string_view JsonLinePrinter::timeText(uint32_t seconds, uint32_t microseconds) {
  const uint64_t total = uint64_t{seconds} * 1'000'000 + microseconds;
  if (total != timeOf_) {
    time_ = formatTime(Time(std::chrono::microseconds(total)));
    timeOf_ = total;
  }
  return time_;
}

void JsonLinePrinter::startLine(JsonWriter& json, std::string_view type, const Head& head) {
  json.open('{');
  writeText(json, "type", type);
  writeText(json, "time", head.time);
  writeText(json, "record", head.record);
  writeNumber(json, "peer_asn", head.peerAsn.number);
  writeAddress(json, "peer_address", head.peerAddress);
}

void JsonLinePrinter::describe(Bytes attributes, AsnSize asnSize, Bytes nextHop) {
  using enum AttributeType;
  const NamedAttributes named(attributes);
  attributes_.clear();
  JsonWriter json(attributes_);
  json.continueObject();
  const As4Choice as4 = chooseAs4(named, asnSize);
  if (named.has(kAsPath)) {
    if (as4.path && wire::mergeAs4Path(named[kAsPath], named[kAs4Path], mergedPath_)) {
      writePath(json, mergedPath_, AsnSize::kFour);
    } else {
      writePath(json, named[kAsPath], asnSize);
    }
  }
  if (const auto origin = wire::decodeOrigin(named[kOrigin])) writeText(json, "origin", originName(*origin));
  writeNextHop(json, nextHop);
  if (const auto med = wire::decodeU32(named[kMultiExitDisc])) writeNumber(json, "med", *med);
  if (const auto preference = wire::decodeU32(named[kLocalPref]))
    writeNumber(json, "local_pref", *preference);
  if (named.has(kAtomicAggregate)) writeTrue(json, "atomic_aggregate");
  if (as4.aggregator) writeAggregator(json, *as4.aggregator);
  if (named.has(kCommunities)) writeCommunities(json, named[kCommunities]);
  if (named.has(kLargeCommunities)) writeLargeCommunities(json, named[kLargeCommunities]);
  if (const auto id = wire::decodeIpv4(named[kOriginatorId])) writeAddress(json, "originator_id", *id);
  if (named.has(kClusterList)) writeClusterList(json, named[kClusterList]);
  writeOthers(json, attributes);
}

void JsonLinePrinter::printRoutes(const Routes& routes, const wire::NlriBlock& block, const Head& head,
                                  TextBuffer& out) {
  JsonWriter json(out);
  const auto finish = [&] {
    json.members(routes.members);
    json.close('}');
    json.newline();
  };
  if (!block.isIp()) {
    if (block.bytes.empty()) return;
    startLine(json, routes.type, head);
    writeNumber(json, "afi", block.afi);
    writeNumber(json, "safi", block.safi);
    json.key("nlri");
    json.hex(block.bytes);
    return finish();
  }
  wire::NlriCursor cursor(block.bytes, block.family(), routes.addPath);
  for (wire::Nlri nlri; cursor.next(nlri);) {
    startLine(json, routes.type, head);
    json.key("prefix");
    json.prefix(nlri.prefix);
    if (routes.addPath) writeNumber(json, "path_id", nlri.pathId);
    if (!block.isUnicast()) writeTrue(json, "multicast");
    finish();
  }
}

void JsonLinePrinter::printMessage(const MrtRecord& record, TextBuffer& out, Findings& findings) {
  const auto message = wire::decodeMessage(record);
  if (!message) {
    findings.push_back(message.error());
    return;
  }
  const Head head{timeText(record.seconds, record.microseconds), recordName(record),
                  message->session.peerAddress, message->session.peerAsn};
  const wire::Update update =
      wire::decodeUpdate(message->message, wire::UpdateContext::of(*message), findings);
  if (update.type != wire::MessageType::kUpdate) {
    JsonWriter json(out);
    startLine(json, "message", head);
    if (message->local) writeTrue(json, "sent");
    writeText(json, "message", messageName(update.type));
    json.key("body");
    const size_t size = std::min<size_t>(message->message.size(), loadU16(message->message.data() + 16));
    json.hex(message->message.first(size).subspan(wire::kBgpHeaderSize));
    json.close('}');
    return json.newline();
  }
  const auto reach = wire::findAttribute(update.attributes, AttributeType::kMpReachNlri);
  const auto mpReach = reach ? wire::decodeMpReach(*reach) : std::nullopt;
  for (size_t i = 0; i < update.blocks.size(); ++i) {
    if (update.blocks[i].bytes.empty()) continue;
    const bool announced = i >= update.withdrawnBlocks;
    attributes_.clear();
    if (announced) {
      const bool multiprotocol = i == 2;
      describe(update.attributes, message->session.asnSize,
               multiprotocol && mpReach
                   ? mpReach->nextHop
                   : wire::findAttribute(update.attributes, AttributeType::kNextHop).value_or(Bytes()));
    } else if (i >= 2) {
      attributes_.append(",\"treated_as_withdraw\":true");
    }
    if (message->local) attributes_.append(",\"sent\":true");
    printRoutes({announced ? "announce" : "withdraw", update.addPath, attributes_.view()}, update.blocks[i],
                head, out);
  }
}

void JsonLinePrinter::printStateChange(const MrtRecord& record, TextBuffer& out, Findings& findings) {
  const auto change = wire::decodeStateChange(record);
  if (!change) {
    findings.push_back(change.error());
    return;
  }
  JsonWriter json(out);
  startLine(json, "state",
            {timeText(record.seconds, record.microseconds), recordName(record), change->session.peerAddress,
             change->session.peerAsn});
  writeText(json, "old_state", stateName(change->oldState));
  writeText(json, "new_state", stateName(change->newState));
  json.close('}');
  json.newline();
}

void JsonLinePrinter::printPeers(const MrtRecord& record, TextBuffer& out, Findings& findings) {
  auto table = wire::decodePeerIndexTable(record);
  if (!table) {
    findings.push_back(table.error());
    return;
  }
  peers_ = std::move(table->peers);
  JsonWriter json(out);
  json.open('{');
  writeText(json, "type", "peers");
  writeText(json, "time", timeText(record.seconds, 0));
  writeText(json, "record", recordName(record));
  writeAddress(json, "collector_id", Address::ipv4(table->collectorId));
  writeText(json, "view", table->viewName);
  json.key("peers");
  json.open('[');
  for (const wire::Peer& peer : peers_) {
    json.open('{');
    writeNumber(json, "asn", peer.asn.number);
    writeAddress(json, "address", peer.address);
    writeAddress(json, "bgp_id", Address::ipv4(peer.bgpId));
    json.close('}');
  }
  json.close(']');
  json.close('}');
  json.newline();
}

void JsonLinePrinter::printRib(const MrtRecord& record, TextBuffer& out, Findings& findings) {
  const auto rib = wire::decodeRib(record);
  if (!rib) {
    findings.push_back(rib.error());
    return;
  }
  walkRib(*rib, peers_.size(), findings, [&](const wire::RibEntry& entry) {
    const wire::Peer& peer = peers_[entry.peerIndex];
    describe(entry.attributes, AsnSize::kFour, tableNextHop(entry.attributes));
    JsonWriter json(out);
    startLine(json, "rib", {timeText(record.seconds, 0), recordName(record), peer.address, peer.asn});
    json.key("prefix");
    json.prefix(rib->prefix);
    if (rib->addPath) writeNumber(json, "path_id", entry.pathId);
    if (rib->multicast) writeTrue(json, "multicast");
    json.key("originated");
    json.text(formatTime(Time(std::chrono::seconds(entry.originated))));
    json.members(attributes_.view());
    json.close('}');
    json.newline();
  });
}

void JsonLinePrinter::printTableDump(const MrtRecord& record, TextBuffer& out, Findings& findings) {
  const auto entry = wire::decodeTableDump(record);
  if (!entry) {
    findings.push_back(entry.error());
    return;
  }
  checkTableAttributes(entry->attributes, entry->asnSize, entry->attributesOffset, findings);
  describe(entry->attributes, entry->asnSize, tableNextHop(entry->attributes));
  JsonWriter json(out);
  startLine(json, "rib",
            {timeText(record.seconds, 0), recordName(record), entry->peerAddress, entry->peerAsn});
  json.key("prefix");
  json.prefix(entry->prefix);
  json.key("originated");
  json.text(formatTime(Time(std::chrono::seconds(entry->originated))));
  json.members(attributes_.view());
  json.close('}');
  json.newline();
}

void appendFinding(TextBuffer& out, const Finding& finding, Bytes bytes) {
  JsonWriter json(out);
  json.open('{');
  writeText(json, "type", "finding");
  writeText(json, "kind", wire::nameOf(finding.kind));
  writeNumber(json, "offset", finding.offset);
  writeNumber(json, "length", finding.length);
  writeText(json, "what", finding.what);
  if (!bytes.empty()) {
    json.key("bytes");
    json.hex(bytes.first(std::min(bytes.size(), kMostFindingBytes)));
  }
  json.close('}');
  json.newline();
}

}  // namespace nightjar::print
