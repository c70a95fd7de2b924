#include "routing/wire/bgp4mp.h"

#include "routing/wire/attributes.h"

namespace nightjar::wire {
namespace {

struct SubtypeForm {
  AsnSize asnSize = AsnSize::kTwo;
  bool local = false;
  bool addPath = false;
};

SubtypeForm formOf(Bgp4mpSubtype subtype) {
  using enum Bgp4mpSubtype;
  switch (subtype) {
    case kStateChange:
    case kMessage:
      return {};
    case kStateChangeAs4:
    case kMessageAs4:
      return {.asnSize = AsnSize::kFour};
    case kMessageLocal:
      return {.local = true};
    case kMessageAs4Local:
      return {.asnSize = AsnSize::kFour, .local = true};
    case kMessageAddPath:
      return {.addPath = true};
    case kMessageAs4AddPath:
      return {.asnSize = AsnSize::kFour, .addPath = true};
    case kMessageLocalAddPath:
      return {.local = true, .addPath = true};
    case kMessageAs4LocalAddPath:
      return {.asnSize = AsnSize::kFour, .local = true, .addPath = true};
  }
  return {};
}

Finding cut(const MrtRecord& record, std::string_view what) {
  return {FindingKind::kDamage, record.offset, record.raw.size(), std::string(what)};
}

// The fields that all subtypes begin with (RFC 6396, section 4.4.1).
Decoded<Session> readSession(ByteReader& reader, AsnSize asnSize, const MrtRecord& record) {
  Session session;
  session.asnSize = asnSize;
  const auto asn = [&] { return Asn{asnSize == AsnSize::kFour ? reader.u32() : reader.u16()}; };
  session.peerAsn = asn();
  session.localAsn = asn();
  session.interfaceIndex = reader.u16();
  const uint16_t afi = reader.u16();
  if (reader.ok() && afi != kAfiIpv4 && afi != kAfiIpv6) {
    return std::unexpected(Finding{FindingKind::kUnsupported, record.offset, record.raw.size(),
                                   "session of address family " + std::to_string(afi)});
  }
  const Family family = afi == kAfiIpv6 ? Family::kIpv6 : Family::kIpv4;
  session.peerAddress = Address::of(family, reader.take(addressSize(family)));
  session.localAddress = Address::of(family, reader.take(addressSize(family)));
  if (!reader.ok()) return std::unexpected(cut(record, "record ends inside its session fields"));
  return session;
}

}  // namespace

Decoded<Bgp4mpMessage> decodeMessage(const MrtRecord& record) {
  const SubtypeForm form = formOf(static_cast<Bgp4mpSubtype>(record.subtype));
  ByteReader reader(record.body);
  auto session = readSession(reader, form.asnSize, record);
  if (!session) return std::unexpected(std::move(session).error());
  const uint64_t messageOffset = record.bodyOffset() + reader.position();
  return Bgp4mpMessage{*session, form.addPath, form.local, reader.rest(), messageOffset};
}

Decoded<Bgp4mpStateChange> decodeStateChange(const MrtRecord& record) {
  const SubtypeForm form = formOf(static_cast<Bgp4mpSubtype>(record.subtype));
  ByteReader reader(record.body);
  auto session = readSession(reader, form.asnSize, record);
  if (!session) return std::unexpected(std::move(session).error());
  const auto oldState = static_cast<SessionState>(reader.u16());
  const auto newState = static_cast<SessionState>(reader.u16());
  if (!reader.ok()) return std::unexpected(cut(record, "state change ends before its states"));
  return Bgp4mpStateChange{*session, oldState, newState};
}

}  // namespace nightjar::wire
