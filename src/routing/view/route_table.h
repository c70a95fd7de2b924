// Who announces what: for each route (prefix and origin), one bit per peer.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/asn.h"
#include "routing/view/arena.h"
#include "routing/view/cover.h"
#include "routing/view/prefix_key.h"

namespace nightjar::view {

using PeerIndex = uint32_t;    // among all peers of all collectors
using PrefixIndex = uint32_t;  // in order of first sight
using RouteIndex = uint32_t;

inline constexpr uint32_t kNone = UINT32_MAX;

// Bounds against hostile input; today's table has 1.2 million prefixes, all public collectors some 2,000
// peers.
inline constexpr uint32_t kMaxPrefixes = 16U << 20;
inline constexpr uint32_t kMaxRoutes = 24U << 20;
inline constexpr uint32_t kMaxPeers = 8192;

// One announcement or withdrawal of one prefix by one peer.
struct Event {
  PrefixKey prefix;
  PeerIndex peer = 0;
  Asn origin;  // of an announcement
  bool announce = false;
  bool news = true;  // counts as an update; a table that is sent anew after a reset is none
};

struct PrefixEntry {
  PrefixKey key;
  RouteIndex firstRoute = kNone;
  uint32_t events = 0;    // since the last takeDirty()
  uint32_t ribEpoch = 0;  // of the last RIB that listed it
  // Written by the view: where it lies (once `located`), and its node among all prefixes (0: none yet).
  Cover::Home home;
  Cover::NodeIndex node = 0;
  bool located : 1 = false;
  bool dirty : 1 = false;
  bool visible : 1 = false;  // written by the view
};

struct Route {
  Asn origin;
  PrefixIndex prefix = 0;
  RouteIndex next = kNone;  // further origins of the same prefix
  // Written by the view: its number for the origin, and the route's node in that network's set.
  uint32_t network = kNone;
  Cover::NodeIndex node = 0;
  bool visible : 1 = false;
  bool everVisible : 1 = false;
  bool moved : 1 = false;
};

// The peers' tables. One event costs one hash look-up and one bit, whatever the size of the tables. Nothing
// is ever removed: a withdrawn route keeps its place with no bit set.
class RouteTable {
 public:
  RouteTable();

  // Peers are numbered by the caller; tells the table that numbers below `count` may come.
  void growPeers(uint32_t count);
  uint32_t wordsPerRoute() const { return words_; }

  // Applies events in order. Events past kMaxPrefixes or kMaxRoutes are dropped and counted in dropped().
  void apply(std::span<const Event> events);

  // A RIB dump replaces what is known of its peers: beginRib, then setRib for each prefix with the origin
  // that each peer announces (a peer may occur several times: add-path), then endRib, which withdraws what
  // the dump did not list.
  struct RibPath {
    PeerIndex peer;
    Asn origin;
  };
  void beginRib(std::span<const PeerIndex> peers);
  // One more peer of the dump. REQUIRES: it announced nothing before the dump began.
  void addRibPeer(PeerIndex peer);
  // Returns the prefix's number; kNone when the table is full.
  PrefixIndex setRib(PrefixKey prefix, std::span<const RibPath> paths);
  // A hint that setRib(prefix) comes soon: fetches what it will look at first.
  void prefetch(PrefixKey prefix) const { __builtin_prefetch(&slots_[hash(prefix) >> slotShift_]); }
  void endRib();

  // The peer's session is down: all its routes are gone. Marks nothing dirty, because a peer that is down
  // does not count; costs a walk over the table.
  void clearPeer(PeerIndex peer);

  // Prefixes that the peer announces.
  uint32_t tableSize(PeerIndex peer, Family family) const { return sizes_[family == Family::kIpv6][peer]; }

  // Calls fn(PrefixIndex, PrefixEntry&) for each prefix touched since the last call, in order of first touch,
  // and clears its mark and its count of events.
  template <typename Fn>
  void takeDirty(Fn fn) {
    constexpr size_t kAhead = 16;  // far enough to hide a cache miss
    for (size_t i = 0; i < dirty_.size(); ++i) {
      if (i + kAhead < dirty_.size()) __builtin_prefetch(&prefixes_[dirty_[i + kAhead]], 1);
      const PrefixIndex index = dirty_[i];
      PrefixEntry& entry = prefixes_[index];
      fn(index, entry);
      entry.dirty = false;
      entry.events = 0;
    }
    dirty_.clear();
  }

  uint32_t prefixCount() const { return prefixes_.size(); }
  uint64_t dropped() const { return dropped_; }
  PrefixEntry& prefix(PrefixIndex index) { return prefixes_[index]; }
  Route& route(RouteIndex index) { return routes_[index]; }
  // The peers that announce the route: wordsPerRoute() words.
  std::span<const uint64_t> bits(RouteIndex index) const { return {&bits_[index * words_], words_}; }

 private:
  uint64_t hash(PrefixKey prefix) const { return prefix.packed() * multiplier_; }
  PrefixIndex findOrAdd(PrefixKey prefix);
  void prefetchEntry(PrefixKey prefix) const;
  void rebuildSlots(size_t count);
  RouteIndex routeOf(PrefixIndex prefix, Asn origin);
  void applyOne(PrefixIndex prefix, const Event& event);
  void touch(PrefixIndex index, PrefixEntry& entry, uint32_t events);
  void replacePaths(PrefixIndex index, PrefixEntry& entry, std::span<const RibPath> paths);
  uint64_t* words(RouteIndex route) { return &bits_[route * words_]; }

  // Open addressing: prefix number + 1 in the lower half, upper half of the hash above it; 0 is empty.
  std::vector<uint64_t, HugeAllocator<uint64_t>> slots_;
  unsigned slotShift_ = 0;  // 64 - log2(slots_.size())
  uint64_t multiplier_;
  Arena<PrefixEntry> prefixes_;
  Arena<Route> routes_;
  Arena<uint64_t> bits_;
  uint32_t words_ = 1;  // a power of two, so that a route's words lie in one block
  std::vector<uint32_t> sizes_[2];
  std::vector<PrefixIndex> dirty_;
  std::vector<uint64_t> ribPeers_;        // a bit for each peer of the RIB in hand
  std::vector<uint64_t> before_, after_;  // scratch: RIB peers that announced the prefix
  bool ribFamilies_[2] = {false, false};
  uint32_t ribEpoch_ = 0;
  uint64_t dropped_ = 0;
};

}  // namespace nightjar::view
