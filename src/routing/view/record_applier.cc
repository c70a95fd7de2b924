#include "routing/view/record_applier.h"

#include <algorithm>
#include <utility>

#include "routing/wire/attributes.h"
#include "routing/wire/update.h"

namespace nightjar::view {
namespace {

constexpr size_t kEventsAtOnce = 4096;

}  // namespace

ApplierTotals& ApplierTotals::operator+=(const ApplierTotals& other) {
  records += other.records;
  ribRoutes += other.ribRoutes;
  announcements += other.announcements;
  withdrawals += other.withdrawals;
  findings += other.findings;
  return *this;
}

RecordApplier::RecordApplier(Visibility& view, CollectorIndex collector, OnFinding onFinding)
    : view_(view), collector_(collector), onFinding_(std::move(onFinding)) {
  recent_.fill({{}, kNone});
  events_.reserve(2 * kEventsAtOnce);
}

size_t RecordApplier::SessionHash::operator()(const SessionKey& key) const noexcept {
  uint64_t low = 0;
  std::memcpy(&low, key.address.bytes.data() + 8, sizeof low);
  return (key.address.high() ^ low ^ uint64_t{key.asn.number} << 32) * 0x9e3779b97f4a7c15;
}

void RecordApplier::found(const wire::Finding& finding) {
  ++totals_.findings;
  onFinding_(finding);
}

void RecordApplier::apply(const wire::MrtRecord& record, Time time) {
  ++totals_.records;
  view_.peers().heardCollector(collector_, time);
  switch (wire::kindOf(record)) {
    case wire::RecordKind::kPeerIndexTable:
      return beginRib(record, time);
    case wire::RecordKind::kRib:
      return applyRib(record);
    case wire::RecordKind::kTableDump:
      return applyTableDump(record, time);
    case wire::RecordKind::kMessage:
      return applyMessage(record, time);
    case wire::RecordKind::kStateChange:
      return applyStateChange(record, time);
    case wire::RecordKind::kUnsupported:
      return found(wire::unsupported(record));
  }
}

void RecordApplier::endOfDump(bool complete) {
  endRib(complete);
}

void RecordApplier::gap() {
  flush();
  view_.peers().lost(collector_);
}

void RecordApplier::flush() {
  view_.table().apply(events_);
  events_.clear();
}

// kNone when there are too many peers.
PeerIndex RecordApplier::findPeer(const SessionKey& session) {
  const auto [known, added] = sessions_.try_emplace(session, kNone);
  if (added) {
    known->second = view_.peers().find({collector_, session.address, session.asn});
    view_.table().growPeers(view_.peers().count());
  }
  return known->second;
}

PeerIndex RecordApplier::peerOf(const Address& address, Asn asn) {
  const SessionKey session{address, asn};
  auto& [key, peer] = recent_[SessionHash()(session) >> 56];
  if (key != session) {
    peer = findPeer(session);
    key = session;
  }
  return peer;
}

void RecordApplier::beginRib(const wire::MrtRecord& record, Time time) {
  endRib();
  flush();
  const auto table = wire::decodePeerIndexTable(record);
  if (!table) return found(table.error());
  viewName_ = table->viewName;
  ribPeers_.clear();
  std::vector<PeerIndex> known;
  for (const wire::Peer& peer : table->peers) {
    ribPeers_.push_back(peerOf(peer.address, peer.asn));
    if (ribPeers_.back() == kNone) continue;
    known.push_back(ribPeers_.back());
    pathIds_.clear(ribPeers_.back());
    view_.peers().synced(ribPeers_.back(), time);
  }
  dump_ = Dump::kTableDumpV2;
  view_.table().beginRib(known);
}

void RecordApplier::applyRib(const wire::MrtRecord& record) {
  const auto rib = wire::decodeRib(record);
  if (!rib) return found(rib.error());
  if (dump_ != Dump::kTableDumpV2) {
    return found({wire::FindingKind::kDamage, record.offset, record.raw.size(),
                  "a RIB record without a PEER_INDEX_TABLE before it"});
  }
  if (rib->multicast) return;
  const auto key = PrefixKey::of(rib->prefix);
  if (key) view_.table().prefetch(*key);
  paths_.clear();
  wire::RibEntryCursor entries = rib->entries();
  for (wire::RibEntry entry; entries.next(entry);) {
    const PeerIndex peer = entry.peerIndex < ribPeers_.size() ? ribPeers_[entry.peerIndex] : kNone;
    if (peer == kNone) continue;
    const Asn origin = wire::originOf(entry.attributes, wire::AsnSize::kFour);
    paths_.push_back({peer, origin});
    if (rib->addPath && key) pathIds_.announce(peer, *key, entry.pathId, origin);
  }
  if (!entries.ok()) {
    found({wire::FindingKind::kDamage, entries.offset(), 0, "a RIB record whose entries do not fill it"});
  }
  totals_.ribRoutes += paths_.size();
  if (!key) return;
  const PrefixIndex prefix = view_.table().setRib(*key, paths_);
  if (prefix != kNone) view_.prepare(prefix);
}

// TABLE_DUMP has one record for each prefix and peer, ordered by prefix; the peers are known as they come.
void RecordApplier::applyTableDump(const wire::MrtRecord& record, Time time) {
  const auto entry = wire::decodeTableDump(record);
  if (!entry) return found(entry.error());
  if (dump_ != Dump::kTableDump) {
    endRib();
    flush();
    std::vector<PeerIndex> known;
    for (const auto& [session, peer] : sessions_) known.push_back(peer);
    std::erase(known, kNone);
    dump_ = Dump::kTableDump;
    view_.table().beginRib(known);
  }
  const auto key = PrefixKey::of(entry->prefix);
  const PeerIndex peer = peerOf(entry->peerAddress, entry->peerAsn);
  if (!key || peer == kNone) return;
  ++totals_.ribRoutes;
  if (*key != pathsPrefix_) flushTableDump();
  pathsPrefix_ = *key;
  view_.table().addRibPeer(peer);
  view_.peers().synced(peer, time);
  paths_.push_back({peer, wire::originOf(entry->attributes, entry->asnSize)});
}

void RecordApplier::flushTableDump() {
  if (!paths_.empty()) view_.table().setRib(pathsPrefix_, paths_);
  paths_.clear();
}

void RecordApplier::endRib(bool complete) {
  if (dump_ == Dump::kTableDump) flushTableDump();
  if (dump_ != Dump::kNothing && complete) view_.table().endRib();
  dump_ = Dump::kNothing;
  pathsPrefix_ = {};
  paths_.clear();
}

void RecordApplier::applyMessage(const wire::MrtRecord& record, Time time) {
  if (dump_ != Dump::kNothing) endRib();
  const auto message = wire::decodeMessage(record);
  if (!message) return found(message.error());
  if (message->local) return;
  const PeerIndex peer = peerOf(message->session.peerAddress, message->session.peerAsn);
  if (peer == kNone) return;
  view_.peers().heard(peer, time);
  const wire::Update update =
      wire::decodeUpdate(message->message, wire::UpdateContext::of(*message), findings_);
  for (const wire::Finding& finding : findings_) found(finding);
  findings_.clear();
  const bool news = !view_.peers().isRefilling(peer);
  update.forEachWithdrawn([&](const wire::Nlri& nlri) {
    const auto key = PrefixKey::of(nlri.prefix);
    if (!key) return;
    withdraw(peer, *key, nlri.pathId, update.addPath, news);
    ++totals_.withdrawals;
  });
  update.forEachAnnounced([&](const wire::Nlri& nlri) {
    const auto key = PrefixKey::of(nlri.prefix);
    if (!key) return;
    if (update.addPath) pathIds_.announce(peer, *key, nlri.pathId, update.origin);
    events_.push_back({*key, peer, update.origin, true, news});
    ++totals_.announcements;
  });
  if (events_.size() >= kEventsAtOnce) flush();
}

void RecordApplier::withdraw(PeerIndex peer, PrefixKey prefix, uint32_t pathId, bool addPath, bool news) {
  const auto left = addPath ? pathIds_.withdraw(peer, prefix, pathId) : std::nullopt;
  events_.push_back({prefix, peer, left.value_or(Asn{}), left.has_value(), news});
}

void RecordApplier::applyStateChange(const wire::MrtRecord& record, Time time) {
  endRib();
  const auto change = wire::decodeStateChange(record);
  if (!change) return found(change.error());
  const PeerIndex peer = peerOf(change->session.peerAddress, change->session.peerAsn);
  if (peer == kNone) return;
  flush();
  if (change->newState == wire::SessionState::kEstablished) {
    view_.peers().established(peer, time);
  } else if (view_.peers().isUp(peer)) {
    pathIds_.clear(peer);
    view_.peerDown(peer);
  }
}

}  // namespace nightjar::view
