#include "routing/wire/bgp4mp.h"

#include <array>
#include <cstring>
#include <optional>

#include "routing/wire/attributes.h"

namespace nightjar::wire {
namespace {

struct SubtypeForm {
  AsnSize asnSize = AsnSize::kTwo;
  bool local = false;
  bool addPath = false;
};

// By subtype; 2 and 3 are not decoded.
constexpr std::array<SubtypeForm, 12> kForms{{
    {AsnSize::kTwo, false, false},   // STATE_CHANGE
    {AsnSize::kTwo, false, false},   // MESSAGE
    {},                              // ENTRY
    {},                              // SNAPSHOT
    {AsnSize::kFour, false, false},  // MESSAGE_AS4
    {AsnSize::kFour, false, false},  // STATE_CHANGE_AS4
    {AsnSize::kTwo, true, false},    // MESSAGE_LOCAL
    {AsnSize::kFour, true, false},   // MESSAGE_AS4_LOCAL
    {AsnSize::kTwo, false, true},    // MESSAGE_ADDPATH
    {AsnSize::kFour, false, true},   // MESSAGE_AS4_ADDPATH
    {AsnSize::kTwo, true, true},     // MESSAGE_LOCAL_ADDPATH
    {AsnSize::kFour, true, true},    // MESSAGE_AS4_LOCAL_ADDPATH
}};

Finding cut(const MrtRecord& record, std::string_view what) {
  return {FindingKind::kDamage, record.offset, record.raw.size(), std::string(what)};
}

Address takeAddress(ByteReader& reader, Family family) {
  Address address{family, {}};
  const Bytes bytes = reader.take(addressSize(family));
  if (bytes.size() == 4) {
    std::memcpy(address.bytes.data(), bytes.data(), 4);
  } else if (bytes.size() == 16) {
    std::memcpy(address.bytes.data(), bytes.data(), 16);
  }
  return address;
}

// The fields that all subtypes begin with (RFC 6396, section 4.4.1).
std::optional<Finding> readSession(ByteReader& reader, const MrtRecord& record, Session& session) {
  session.asnSize = kForms[record.subtype].asnSize;
  const bool four = session.asnSize == AsnSize::kFour;
  session.peerAsn = {four ? reader.u32() : reader.u16()};
  session.localAsn = {four ? reader.u32() : reader.u16()};
  session.interfaceIndex = reader.u16();
  const uint16_t afi = reader.u16();
  if (reader.ok() && afi != kAfiIpv4 && afi != kAfiIpv6) [[unlikely]] {
    return Finding{FindingKind::kUnsupported, record.offset, record.raw.size(),
                   "session of address family " + std::to_string(afi)};
  }
  const Family family = afi == kAfiIpv6 ? Family::kIpv6 : Family::kIpv4;
  session.peerAddress = takeAddress(reader, family);
  session.localAddress = takeAddress(reader, family);
  if (!reader.ok()) [[unlikely]]
    return cut(record, "record ends inside its session fields");
  return std::nullopt;
}

}  // namespace

Decoded<Bgp4mpMessage> decodeMessage(const MrtRecord& record) {
  ByteReader reader(record.body);
  Decoded<Bgp4mpMessage> message;
  if (auto finding = readSession(reader, record, message->session))
    return std::unexpected(*std::move(finding));
  message->local = kForms[record.subtype].local;
  message->addPath = kForms[record.subtype].addPath;
  message->messageOffset = record.bodyOffset() + reader.position();
  message->message = reader.rest();
  return message;
}

Decoded<Bgp4mpStateChange> decodeStateChange(const MrtRecord& record) {
  ByteReader reader(record.body);
  Decoded<Bgp4mpStateChange> change;
  if (auto finding = readSession(reader, record, change->session))
    return std::unexpected(*std::move(finding));
  change->oldState = static_cast<SessionState>(reader.u16());
  change->newState = static_cast<SessionState>(reader.u16());
  if (!reader.ok()) return std::unexpected(cut(record, "state change ends before its states"));
  return change;
}

}  // namespace nightjar::wire
