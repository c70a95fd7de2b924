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

  // A prefix in a set; it stays valid.
  using NodeIndex = uint32_t;

  // `geo` must outlive the object.
  explicit Cover(const geo::GeoMap& geo) : geo_(geo) {}

  Home homeOf(PrefixKey prefix) const;

  // Makes room for a prefix in a set, as no member yet; the same node for the same prefix. `home` is
  // homeOf(prefix).
  NodeIndex enter(SetId set, PrefixKey prefix, Home home);

  // Makes the node's prefix a member of its set, or takes it out; returns what the set's union won or lost,
  // valid until the next call. REQUIRES: it is no member (add), is one (remove).
  std::span<const Change> add(NodeIndex node) { return toggle(node, true); }
  std::span<const Change> remove(NodeIndex node) { return toggle(node, false); }

  // The part of `prefix` that no member of the set covers, by place; valid until the next call.
  std::span<const Change> uncovered(SetId set, PrefixKey prefix);

 private:
  struct Node {
    PrefixKey prefix;
    uint64_t below = 0;               // units covered by members strictly below
    std::array<uint32_t, 2> child{};  // 0: none
    uint32_t parent = 0;              // 0: the root of its set
    geo::PlaceId place;               // of all prefixes at and below, unless
    bool mixed : 1 = false;           // they are in several places
    bool member : 1 = false;
    bool own : 1 = false;  // stands for a prefix that was entered, not just for a fork
    Home home() const { return {place, mixed}; }
    void setHome(Home home) {
      place = home.place;
      mixed = home.mixed;
    }
    uint64_t covered() const { return member ? prefix.units() : below; }
  };
  static_assert(sizeof(Node) == 32, "there are millions of them");
  // Where a node hangs: in a parent's child slot, or at a set's root.
  struct Link {
    uint32_t parent = 0;
    unsigned side = 0;
  };

  std::span<const Change> toggle(NodeIndex node, bool member);
  NodeIndex insertAbove(NodeIndex lower, PrefixKey prefix, Home home);
  NodeIndex fork(NodeIndex lower, PrefixKey prefix, Home home, PrefixKey common);
  NodeIndex newNode(PrefixKey prefix, Home home, bool own);
  void hang(SetId set, Link link, NodeIndex node);
  void adopt(NodeIndex parent, NodeIndex child);
  void blendForksAbove(NodeIndex node, Home home);
  uint32_t& slot(SetId set, Family family, Link link);
  static void blend(Node& node, Home home);
  void addSpace(PrefixKey prefix, Home home, int64_t sign);
  void subtractCovered(NodeIndex node, int64_t sign);
  void addChange(geo::PlaceId place, int64_t units);

  const geo::GeoMap& geo_;
  Arena<Node> nodes_;
  std::vector<std::array<uint32_t, 2>> roots_;  // by set, then IPv4 and IPv6
  std::vector<Change> changes_;
};

}  // namespace nightjar::view
