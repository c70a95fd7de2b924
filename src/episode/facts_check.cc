// What the tables of an episode file promise each other.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <set>
#include <tuple>

#include "episode/facts.h"

namespace nightjar::episode {
namespace {

std::unexpected<Error> failAt(Spot spot, std::string message, ErrorKind kind = ErrorKind::kInvalid) {
  return fail(kind, fmt::format("line {}, column {}: {}", spot.line, spot.column, message));
}

// N units can be cut into P prefixes when P is between the number of ones in N's binary form and N.
Result<void> checkSpace(const Space& space, uint32_t networks, Family family, Spot spot) {
  if (space.prefixes == 0) return {};
  const uint8_t unit = family == Family::kIpv4 ? 24 : 48;
  if (space.within && space.within->length > unit) {
    return failAt(spot, fmt::format("'within' must be a /{} or larger", unit));
  }
  const auto least = networks > 1 ? networks : static_cast<uint32_t>(std::popcount(space.units));
  if (space.prefixes < least || space.prefixes > space.units) {
    return failAt(spot, fmt::format("{} prefixes cannot cover {} /{}s of {} network(s): take {} to {}",
                                    space.prefixes, space.units, unit, networks, least, space.units));
  }
  return {};
}

class Checker {
 public:
  explicit Checker(const Facts& facts) : facts_(facts) {}

  Result<void> run() {
    if (facts_.until <= facts_.from || facts_.until - facts_.from > kMaxSpan) {
      return fail(ErrorKind::kInvalid,
                  fmt::format("'until' must come after 'from', by at most {}", formatDuration(kMaxSpan)));
    }
    for (const auto step :
         {&Checker::checkNetworks, &Checker::checkGroups, &Checker::checkPools, &Checker::checkCollectors,
          &Checker::checkProber, &Checker::checkEvents, &Checker::checkSizes}) {
      if (auto result = (this->*step)(); !result) return result;
    }
    return {};
  }

 private:
  Result<void> checkSource(const std::string& source, Spot spot) {
    if (facts_.sources.contains(source)) return {};
    return failAt(spot, fmt::format("source '{}' is not in [sources]", source));
  }

  // An upstream stands further up in the file, so that no network is above itself.
  Result<void> checkUpstreams(const std::vector<Asn>& upstreams, Spot spot) {
    for (const Asn asn : upstreams) {
      if (!asns_.contains(asn)) {
        return failAt(spot, fmt::format("upstream {} is not a [[network]] further up", asn.number));
      }
    }
    return {};
  }

  Result<void> checkNetworks() {
    for (const Network& network : facts_.networks) {
      if (auto ok = checkUpstreams(network.upstreams, network.spot); !ok) return ok;
      if (!asns_.insert(network.asn).second) {
        return failAt(network.spot, fmt::format("AS{} stands in the file twice", network.asn.number));
      }
      if (auto ok = checkSource(network.source, network.spot); !ok) return ok;
      if (auto ok = checkSpace(network.ipv4, 1, Family::kIpv4, network.spot); !ok) return ok;
      if (auto ok = checkSpace(network.ipv6, 1, Family::kIpv6, network.spot); !ok) return ok;
      const uint32_t prefixes = network.ipv4.prefixes + network.ipv6.prefixes;
      if (prefixes > 0 && network.country.empty()) {
        return failAt(network.spot,
                      fmt::format("AS{} announces prefixes, so it needs a 'country'", network.asn.number));
      }
      countries_.insert(network.country);
      for (const auto& [region, share] : network.regions) regions_.insert(region);
      prefixes_ += prefixes;
    }
    return {};
  }

  Result<void> checkGroups() {
    for (const Group& group : facts_.groups) {
      if (!groups_.insert(group.name).second) {
        return failAt(group.spot, fmt::format("group '{}' stands in the file twice", group.name));
      }
      if (group.upstreams.empty()) return failAt(group.spot, "made-up networks need at least one upstream");
      if (auto ok = checkUpstreams(group.upstreams, group.spot); !ok) return ok;
      if (auto ok = checkSource(group.source, group.spot); !ok) return ok;
      if (auto ok = checkSpace(group.ipv4, group.networks, Family::kIpv4, group.spot); !ok) return ok;
      if (auto ok = checkSpace(group.ipv6, 1, Family::kIpv6, group.spot); !ok) return ok;
      countries_.insert(group.country);
      for (const auto& [region, share] : group.regions) regions_.insert(region);
      prefixes_ += group.ipv4.prefixes + group.ipv6.prefixes;
      madeUp_ += group.networks;
    }
    return {};
  }

