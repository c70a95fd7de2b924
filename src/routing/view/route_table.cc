#include "routing/view/route_table.h"

#include <algorithm>
#include <array>
#include <bit>

namespace nightjar::view {
namespace {

constexpr size_t kFirstSlots = size_t{1} << 12;
constexpr uint64_t kGoldenRatio = 0x9e3779b97f4a7c15;  // Knuth, TAOCP 3, section 6.4: multiplicative hashing
constexpr uint64_t kUpperHalf = 0xffffffff00000000;
// At such loads a probe this long has no natural cause; crafted prefixes get a new multiplier.
constexpr size_t kLongestProbe = 200;
// Events in flight: enough to hide a cache miss behind the others, few enough to stay in the first-level
// cache.
constexpr size_t kBatch = 128;

uint64_t bitOf(PeerIndex peer) {
  return uint64_t{1} << (peer % 64);
}
size_t familyIndex(PrefixKey key) {
  return key.family() == Family::kIpv6 ? 1 : 0;
}

}  // namespace

RouteTable::RouteTable() : multiplier_(kGoldenRatio), ribPeers_(words_) {
  rebuildSlots(kFirstSlots);
}

void RouteTable::growPeers(uint32_t count) {
  for (auto& sizes : sizes_) sizes.resize(std::max<size_t>(sizes.size(), count));
  const uint32_t needed = std::max<uint32_t>(1, (count + 63) / 64);
  if (needed <= words_) return;
  const uint32_t wider = std::bit_ceil(needed);
  Arena<uint64_t> bits;
  for (RouteIndex route = 0; route < routes_.size(); ++route) {
    for (uint32_t word = 0; word < wider; ++word) bits.add(word < words_ ? words(route)[word] : 0);
  }
  bits_ = std::move(bits);
  words_ = wider;
  ribPeers_.resize(words_);
}

void RouteTable::rebuildSlots(size_t count) {
  slots_.assign(count, 0);
  slotShift_ = 64 - static_cast<unsigned>(std::countr_zero(count));
  for (PrefixIndex index = 0; index < prefixes_.size(); ++index) {
    const uint64_t h = hash(prefixes_[index].key);
    size_t at = h >> slotShift_;
    while (slots_[at] != 0) at = (at + 1) & (count - 1);
    slots_[at] = (h & kUpperHalf) | (index + 1);
  }
}

// kNone when the table is full.
PrefixIndex RouteTable::findOrAdd(PrefixKey prefix) {
  const uint64_t h = hash(prefix);
  size_t at = h >> slotShift_;
  size_t probes = 0;
  for (; slots_[at] != 0; at = (at + 1) & (slots_.size() - 1), ++probes) {
    if ((slots_[at] & kUpperHalf) != (h & kUpperHalf)) continue;
    const auto index = static_cast<PrefixIndex>(slots_[at] - 1);
    if (prefixes_[index].key == prefix) return index;
  }
  if (prefixes_.size() == kMaxPrefixes) return kNone;
  const PrefixIndex index = prefixes_.add({.key = prefix});
  slots_[at] = (h & kUpperHalf) | (index + 1);
  if (probes > kLongestProbe) multiplier_ = multiplier_ * kGoldenRatio | 1;
  if (probes > kLongestProbe) rebuildSlots(slots_.size());
  if (prefixes_.size() > slots_.size() / 10 * 7) rebuildSlots(slots_.size() * 2);
  return index;
}

void RouteTable::prefetchEntry(PrefixKey prefix) const {
  const uint64_t slot = slots_[hash(prefix) >> slotShift_];
  if (slot != 0) __builtin_prefetch(&prefixes_[static_cast<PrefixIndex>(slot - 1)], 1);
}

// The prefix's route by that origin, made if there is none; kNone when the table is full.
RouteIndex RouteTable::routeOf(PrefixIndex prefix, Asn origin) {
  RouteIndex* link = &prefixes_[prefix].firstRoute;
  for (; *link != kNone; link = &routes_[*link].next) {
    if (routes_[*link].origin == origin) return *link;
  }
  if (routes_.size() == kMaxRoutes) return kNone;
  for (uint32_t word = 0; word < words_; ++word) bits_.add(0);
  return *link = routes_.add({.origin = origin, .prefix = prefix});
}

void RouteTable::touch(PrefixIndex index, PrefixEntry& entry, uint32_t events) {
  entry.events += events;
  if (entry.dirty) return;
  entry.dirty = true;
  dirty_.push_back(index);
}

void RouteTable::apply(std::span<const Event> events) {
  std::array<PrefixIndex, kBatch> found;
  for (; !events.empty(); events = events.subspan(std::min(kBatch, events.size()))) {
    const auto batch = events.first(std::min(kBatch, events.size()));
    for (const Event& event : batch) prefetch(event.prefix);
    for (const Event& event : batch) prefetchEntry(event.prefix);
    for (size_t i = 0; i < batch.size(); ++i) {
      found[i] = findOrAdd(batch[i].prefix);
      if (found[i] == kNone) continue;
      const RouteIndex route = prefixes_[found[i]].firstRoute;
      if (route == kNone) continue;
      __builtin_prefetch(&routes_[route], 1);
      __builtin_prefetch(words(route), 1);
    }
    for (size_t i = 0; i < batch.size(); ++i) {
      if (found[i] == kNone) {
        ++dropped_;
      } else {
        applyOne(found[i], batch[i]);
      }
    }
  }
}

// A peer has one route to a prefix: an announcement replaces the one before (RFC 4271, section 3.1).
void RouteTable::applyOne(PrefixIndex index, const Event& event) {
  PrefixEntry& entry = prefixes_[index];
  const RouteIndex target = event.announce ? routeOf(index, event.origin) : kNone;
  if (event.announce && target == kNone) {
    ++dropped_;
    return;
  }
  const size_t word = event.peer / 64;
  const uint64_t bit = bitOf(event.peer);
  bool before = false;
  for (RouteIndex route = entry.firstRoute; route != kNone; route = routes_[route].next) {
    uint64_t& bits = words(route)[word];
    before |= (bits & bit) != 0;
    bits = route == target ? bits | bit : bits & ~bit;
  }
  uint32_t& size = sizes_[familyIndex(entry.key)][event.peer];
  if (event.announce && !before) ++size;
  if (!event.announce && before) --size;
  touch(index, entry, event.news ? 1 : 0);
}

void RouteTable::beginRib(std::span<const PeerIndex> peers) {
  ++ribEpoch_;
  ribPeers_.assign(words_, 0);
  for (const PeerIndex peer : peers) ribPeers_[peer / 64] |= bitOf(peer);
  ribFamilies_[0] = ribFamilies_[1] = false;
}

void RouteTable::addRibPeer(PeerIndex peer) {
  ribPeers_[peer / 64] |= bitOf(peer);
}

PrefixIndex RouteTable::setRib(PrefixKey prefix, std::span<const RibPath> paths) {
  const PrefixIndex index = findOrAdd(prefix);
  if (index == kNone) {
    ++dropped_;
    return kNone;
  }
  ribFamilies_[familyIndex(prefix)] = true;
  PrefixEntry& entry = prefixes_[index];
  entry.ribEpoch = ribEpoch_;
  replacePaths(index, entry, paths);
  return index;
}

void RouteTable::endRib() {
  for (PrefixIndex index = 0; index < prefixes_.size(); ++index) {
    PrefixEntry& entry = prefixes_[index];
    if (entry.ribEpoch != ribEpoch_ && ribFamilies_[familyIndex(entry.key)]) replacePaths(index, entry, {});
  }
}

// Takes the prefix from all peers of the RIB in hand, then gives it to those in `paths`.
void RouteTable::replacePaths(PrefixIndex index, PrefixEntry& entry, std::span<const RibPath> paths) {
  before_.assign(words_, 0);
  after_.assign(words_, 0);
  for (RouteIndex route = entry.firstRoute; route != kNone; route = routes_[route].next) {
    for (size_t word = 0; word < words_; ++word) {
      uint64_t& bits = words(route)[word];
      before_[word] |= bits & ribPeers_[word];
      bits &= ~ribPeers_[word];
    }
  }
  RouteIndex route = kNone;
  for (const RibPath& path : paths) {
    if (route == kNone || routes_[route].origin != path.origin) route = routeOf(index, path.origin);
    if (route == kNone) {
      ++dropped_;
      continue;
    }
    words(route)[path.peer / 64] |= bitOf(path.peer);
    after_[path.peer / 64] |= bitOf(path.peer);
  }
  auto& sizes = sizes_[familyIndex(entry.key)];
  for (size_t word = 0; word < words_; ++word) {
    for (uint64_t changed = before_[word] ^ after_[word]; changed != 0; changed &= changed - 1) {
      const auto bit = static_cast<uint32_t>(std::countr_zero(changed));
      sizes[word * 64 + bit] += after_[word] >> bit & 1 ? 1U : UINT32_MAX;
    }
  }
  if (!paths.empty() || std::ranges::any_of(before_, [](uint64_t bits) { return bits != 0; }))
    touch(index, entry, 0);
}

void RouteTable::clearPeer(PeerIndex peer) {
  const uint64_t keep = ~bitOf(peer);
  for (uint32_t at = peer / 64; at < bits_.size(); at += words_) bits_[at] &= keep;
  for (auto& sizes : sizes_) sizes[peer] = 0;
}

}  // namespace nightjar::view
