// The world that an episode happens in: networks, their space, who buys transit from whom.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/asn.h"
#include "base/result.h"
#include "episode/facts.h"
#include "episode/space.h"

namespace nightjar::episode {

inline constexpr uint32_t kNobody = 0xffffffff;

constexpr size_t indexOf(Family family) {
  return family == Family::kIpv4 ? 0 : 1;
}

// A named network or one of a group's. Its number in World::nodes stands for it everywhere.
struct Node {
  Asn asn;
  std::string country;
  uint32_t group = kNobody;  // number in Facts::groups
  std::string name;
  Access access = Access::kNone;
  std::map<std::string, double> regions;  // shares of its space, from its first unit on; the rest is in none
  std::vector<uint32_t> upstreams;        // nodes with smaller numbers; none for a tier 1
  std::array<std::vector<Block>, 2> space;  // by family
  std::array<uint32_t, 2> prefixes{};       // what the space is announced as at first
};

// Where a region ends in a network's space: the number of the first unit past it, counted through all its
// space.
struct RegionEnd {
  uint64_t end = 0;
  std::string region;  // empty: in none
};

// The regions of a network from its first unit to its last.
std::vector<RegionEnd> regionEnds(const Node& node, Family family);

// A row of the episode's geolocation map.
struct GeoRow {
  Prefix prefix;
  std::string country;
  std::string region;  // may be empty
};

class World {
 public:
  // Fails with kInvalid when the space does not suffice. REQUIRES: `facts` come from parseFacts.
  static Result<World> build(const Facts& facts);

  const std::vector<Node>& nodes() const { return nodes_; }
  // REQUIRES: one of the named networks.
  uint32_t nodeOf(Asn asn) const { return byAsn_.at(asn); }
  // The nodes that are meant, or a part of whose space is, in order.
  std::vector<uint32_t> targets(const Facts& facts, const Target& target) const;
  std::vector<GeoRow> geoRows() const;

 private:
  std::vector<Node> nodes_;
  std::map<Asn, uint32_t> byAsn_;
};

}  // namespace nightjar::episode
