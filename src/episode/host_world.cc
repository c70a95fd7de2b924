#include "episode/host_world.h"

#include <algorithm>

#include "episode/random.h"

namespace nightjar::episode {
namespace {

// What chance is asked about: keeps the answers apart.
enum Question : uint64_t { kAnswering = 1, kActive, kShare, kMoment, kPresent, kLost, kJitter, kDistance };

// A host is there, or is not, for this long at a time: what an address did a round ago says much about what
// it does now (a household's router), and little about tomorrow.
constexpr uint32_t kStay = 6 * 3600;
// How much farther than the nearest a block may be, and what the queues on the way add (microseconds).
constexpr uint32_t kFarther = 30'000;
constexpr uint32_t kQueues = 4'000;
constexpr uint32_t kReferenceTrip = 12'000;
constexpr double kReferenceLoss = 0.002;

uint64_t unitOf(const Address& address) {
  return address.high() >> 8;
}

// What of a sequence by second holds at a second. REQUIRES: the first holds from 0 on.
template <typename Step>
const Step& holdsAt(const std::vector<Step>& steps, uint32_t second) {
  const auto past = std::upper_bound(steps.begin(), steps.end(), second,
                                     [](uint32_t at, const Step& step) { return at < step.second; });
  return *(past - 1);
}

std::bitset<256> chooseActive(uint32_t count, uint64_t hash) {
  std::vector<uint8_t> octets;
  for (uint32_t octet = 1; octet < 255; ++octet) octets.push_back(static_cast<uint8_t>(octet));
  Random random(hash);
  std::bitset<256> chosen;
  for (uint32_t i = 0; i < count; ++i) {
    std::swap(octets[i], octets[i + random.below(static_cast<uint32_t>(octets.size()) - i)]);
    chosen.set(octets[i]);
  }
  return chosen;
}

double between(const Range& range, uint64_t hash) {
  return range.least + (range.most - range.least) * static_cast<double>(hash >> 32) / 4294967296.0;
}

}  // namespace

HostWorld::HostWorld(const Facts& facts, const World& world) : facts_(facts), world_(world) {
  if (!facts.prober) return;
  for (uint32_t n = 0; n < world.nodes().size(); ++n) addBlocks(n);
  std::sort(blocks_.begin(), blocks_.end(),
            [](const ProbedBlock& a, const ProbedBlock& b) { return a.unit < b.unit; });
  // Of several [[hosts]] the last one holds.
  for (const Hosts& hosts : facts.hosts) {
    const auto nodes = world.targets(facts, hosts.target);
    for (ProbedBlock& block : blocks_) {
      if (concerns(hosts.target, nodes, block)) block.hosts = &hosts;
    }
  }
  std::erase_if(blocks_, [](const ProbedBlock& block) { return !block.hosts; });
  for (ProbedBlock& block : blocks_) {
    const auto hash = [&](Question question) { return hashOf({facts_.seed, block.unit, question}); };
    block.answering = withShare(hash(kAnswering), block.hosts->answering);
    block.everActive =
        chooseActive(static_cast<uint32_t>(between(block.hosts->everActive, hash(kActive))), hash(kActive));
    block.availability =
        static_cast<uint32_t>(65536 * between(block.hosts->availability, mixBits(hash(kActive))));
    block.microseconds =
        static_cast<uint32_t>(block.hosts->rtt.count()) * 1000 + scaled(hash(kDistance), kFarther);
  }
  routes_.assign(blocks_.size(), {Route{}});
  covers_.assign(blocks_.size(), 1);
  lines_.assign(blocks_.size(), {Line{}});
  play();
}

// One of every so many of a network's /24s, at least one.
void HostWorld::addBlocks(uint32_t node) {
  const auto ends = regionEnds(world_.nodes()[node], Family::kIpv4);
  auto region = ends.begin();
  uint64_t index = 0;
  for (const Block& space : world_.nodes()[node].space[indexOf(Family::kIpv4)]) {
    for (uint64_t unit = space.first; unit < space.first + (uint64_t{1} << space.log2); ++unit, ++index) {
      while (index >= region->end) ++region;
      if (index % facts_.prober->every != 0) continue;
      ProbedBlock block;
      block.unit = unit;
      block.node = node;
      block.region = region->region;
      blocks_.push_back(std::move(block));
    }
  }
}

bool HostWorld::concerns(const Target& target, const std::vector<uint32_t>& nodes,
                         const ProbedBlock& block) const {
  return std::binary_search(nodes.begin(), nodes.end(), block.node) &&
         (target.region.empty() || target.region == block.region) &&
         std::find(target.outside.begin(), target.outside.end(), block.region) == target.outside.end();
}

// ---- What happens to the lines

// Which blocks are a `share` of a target's is the same in all events: the few that a first cut leaves are
// still there in the next one, and what a window brings back is what it brought back before.
void HostWorld::play() {
  std::vector<std::vector<Change>> changes(blocks_.size());
  for (size_t e = 0; e < facts_.events.size(); ++e) {
    const Event& event = facts_.events[e];
    if (!isOfHosts(event.kind)) continue;
    const auto nodes = world_.targets(facts_, event.target);
    for (size_t b = 0; b < blocks_.size(); ++b) {
      const uint64_t unit = blocks_[b].unit;
      if (!concerns(event.target, nodes, blocks_[b])) continue;
      if (!withShare(hashOf({facts_.seed, unit, kShare}), event.share)) continue;
      const auto spread = static_cast<uint32_t>(event.spread.count());
      const uint32_t start =
          unixSeconds(event.at) + scaled(hashOf({facts_.seed, unit, kMoment, e}), spread + 1);
      changes[b].push_back({start, &event, true});
      const auto length = static_cast<uint32_t>(event.duration.count());
      if (length > 0) changes[b].push_back({start + length, &event, false});
    }
  }
  for (size_t b = 0; b < blocks_.size(); ++b) {
    std::sort(changes[b].begin(), changes[b].end(), [](const Change& x, const Change& y) {
      return x.second != y.second ? x.second < y.second : x.event < y.event;
    });
    for (const Change& change : changes[b]) lines_[b].push_back(after(change, lines_[b].back()));
  }
}

HostWorld::Line HostWorld::after(const Change& change, Line line) {
  line.second = change.second;
  if (change.event->kind == EventKind::kThrottle) {
    line.loss = change.begins ? change.event->loss : 0;
    line.delay = change.begins ? static_cast<uint32_t>(change.event->delay.count()) * 1000 : 0;
  } else {
    line.dark = change.begins && change.event->kind == EventKind::kDark;
  }
  return line;
}

void HostWorld::routeChanged(uint32_t second, const Prefix& prefix, bool announced) {
  if (prefix.address.family != Family::kIpv4) return;
  const Block space = Block::of(prefix);
  auto block = std::lower_bound(blocks_.begin(), blocks_.end(), space.first,
                                [](const ProbedBlock& a, uint64_t unit) { return a.unit < unit; });
  for (; block != blocks_.end() && block->unit < space.first + (uint64_t{1} << space.log2); ++block) {
    const auto b = static_cast<size_t>(block - blocks_.begin());
    const bool before = covers_[b] > 0;
    covers_[b] = announced ? covers_[b] + 1 : covers_[b] - 1;
    if (before != (covers_[b] > 0)) routes_[b].push_back({second, covers_[b] > 0});
  }
}

// ---- Probes

bool HostWorld::isCut(uint32_t second) const {
  return std::any_of(facts_.events.begin(), facts_.events.end(), [&](const Event& event) {
    return event.kind == EventKind::kProberCut && second >= unixSeconds(event.at) &&
           second < unixSeconds(event.at + event.duration);
  });
}

bool HostWorld::isUp(size_t block, uint32_t second) const {
  return blocks_[block].answering && !holdsAt(lines_[block], second).dark &&
         holdsAt(routes_[block], second).announced;
}

blocks::Outcome HostWorld::probe(Time sent, const Address& target, bool reference) const {
  blocks::Outcome outcome;
  outcome.sent = sent;
  outcome.target = target;
  outcome.reference = reference;
  const uint32_t second = unixSeconds(sent);
  const auto hash = [&](Question question) {
    return hashOf(
        {facts_.seed, target.high(), static_cast<uint64_t>(sent.time_since_epoch().count()), question});
  };
  if (isCut(second)) return outcome;
  const auto answer = [&](uint32_t microseconds, double loss) {
    if (withShare(hash(kLost), loss)) return outcome;
    outcome.answer = blocks::Answer::kReply;
    outcome.rtt = std::chrono::microseconds(microseconds + scaled(hash(kJitter), kQueues));
    return outcome;
  };
  if (reference) return answer(kReferenceTrip, kReferenceLoss);

  const uint64_t unit = unitOf(target);
  const auto block = std::lower_bound(blocks_.begin(), blocks_.end(), unit,
                                      [](const ProbedBlock& a, uint64_t u) { return a.unit < u; });
  if (block == blocks_.end() || block->unit != unit) return outcome;
  const auto b = static_cast<size_t>(block - blocks_.begin());
  if (!isUp(b, second) || !block->everActive[target.bytes[3]]) return outcome;
  const uint64_t own = hashOf({facts_.seed, target.high(), kPresent});
  const uint64_t stay = (second + scaled(own, kStay)) / kStay;
  if (scaled(hashOf({own, stay}), 65536) >= block->availability) return outcome;
  const Line& line = holdsAt(lines_[b], second);
  const uint32_t queue = line.delay / 2 + scaled(mixBits(hash(kJitter)), line.delay + 1);
  return answer(block->microseconds + queue, block->hosts->loss + line.loss);
}

}  // namespace nightjar::episode
