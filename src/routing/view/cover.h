// How much address space a changing set of prefixes covers, by place, each unit counted once.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "geo/geo_map.h"
#include "routing/view/arena.h"
#include "routing/view/prefix_key.h"

namespace nightjar::view {

// Many sets of prefixes (one for all routes, one per network), each a path-compressed binary trie whose nodes
// know how much of their space is covered by members below. Adding or removing a member walks from the root
// to it and back: the cost depends on the prefix's length, not on how many prefixes there are. (A member that
// spans several places also visits the border nodes below it; its cost depends on the number of places in
// it.)
//
// Members that were removed keep their node: routes that flap come back to it.
class Cover {
 public:
  // A set's handle. Sets are made on first use.
  using SetId = uint32_t;
  // Units won (+) or lost (-) at a place.
  struct Change {
    geo::PlaceId place;
    int64_t units;
  };

  // Where a prefix's space lies: in one place, or in several.
  struct Home {
    geo::PlaceId place;
    bool mixed = false;
  };

  // `geo` must outlive the object.
  explicit Cover(const geo::GeoMap& geo) : geo_(geo) {}

  Home homeOf(PrefixKey prefix) const;

  // Puts a prefix into the set or takes it out; returns what the set's union won or lost, valid until the
  // next call. REQUIRES: the prefix is not in the set (add), is in it (remove); `home` is homeOf(prefix).
  std::span<const Change> add(SetId set, PrefixKey prefix, Home home) {
    return toggle(set, prefix, home, true);
  }
  std::span<const Change> remove(SetId set, PrefixKey prefix, Home home) {
    return toggle(set, prefix, home, false);
  }

  // The part of `prefix` that no member of the set covers, by place; valid until the next call.
  std::span<const Change> uncovered(SetId set, PrefixKey prefix);

 private:
  struct Node {
    PrefixKey prefix;
    uint64_t below = 0;               // units covered by members strictly below
    std::array<uint32_t, 2> child{};  // 0: none
    geo::PlaceId place;               // of all members at and below; meaningful unless mixed
    bool mixed = false;               // several places
    bool member = false;
    bool own = false;  // stands for a prefix that was a member at some time, not just for a fork
    uint64_t covered() const { return member ? prefix.units() : below; }
  };
  // Where a node hangs: in a parent's child slot, or at a set's root.
  struct Link {
    uint32_t parent = 0;
    unsigned side = 0;
  };

  std::span<const Change> toggle(SetId set, PrefixKey prefix, Home home, bool member);
  uint32_t findOrInsert(SetId set, PrefixKey prefix, Home home);
  uint32_t insertAbove(uint32_t lower, PrefixKey prefix, Home home);
  uint32_t fork(uint32_t lower, PrefixKey prefix, Home home, PrefixKey common);
  uint32_t newNode(PrefixKey prefix, Home home, bool own);
  uint32_t& slot(SetId set, Family family, Link link);
  static void blend(Node& node, Home home);
  void addSpace(PrefixKey prefix, Home home, int64_t sign);
  void subtractCovered(uint32_t node, int64_t sign);
  void addChange(geo::PlaceId place, int64_t units);

  const geo::GeoMap& geo_;
  Arena<Node> nodes_;
  std::vector<std::array<uint32_t, 2>> roots_;  // by set, then IPv4 and IPv6
  std::vector<uint32_t> path_;                  // ancestors of the node in hand, from the root
  std::vector<Change> changes_;
};

}  // namespace nightjar::view
