// Makes the bench's inputs on standard output, the same bytes on every machine:
//
//   bench_generate rib [--scale F]        TABLE_DUMP_V2: one RIB record per prefix, from 30 full-feed peers
//   bench_generate updates [--scale F] [--messages N] [--minutes FROM,LENGTH] [--seed S]
//                                         BGP4MP_MESSAGE_AS4
//   bench_generate geo                    a geolocation map with as many ranges as a real one (docs/geo.md)
//
// At scale 1 there are 1,000,000 IPv4 and 200,000 IPv6 prefixes of some 80,000 networks. A smaller scale
// takes a fixed part of the same prefixes, so that one file of updates fits the small table and the large one
// alike.
//
// The figures are those of a full table as collectors dump it: more than half of the IPv4 prefixes are /24s
// and about half of the IPv6 prefixes are /48s, many of them inside an aggregate; paths have some 4.3 hops;
// neighbours in address space often share an origin, hence a path. Updates fall on few prefixes for the most
// part, and some of them come as a prefix lost and found again by all peers. It is a simulation, for
// measuring speed only.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/address.h"
#include "base/asn.h"
#include "routing/wire/bgp_writer.h"
#include "routing/wire/mrt_writer.h"

namespace {

using namespace nightjar;
using namespace nightjar::wire;

constexpr uint32_t kPeers = 30;
constexpr uint32_t kOrigins = 80000;
constexpr size_t kPrefixes4 = 1000000;
constexpr size_t kPrefixes6 = 200000;
constexpr uint32_t kRibTime = 1767225600;  // 2026-01-01T00:00:00Z
constexpr Asn kCollectorAs{64500};
constexpr uint64_t kBlocks6[] = {0x2001, 0x2400, 0x2600, 0x2800, 0x2a00, 0x2c00};  // first 16 bits
constexpr uint32_t kTier1s = 14;                                                   // origins 0..13
constexpr uint32_t kRegionals = 700;  // origins 14..713: every other network buys transit from one of these

struct Options {
  double scale = 1;
  uint64_t messages = 5000000;
  uint32_t firstMinute = 0;
  uint32_t minutes = 120;
  uint64_t seed = 1;
};

// Splitmix64: a number that depends on the arguments alone.
uint64_t mix(uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}
uint64_t mix(uint64_t a, uint64_t b) {
  return mix(mix(a) + b);
}

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t below(uint64_t n) { return mix(state_++) % n; }
  double unit() { return static_cast<double>(mix(state_++) >> 11) * 0x1p-53; }

 private:
  uint64_t state_;
};

// ---------------------------------------------------------------------------------------------- prefixes

struct Route {
  Prefix prefix;
  uint32_t origin = 0;  // index of the network that announces it

  bool ipv6() const { return prefix.address.family == Family::kIpv6; }
};

struct LengthShare {
  uint8_t length;
  double share;
};

uint8_t drawLength(std::span<const LengthShare> shares, Random& random) {
  double at = random.unit();
  for (const LengthShare& s : shares) {
    at -= s.share;
    if (at < 0) return s.length;
  }
  return shares.front().length;
}

Route route4(uint32_t address, uint8_t length) {
  return {.prefix = {Address::ipv4(address), length}};
}
// `top` holds the address's first 64 bits.
Route route6(uint64_t top, uint8_t length) {
  Route route{.prefix = {{.family = Family::kIpv6}, length}};
  for (int i = 0; i < 8; ++i) route.prefix.address.bytes[i] = static_cast<uint8_t>(top >> (56 - 8 * i));
  return route;
}

void sortAndTrim(std::vector<Route>& routes, size_t count) {
  std::sort(routes.begin(), routes.end(), [](const Route& a, const Route& b) { return a.prefix < b.prefix; });
  const auto same = [](const Route& a, const Route& b) { return a.prefix == b.prefix; };
  routes.erase(std::unique(routes.begin(), routes.end(), same), routes.end());
  if (routes.size() > count) routes.resize(count);
}

