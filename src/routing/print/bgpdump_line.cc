#include "routing/print/bgpdump_line.h"

#include <algorithm>
#include <array>

#include "routing/print/format_number.h"
#include "routing/print/rib_walk.h"
#include "routing/wire/bgp4mp.h"
#include "routing/wire/table_dump.h"
#include "routing/wire/update.h"

namespace nightjar::print {
namespace {

using wire::AsnSize;
using wire::AttributeType;
using wire::MrtRecord;
using wire::SegmentType;

constexpr Ipv6Style kStyle = Ipv6Style::kBgpdump;

// bgpdump's working buffers end here; what is longer is cut, so it is cut here too.
constexpr ptrdiff_t kPathLimit = 7900;
constexpr size_t kCommunitiesLimit = 8191;

constexpr size_t kHeadRoom = 32 + 22 + kAddressRoom + kU32Room;  // "BGP4MP_ET_LOCAL|time|STATE|address|asn|"
constexpr size_t kPathIdRoom = kU32Room + 1;
constexpr size_t kCommunityRoom = 16;  // " no-advertise" and what is overwritten behind it

bool isExtended(const MrtRecord& record) {
  return record.type == static_cast<uint16_t>(wire::MrtType::kBgp4mpEt);
}

bool isSet(SegmentType type) {
  return type == SegmentType::kSet || type == SegmentType::kConfedSet;
}

// "{1,2}" set, "(1 2)" confederation sequence, "[1,2]" confederation set; a sequence has no brackets.
char opening(SegmentType type) {
  return type == SegmentType::kSet ? '{' : type == SegmentType::kConfedSet ? '[' : '(';
}
char closing(SegmentType type) {
  return type == SegmentType::kSet ? '}' : type == SegmentType::kConfedSet ? ']' : ')';
}

// False for a malformed path, which prints as "! Error !".
bool appendPath(TextBuffer& out, Bytes path, AsnSize asnSize) {
  const auto width = static_cast<size_t>(asnSize);
  char* const start = out.room(3 * path.size() + 16);  // at worst "65535 " for two bytes
  char* p = start;
  SegmentType before = SegmentType::kSequence;
  bool space = false;
  const uint8_t* at = path.data();
  const uint8_t* const end = at + path.size();
  while (at != end) {
    if (end - at < 2 || at[0] < 1 || at[0] > 4 || static_cast<size_t>(end - at) - 2 < at[1] * width) {
      out.finish(put(start, "! Error !"));
      return false;
    }
    const auto type = static_cast<SegmentType>(at[0]);
    const size_t count = at[1];
    at += 2;
    if (before != SegmentType::kSequence) *p++ = closing(before);
    if (space) *p++ = ' ';
    if (type != SegmentType::kSequence) *p++ = opening(type);
    const char separator = isSet(type) ? ',' : ' ';
    for (size_t i = 0; i < count; ++i, at += width) {
      if (i > 0) *p++ = separator;
      p = putU32(p, wire::loadAsn(at, asnSize).number);
      if (p - start > kPathLimit) {
        out.finish(put(p, "..."));
        return true;
      }
    }
    space = count > 0;
    before = type;
  }
  if (before != SegmentType::kSequence) *p++ = closing(before);
  out.finish(p);
  return true;
}

// RFC 1997, under the names of its time. Empty for all others.
std::string_view wellKnown(uint32_t community) {
  constexpr std::array<std::string_view, 3> kNames{"no-export", "no-advertise", "local-AS"};
  const uint32_t index = community - 0xffffff01;
  return index < kNames.size() ? kNames[index] : std::string_view();
}

// "65000:1" or a name.
char* putCommunity(char* p, uint32_t community) {
  const std::string_view name = wellKnown(community);
  if (!name.empty()) [[unlikely]]
    return put(p, name);
  p = putBelowMillion(p, community >> 16);
  *p++ = ':';
  return putBelowMillion(p, community & 0xffff);
}

// As bgpdump does it at the end of its buffer: a number is cut, a name is left out.
void appendManyCommunities(TextBuffer& out, Bytes value) {
  size_t used = 0;  // in bgpdump's buffer, where a space comes before each
  for (size_t i = 0; i < wire::countU32(value); ++i) {
    const uint32_t community = wire::u32At(value, i);
    char text[kCommunityRoom] = " ";
    const auto size = static_cast<size_t>(putCommunity(text + 1, community) - text);
    const size_t left = kCommunitiesLimit - used;
    if (size > left && !wellKnown(community).empty()) continue;
    const std::string_view kept(text, std::min(size, left));
    used += kept.size();
    out.append(i == 0 ? kept.substr(1) : kept);
  }
}

void appendCommunities(TextBuffer& out, Bytes value) {
  const size_t count = wire::countU32(value);
  if (count == 0) return;
  if (count * kCommunityRoom > kCommunitiesLimit) return appendManyCommunities(out, value);
  char* p = putCommunity(out.room(count * kCommunityRoom), wire::u32At(value, 0));
  for (size_t i = 1; i < count; ++i) {
    *p++ = ' ';
    p = putCommunity(p, wire::u32At(value, i));
  }
  out.finish(p);
}

char* putNextHop(char* p, Bytes nextHop) {
  switch (nextHop.size()) {
    case 4:
      return putIpv4(p, nextHop.data());
    case 16:
    case 32:
      return putIpv6(p, nextHop.data(), kStyle);
    default:
      return put(p, "255.255.255.255");
  }
}

Bytes nextHopOf(const LooseAttributes& attributes) {
  return attributes.has(AttributeType::kNextHop) ? Bytes(attributes.nextHop) : Bytes();
}

// Literal texts are copied in place, where a choice between two would cost a call.
char* putOrigin(char* p, const LooseAttributes& attributes) {
  if (!attributes.has(AttributeType::kOrigin) || attributes.origin > 1) return put(p, "|INCOMPLETE|");
  return attributes.origin == 0 ? put(p, "|IGP|") : put(p, "|EGP|");
}

// LOCAL_PREF and MULTI_EXIT_DISC; bgpdump prints them as signed numbers beside IPv4 routes of MP_REACH_NLRI.
enum class Signedness : uint8_t { kUnsigned, kSigned };

char* putMetric(char* p, uint32_t value, Signedness signedness) {
  if (signedness == Signedness::kSigned && value > INT32_MAX) {
    *p++ = '-';
    value = 0 - value;
  }
  p = putU32(p, value);
  *p++ = '|';
  return p;
}

// What follows the prefix of an announced route:
// "|path|origin|next hop|local preference|metric|communities|AG or NAG|aggregator|\n".
void appendTail(TextBuffer& out, std::string_view path, const LooseAttributes& attributes, Bytes nextHop,
                Signedness signedness) {
  constexpr size_t kBeforeCommunities = 16 + kAddressRoom + 2 * (kU32Room + 2);
  char* p = out.room(path.size() + kBeforeCommunities);
  *p++ = '|';
  p = put(p, path);
  p = putOrigin(p, attributes);
  p = putNextHop(p, nextHop);
  *p++ = '|';
  p = putMetric(p, attributes.localPref, signedness);
  p = putMetric(p, attributes.multiExitDisc, signedness);
  out.finish(p);
  appendCommunities(out, attributes.communities);
  p = out.room(8 + kU32Room + kIpv4Room);
  p = attributes.has(AttributeType::kAtomicAggregate) ? put(p, "|AG|") : put(p, "|NAG|");
  constexpr RawIpv4 kNobody{255, 255, 255, 255};
  if (attributes.has(AttributeType::kAggregator) && attributes.aggregator.speaker != kNobody) {
    p = putU32(p, attributes.aggregator.asn.number);
    *p++ = ' ';
    p = putIpv4(p, attributes.aggregator.speaker.data());
  }
  out.finish(put(p, "|\n"));
}

// "tag|seconds[.microseconds]|kind|"
char* putStart(char* p, std::string_view tag, const MrtRecord& record, std::string_view kind) {
  p = put(p, tag);
  *p++ = '|';
  p = putU32(p, record.seconds);
  if (isExtended(record)) {
    *p++ = '.';
    p = record.microseconds < 1'000'000 ? putSixDigits(p, record.microseconds)
                                        : putU32(p, record.microseconds);
  }
  *p++ = '|';
  p = put(p, kind);
  *p++ = '|';
  return p;
}

// "address|asn|"
char* putPeer(char* p, const Address& address, Asn asn) {
  p = putAddress(p, address, kStyle);
  *p++ = '|';
  p = putU32(p, asn.number);
  *p++ = '|';
  return p;
}

std::string_view messageTag(const wire::Bgp4mpMessage& message, bool extended) {
  if (message.addPath) return extended ? "BGP4MP_ET_AP" : "BGP4MP_AP";
  if (message.local) return extended ? "BGP4MP_ET_LOCAL" : "BGP4MP_LOCAL";
  return extended ? "BGP4MP_ET" : "BGP4MP";
}

// The lines of one message.
class MessageLines {
 public:
  MessageLines(TextBuffer& out, const MrtRecord& record, const wire::Bgp4mpMessage& message)
      : out_(out), addPath_(message.addPath) {
    const wire::Session& session = message.session;
    kind_ = putStart(head_, messageTag(message, isExtended(record)), record, "W") - 2;
    // bgpdump names the collector's own end in messages with path identifiers that it sent.
    const bool ownEnd = message.local && message.addPath;
    headEnd_ = ownEnd ? putPeer(kind_ + 2, session.localAddress, session.localAsn)
                      : putPeer(kind_ + 2, session.peerAddress, session.peerAsn);
  }