  // Each `within` is a pool: the same for all that name it, and apart from all others.
  Result<void> checkPools() {
    std::set<Prefix> pools;
    for (const Network& n : facts_.networks) {
      for (const Space* space : {&n.ipv4, &n.ipv6}) {
        if (space->within) pools.insert(*space->within);
      }
    }
    for (const Group& g : facts_.groups) {
      for (const Space* space : {&g.ipv4, &g.ipv6}) {
        if (space->within) pools.insert(*space->within);
      }
    }
    const Prefix* last = nullptr;  // in order of address, a pool comes right before those inside it
    for (const Prefix& pool : pools) {
      if (last && pool.address.family == last->address.family && last->contains(pool.address)) {
        return fail(ErrorKind::kInvalid,
                    fmt::format("'within' {} and {} overlap", last->text(), pool.text()));
      }
      last = &pool;
    }
    return {};
  }

  Result<void> checkCollectors() {
    std::set<std::string> names;
    for (const Collector& collector : facts_.collectors) {
      if (!names.insert(collector.name).second) {
        return failAt(collector.spot, fmt::format("collector '{}' stands in the file twice", collector.name));
      }
      if (collector.ribs.empty() || collector.ribs.size() > kMaxRibs ||
          !std::is_sorted(collector.ribs.begin(), collector.ribs.end()) ||
          collector.ribs.front() < facts_.from || collector.ribs.back() >= facts_.until) {
        return failAt(collector.spot,
                      fmt::format("'ribs' must list 1 to {} times in order, within the episode", kMaxRibs));
      }
      std::set<Address> addresses;
      for (const Peer& peer : collector.peers) {
        if (!asns_.contains(peer.asn)) {
          return failAt(peer.spot, fmt::format("AS{} is not a [[network]]", peer.asn.number));
        }
        if (peer.twoOctet && peer.asn.number > 0xffff) {
          return failAt(peer.spot, "a two-octet speaker has no four-octet number");
        }
        if (!addresses.insert(peer.address).second) {
          return failAt(peer.spot, fmt::format("two peers have the address {}", peer.address.text()));
        }
      }
      if (collector.peers.empty()) return failAt(collector.spot, "a collector needs at least one peer");
      peers_ += collector.peers.size();
      routes_ += collector.ribs.size() * collector.peers.size();
    }
    return {};
  }

  Result<void> checkEvents() {
    if (facts_.events.size() > kMaxEvents) {
      return fail(ErrorKind::kLimit, fmt::format("more than {} events, with those that repeat", kMaxEvents));
    }
    for (const Event& event : facts_.events) {
      if (auto ok = checkSource(event.source, event.spot); !ok) return ok;
      if (event.at < facts_.from || event.at >= facts_.until) {
        return failAt(event.spot, "'at' lies outside the episode");
      }
      if (event.spread > kMaxSpan || event.duration > kMaxSpan) {
        return failAt(event.spot, "the event lasts longer than any episode");
      }
      if (auto ok = checkTarget(event.target, event.spot); !ok) return ok;
      if ((event.prefixes || event.left > 0) && !event.family && targetPrefixes(event)[1] > 0) {
        return failAt(event.spot, "a count of prefixes needs a 'family' here: the target has IPv6 as well");
      }
      if ((isOfHosts(event.kind) || event.kind == EventKind::kProberCut) && !facts_.prober) {
        return failAt(event.spot,
                      fmt::format("'{}' is seen by a [prober], and there is none", eventWord(event.kind)));
      }
      if (event.other && !asns_.contains(*event.other)) {
        return failAt(event.spot, fmt::format("AS{} is not a [[network]]", event.other->number));
      }
      if (auto ok = checkSession(event); !ok) return ok;
      countWork(event);
    }
    return {};
  }

  Result<void> checkTarget(const Target& target, Spot spot) {
    if (target.network && !asns_.contains(*target.network)) {
      return failAt(spot, fmt::format("AS{} is not a [[network]]", target.network->number));
    }
    if (!target.group.empty() && !groups_.contains(target.group)) {
      return failAt(spot, fmt::format("there is no group '{}'", target.group));
    }
    if (!target.country.empty() && !countries_.contains(target.country)) {
      return failAt(spot, fmt::format("nobody announces anything in '{}'", target.country));
    }
    std::vector<std::string> regions = target.outside;
    if (!target.region.empty()) regions.push_back(target.region);
    for (const std::string& region : regions) {
      if (!regions_.contains(region))
        return failAt(spot, fmt::format("nobody is in the region '{}'", region));
    }
    return {};
  }

  Result<void> checkProber() {
    for (const Hosts& hosts : facts_.hosts) {
      if (auto ok = checkSource(hosts.source, hosts.spot); !ok) return ok;
      if (auto ok = checkTarget(hosts.target, hosts.spot); !ok) return ok;
      if (!facts_.prober) return failAt(hosts.spot, "[[hosts]] answer a [prober], and there is none");
    }
    if (!facts_.prober) return {};
    const Prober& prober = *facts_.prober;
    if (auto ok = checkSource(prober.source, prober.spot); !ok) return ok;
    if (facts_.hosts.empty()) return failAt(prober.spot, "a [prober] needs [[hosts]] that answer it");
    if (!asns_.contains(prober.asn)) {
      return failAt(prober.spot, fmt::format("AS{} is not a [[network]]", prober.asn.number));
    }
    if (prober.round < std::chrono::minutes(1) || prober.round > std::chrono::hours(1)) {
      return failAt(prober.spot, "'round' must be 1m to 1h");
    }
    for (const Collector& collector : facts_.collectors) {
      if (collector.name == prober.name) {
        return failAt(prober.spot, fmt::format("a collector is called '{}' as well", prober.name));
      }
    }
    return {};
  }