// Blocks side by side up the address space, with gaps; a third of the larger ones carry /24s inside.
std::vector<Route> makeRoutes4() {
  static constexpr LengthShare kShares[] = {{24, .56},  {23, .10},  {22, .13},  {21, .05},
                                            {20, .055}, {19, .035}, {18, .018}, {17, .010},
                                            {16, .018}, {15, .002}, {14, .001}};
  std::vector<Route> routes;
  Random random(4);
  uint32_t next = 1U << 24;
  while (routes.size() < kPrefixes4 + 100) {
    const uint8_t length = drawLength(kShares, random);
    const uint32_t size = 1U << (32 - length);
    next = (next + size - 1) & ~(size - 1);
    const uint32_t first = next >> 24;
    if (first == 10 || first == 127) {
      next = (first + 1) << 24;
      continue;
    }
    routes.push_back(route4(next, length));
    if (length <= 22 && random.below(3) == 0) {
      for (uint64_t more = 1 + random.below(6); more > 0; --more) {
        routes.push_back(route4(next + (static_cast<uint32_t>(random.below(size >> 8)) << 8), 24));
      }
    }
    next += size + (static_cast<uint32_t>(random.below(8)) << 8);
  }
  sortAndTrim(routes, kPrefixes4);
  return routes;
}

// Allocations (/32) up the registries' blocks, with more-specifics inside.
std::vector<Route> makeRoutes6() {
  static constexpr LengthShare kShares[] = {{48, .62}, {44, .13}, {40, .09}, {36, .07}, {47, .04}, {46, .05}};
  std::vector<Route> routes;
  Random random(6);
  for (uint64_t i = 0; routes.size() < kPrefixes6 + 20000; ++i) {
    const uint64_t top = (kBlocks6[i % 6] << 48) + (i / 6 << 32);
    if (random.below(10) < 7) routes.push_back(route6(top, 32));
    for (uint64_t more = random.below(9); more > 0; --more) {
      const uint8_t length = drawLength(kShares, random);
      const uint64_t within = random.below(uint64_t{1} << (length - 32)) << (64 - length);
      routes.push_back(route6(top + within, length));
    }
  }
  sortAndTrim(routes, kPrefixes6);
  return routes;
}

// Neighbours share an origin in runs; a few networks hold many runs, most hold one or two.
void assignOrigins(std::vector<Route>& routes, uint64_t seed) {
  Random random(seed);
  uint32_t seen = kTier1s + kRegionals;
  uint32_t origin = 0;
  uint64_t run = 0;
  for (Route& route : routes) {
    if (run-- == 0) {
      run = random.below(7);
      if (seen < kOrigins && random.unit() < 0.35) {
        origin = seen++;
      } else {
        const double u = random.unit();
        origin = static_cast<uint32_t>(seen * u * u);
      }
    }
    route.origin = origin;
  }
}

struct Table {
  std::vector<Route> ipv4, ipv6;
};

std::vector<Route> part(const std::vector<Route>& whole, double scale) {
  std::vector<Route> kept;
  const auto limit = static_cast<uint64_t>(std::llround(scale * 1000000));
  for (size_t i = 0; i < whole.size(); ++i) {
    if (mix(i) % 1000000 < limit) kept.push_back(whole[i]);
  }
  return kept;
}

Table makeTable(double scale) {
  Table whole{makeRoutes4(), makeRoutes6()};
  assignOrigins(whole.ipv4, 40);
  assignOrigins(whole.ipv6, 60);
  return scale >= 1 ? whole : Table{part(whole.ipv4, scale), part(whole.ipv6, scale)};
}

// ------------------------------------------------------------------------------------------------- paths

// Half of the networks have a two-octet number, as in the registries' lists.
Asn asNumber(uint32_t origin) {
  return {origin % 2 == 0 ? 1 + origin / 2 : 196608 + origin * 3};
}

Asn peerAs(uint32_t peer) {
  return asNumber(kTier1s + peer * 7);
}

class Path {
 public:
  void add(Asn asn) { hops_[count_++] = asn; }
  std::span<const Asn> hops() const { return {hops_.data(), count_}; }

