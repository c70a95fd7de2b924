#include "routing/wire/table_dump.h"

#include "routing/wire/attributes.h"
#include "routing/wire/nlri.h"

namespace nightjar::wire {
namespace {

// RFC 6396, section 4.3.1.
constexpr uint8_t kPeerIsIpv6 = 0x01;
constexpr uint8_t kPeerHasAs4 = 0x02;
constexpr size_t kMinPeerSize = 11;

std::unexpected<Finding> damaged(const MrtRecord& record, std::string what) {
  return std::unexpected(Finding{FindingKind::kDamage, record.offset, record.raw.size(), std::move(what)});
}

std::string_view textOf(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Peer readPeer(ByteReader& reader) {
  const uint8_t type = reader.u8();
  const Family family = (type & kPeerIsIpv6) != 0 ? Family::kIpv6 : Family::kIpv4;
  Peer peer;
  peer.bgpId = reader.u32();
  peer.address = Address::of(family, reader.take(addressSize(family)));
  peer.asnSize = (type & kPeerHasAs4) != 0 ? AsnSize::kFour : AsnSize::kTwo;
  peer.asn = {peer.asnSize == AsnSize::kFour ? reader.u32() : reader.u16()};
  return peer;
}

struct RibForm {
  Family family = Family::kIpv4;
  bool multicast = false;
  bool addPath = false;
  bool generic = false;
};

RibForm formOf(TableDumpV2Subtype subtype) {
  using enum TableDumpV2Subtype;
  switch (subtype) {
    case kRibIpv4Unicast:
      return {Family::kIpv4, false, false, false};
    case kRibIpv4Multicast:
      return {Family::kIpv4, true, false, false};
    case kRibIpv6Unicast:
      return {Family::kIpv6, false, false, false};
    case kRibIpv6Multicast:
      return {Family::kIpv6, true, false, false};
    case kRibIpv4UnicastAddPath:
      return {Family::kIpv4, false, true, false};
    case kRibIpv4MulticastAddPath:
      return {Family::kIpv4, true, true, false};
    case kRibIpv6UnicastAddPath:
      return {Family::kIpv6, false, true, false};
    case kRibIpv6MulticastAddPath:
      return {Family::kIpv6, true, true, false};
    case kRibGenericAddPath:
      return {Family::kIpv4, false, true, true};
    case kRibGeneric:
    case kPeerIndexTable:
      break;
  }
  return {Family::kIpv4, false, false, true};
}

}  // namespace

Decoded<PeerIndexTable> decodePeerIndexTable(const MrtRecord& record) {
  ByteReader reader(record.body);
  PeerIndexTable table;
  table.collectorId = reader.u32();
  table.viewName = textOf(reader.take(reader.u16()));
  const size_t count = reader.u16();
  if (count * kMinPeerSize > reader.left()) {
    return damaged(record, "peer index table counts more peers than it has room for");
  }
  table.peers.reserve(count);
  for (size_t i = 0; i < count; ++i) table.peers.push_back(readPeer(reader));
  if (!reader.ok()) return damaged(record, "peer index table is cut");
  return table;
}

Decoded<RibRecord> decodeRib(const MrtRecord& record) {
  RibForm form = formOf(static_cast<TableDumpV2Subtype>(record.subtype));
  ByteReader reader(record.body);
  RibRecord rib;
  rib.sequence = reader.u32();
  if (form.generic) {
    const NlriBlock block{reader.u16(), reader.u8(), {}};
    if (reader.ok() && !block.isIp()) {
      return std::unexpected(Finding{FindingKind::kUnsupported, record.offset, record.raw.size(),
                                     "RIB_GENERIC of address family " + std::to_string(block.afi) +
                                         ", sub-family " + std::to_string(block.safi)});
    }
    form.family = block.family();
    form.multicast = block.safi == kSafiMulticast;
    if (form.addPath) rib.pathId = reader.u32();
  }
  rib.multicast = form.multicast;
  rib.addPath = form.addPath;
  rib.generic = form.generic;
  const uint8_t length = reader.u8();
  if (length > addressBits(form.family)) {
    return damaged(record, "prefix length " + std::to_string(length) + " in a RIB record");
  }
  const Bytes octets = reader.take(octetsOf(length));
  rib.entryCount = reader.u16();
  if (!reader.ok()) return damaged(record, "RIB record ends before its entries");
  rib.prefix = loadPrefix(form.family, octets.data(), octets.size(), length);
  rib.entryOffset = record.bodyOffset() + reader.position();
  rib.entryBytes = reader.rest();
  return rib;
}

Decoded<TableDumpEntry> decodeTableDump(const MrtRecord& record) {
  const auto subtype = static_cast<TableDumpSubtype>(record.subtype);
  const bool ipv6 = subtype == TableDumpSubtype::kIpv6 || subtype == TableDumpSubtype::kIpv6As4;
  const Family family = ipv6 ? Family::kIpv6 : Family::kIpv4;
  ByteReader reader(record.body);
  TableDumpEntry entry;
  entry.asnSize =
      record.subtype >= static_cast<uint16_t>(TableDumpSubtype::kIpv4As4) ? AsnSize::kFour : AsnSize::kTwo;
  entry.view = reader.u16();
  entry.sequence = reader.u16();
  const Bytes address = reader.take(addressSize(family));
  const uint8_t length = reader.u8();
  entry.status = reader.u8();
  entry.originated = reader.u32();
  entry.peerAddress = Address::of(family, reader.take(addressSize(family)));
  entry.peerAsn = {entry.asnSize == AsnSize::kFour ? reader.u32() : reader.u16()};
  const size_t attributesLength = reader.u16();
  entry.attributesOffset = record.bodyOffset() + reader.position();
  entry.attributes = reader.take(attributesLength);
  if (!reader.ok()) return damaged(record, "TABLE_DUMP record is cut");
  if (length > addressBits(family)) {
    return damaged(record, "prefix length " + std::to_string(length) + " in a TABLE_DUMP record");
  }
  entry.prefix = loadPrefix(family, address.data(), address.size(), length);
  return entry;
}

}  // namespace nightjar::wire
