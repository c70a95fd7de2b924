// What the peers see, counted: address space and prefixes by country, region, network and network in country.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/time.h"
#include "geo/geo_map.h"
#include "routing/view/counters.h"
#include "routing/view/cover.h"
#include "routing/view/peers.h"
#include "routing/view/route_table.h"

namespace nightjar::view {

// The state of the world at the end of one bin, as a change against the bin before.
struct ClosedBin {
  Bin bin;
  // By family (IPv4, IPv6): how much of the instrument was healthy. With 0 nothing was counted, and the
  // counters stand where they stood.
  std::array<float, 2> coverage{};
  std::span<const CellIndex> changes;  // the counters' cells that changed; valid until the next close()
};

// The visibility view. Feed events into table() and peers(), and close bins in order.
//
// A route (prefix and origin) is visible when over half of the full-feed peers announce it; a prefix is
// visible when over half of them announce it, whoever the origin (IODA's rule; the difference matters when
// two origins share a prefix). Countries and regions count the space that visible prefixes cover, by where
// the space is; networks count the space of the visible routes that they originate.
//
// An event costs the same however large the table is; closing a bin costs in proportion to the prefixes
// touched in it, and in proportion to the table only when the set of peers that count has changed.
class Visibility {
 public:
  // `geo` must outlive the object.
  Visibility(const geo::GeoMap& geo, BinWidth width);

  RouteTable& table() { return table_; }
  Peers& peers() { return peers_; }
  const Peers& peers() const { return peers_; }
  const Counters& counters() const { return counters_; }

  // The peer's session is down: its table is empty from now on.
  void peerDown(PeerIndex peer);

  // Does for a prefix what close() would have to do before it can count it. Never needed; spares close()
  // time.
  void prepare(PrefixIndex prefix);

  ClosedBin close(Bin bin);

  // Peers that count and that should, in each family, at the last close().
  const Electorate& electorate(Family family) const { return electorates_[family == Family::kIpv6]; }
  uint64_t visiblePrefixes(Family family) const { return visiblePrefixes_[family == Family::kIpv6]; }

 private:
  struct PlaceEntities {
    EntityIndex country = kNone;
    EntityIndex region = kNone;
  };
  // A network's own counters, in all and by country, and the prefixes that others have taken over.
  struct Network {
    Asn asn;
    EntityIndex whole = kNone;
    std::vector<std::pair<EntityIndex, EntityIndex>> inCountry;  // country, network in country
    std::vector<RouteIndex> moved;
    std::vector<std::pair<EntityIndex, Measure>> movedCells;  // not zero now
    bool recount = false;
  };
  using NetworkIndex = uint32_t;

  void locate(PrefixEntry& entry);
  void enter(PrefixEntry& entry);
  void enter(const PrefixEntry& entry, Route& route);
  void judge(PrefixEntry& entry);
  bool visibleTogether(const PrefixEntry& entry, const Electorate& electorate);
  void setPrefixVisible(PrefixEntry& entry, bool visible);
  void setRouteVisible(PrefixEntry& entry, RouteIndex index, bool visible);
  void setRouteMoved(RouteIndex index, bool moved);
  void countNetwork(NetworkIndex network, const PrefixEntry& entry, std::span<const Cover::Change> changes,
                    int sign);
  void recountMoved(Network& network, NetworkIndex index);
  void markForRecount(NetworkIndex network);
  void countEvents(PrefixEntry& entry);
  NetworkIndex networkOf(Asn asn);
  EntityIndex inCountry(Network& network, EntityIndex country);

  BinWidth width_;
  RouteTable table_;
  Peers peers_;
  Counters counters_;
  Cover everyone_;                            // one set: all visible prefixes
  Cover byNetwork_;                           // a set per network: its visible routes
  std::vector<PlaceEntities> placeEntities_;  // by PlaceId
  std::deque<Network> networks_;
  // By AS number: directly for those in the ranges that the registries have reached, else by hash.
  static constexpr uint32_t kDirectNumbers = 1U << 20;
  std::vector<NetworkIndex> lowNumbers_;
  std::unordered_map<Asn, NetworkIndex> highNumbers_;
  std::vector<NetworkIndex> toRecount_;
  std::vector<uint64_t> anyOrigin_;   // scratch
  std::vector<EntityIndex> counted_;  // with updates in this bin
  std::array<Electorate, 2> electorates_;
  std::array<uint64_t, 2> visiblePrefixes_{};
};

}  // namespace nightjar::view