 private:
  std::array<Asn, 12> hops_;
  size_t count_ = 0;
};

// How `peer` reaches `origin`; each variant (0 is the usual one) goes another way.
Path makePath(uint32_t peer, uint32_t origin, uint32_t variant) {
  const uint64_t h = mix(origin, variant);
  const auto regional = static_cast<uint32_t>(kTier1s + h % kRegionals);
  const uint64_t way = mix(peer, regional * 8 + variant);
  const auto tier1 = static_cast<uint32_t>(mix(regional) % kTier1s);
  Path path;
  path.add(peerAs(peer));
  if (way % 8 >= 2) path.add(asNumber(static_cast<uint32_t>((tier1 + (way >> 8) % 3) % kTier1s)));
  if (way % 8 >= 6) path.add(asNumber(static_cast<uint32_t>((tier1 + 7) % kTier1s)));
  if (origin >= kTier1s) {
    if (asNumber(regional) != peerAs(peer)) path.add(asNumber(regional));
    if (h >> 32 & 1 && origin > 2000) path.add(asNumber(kTier1s + kRegionals + origin % 1200));
  }
  const uint32_t prepended = (h >> 40) % 16 == 0 ? 3 : 1;
  for (uint32_t i = 0; i < prepended; ++i) path.add(asNumber(origin));
  return path;
}

// ------------------------------------------------------------------------------------------------ writing

// MRT records to standard output, in large pieces.
class Output {
 public:
  Output() : mrt_(bytes_) {}
  ~Output() { flush(); }
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  MrtWriter& mrt() {
    if (bytes_.size() >= 1U << 20) flush();
    return mrt_;
  }

 private:
  void flush() {
    if (std::fwrite(bytes_.data(), 1, bytes_.size(), stdout) != bytes_.size()) {
      std::perror("bench_generate: standard output");
      std::exit(1);
    }
    bytes_.clear();
  }

  Buffer bytes_;
  MrtWriter mrt_;
};

Address peerAddress(uint32_t peer) {
  return Address::ipv4(0xc6336400 + peer);  // 198.51.100.0/24, RFC 5737
}
Address nextHop6(uint32_t peer) {
  Address address = route6(0x20010db800000000, 128).prefix.address;  // RFC 3849
  address.bytes[15] = static_cast<uint8_t>(peer + 1);
  return address;
}

// All attributes but those that name IPv6 routes.
void writeAttributes(Buffer& out, uint32_t peer, const Route& route, uint32_t variant) {
  const Path path = makePath(peer, route.origin, variant);
  AttributeWriter attributes(out);
  attributes.origin(mix(route.origin, 1) % 8 == 0 ? Origin::kIncomplete : Origin::kIgp).asPath(path.hops());
  if (!route.ipv6()) attributes.nextHop(peerAddress(peer));
  if (peer % 4 == 0) attributes.multiExitDisc(static_cast<uint32_t>(mix(peer, route.origin) % 3 * 50));
  if (mix(route.origin, route.prefix.length) % 12 == 0) {
    attributes.aggregator({asNumber(route.origin), Address::ipv4(route.origin)});
  }
  if (peer % 4 != 1) {
    std::array<uint32_t, 9> communities;
    const uint32_t count = 1 + mix(peer, path.hops()[1].number) % communities.size();
    for (uint32_t i = 0; i < count; ++i) {
      const uint32_t as = path.hops()[1 + i % 2].number;
      communities[i] = as << 16 | static_cast<uint32_t>(mix(as, i) % 1000);
    }
    attributes.communities(std::span(communities).first(count));
  }
}

