// AS paths through the world, and the BGP attributes that go with them.
#pragma once

#include <compare>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "base/byte_reader.h"
#include "episode/facts.h"
#include "episode/world.h"
#include "routing/wire/bgp_writer.h"

namespace nightjar::episode {

// A route as a peer has it. Two routes with equal keys have equal attributes but for the prefix.
struct RouteKey {
  uint32_t origin = kNobody;  // node; kNobody: no route
  uint32_t leaker = kNobody;  // node that the path is leaked through, or kNobody
  uint8_t variant = 0;        // one of kVariants: which of the possible ways, and which communities
  auto operator<=>(const RouteKey&) const = default;
};
inline constexpr uint32_t kVariants = 8;

// What one peer says about routes. Paths follow the customer-provider edges of the world upwards from the
// origin and downwards to the peer, and cross between tier 1s at most once (no valleys), but for leaks.
class PeerVoice {
 public:
  PeerVoice(const World& world, const Peer& peer, uint64_t seed);

  // From the peer's own number to the origin's, with prepending here and there.
  std::vector<Asn> path(const RouteKey& route) const;

  // Path attributes of a RIB entry (RFC 6396, section 4.3.4: numbers of four octets, MP_REACH abbreviated).
  // Valid until the next call.
  Bytes ribAttributes(const RouteKey& route);
  // Path attributes of an UPDATE in the session's own number size; for IPv6 the prefixes are inside.
  void updateAttributes(const RouteKey& route, const std::vector<wire::Nlri>& prefixes,
                        wire::Buffer& out) const;

 private:
  std::vector<uint32_t> climb(uint32_t from, uint64_t salt) const;
  std::vector<uint32_t> nodePath(uint32_t from, uint32_t to, uint64_t salt) const;
  // All attributes but those that hold the next hop of IPv6.
  void appendCommon(wire::AttributeWriter& writer, const RouteKey& route, const std::vector<Asn>& path) const;

  struct KeyHash {
    size_t operator()(const RouteKey& key) const noexcept;
  };

  const World& world_;
  const Peer& peer_;
  uint32_t node_;
  uint64_t seed_;
  std::unordered_map<RouteKey, wire::Buffer, KeyHash> ribCache_;
};

}  // namespace nightjar::episode
