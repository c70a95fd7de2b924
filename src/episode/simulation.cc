#include "episode/simulation.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <tuple>

namespace nightjar::episode {
namespace {

constexpr uint32_t kDay = 86'400;
constexpr uint32_t kMinute = 60;
// How long a peer takes to hear of a change (seconds, at most): Labovitz et al., "Delayed Internet routing
// convergence" (SIGCOMM 2000) saw announcements within seconds and withdrawals explore paths for minutes.
constexpr uint32_t kGainDelay = 20;
constexpr uint32_t kLossDelay = 15;
constexpr uint32_t kExploreDelay = 30;
// A network announces its new prefixes before it withdraws the old ones.
constexpr uint32_t kOverlap = 60;
// A session sends a whole table within this time.
constexpr uint32_t kTransferTime = 60;

uint32_t seconds(Seconds duration) {
  return static_cast<uint32_t>(duration.count());
}

// When the i-th of n prefixes changes in an event that is spread out.
uint32_t momentOf(const Event& event, size_t i, size_t n) {
  return unixSeconds(event.at) +
         static_cast<uint32_t>(uint64_t{seconds(event.spread)} * i / std::max<size_t>(n, 1));
}

}  // namespace

Simulation::Simulation(const Facts& facts, const World& world, Recorder& recorder)
    : facts_(facts),
      world_(world),
      recorder_(recorder),
      start_(unixSeconds(facts.from)),
      now_(start_),
      random_(facts.seed),
      pieces_(world.nodes().size()),
      collectorOn_(facts.collectors.size(), 1) {
  for (uint32_t c = 0; c < facts.collectors.size(); ++c) {
    for (const Peer& peer : facts.collectors[c].peers) {
      PeerState state;
      state.peer = &peer;
      state.collector = c;
      peers_.push_back(std::move(state));
    }
  }
  for (uint32_t n = 0; n < world.nodes().size(); ++n) {
    for (size_t family = 0; family < 2; ++family) {
      const Node& node = world.nodes()[n];
      if (node.prefixes[family] == 0) continue;
      for (const Block& block : partition(node.space[family], node.prefixes[family])) {
        const uint32_t prefix = intern(block, n);
        truths_[prefix].announced = true;
        pieces_[n][family].push_back(prefix);
      }
    }
  }
  fillTables();
  for (uint32_t e = 0; e < facts.events.size(); ++e) {
    schedule(unixSeconds(facts.events[e].at), Action::kEvent, 0, 0, e);
  }
}

uint32_t Simulation::intern(const Block& block, uint32_t owner) {
  const auto [entry, added] = byBlock_.try_emplace(block, static_cast<uint32_t>(prefixes_.size()));
  if (added) {
    prefixes_.push_back(block.prefix());
    truths_.push_back({owner, owner});
    familyPrefixes_[indexOf(block.family)].push_back(entry->second);
    for (PeerState& peer : peers_) peer.table.emplace_back();
  }
  return entry->second;
}

// The tables as they were built up before the episode begins.
void Simulation::fillTables() {
  for (uint32_t p = 0; p < peers_.size(); ++p) {
    for (uint32_t prefix = 0; prefix < prefixes_.size(); ++prefix) {
      const uint32_t age = scaled(hashOf({facts_.seed, p, prefix}), 30 * kDay);
      peers_[p].table[prefix] = {wanted(peers_[p], p, prefix), start_ - age};
    }
  }
}

void Simulation::schedule(uint32_t at, Action action, uint32_t peer, uint32_t prefix, uint32_t argument) {
  agenda_.push({at, order_++, action, static_cast<uint8_t>(peer), prefix, argument});
}

void Simulation::playUntil(uint32_t until) {
  for (; now_ < until; ++now_) {
    while (!agenda_.empty() && agenda_.top().at <= now_) {
      const Entry entry = agenda_.top();
      agenda_.pop();
      perform(entry);
    }
    makeNoise();
    for (uint32_t p = 0; p < peers_.size(); ++p) {
      const bool wasTransferring = peers_[p].transferring;
      if (wasTransferring) transfer(p);
      tell(p);
      if (wasTransferring && !peers_[p].transferring) recorder_.endOfRib(now_, p);
    }
  }
}

void Simulation::perform(const Entry& entry) {
  switch (entry.action) {
    case Action::kEvent:
      return startEvent(entry.argument);
    case Action::kHear:
      return hear(entry.peer, entry.prefix, false);
    case Action::kHearLoss:
      return hear(entry.peer, entry.prefix, true);
    case Action::kShake:
      return shake(entry.peer, entry.prefix);
    case Action::kSessionDown:
      return closeSession(entry.peer, true);
    case Action::kSessionUp:
      return openSession(entry.peer);
    case Action::kFallSilent:
      peers_[entry.peer].silent = true;
      return;
    case Action::kSpeakAgain:
      return speakAgain(entry.peer);
    case Action::kCollectorOff:
    case Action::kCollectorOn:
      collectorOn_[entry.argument] = entry.action == Action::kCollectorOn ? 1 : 0;
      for (uint32_t p = 0; p < peers_.size(); ++p) {
        if (peers_[p].collector != entry.argument) continue;
        if (entry.action == Action::kCollectorOff) closeSession(p, false);
        if (entry.action == Action::kCollectorOn) openSession(p);
      }
      return;
    default:
      return setTruth(entry);
  }
}

void Simulation::setTruth(const Entry& entry) {
  Truth& truth = truths_[entry.prefix];
  const bool before = truth.announced && !truth.flapping;
  if (entry.action == Action::kLose || entry.action == Action::kGain)
    truth.announced = entry.action == Action::kGain;
  if (entry.action == Action::kFlapDown || entry.action == Action::kFlapUp) {
    truth.flapping = entry.action == Action::kFlapDown;
  }
  if (entry.action == Action::kSetOrigin) truth.origin = entry.argument;
  if (entry.action == Action::kSetHijack) truth.hijack = entry.argument;
  if (entry.action == Action::kSetLeaker) truth.leaker = entry.argument;
  const bool after = truth.announced && !truth.flapping;
  if (before != after) recorder_.announced(now_, prefixes_[entry.prefix], after);
  tellAllPeers(entry.prefix, before && !after);
}

// The delay is one for all prefixes that a network changes in a second, so that they travel together.
void Simulation::tellAllPeers(uint32_t prefix, bool loss) {
  for (uint32_t p = 0; p < peers_.size(); ++p) {
    const uint64_t hash = hashOf({facts_.seed, p, truths_[prefix].owner, now_});
    schedule(now_ + scaled(hash, loss ? kLossDelay : kGainDelay), Action::kHear, p, prefix);
  }
}

RouteKey Simulation::wanted(const PeerState& state, uint32_t peer, uint32_t prefix) const {
  const Truth& truth = truths_[prefix];
  const bool carried =
      prefixes_[prefix].address.family == state.peer->address.family &&
      withShare(hashOf({facts_.seed, state.peer->asn.number, truth.owner}), state.peer->share);
  if (!carried || !truth.announced || truth.flapping) return {};
  RouteKey key{truth.origin, truth.leaker == truth.origin ? kNobody : truth.leaker};
  if (truth.hijack != kNobody) {
    const Event& event = facts_.events[truth.hijack];
    if (withShare(hashOf({facts_.seed, peer, truth.hijack}), event.share))
      key = {world_.nodeOf(*event.other)};
  }
  return key;
}

void Simulation::setRoute(uint32_t peer, uint32_t prefix, const RouteKey& key) {
  peers_[peer].table[prefix] = {key, now_};
  peers_[peer].changed.push_back(prefix);
}

void Simulation::hear(uint32_t peer, uint32_t prefix, bool explored) {
  PeerState& state = peers_[peer];
  if (!state.up || state.silent || (state.transferring && prefix >= state.next)) return;
  const RouteKey want = wanted(state, peer, prefix);
  RouteKey has = state.table[prefix].key;
  if (want.origin == has.origin && want.leaker == has.leaker) return;
  const uint64_t hash = hashOf({facts_.seed, peer, prefix, now_});
  if (want.origin == kNobody && !explored && hash % 3 == 0) {
    has.variant = static_cast<uint8_t>((has.variant + 1) % kVariants);
    setRoute(peer, prefix, has);
    return schedule(now_ + 1 + scaled(hash, kExploreDelay), Action::kHearLoss, peer, prefix);
  }
  setRoute(peer, prefix, want);
}

void Simulation::shake(uint32_t peer, uint32_t prefix) {
  const PeerState& state = peers_[peer];
  RouteKey key = state.table[prefix].key;
  if (!state.up || state.silent || state.transferring || key.origin == kNobody) return;
  const uint64_t hash = hashOf({facts_.seed, peer, prefix, now_, 1});
  if (hash % 8 == 0) {
    setRoute(peer, prefix, {});
    return schedule(now_ + 5 + scaled(hash, 15), Action::kHear, peer, prefix);
  }
  key.variant = static_cast<uint8_t>((key.variant + 1 + scaled(hash, kVariants - 1)) % kVariants);
  setRoute(peer, prefix, key);
}

// ---- Events

// Chance in an event hangs on its place among the events, not on its line: a comment changes nothing.
uint64_t Simulation::numberOf(const Event& event) const {
  return static_cast<uint64_t>(&event - facts_.events.data());
}

void Simulation::startEvent(uint32_t number) {
  const Event& event = facts_.events[number];
  const auto changeAll = [&](Action action, Action back, uint32_t argument, uint32_t backArgument) {
    const auto chosen = announcedBy(event);
    const size_t count = std::min<size_t>(event.prefixes.value_or(UINT32_MAX), chosen.size());
    for (size_t i = 0; i < count; ++i) {
      const uint32_t at = momentOf(event, i, count);
      schedule(at, action, 0, chosen[i], argument);
      if (event.duration.count() > 0)
        schedule(at + seconds(event.duration), back, 0, chosen[i], backArgument);
    }
  };
  switch (event.kind) {
    case EventKind::kWithdraw: {
      const auto chosen = announcedBy(event);
      const size_t count = chosen.size() - std::min<size_t>(event.left, chosen.size());
      for (size_t i = 0; i < count; ++i) schedule(momentOf(event, i, count), Action::kLose, 0, chosen[i]);
      return;
    }
    case EventKind::kAnnounce:
    case EventKind::kAggregate:
      return reannounce(event);
    case EventKind::kFlap:
      for (uint32_t i = 0; i < event.times; ++i) {
        const auto chosen = announcedBy(event);
        const size_t count = std::min<size_t>(event.prefixes.value_or(UINT32_MAX), chosen.size());
        for (size_t k = 0; k < count; ++k) {
          const uint32_t at = momentOf(event, k, count) + 2 * i * seconds(event.duration);
          schedule(at, Action::kFlapDown, 0, chosen[k]);
          schedule(at + seconds(event.duration), Action::kFlapUp, 0, chosen[k]);
        }
      }
      return;
    case EventKind::kBurst:
      return startBurst(event);
    case EventKind::kRehome:
      return changeAll(Action::kSetOrigin, Action::kSetOrigin, world_.nodeOf(*event.other), 0);
    case EventKind::kHijack:
      return changeAll(Action::kSetHijack, Action::kSetHijack, number, kNobody);
    case EventKind::kLeak:
      return changeAll(Action::kSetLeaker, Action::kSetLeaker, world_.nodeOf(*event.other), kNobody);
    case EventKind::kPeerReset:
    case EventKind::kPeerSilent:
      return startSession(event);
    case EventKind::kCollectorGap:
      return startGap(event);
    case EventKind::kDark:  // routes stand
    case EventKind::kLit:
    case EventKind::kThrottle:
    case EventKind::kProberCut:
      return;
  }
}

// The event's prefixes that are announced now, in an order of chance; each network's first prefix comes after
// all others, so that a part of a country's prefixes goes before whole networks do. A leak has no target and
// takes its share of all.
std::vector<uint32_t> Simulation::announcedBy(const Event& event) const {
  struct Choice {
    bool first;
    uint64_t hash;
    uint32_t prefix;
    auto operator<=>(const Choice&) const = default;
  };
  const bool all = event.kind == EventKind::kLeak;
  std::vector<uint32_t> nodes(world_.nodes().size());
  std::iota(nodes.begin(), nodes.end(), 0U);
  if (!all) nodes = world_.targets(facts_, event.target);
  std::vector<Choice> choices;
  for (const uint32_t node : nodes) {
    for (size_t family = 0; family < 2; ++family) {
      if (event.family && indexOf(*event.family) != family) continue;
      const auto& pieces = pieces_[node][family];
      for (const uint32_t prefix : pieces) {
        const uint64_t hash = hashOf({facts_.seed, prefix, numberOf(event)});
        if (!truths_[prefix].announced || (all && !withShare(mixBits(hash), event.share))) continue;
        choices.push_back({prefix == pieces.front(), hash, prefix});
      }
    }
  }
  std::sort(choices.begin(), choices.end());
  std::vector<uint32_t> prefixes;
  prefixes.reserve(choices.size());
  for (const Choice& choice : choices) prefixes.push_back(choice.prefix);
  return prefixes;
}

void Simulation::reannounce(const Event& event) {
  struct Part {
    uint32_t node;
    size_t family;
    uint32_t least;  // blocks
    uint64_t most;   // units
    uint32_t prefixes;
  };
  std::vector<Part> parts;
  uint64_t total = 0;
  for (const uint32_t n : world_.targets(facts_, event.target)) {
    for (size_t family = 0; family < 2; ++family) {
      const auto& space = world_.nodes()[n].space[family];
      if (space.empty() || (event.family && indexOf(*event.family) != family)) continue;
      uint64_t units = 0;
      for (const Block& block : space) units += uint64_t{1} << block.log2;
      const auto now = static_cast<uint32_t>(pieces_[n][family].size());
      parts.push_back({n, family, static_cast<uint32_t>(space.size()), units, now});
      total += now;
    }
  }
  if (event.prefixes) {  // in proportion to what each one has now, as far as its space allows
    int64_t left = *event.prefixes;
    for (Part& part : parts) {
      const uint64_t proportion = uint64_t{*event.prefixes} * part.prefixes / total;
      part.prefixes = static_cast<uint32_t>(std::clamp<uint64_t>(proportion, part.least, part.most));
      left -= part.prefixes;
    }
    for (Part& part : parts) {
      const auto more = std::clamp<int64_t>(left, int64_t{part.least} - part.prefixes,
                                            static_cast<int64_t>(part.most) - part.prefixes);
      part.prefixes = static_cast<uint32_t>(part.prefixes + more);
      left -= more;
    }
  }
  for (const Part& part : parts) {
    repartition(part.node, part.family == 0 ? Family::kIpv4 : Family::kIpv6, part.prefixes, event);
  }
}

void Simulation::repartition(uint32_t node, Family family, uint32_t prefixes, const Event& event) {
  const auto blocks = partition(world_.nodes()[node].space[indexOf(family)], prefixes);
  auto& pieces = pieces_[node][indexOf(family)];
  const std::vector<uint32_t> before = pieces;
  pieces.clear();
  for (const Block& block : blocks) {
    pieces.push_back(intern(block, node));
    const size_t rank = scaled(hashOf({facts_.seed, pieces.back(), numberOf(event)}), 1000);
    if (!truths_[pieces.back()].announced)
      schedule(momentOf(event, rank, 1000), Action::kGain, 0, pieces.back());
  }
  const std::set<uint32_t> kept(pieces.begin(), pieces.end());
  for (const uint32_t prefix : before) {
    if (kept.contains(prefix) || !truths_[prefix].announced) continue;
    schedule(momentOf(event, 1, 1) + kOverlap, Action::kLose, 0, prefix);
  }
}

void Simulation::startBurst(const Event& event) {
  for (const uint32_t prefix : announcedBy(event)) {
    for (uint32_t p = 0; p < peers_.size(); ++p) {
      for (uint32_t round = 0; round < event.rounds; ++round) {
        const uint64_t hash = hashOf({facts_.seed, p, prefix, round, numberOf(event)});
        schedule(now_ + scaled(hash, seconds(event.duration)), Action::kShake, p, prefix);
      }
    }
  }
}

void Simulation::startSession(const Event& event) {
  const bool reset = event.kind == EventKind::kPeerReset;
  for (uint32_t p = 0; p < peers_.size(); ++p) {
    if (facts_.collectors[peers_[p].collector].name != event.collector) continue;
    if (peers_[p].peer->address != event.peer) continue;
    schedule(now_, reset ? Action::kSessionDown : Action::kFallSilent, p, 0);
    schedule(now_ + seconds(event.duration), reset ? Action::kSessionUp : Action::kSpeakAgain, p, 0);
  }
}

void Simulation::startGap(const Event& event) {
  for (uint32_t c = 0; c < facts_.collectors.size(); ++c) {
    if (facts_.collectors[c].name != event.collector) continue;
    schedule(now_, Action::kCollectorOff, 0, 0, c);
    schedule(now_ + seconds(event.duration), Action::kCollectorOn, 0, 0, c);
  }
}

// ---- Sessions

void Simulation::closeSession(uint32_t peer, bool tell) {
  PeerState& state = peers_[peer];
  if (!state.up) return;
  state.up = false;
  state.transferring = false;
  state.changed.clear();
  std::fill(state.table.begin(), state.table.end(), Route{});
  if (tell) recorder_.sessionDown(now_, peer);
}

void Simulation::openSession(uint32_t peer) {
  PeerState& state = peers_[peer];
  if (state.up || !collectorOn_[state.collector]) return;
  state.up = true;
  state.silent = false;
  state.transferring = true;
  state.next = 0;
  recorder_.sessionUp(now_, peer);
}

void Simulation::speakAgain(uint32_t peer) {
  peers_[peer].silent = false;
  for (uint32_t prefix = 0; prefix < prefixes_.size(); ++prefix) hear(peer, prefix, true);
}

void Simulation::transfer(uint32_t peer) {
  PeerState& state = peers_[peer];
  const auto count = static_cast<uint32_t>(prefixes_.size());
  const uint32_t end = std::min(count, state.next + count / kTransferTime + 1);
  for (; state.next < end; ++state.next) {
    const RouteKey want = wanted(state, peer, state.next);
    if (want.origin != kNobody) setRoute(peer, state.next, want);
  }
  state.transferring = state.next < count;
}

// ---- Every second

void Simulation::makeNoise() {
  const auto happen = [&](uint32_t perDay) { return perDay / kDay + (random_.below(kDay) < perDay % kDay); };
  const auto count = static_cast<uint32_t>(prefixes_.size());
  if (count == 0) return;
  for (uint32_t p = 0; p < peers_.size(); ++p) {
    const PeerState& state = peers_[p];
    const auto& prefixes = familyPrefixes_[indexOf(state.peer->address.family)];
    for (uint32_t n = prefixes.empty() ? 0 : happen(facts_.noise.pathChanges); n > 0; --n) {
      const uint32_t prefix = prefixes[random_.below(static_cast<uint32_t>(prefixes.size()))];
      const auto turn = static_cast<uint8_t>(1 + random_.below(kVariants - 1));
      RouteKey key = state.table[prefix].key;
      if (!state.up || state.silent || state.transferring || key.origin == kNobody) continue;
      key.variant = static_cast<uint8_t>((key.variant + turn) % kVariants);
      setRoute(p, prefix, key);
    }
  }
  for (uint32_t n = happen(facts_.noise.flaps); n > 0; --n) {
    const uint32_t prefix = random_.below(count);
    if (world_.nodes()[truths_[prefix].owner].group == kNobody) continue;
    schedule(now_ + 1, Action::kFlapDown, 0, prefix);
    schedule(now_ + 1 + seconds(facts_.noise.flapDown), Action::kFlapUp, 0, prefix);
  }
}

// What changed within this second, as few messages as the routes allow.
void Simulation::tell(uint32_t peer) {
  PeerState& state = peers_[peer];
  if (state.up && !state.silent && (now_ + peer * 7) % kMinute == 0) recorder_.keepalive(now_, peer);
  auto& changed = state.changed;
  std::sort(changed.begin(), changed.end(), [&](uint32_t a, uint32_t b) {
    return std::tie(state.table[a].key, a) < std::tie(state.table[b].key, b);
  });
  changed.erase(std::unique(changed.begin(), changed.end()), changed.end());
  std::vector<Prefix> together;
  for (size_t i = 0; i < changed.size();) {
    const RouteKey& key = state.table[changed[i]].key;
    together.clear();
    for (; i < changed.size() && state.table[changed[i]].key == key; ++i)
      together.push_back(prefixes_[changed[i]]);
    recorder_.change(now_, peer, key, together);
  }
  changed.clear();
}

}  // namespace nightjar::episode