  // Prefixes of the event's target at first; all prefixes for an event without one.
  std::array<uint32_t, 2> targetPrefixes(const Event& event) const {
    const Target& target = event.target;
    const bool all = target.isNone();
    std::array<uint32_t, 2> sum{};
    for (const Network& n : facts_.networks) {
      if (!all && n.asn != target.network && (target.country.empty() || n.country != target.country))
        continue;
      sum[0] += n.ipv4.prefixes;
      sum[1] += n.ipv6.prefixes;
    }
    for (const Group& g : facts_.groups) {
      if (!all && g.country != target.country && (target.group.empty() || g.name != target.group)) continue;
      sum[0] += g.ipv4.prefixes;
      sum[1] += g.ipv6.prefixes;
    }
    return sum;
  }

  // What the event may make all peers send, and what it adds to the table.
  void countWork(const Event& event) {
    if (isOfHosts(event.kind)) return;  // no peer hears of it
    const auto [ipv4, ipv6] = targetPrefixes(event);
    uint64_t changes = uint64_t{ipv4} + ipv6;
    if (event.kind == EventKind::kAnnounce || event.kind == EventKind::kAggregate) {
      const uint32_t added = event.prefixes.value_or(0);
      prefixes_ = std::min(prefixes_, kMaxPrefixes) + added;
      changes += added;
    }
    if (event.kind == EventKind::kBurst) changes *= event.rounds;
    updates_ += changes * event.times;
  }

  Result<void> checkSession(const Event& event) {
    if (event.collector.empty()) return {};
    const auto collector = std::find_if(facts_.collectors.begin(), facts_.collectors.end(),
                                        [&](const Collector& c) { return c.name == event.collector; });
    if (collector == facts_.collectors.end()) {
      return failAt(event.spot, fmt::format("there is no collector '{}'", event.collector));
    }
    if (event.peer && std::none_of(collector->peers.begin(), collector->peers.end(),
                                   [&](const Peer& p) { return p.address == *event.peer; })) {
      return failAt(event.spot,
                    fmt::format("collector '{}' has no peer {}", event.collector, event.peer->text()));
    }
    return {};
  }

  Result<void> checkSizes() {
    const auto days = std::chrono::ceil<std::chrono::days>(facts_.until - facts_.from).count();
    updates_ += static_cast<uint64_t>(days) * (facts_.noise.pathChanges + facts_.noise.flaps);
    for (const auto& [what, asked, most] : std::initializer_list<std::tuple<const char*, uint64_t, uint64_t>>{
             {"made-up networks", madeUp_, kMaxMadeUpNetworks},
             {"prefixes", prefixes_, kMaxPrefixes},
             {"peers", peers_, kMaxPeers},
             {"routes in all RIBs", routes_ * prefixes_, kMaxRoutes},
             {"updates", updates_ * peers_, kMaxUpdates},
             {"rounds of blocks", blockRounds(), kMaxBlockRounds}}) {
      if (asked > most) {
        return fail(ErrorKind::kLimit,
                    fmt::format("the episode asks for {} {}: at most {}", asked, what, most));
      }
    }
    return {};
  }

  // At most: as if hosts answered everywhere in their country.
  uint64_t blockRounds() const {
    if (!facts_.prober) return 0;
    std::set<std::string> countries;
    for (const Hosts& hosts : facts_.hosts) countries.insert(countryOf(hosts.target));
    uint64_t units = 0;
    for (const Network& n : facts_.networks) units += countries.contains(n.country) ? n.ipv4.units : 0;
    for (const Group& g : facts_.groups) units += countries.contains(g.country) ? g.ipv4.units : 0;
    const auto rounds = static_cast<uint64_t>((facts_.until - facts_.from) / facts_.prober->round);
    return units / facts_.prober->every * rounds;
  }

  std::string countryOf(const Target& target) const {
    for (const Network& n : facts_.networks) {
      if (n.asn == target.network) return n.country;
    }
    for (const Group& g : facts_.groups) {
      if (g.name == target.group) return g.country;
    }
    return target.country;
  }

  const Facts& facts_;
  std::set<Asn> asns_;
  std::set<std::string> groups_;
  std::set<std::string> countries_;
  std::set<std::string> regions_;
  uint32_t prefixes_ = 0;
  uint32_t madeUp_ = 0;
  size_t peers_ = 0;
  uint64_t routes_ = 0;
  uint64_t updates_ = 0;
};

}  // namespace

Result<void> checkFacts(const Facts& facts) {
  return Checker(facts).run();
}

}  // namespace nightjar::episode