  void withdraw(const wire::NlriBlock& block) { print('W', block, "\n"); }
  void announce(const wire::NlriBlock& block, std::string_view tail) { print('A', block, tail); }

 private:
  void print(char kind, const wire::NlriBlock& block, std::string_view tail) {
    *kind_ = kind;
    const std::string_view head(head_, static_cast<size_t>(headEnd_ - head_));
    wire::NlriCursor cursor(block.bytes, block.family(), addPath_);
    for (wire::Nlri nlri; cursor.next(nlri);) {
      char* p = out_.room(kHeadRoom + kPrefixRoom + kPathIdRoom + tail.size());
      p = put(p, head);
      p = putPrefix(p, nlri.prefix, kStyle);
      if (addPath_) {
        *p++ = '|';
        p = putU32(p, nlri.pathId);
      }
      out_.finish(put(p, tail));
    }
  }

  TextBuffer& out_;
  bool addPath_;
  char head_[kHeadRoom];
  char* kind_;
  char* headEnd_;
};

constexpr wire::NlriBlock plainRoutes(Bytes bytes) {
  return {wire::kAfiIpv4, wire::kSafiUnicast, bytes};
}

// A state change of two-octet AS numbers and the states alone: early versions of Zebra wrote it, bgpdump
// prints it with an address of zeros.
std::optional<wire::Bgp4mpStateChange> readShortStateChange(const MrtRecord& record) {
  const auto subtype = static_cast<wire::Bgp4mpSubtype>(record.subtype);
  if (subtype != wire::Bgp4mpSubtype::kStateChange || record.body.size() != 8) return std::nullopt;
  wire::Bgp4mpStateChange change;
  change.session.peerAsn = {loadU16(record.body.data())};
  change.oldState = wire::SessionState(loadU16(record.body.data() + 4));
  change.newState = wire::SessionState(loadU16(record.body.data() + 6));
  return change;
}

// The next hop of a route in a table: MP_REACH_NLRI (in tables most often abbreviated to just that) before
// NEXT_HOP.
Bytes tableNextHop(const LooseAttributes& attributes) {
  const auto reach = wire::decodeMpReach(attributes.mpReach);
  if (reach && (reach->abbreviated || reach->nlri.isUnicast())) return reach->nextHop;
  return nextHopOf(attributes);
}

}  // namespace

// The text of the path of `attributes`, valid until the next call.
std::string_view BgpdumpLinePrinter::pathText(LooseAttributes& attributes, AsnSize asnSize) {
  path_.clear();
  if (asnSize == AsnSize::kTwo && applyAs4(attributes, mergedPath_)) {
    appendPath(path_, mergedPath_, AsnSize::kFour);
  } else {
    appendPath(path_, attributes.asPath, asnSize);
  }
  return path_.view();
}

void BgpdumpLinePrinter::printMessage(const MrtRecord& record, TextBuffer& out, Findings& findings) {
  const auto message = wire::decodeMessage(record);
  if (!message) {
    findings.push_back(message.error());
    return;
  }
  wire::decodeUpdate(message->message, wire::UpdateContext::of(*message), findings);
  const auto update = readLooseUpdate(message->message);
  if (!update) return;
  LooseAttributes attributes = readLooseAttributes(update->attributes, message->session.asnSize);
  MessageLines lines(out, record, *message);
  lines.withdraw(plainRoutes(update->withdrawn));
  const auto unreach = wire::decodeMpUnreach(attributes.mpUnreach);
  if (unreach && unreach->isIp()) lines.withdraw(*unreach);

  const auto reach = wire::decodeMpReach(attributes.mpReach);
  const bool mpRoutes = reach && reach->nlri.isIp() && !reach->nlri.bytes.empty();
  if (update->nlri.empty() && !mpRoutes) return;
  const std::string_view path = pathText(attributes, message->session.asnSize);
  if (!update->nlri.empty()) {
    tail_.clear();
    appendTail(tail_, path, attributes, nextHopOf(attributes), Signedness::kUnsigned);
    lines.announce(plainRoutes(update->nlri), tail_.view());
  }
  if (mpRoutes) {
    tail_.clear();
    appendTail(tail_, path, attributes, reach->nextHop,
               reach->nlri.family() == Family::kIpv4 ? Signedness::kSigned : Signedness::kUnsigned);
    lines.announce(reach->nlri, tail_.view());
  }
}

void BgpdumpLinePrinter::printStateChange(const MrtRecord& record, TextBuffer& out, Findings& findings) {
  const auto decoded = wire::decodeStateChange(record);
  if (!decoded) findings.push_back(decoded.error());
  const auto change = decoded ? std::optional(*decoded) : readShortStateChange(record);
  if (!change) return;
  char* p = out.room(kHeadRoom + 16);
  p = putStart(p, isExtended(record) ? "BGP4MP_ET" : "BGP4MP", record, "STATE");
  p = putPeer(p, change->session.peerAddress, change->session.peerAsn);
  p = putU32(p, static_cast<uint16_t>(change->oldState));
  *p++ = '|';
  p = putU32(p, static_cast<uint16_t>(change->newState));
  *p++ = '\n';
  out.finish(p);
}

void BgpdumpLinePrinter::printPeers(const MrtRecord& record, TextBuffer&, Findings& findings) {
  const auto table = wire::decodePeerIndexTable(record);
  if (!table) {
    findings.push_back(table.error());
    return;
  }
  peers_.clear();
  for (const wire::Peer& peer : table->peers) {
    char text[kAddressRoom + kU32Room + 2];
    peers_.emplace_back(text, putPeer(text, peer.address, peer.asn));
  }
}

void BgpdumpLinePrinter::printRib(const MrtRecord& record, TextBuffer& out, Findings& findings) {
  const auto rib = wire::decodeRib(record);
  if (!rib) {
    findings.push_back(rib.error());
    return;
  }
  char head[kHeadRoom];
  const std::string_view tag = rib->addPath ? "TABLE_DUMP2_AP" : "TABLE_DUMP2";
  const std::string_view start(head, static_cast<size_t>(putStart(head, tag, record, "B") - head));
  char prefix[kPrefixRoom];
  const std::string_view prefixText(prefix,
                                    static_cast<size_t>(putPrefix(prefix, rib->prefix, kStyle) - prefix));
  // bgpdump leaves these out.
  const bool silent = rib->multicast || rib->generic;

  walkRib(*rib, peers_.size(), findings, [&](const wire::RibEntry& entry) {
    if (silent) return;
    LooseAttributes attributes = readLooseAttributes(entry.attributes, AsnSize::kFour);
    const std::string_view peer = peers_[entry.peerIndex];
    char* p = out.room(start.size() + peer.size() + prefixText.size() + kPathIdRoom);
    p = put(put(put(p, start), peer), prefixText);
    if (rib->addPath) {
      *p++ = '|';
      p = putU32(p, entry.pathId);
    }
    out.finish(p);
    appendTail(out, pathText(attributes, AsnSize::kFour), attributes, tableNextHop(attributes),
               Signedness::kUnsigned);
  });
}

void BgpdumpLinePrinter::printTableDump(const MrtRecord& record, TextBuffer& out, Findings& findings) {
  const auto entry = wire::decodeTableDump(record);
  if (!entry) {
    findings.push_back(entry.error());
    return;
  }
  checkTableAttributes(entry->attributes, entry->asnSize, entry->attributesOffset, findings);
  LooseAttributes attributes = readLooseAttributes(entry->attributes, entry->asnSize);
  char* p = out.room(kHeadRoom + kPrefixRoom);
  p = putStart(p, "TABLE_DUMP", record, "B");
  p = putPeer(p, entry->peerAddress, entry->peerAsn);
  out.finish(putPrefix(p, entry->prefix, kStyle));
  appendTail(out, pathText(attributes, entry->asnSize), attributes, tableNextHop(attributes),
             Signedness::kUnsigned);
}

}  // namespace nightjar::print
