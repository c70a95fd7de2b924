#include "routing/view/visibility.h"

#include <algorithm>
#include <bit>

namespace nightjar::view {
namespace {

constexpr Cover::SetId kEveryone = 0;
constexpr std::array<Family, 2> kFamilies{Family::kIpv4, Family::kIpv6};

size_t indexOf(Family family) {
  return family == Family::kIpv6 ? 1 : 0;
}

uint32_t countMembers(std::span<const uint64_t> bits, std::span<const uint64_t> mask) {
  uint32_t count = 0;
  for (size_t word = 0; word < bits.size(); ++word)
    count += static_cast<uint32_t>(std::popcount(bits[word] & mask[word]));
  return count;
}

bool overHalf(uint32_t count, uint32_t members) {
  return count * 2 > members;
}

bool contains(PrefixKey outer, PrefixKey inner) {
  return outer.family() == inner.family() && outer.common(inner) == outer;
}

}  // namespace

Visibility::Visibility(const geo::GeoMap& geo, BinWidth width)
    : width_(width), everyone_(geo), byNetwork_(geo), lowNumbers_(kDirectNumbers, kNone) {
  // Places are sorted: those of one country follow each other.
  std::string_view last;
  for (const geo::Place& place : geo.places()) {
    PlaceEntities entities;
    if (!place.country.empty() && place.country == last) entities.country = placeEntities_.back().country;
    if (!place.country.empty() && place.country != last)
      entities.country = counters_.names().addCountry(place.country);
    if (!place.region.empty()) entities.region = counters_.names().addRegion(place.region);
    placeEntities_.push_back(entities);
    last = place.country;
  }
}

void Visibility::peerDown(PeerIndex peer) {
  peers_.down(peer, {table_.tableSize(peer, Family::kIpv4), table_.tableSize(peer, Family::kIpv6)});
  table_.clearPeer(peer);
}

ClosedBin Visibility::close(Bin bin) {
  ClosedBin closed{bin, {}, {}};
  std::array<bool, 2> changed{};
  for (const Family family : kFamilies) {
    Electorate elected = peers_.elect(family, table_, bin.end(width_));
    Electorate& current = electorates_[indexOf(family)];
    closed.coverage[indexOf(family)] = elected.coverage();
    changed[indexOf(family)] = elected.members != 0 && elected.mask != current.mask;
    current = std::move(elected);
  }
  for (const EntityIndex entity : counted_) counters_.set(entity, Measure::kUpdates, 0);
  counted_.clear();
  const bool covered = electorates_[0].members + electorates_[1].members > 0;
  table_.takeDirty([&](PrefixIndex, PrefixEntry& entry) {
    if (covered) countEvents(entry);
    if (!changed[indexOf(entry.key.family())]) judge(entry);
  });
  if (changed[0] || changed[1]) {
    for (PrefixIndex index = 0; index < table_.prefixCount(); ++index) {
      PrefixEntry& entry = table_.prefix(index);
      if (changed[indexOf(entry.key.family())]) judge(entry);
    }
  }
  for (const NetworkIndex network : toRecount_) recountMoved(networks_[network], network);
  toRecount_.clear();
  closed.changes = counters_.takeChanges();
  return closed;
}

void Visibility::locate(PrefixEntry& entry) {
  if (entry.located) return;
  entry.home = everyone_.homeOf(entry.key);
  entry.located = true;
}

void Visibility::enter(PrefixEntry& entry) {
  if (entry.node != 0) return;
  locate(entry);
  entry.node = everyone_.enter(kEveryone, entry.key, entry.home);
}

void Visibility::enter(const PrefixEntry& entry, Route& route) {
  if (route.node != 0) return;
  route.network = networkOf(route.origin);
  route.node = byNetwork_.enter(route.network, entry.key, entry.home);
}

void Visibility::prepare(PrefixIndex index) {
  PrefixEntry& entry = table_.prefix(index);
  enter(entry);
  if (entry.firstRoute == kNone) return;
  Route& route = table_.route(entry.firstRoute);
  if (route.origin != Asn{}) enter(entry, route);
}

void Visibility::countEvents(PrefixEntry& entry) {
  if (entry.events == 0) return;
  locate(entry);
  const EntityIndex country = placeEntities_[entry.home.place.index].country;
  if (country == kNone) return;
  const auto count = [&](EntityIndex entity) {
    counters_.add(entity, Measure::kUpdates, entry.events);
    counted_.push_back(entity);
  };
  count(country);
  // A prefix with several origins is its first one's: a burst needs one name.
  const NetworkIndex network = entry.firstRoute == kNone ? kNone : table_.route(entry.firstRoute).network;
  if (network != kNone) count(inCountry(networks_[network], country));
}

// Brings what is counted for a prefix in line with its bits.
void Visibility::judge(PrefixEntry& entry) {
  const Electorate& electorate = electorates_[indexOf(entry.key.family())];
  if (electorate.members == 0) return;
  bool manyOrigins = false;
  bool visible = false;
  for (RouteIndex index = entry.firstRoute; index != kNone; index = table_.route(index).next) {
    const auto bits = table_.bits(index);
    const bool routeVisible = overHalf(countMembers(bits, electorate.mask), electorate.members);
    setRouteVisible(entry, index, routeVisible);
    visible |= routeVisible;
    manyOrigins |= index != entry.firstRoute;
  }
  if (manyOrigins && !visible) visible = visibleTogether(entry, electorate);
  setPrefixVisible(entry, visible);
  for (RouteIndex index = entry.firstRoute; index != kNone; index = table_.route(index).next) {
    const Route& route = table_.route(index);
    setRouteMoved(index, visible && route.everVisible && !route.visible);
  }
}

// Whether the peers of all origins together are over half. (A peer may stand at two origins: add-path.)
bool Visibility::visibleTogether(const PrefixEntry& entry, const Electorate& electorate) {
  anyOrigin_.assign(table_.wordsPerRoute(), 0);
  for (RouteIndex index = entry.firstRoute; index != kNone; index = table_.route(index).next) {
    const auto bits = table_.bits(index);
    for (size_t word = 0; word < bits.size(); ++word) anyOrigin_[word] |= bits[word];
  }
  return overHalf(countMembers(anyOrigin_, electorate.mask), electorate.members);
}

void Visibility::setPrefixVisible(PrefixEntry& entry, bool visible) {
  if (entry.visible == visible) return;
  entry.visible = visible;
  enter(entry);
  const Family family = entry.key.family();
  const int sign = visible ? 1 : -1;
  visiblePrefixes_[indexOf(family)] += static_cast<uint64_t>(static_cast<int64_t>(sign));
  const EntityIndex country = placeEntities_[entry.home.place.index].country;
  if (country != kNone) counters_.add(country, prefixesIn(family), sign);
  const auto changes = visible ? everyone_.add(entry.node) : everyone_.remove(entry.node);
  for (const Cover::Change& change : changes) {
    const PlaceEntities& entities = placeEntities_[change.place.index];
    if (entities.country != kNone) counters_.add(entities.country, spaceIn(family), change.units);
    if (entities.region != kNone) counters_.add(entities.region, spaceIn(family), change.units);
  }
}

void Visibility::setRouteVisible(PrefixEntry& entry, RouteIndex index, bool visible) {
  Route& route = table_.route(index);
  if (route.visible == visible || route.origin == Asn{}) return;
  route.visible = visible;
  route.everVisible = true;
  locate(entry);
  enter(entry, route);
  const auto changes = visible ? byNetwork_.add(route.node) : byNetwork_.remove(route.node);
  countNetwork(route.network, entry, changes, visible ? 1 : -1);
}

void Visibility::countNetwork(NetworkIndex index, const PrefixEntry& entry,
                              std::span<const Cover::Change> changes, int sign) {
  Network& network = networks_[index];
  const Family family = entry.key.family();
  counters_.add(network.whole, prefixesIn(family), sign);
  const EntityIndex home = placeEntities_[entry.home.place.index].country;
  if (home != kNone) counters_.add(inCountry(network, home), prefixesIn(family), sign);
  for (const Cover::Change& change : changes) {
    counters_.add(network.whole, spaceIn(family), change.units);
    const EntityIndex country = placeEntities_[change.place.index].country;
    if (country != kNone) counters_.add(inCountry(network, country), spaceIn(family), change.units);
  }
  if (!network.moved.empty()) markForRecount(index);
}

void Visibility::setRouteMoved(RouteIndex index, bool moved) {
  Route& route = table_.route(index);
  if (route.moved == moved) return;
  route.moved = moved;
  std::vector<RouteIndex>& list = networks_[route.network].moved;
  if (moved) {
    list.push_back(index);
  } else {
    std::erase(list, index);
  }
  markForRecount(route.network);
}

void Visibility::markForRecount(NetworkIndex index) {
  if (networks_[index].recount) return;
  networks_[index].recount = true;
  toRecount_.push_back(index);
}

// The space of a network's moved routes that its remaining routes do not cover, each unit once.
void Visibility::recountMoved(Network& network, NetworkIndex index) {
  network.recount = false;
  for (const auto& [entity, measure] : network.movedCells) counters_.set(entity, measure, 0);
  network.movedCells.clear();
  std::vector<PrefixKey> prefixes;
  for (const RouteIndex route : network.moved)
    prefixes.push_back(table_.prefix(table_.route(route).prefix).key);
  std::ranges::sort(prefixes);
  const auto count = [&](EntityIndex entity, Measure measure, int64_t units) {
    counters_.add(entity, measure, units);
    network.movedCells.emplace_back(entity, measure);
  };
  PrefixKey outer;
  for (const PrefixKey prefix : prefixes) {
    if (outer != PrefixKey() && contains(outer, prefix)) continue;
    outer = prefix;
    for (const Cover::Change& change : byNetwork_.uncovered(index, prefix)) {
      count(network.whole, movedIn(prefix.family()), change.units);
      const EntityIndex country = placeEntities_[change.place.index].country;
      if (country != kNone) count(inCountry(network, country), movedIn(prefix.family()), change.units);
    }
  }
}

Visibility::NetworkIndex Visibility::networkOf(Asn asn) {
  NetworkIndex& known = asn.number < kDirectNumbers ? lowNumbers_[asn.number]
                                                    : highNumbers_.try_emplace(asn, kNone).first->second;
  if (known == kNone) {
    known = static_cast<NetworkIndex>(networks_.size());
    networks_.push_back({.asn = asn, .whole = counters_.names().addNetwork(asn)});
  }
  return known;
}

EntityIndex Visibility::inCountry(Network& network, EntityIndex country) {
  for (const auto& [known, entity] : network.inCountry) {
    if (known == country) return entity;
  }
  const EntityIndex entity = counters_.names().addNetworkInCountry(network.asn, country);
  network.inCountry.emplace_back(country, entity);
  return entity;
}

}  // namespace nightjar::view
