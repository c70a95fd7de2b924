#include "episode/paths.h"

#include <algorithm>

#include "episode/random.h"

namespace nightjar::episode {
namespace {

constexpr uint32_t kWays =
    4;  // variants that differ in the path; the others repeat them with a community more

}  // namespace

size_t PeerVoice::KeyHash::operator()(const RouteKey& key) const noexcept {
  return hashOf({key.origin, key.leaker, key.variant});
}

PeerVoice::PeerVoice(const World& world, const Peer& peer, uint64_t seed)
    : world_(world), peer_(peer), node_(world.nodeOf(peer.asn)), seed_(seed) {}

// One provider after the other up to a tier 1; `from` is first.
std::vector<uint32_t> PeerVoice::climb(uint32_t from, uint64_t salt) const {
  std::vector<uint32_t> way{from};
  for (uint32_t at = from; !world_.nodes()[at].upstreams.empty();) {
    const auto& upstreams = world_.nodes()[at].upstreams;
    at = upstreams[scaled(hashOf({salt, at}), static_cast<uint32_t>(upstreams.size()))];
    way.push_back(at);
  }
  return way;
}

// The climb of `from`, up to where it meets the climb of `to`, then down that one.
std::vector<uint32_t> PeerVoice::nodePath(uint32_t from, uint32_t to, uint64_t salt) const {
  const auto up = climb(from, mixBits(salt));
  auto down = climb(to, salt);
  std::vector<uint32_t> way;
  for (const uint32_t node : up) {
    const auto meeting = std::find(down.begin(), down.end(), node);
    if (meeting != down.end()) {
      down.erase(meeting, down.end());
      way.push_back(node);
      break;
    }
    way.push_back(node);
  }
  way.insert(way.end(), down.rbegin(), down.rend());
  return way;
}

std::vector<Asn> PeerVoice::path(const RouteKey& route) const {
  const uint32_t way = route.variant % kWays;
  std::vector<uint32_t> nodes;
  if (route.leaker == kNobody) {
    nodes = nodePath(node_, route.origin, hashOf({seed_, node_, route.origin, way}));
  } else {
    // To the leaker as to any network, then on as the leaker itself would; a loop is cut out.
    nodes = nodePath(node_, route.leaker, hashOf({seed_, node_, route.leaker, way}));
    for (const uint32_t node :
         nodePath(route.leaker, route.origin, hashOf({seed_, route.leaker, route.origin}))) {
      const auto seen = std::find(nodes.begin(), nodes.end(), node);
      nodes.erase(seen, nodes.end());
      nodes.push_back(node);
    }
  }
  std::vector<Asn> path;
  path.reserve(nodes.size() + 2);
  for (const uint32_t node : nodes) path.push_back(world_.nodes()[node].asn);
  const uint64_t habit = hashOf({seed_, route.origin, way});
  if (habit % 8 == 0) path.insert(path.end(), 1 + habit / 8 % 2, path.back());
  return path;
}

void PeerVoice::appendCommon(wire::AttributeWriter& writer, const RouteKey& route,
                             const std::vector<Asn>& path) const {
  const uint64_t habit = hashOf({seed_, peer_.asn.number, route.origin, route.variant});
  writer.origin(habit % 16 == 0 ? wire::Origin::kIncomplete : wire::Origin::kIgp).asPath(path);
  if (peer_.address.family == Family::kIpv4) writer.nextHop(peer_.address);
  if (habit % 4 == 0) writer.multiExitDisc(static_cast<uint32_t>(habit >> 8 & 0xff));
  // Communities as transit networks tag them: where a route was learnt, and what kind of neighbour from.
  std::vector<uint32_t> communities;
  std::vector<wire::LargeCommunity> large;
  const auto tags = static_cast<uint32_t>(1 + route.variant / kWays);
  for (size_t i = 0; i + 1 < path.size() && i < 2; ++i) {
    for (uint32_t t = 0; t < tags; ++t) {
      const auto value =
          static_cast<uint32_t>(100 + hashOf({path[i].number, path[i + 1].number, t}) % 400 * 5);
      if (path[i].number <= 0xffff) {
        communities.push_back(path[i].number << 16 | value);
      } else {
        large.push_back({path[i].number, 1, value});
      }
    }
  }
  if (!communities.empty()) writer.communities(communities);
  if (!large.empty()) writer.largeCommunities(large);
}

Bytes PeerVoice::ribAttributes(const RouteKey& route) {
  const auto [entry, added] = ribCache_.try_emplace(route);
  if (added) {
    wire::AttributeWriter writer(entry->second);
    appendCommon(writer, route, path(route));
    if (peer_.address.family == Family::kIpv6) writer.mpReachAbbreviated({&peer_.address, 1});
  }
  return entry->second;
}

void PeerVoice::updateAttributes(const RouteKey& route, const std::vector<wire::Nlri>& prefixes,
                                 wire::Buffer& out) const {
  const auto numbers = path(route);
  wire::AttributeWriter writer(out, peer_.twoOctet ? wire::AsnSize::kTwo : wire::AsnSize::kFour);
  appendCommon(writer, route, numbers);
  if (peer_.address.family == Family::kIpv6) writer.mpReach(Family::kIpv6, {&peer_.address, 1}, prefixes);
  const bool wide = std::any_of(numbers.begin(), numbers.end(), [](Asn asn) { return asn.number > 0xffff; });
  if (peer_.twoOctet && wide) {
    const wire::PathSegment segment{wire::SegmentType::kSequence, numbers};
    writer.as4Path({&segment, 1});
  }
}

}  // namespace nightjar::episode
