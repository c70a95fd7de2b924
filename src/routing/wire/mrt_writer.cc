#include "routing/wire/mrt_writer.h"

#include <cassert>

namespace nightjar::wire {
namespace {

uint16_t ribSubtype(const RibRecord& rib) {
  using enum TableDumpV2Subtype;
  if (rib.generic) return static_cast<uint16_t>(rib.addPath ? kRibGenericAddPath : kRibGeneric);
  const bool ipv6 = rib.prefix.address.family == Family::kIpv6;
  const auto first = static_cast<uint16_t>(rib.addPath ? kRibIpv4UnicastAddPath : kRibIpv4Unicast);
  return static_cast<uint16_t>(first + (ipv6 ? 2 : 0) + (rib.multicast ? 1 : 0));
}

uint16_t messageSubtype(AsnSize asnSize, MessageOptions options) {
  using enum Bgp4mpSubtype;
  const bool four = asnSize == AsnSize::kFour;
  Bgp4mpSubtype subtype = four ? kMessageAs4 : kMessage;
  if (options.local && options.addPath) {
    subtype = four ? kMessageAs4LocalAddPath : kMessageLocalAddPath;
  } else if (options.local) {
    subtype = four ? kMessageAs4Local : kMessageLocal;
  } else if (options.addPath) {
    subtype = four ? kMessageAs4AddPath : kMessageAddPath;
  }
  return static_cast<uint16_t>(subtype);
}

void appendPeer(Buffer& out, const Peer& peer) {
  const int ipv6 = peer.address.family == Family::kIpv6 ? 1 : 0;
  const int as4 = peer.asnSize == AsnSize::kFour ? 2 : 0;
  appendU8(out, static_cast<uint8_t>(ipv6 | as4));
  appendU32(out, peer.bgpId);
  appendAddress(out, peer.address);
  appendAsn(out, peer.asn, peer.asnSize);
}

void appendAttributes(Buffer& out, Bytes attributes) {
  assert(attributes.size() <= 0xffff);
  appendU16(out, static_cast<uint16_t>(attributes.size()));
  appendBytes(out, attributes);
}

}  // namespace

void MrtWriter::peerIndexTable(uint32_t seconds, const PeerIndexTable& table) {
  assert(table.peers.size() <= 0xffff && table.viewName.size() <= 0xffff);
  const size_t start = begin(seconds, static_cast<uint16_t>(MrtType::kTableDumpV2),
                             static_cast<uint16_t>(TableDumpV2Subtype::kPeerIndexTable));
  appendU32(out_, table.collectorId);
  appendU16(out_, static_cast<uint16_t>(table.viewName.size()));
  out_.insert(out_.end(), table.viewName.begin(), table.viewName.end());
  appendU16(out_, static_cast<uint16_t>(table.peers.size()));
  for (const Peer& peer : table.peers) appendPeer(out_, peer);
  finish(start);
}

void MrtWriter::rib(uint32_t seconds, const RibRecord& rib, std::span<const RibEntry> entries) {
  assert(entries.size() <= 0xffff);
  const size_t start = begin(seconds, static_cast<uint16_t>(MrtType::kTableDumpV2), ribSubtype(rib));
  appendU32(out_, rib.sequence);
  if (rib.generic) {
    appendU16(out_, rib.prefix.address.family == Family::kIpv4 ? kAfiIpv4 : kAfiIpv6);
    appendU8(out_, rib.multicast ? kSafiMulticast : kSafiUnicast);
    if (rib.addPath) appendU32(out_, rib.pathId);
  }
  appendPrefix(out_, rib.prefix);
  appendU16(out_, static_cast<uint16_t>(entries.size()));
  for (const RibEntry& entry : entries) {
    appendU16(out_, entry.peerIndex);
    appendU32(out_, entry.originated);
    if (rib.addPath && !rib.generic) appendU32(out_, entry.pathId);
    appendAttributes(out_, entry.attributes);
  }
  finish(start);
}

void MrtWriter::tableDump(uint32_t seconds, const TableDumpEntry& entry) {
  assert(entry.prefix.address.family == entry.peerAddress.family);
  const int ipv6 = entry.peerAddress.family == Family::kIpv6 ? 1 : 0;
  const int as4 = entry.asnSize == AsnSize::kFour ? 2 : 0;
  const size_t start = begin(seconds, static_cast<uint16_t>(MrtType::kTableDump),
                             static_cast<uint16_t>(static_cast<int>(TableDumpSubtype::kIpv4) + ipv6 + as4));
  appendU16(out_, entry.view);
  appendU16(out_, entry.sequence);
  appendAddress(out_, entry.prefix.address);
  appendU8(out_, entry.prefix.length);
  appendU8(out_, entry.status);
  appendU32(out_, entry.originated);
  appendAddress(out_, entry.peerAddress);
  appendAsn(out_, entry.peerAsn, entry.asnSize);
  appendAttributes(out_, entry.attributes);
  finish(start);
}

void MrtWriter::message(MrtTime time, const Session& session, Bytes message, MessageOptions options) {
  const size_t start = beginBgp4mp(time, messageSubtype(session.asnSize, options), session);
  appendBytes(out_, message);
  finish(start);
}

void MrtWriter::stateChange(MrtTime time, const Session& session, SessionState from, SessionState to) {
  const auto subtype =
      session.asnSize == AsnSize::kFour ? Bgp4mpSubtype::kStateChangeAs4 : Bgp4mpSubtype::kStateChange;
  const size_t start = beginBgp4mp(time, static_cast<uint16_t>(subtype), session);
  appendU16(out_, static_cast<uint16_t>(from));
  appendU16(out_, static_cast<uint16_t>(to));
  finish(start);
}

void MrtWriter::raw(uint32_t seconds, uint16_t type, uint16_t subtype, Bytes body) {
  const size_t start = begin(seconds, type, subtype);
  appendBytes(out_, body);
  finish(start);
}

// Header with an open length; returns where the record starts.
size_t MrtWriter::begin(uint32_t seconds, uint16_t type, uint16_t subtype) {
  const size_t start = out_.size();
  appendU32(out_, seconds);
  appendU16(out_, type);
  appendU16(out_, subtype);
  appendU32(out_, 0);
  return start;
}

void MrtWriter::finish(size_t start) {
  const size_t length = out_.size() - start - kMrtHeaderSize;
  for (size_t i = 0; i < 4; ++i) out_[start + 8 + i] = static_cast<uint8_t>(length >> (24 - 8 * i));
}

size_t MrtWriter::beginBgp4mp(MrtTime time, uint16_t subtype, const Session& session) {
  assert(session.peerAddress.family == session.localAddress.family);
  const MrtType type = time.microseconds ? MrtType::kBgp4mpEt : MrtType::kBgp4mp;
  const size_t start = begin(time.seconds, static_cast<uint16_t>(type), subtype);
  if (time.microseconds) appendU32(out_, *time.microseconds);
  appendAsn(out_, session.peerAsn, session.asnSize);
  appendAsn(out_, session.localAsn, session.asnSize);
  appendU16(out_, session.interfaceIndex);
  appendU16(out_, session.peerAddress.family == Family::kIpv4 ? kAfiIpv4 : kAfiIpv6);
  appendAddress(out_, session.peerAddress);
  appendAddress(out_, session.localAddress);
  return start;
}

}  // namespace nightjar::wire
