#include "episode/world.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

#include "episode/random.h"

namespace nightjar::episode {
namespace {

// RFC 6996: numbers for private use, first the two-octet ones. None of them is a real network's.
Asn privateAsn(uint32_t number) {
  constexpr uint32_t kFirst = 64512;
  constexpr uint32_t kCount = 65534 - kFirst + 1;
  return {number < kCount ? kFirst + number : 4'200'000'000U + (number - kCount)};
}

// One pool for each `within` of the file and one for the rest, of one family.
class Pools {
 public:
  Pools(const Facts& facts, Family family) : public_({}) {
    std::vector<Block> named;
    const auto note = [&](const Space& space) {
      if (!space.within || space.within->length > addressBits(family)) return;
      named.push_back(Block::of(*space.within));
    };
    for (const Network& network : facts.networks) note(family == Family::kIpv4 ? network.ipv4 : network.ipv6);
    for (const Group& group : facts.groups) note(family == Family::kIpv4 ? group.ipv4 : group.ipv6);
    public_ = Pool::ofPublic(family, named);
  }

  Result<std::vector<Block>> take(const Space& space) {
    if (!space.within) return public_.take(space.units);
    const auto [pool, added] =
        named_.try_emplace(*space.within, std::vector<Block>{Block::of(*space.within)});
    return pool->second.take(space.units);
  }

 private:
  Pool public_;
  std::map<Prefix, Pool> named_;
};

// `total` in `parts` numbers of at least 1, the first few large and most small, as networks are: in
// proportion to 1/1, 1/2, 1/3 ... REQUIRES: total >= parts.
std::vector<uint32_t> unevenly(uint32_t total, uint32_t parts) {
  constexpr uint64_t kScale = 1'000'000;
  uint64_t sum = 0;
  for (uint64_t i = 1; i <= parts; ++i) sum += kScale / i;
  const uint64_t free = total - parts;
  std::vector<uint32_t> sizes(parts);
  uint32_t given = 0;
  for (uint32_t i = 0; i < parts; ++i) {
    sizes[i] = 1 + static_cast<uint32_t>(free * (kScale / (i + 1)) / sum);
    given += sizes[i];
  }
  sizes[0] += total - given;
  return sizes;
}

// Units for networks with these numbers of prefixes: together `units`, in proportion, and each a number that
// can be cut into that many prefixes (at most that many ones in binary). What rounding leaves over goes to
// the network with most prefixes.
std::vector<uint32_t> unitsFor(const std::vector<uint32_t>& prefixes, uint32_t units) {
  const uint64_t total = std::accumulate(prefixes.begin(), prefixes.end(), uint64_t{0});
  std::vector<uint32_t> result;
  uint32_t given = 0;
  for (const uint32_t count : prefixes) {
    auto size = static_cast<uint32_t>(units * uint64_t{count} / total);
    while (static_cast<uint32_t>(std::popcount(size)) > count) size &= size - 1;
    result.push_back(std::max(size, count));
    given += result.back();
  }
  while (given<units&& static_cast<uint32_t>(std::popcount(result[0] + (units - given)))> prefixes[0])
    --units;
  if (given < units) result[0] += units - given;
  return result;
}

// A made-up network is in one region, or in none.
std::map<std::string, double> regionOfOne(const std::map<std::string, double>& shares, uint64_t hash) {
  double sum = 0;
  for (const auto& [region, share] : shares) {
    sum += share;
    if (withShare(hash, sum)) return {{region, 1.0}};
  }
  return {};
}

}  // namespace

Result<World> World::build(const Facts& facts) {
  World world;
  std::array<Pools, 2> pools{Pools(facts, Family::kIpv4), Pools(facts, Family::kIpv6)};
  const auto addSpace = [&](Node& node, const Space& space, Family family, Spot spot) -> Result<void> {
    if (space.prefixes == 0) return {};
    auto blocks = pools[indexOf(family)].take(space);
    if (!blocks) {
      return fail(ErrorKind::kInvalid,
                  fmt::format("line {}, column {}: {}", spot.line, spot.column, blocks.error().message));
    }
    node.space[indexOf(family)] = std::move(*blocks);
    node.prefixes[indexOf(family)] = space.prefixes;
    return {};
  };

  for (const Network& network : facts.networks) {
    Node node{network.asn, network.country, kNobody, network.name, network.access, network.regions};
    for (const Asn asn : network.upstreams) node.upstreams.push_back(world.byAsn_.at(asn));
    if (auto ok = addSpace(node, network.ipv4, Family::kIpv4, network.spot); !ok)
      return std::unexpected(ok.error());
    if (auto ok = addSpace(node, network.ipv6, Family::kIpv6, network.spot); !ok)
      return std::unexpected(ok.error());
    world.byAsn_.emplace(network.asn, static_cast<uint32_t>(world.nodes_.size()));
    world.nodes_.push_back(std::move(node));
  }

  uint32_t madeUp = 0;
  for (uint32_t g = 0; g < facts.groups.size(); ++g) {
    const Group& group = facts.groups[g];
    std::array<std::vector<uint32_t>, 2> prefixes;
    std::array<std::vector<uint32_t>, 2> units;
    for (const Space* space : {&group.ipv4, &group.ipv6}) {
      if (space->prefixes == 0) continue;
      const size_t family = space == &group.ipv4 ? 0 : 1;
      prefixes[family] = unevenly(space->prefixes, std::min(group.networks, space->prefixes));
      units[family] = unitsFor(prefixes[family], space->units);
    }
    for (uint32_t i = 0; i < group.networks; ++i) {
      while (world.byAsn_.contains(privateAsn(madeUp))) ++madeUp;
      Node node{privateAsn(madeUp++), group.country, g, fmt::format("{} {}", group.name, i + 1),
                group.access};
      const uint64_t hash = hashOf({facts.seed, g, i});
      node.regions = regionOfOne(group.regions, mixBits(hash));
      const auto count = static_cast<uint32_t>(group.upstreams.size());
      for (uint32_t k = 0; k < std::min(count, 1 + scaled(hash, 3)); ++k) {
        node.upstreams.push_back(world.byAsn_.at(group.upstreams[(hash + k) % count]));
      }
      for (const Family family : {Family::kIpv4, Family::kIpv6}) {
        const size_t f = indexOf(family);
        if (i >= prefixes[f].size()) continue;
        Space space = f == 0 ? group.ipv4 : group.ipv6;
        space.prefixes = prefixes[f][i];
        space.units = units[f][i];
        if (auto ok = addSpace(node, space, family, group.spot); !ok) return std::unexpected(ok.error());
      }
      world.nodes_.push_back(std::move(node));
    }
  }
  return world;
}

std::vector<uint32_t> World::targets(const Facts& facts, const Target& target) const {
  std::vector<uint32_t> found;
  for (uint32_t n = 0; n < nodes_.size(); ++n) {
    const Node& node = nodes_[n];
    const bool meant = target.network          ? node.asn == *target.network
                       : target.group.empty()  ? node.country == target.country
                       : node.group != kNobody ? facts.groups[node.group].name == target.group
                                               : false;
    if (meant && target.access.value_or(node.access) == node.access) found.push_back(n);
  }
  return found;
}

std::vector<RegionEnd> regionEnds(const Node& node, Family family) {
  uint64_t total = 0;
  for (const Block& block : node.space[indexOf(family)]) total += uint64_t{1} << block.log2;
  std::vector<RegionEnd> ends;
  double share = 0;
  for (const auto& [region, part] : node.regions) {
    share += part;
    ends.push_back({static_cast<uint64_t>(std::llround(share * static_cast<double>(total))), region});
  }
  ends.push_back({total, ""});
  return ends;
}

std::vector<GeoRow> World::geoRows() const {
  std::vector<GeoRow> rows;
  const auto addUnits = [&](const Block& block, uint64_t first, uint64_t end, const std::string& country,
                            const std::string& region) {
    for (const Block& part : coverUnits(block.family, block.first + first, block.first + end)) {
      rows.push_back({part.prefix(), country, region});
    }
  };
  for (const Node& node : nodes_) {
    for (const Family family : {Family::kIpv4, Family::kIpv6}) {
      const auto ends = regionEnds(node, family);
      uint64_t before = 0;  // units in the blocks that are done
      for (const Block& block : node.space[indexOf(family)]) {
        const uint64_t size = uint64_t{1} << block.log2;
        uint64_t from = 0;
        for (const auto& [end, region] : ends) {
          const uint64_t to = std::min(std::max(end, before) - before, size);
          if (from < to) addUnits(block, from, to, node.country, region);
          from = std::max(from, to);
        }
        before += size;
      }
    }
  }
  return rows;
}

}  // namespace nightjar::episode