void writeRib(Output& out, const Table& table) {
  PeerIndexTable peers{.collectorId = 0xc63364fe, .viewName = "", .peers = {}};
  for (uint32_t peer = 0; peer < kPeers; ++peer) {
    peers.peers.push_back({.bgpId = 0xc6336400 + peer, .address = peerAddress(peer), .asn = peerAs(peer)});
  }
  out.mrt().peerIndexTable(kRibTime, peers);

  uint32_t sequence = 0;
  std::array<Buffer, kPeers> attributes;
  std::array<RibEntry, kPeers> entries;
  for (const auto* routes : {&table.ipv4, &table.ipv6}) {
    for (const Route& route : *routes) {
      for (uint32_t peer = 0; peer < kPeers; ++peer) {
        attributes[peer].clear();
        writeAttributes(attributes[peer], peer, route, 0);
        if (route.ipv6()) AttributeWriter(attributes[peer]).mpReachAbbreviated(std::array{nextHop6(peer)});
        const uint64_t random = mix(sequence, peer);
        const uint64_t age = random % 5 < 2 ? 86400 + peer * 977 : random % 2000000;  // seconds
        entries[peer] = {.peerIndex = static_cast<uint16_t>(peer),
                         .originated = static_cast<uint32_t>(kRibTime - age),
                         .attributes = attributes[peer]};
      }
      out.mrt().rib(kRibTime, {.sequence = sequence, .prefix = route.prefix}, entries);
      ++sequence;
    }
  }
}

// ------------------------------------------------------------------------------------------------ updates

// One BGP UPDATE from `peer` about routes that share a path.
void writeUpdate(Output& out, uint32_t time, uint32_t peer, std::span<const Route> routes, bool withdraw,
                 uint32_t variant) {
  Buffer withdrawn, attributes, announced, message;
  if (!withdraw) writeAttributes(attributes, peer, routes.front(), variant);
  if (routes.front().ipv6()) {
    std::vector<Nlri> nlri;
    for (const Route& route : routes) nlri.push_back({.prefix = route.prefix});
    AttributeWriter writer(attributes);
    if (withdraw) {
      writer.mpUnreach(Family::kIpv6, nlri);
    } else {
      writer.mpReach(Family::kIpv6, std::array{nextHop6(peer)}, nlri);
    }
  } else {
    for (const Route& route : routes) appendPrefix(withdraw ? withdrawn : announced, route.prefix);
  }
  appendUpdate(message, withdrawn, attributes, announced);
  out.mrt().message({.seconds = time},
                    {.peerAsn = peerAs(peer),
                     .localAsn = kCollectorAs,
                     .interfaceIndex = 0,
                     .peerAddress = peerAddress(peer),
                     .localAddress = Address::ipv4(0xc63364fe)},
                    message);
}

class Churn {
 public:
  Churn(Output& out, const Table& table, const Options& options)
      : out_(out), table_(table), options_(options), random_(options.seed) {}

  void run() {
    while (written_ < options_.messages) {
      if (!returns_.empty() && returns_.front().due <= written_) {
        const Return back = returns_.front();
        returns_.pop_front();
        allPeers({back.prefix, 1}, false);
      } else if (random_.unit() < 0.003) {
        const std::span<const Route> lost = pick(1);
        allPeers(lost, true);
        returns_.push_back({written_ + 20000, lost.data()});
      } else {
        const double kind = random_.unit();
        const auto peer = static_cast<uint32_t>(random_.below(kPeers));
        write(peer, pick(kind < 0.7 ? 1 : 3), random_.unit() < 0.037,
              static_cast<uint32_t>(random_.below(4)));
      }
    }
  }

 private:
  struct Return {
    uint64_t due;
    const Route* prefix;
  };

  void write(uint32_t peer, std::span<const Route> routes, bool withdraw, uint32_t variant) {
    if (written_ == options_.messages) return;
    const uint64_t seconds = written_ * options_.minutes * 60 / options_.messages;
    const auto time = static_cast<uint32_t>(kRibTime + 5 + options_.firstMinute * 60 + seconds);
    writeUpdate(out_, time, peer, routes, withdraw, variant);
    ++written_;
  }
  void allPeers(std::span<const Route> routes, bool withdraw) {
    for (uint32_t peer = 0; peer < kPeers; ++peer) write(peer, routes, withdraw, 0);
  }

