#include "routing/view/peers.h"

#include <algorithm>

namespace nightjar::view {
namespace {

size_t indexOf(Family family) {
  return family == Family::kIpv6 ? 1 : 0;
}
double fullFeedShare(Family family) {
  return family == Family::kIpv4 ? kFullFeedShare4 : kFullFeedShare6;
}

}  // namespace

CollectorIndex Peers::collector(const std::string& name) {
  for (CollectorIndex index = 0; index < collectors_.size(); ++index) {
    if (collectors_[index].name == name) return index;
  }
  collectors_.push_back({name, {}});
  return static_cast<CollectorIndex>(collectors_.size() - 1);
}

PeerIndex Peers::find(const PeerName& name) {
  const auto known = index_.find(name);
  if (known != index_.end()) return known->second;
  if (peers_.size() == kMaxPeers) return kNone;
  const auto index = static_cast<PeerIndex>(peers_.size());
  peers_.push_back({.name = name});
  index_.emplace(name, index);
  return index;
}

void Peers::heardCollector(CollectorIndex collector, Time time) {
  Time& heard = collectors_[collector].heard;
  heard = std::max(heard, time);
}

void Peers::heard(PeerIndex index, Time time) {
  Peer& peer = peers_[index];
  peer.heard = std::max(peer.heard, time);
  if (!peer.up) established(index, time);
}

void Peers::established(PeerIndex index, Time time) {
  Peer& peer = peers_[index];
  peer.heard = std::max(peer.heard, time);
  peer.refillingSince = time;
  peer.up = true;
}

void Peers::synced(PeerIndex index, Time time) {
  Peer& peer = peers_[index];
  peer.heard = std::max(peer.heard, time);
  peer.up = true;
  peer.inStep = true;
  peer.refilling = false;
}

void Peers::down(PeerIndex index, std::array<uint32_t, 2> sizes) {
  Peer& peer = peers_[index];
  peer.up = false;
  if (!peer.refilling) peer.sizesBefore = sizes;
  peer.refilling = true;
  peer.inStep = true;  // the next session begins with an empty table, whatever was missed of this one
}

void Peers::lost(CollectorIndex collector) {
  for (Peer& peer : peers_) {
    if (peer.name.collector == collector) peer.inStep = false;
  }
}

bool Peers::healthy(const Peer& peer, Time now) const {
  return peer.up && peer.inStep && !peer.refilling && now - peer.heard <= kPeerSilence &&
         now - collectors_[peer.name.collector].heard <= kCollectorSilence;
}

std::vector<PeerStanding> Peers::standings(CollectorIndex collector, const RouteTable& table,
                                           Time now) const {
  using State = PeerStanding::State;
  std::vector<PeerStanding> standings;
  for (PeerIndex index = 0; index < count(); ++index) {
    const Peer& peer = peers_[index];
    if (peer.name.collector != collector) continue;
    PeerStanding standing{.name = peer.name, .counts = healthy(peer, now)};
    if (peer.heard != Time()) standing.heard = peer.heard;
    standing.routes = table.tableSize(index, Family::kIpv4) + table.tableSize(index, Family::kIpv6);
    for (const size_t family : {0, 1}) {
      if (peer.everFull[family]) {
        standing.fullFeed = standing.fullFeed.value_or(false) || now - peer.lastFull[family] <= kExpectedFor;
      }
    }
    if (!standing.fullFeed && peer.inStep && standing.routes > 0) standing.fullFeed = false;
    const bool stopped = now - collectors_[collector].heard > kCollectorSilence;
    if (!standing.heard || stopped || !peer.inStep) {
      standing.state = State::kCannotTell;
    } else if (!peer.up) {
      standing.state = State::kDown;
    } else {
      standing.state = now - peer.heard > kPeerSilence ? State::kSilent : State::kUp;
    }
    standings.push_back(standing);
  }
  return standings;
}

void Peers::endRefill(Peer& peer, PeerIndex index, const RouteTable& table, Time now) {
  if (!peer.refilling || !peer.up) return;
  const auto refilled = [&](Family family) {
    return table.tableSize(index, family) >= kRefilledShare * peer.sizesBefore[indexOf(family)];
  };
  const bool sizeKnown = peer.sizesBefore != std::array<uint32_t, 2>{};
  if ((sizeKnown && refilled(Family::kIpv4) && refilled(Family::kIpv6)) ||
      now - peer.refillingSince >= kRefillTime) {
    peer.refilling = false;
  }
}

Electorate Peers::elect(Family family, const RouteTable& table, Time now) {
  Electorate electorate;
  electorate.mask.resize(table.wordsPerRoute());
  uint32_t largest = 0;
  for (PeerIndex index = 0; index < count(); ++index) {
    largest = std::max(largest, table.tableSize(index, family));
  }
  const double mark = largest * fullFeedShare(family);
  for (PeerIndex index = 0; index < count(); ++index) {
    Peer& peer = peers_[index];
    endRefill(peer, index, table, now);
    Time& lastFull = peer.lastFull[indexOf(family)];
    bool& everFull = peer.everFull[indexOf(family)];
    if (healthy(peer, now) && table.tableSize(index, family) > mark) {
      lastFull = now;
      everFull = true;
      ++electorate.members;
      electorate.mask[index / 64] |= uint64_t{1} << (index % 64);
    }
    if (everFull && now - lastFull <= kExpectedFor) ++electorate.expected;
  }
  return electorate;
}

}  // namespace nightjar::view