  // Up to `most` neighbours of one origin; four times of five from the restless twentieth of the table.
  std::span<const Route> pick(size_t most) {
    const auto& routes = random_.unit() < 0.15 ? table_.ipv6 : table_.ipv4;
    size_t first = random_.below(routes.size());
    if (random_.below(5) != 0) first = mix(first % (routes.size() / 20)) % routes.size();
    size_t count = 1;
    while (count < most && first + count < routes.size() &&
           routes[first + count].origin == routes[first].origin)
      ++count;
    return {&routes[first], count};
  }

  Output& out_;
  const Table& table_;
  const Options& options_;
  Random random_;
  std::deque<Return> returns_;
  uint64_t written_ = 0;
};

// ---------------------------------------------------------------------------------------------------- map

// A network is at home in one country; one prefix in 30 of it lies in another.
std::string_view countryOf(const Route& route) {
  static constexpr std::string_view kCountries =
      "AEALAMAOARATAUAZBABDBEBFBGBHBJBOBRBYCACHCICLCMCNCOCRCUCYCZDEDKDODZECEEEGESETFIFRGBGEGHGRGTHKHRHUIDIEIL"
      "IN"
      "IQIRISITJOJPKEKGKHKRKWKZLALBLKLTLULVLYMAMDMKMMMNMOMXMYMZNGNINLNONPNZOMPAPEPHPKPLPSPTPYQARORSRURWSASDSE"
      "SG"
      "SISKSNSVSYTHTJTMTNTRTWTZUAUGUSUYUZVEVNYEZAZMZW";
  uint64_t choice = mix(route.origin, 77);
  const uint64_t place = mix(route.prefix.address.high(), route.prefix.length);
  if (place % 30 == 0) choice = place;
  return kCountries.substr(choice % (kCountries.size() / 2) * 2, 2);
}

// REQUIRES: `address` is not the family's first.
Address before(Address address) {
  for (size_t i = addressSize(address.family); address.bytes[--i]-- == 0;) {
  }
  return address;
}

// From the first prefix of a country to the first of the next one: as many ranges as a real map has.
void writeRanges(const std::vector<Route>& routes) {
  const Route* first = nullptr;
  for (const Route& route : routes) {
    if (first != nullptr) {
      if (countryOf(*first) == countryOf(route)) continue;
      const Address& from = first->prefix.address;
      const Address& next = route.prefix.address;
      if (from != next) {
        std::printf("%s,%s,%.2s\n", from.text().c_str(), before(next).text().c_str(),
                    countryOf(*first).data());
      }
    }
    first = &route;
  }
}

void writeGeo(const Table& table) {
  std::puts("# nightjar geo map: bench");
  writeRanges(table.ipv4);
  writeRanges(table.ipv6);
}

int usage() {
  std::fprintf(stderr,
               "usage: bench_generate rib|updates|geo [--scale F] [--messages N] [--minutes FROM,LENGTH] "
               "[--seed S]\n");
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2 || argc % 2 != 0) return usage();
  const std::string_view what = argv[1];
  Options options;
  for (int i = 2; i < argc; i += 2) {
    const std::string_view name = argv[i];
    const char* value = argv[i + 1];
    if (name == "--scale") {
      options.scale = std::strtod(value, nullptr);
    } else if (name == "--messages") {
      options.messages = std::strtoull(value, nullptr, 10);
    } else if (name == "--seed") {
      options.seed = std::strtoull(value, nullptr, 10);
    } else if (name != "--minutes" ||
               std::sscanf(value, "%u,%u", &options.firstMinute, &options.minutes) != 2) {
      return usage();
    }
  }
  const bool known = what == "rib" || what == "updates" || what == "geo";
  if (!known || !(options.scale > 0 && options.scale <= 1)) return usage();
  Output out;
  const Table table = makeTable(options.scale);
  if (what == "geo") {
    writeGeo(table);
    return 0;
  }
  if (what == "rib") {
    writeRib(out, table);
  } else {
    Churn(out, table, options).run();
  }
  return 0;
}
