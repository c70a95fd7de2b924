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
#include <string_view>
#include <utility>
#include <vector>

namespace {

constexpr uint32_t kPeers = 30;
constexpr uint32_t kOrigins = 80000;
constexpr size_t kPrefixes4 = 1000000;
constexpr size_t kPrefixes6 = 200000;
constexpr uint32_t kRibTime = 1767225600;  // 2026-01-01T00:00:00Z
constexpr uint32_t kCollectorAs = 64500;
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

struct Prefix {
  std::array<uint8_t, 16> bytes{};
  uint8_t length = 0;
  bool ipv6 = false;
  uint32_t origin = 0;  // index of the network that announces it

  auto key() const { return std::pair(bytes, length); }
};

struct LengthShare {
  uint8_t length;
  double share;
};

uint8_t drawLength(std::span<const LengthShare> shares, Random& random) {
  double at = random.unit();
  for (const LengthShare& s : shares) {
    if ((at -= s.share) < 0) return s.length;
  }
  return shares.front().length;
}

// `top` holds the address's first 64 bits.
Prefix prefix6(uint64_t top, uint8_t length) {
  Prefix p{.length = length, .ipv6 = true};
  for (int i = 0; i < 8; ++i) p.bytes[i] = static_cast<uint8_t>(top >> (56 - 8 * i));
  return p;
}
Prefix prefix4(uint32_t address, uint8_t length) {
  Prefix p{.length = length};
  for (int i = 0; i < 4; ++i) p.bytes[i] = static_cast<uint8_t>(address >> (24 - 8 * i));
  return p;
}

void sortAndTrim(std::vector<Prefix>& prefixes, size_t count) {
  std::sort(prefixes.begin(), prefixes.end(),
            [](const Prefix& a, const Prefix& b) { return a.key() < b.key(); });
  const auto same = [](const Prefix& a, const Prefix& b) { return a.key() == b.key(); };
  prefixes.erase(std::unique(prefixes.begin(), prefixes.end(), same), prefixes.end());
  if (prefixes.size() > count) prefixes.resize(count);
}

// Blocks side by side up the address space, with gaps; a third of the larger ones carry /24s inside.
std::vector<Prefix> makePrefixes4() {
  static constexpr LengthShare kShares[] = {{24, .56},  {23, .10},  {22, .13},  {21, .05},
                                            {20, .055}, {19, .035}, {18, .018}, {17, .010},
                                            {16, .018}, {15, .002}, {14, .001}};
  std::vector<Prefix> prefixes;
  Random random(4);
  uint32_t next = 1U << 24;
  while (prefixes.size() < kPrefixes4 + 100) {
    const uint8_t length = drawLength(kShares, random);
    const uint32_t size = 1U << (32 - length);
    next = (next + size - 1) & ~(size - 1);
    const uint32_t first = next >> 24;
    if (first == 10 || first == 127) {
      next = (first + 1) << 24;
      continue;
    }
    prefixes.push_back(prefix4(next, length));
    if (length <= 22 && random.below(3) == 0) {
      for (uint64_t more = 1 + random.below(6); more > 0; --more) {
        prefixes.push_back(prefix4(next + (static_cast<uint32_t>(random.below(size >> 8)) << 8), 24));
      }
    }
    next += size + (static_cast<uint32_t>(random.below(8)) << 8);
  }
  sortAndTrim(prefixes, kPrefixes4);
  return prefixes;
}

// Allocations (/32) up the registries' blocks, with more-specifics inside.
std::vector<Prefix> makePrefixes6() {
  static constexpr LengthShare kShares[] = {{48, .62}, {44, .13}, {40, .09}, {36, .07}, {47, .04}, {46, .05}};
  std::vector<Prefix> prefixes;
  Random random(6);
  for (uint64_t i = 0; prefixes.size() < kPrefixes6 + 20000; ++i) {
    const uint64_t top = (kBlocks6[i % 6] << 48) + (i / 6 << 32);
    if (random.below(10) < 7) prefixes.push_back(prefix6(top, 32));
    for (uint64_t more = random.below(9); more > 0; --more) {
      const uint8_t length = drawLength(kShares, random);
      const uint64_t within = random.below(uint64_t{1} << (length - 32)) << (64 - length);
      prefixes.push_back(prefix6(top + within, length));
    }
  }
  sortAndTrim(prefixes, kPrefixes6);
  return prefixes;
}

// Neighbours share an origin in runs; a few networks hold many runs, most hold one or two.
void assignOrigins(std::vector<Prefix>& prefixes, uint64_t seed) {
  Random random(seed);
  uint32_t seen = kTier1s + kRegionals;
  uint32_t origin = 0;
  uint64_t run = 0;
  for (Prefix& p : prefixes) {
    if (run-- == 0) {
      run = random.below(7);
      if (seen < kOrigins && random.unit() < 0.35) {
        origin = seen++;
      } else {
        const double u = random.unit();
        origin = static_cast<uint32_t>(seen * u * u);
      }
    }
    p.origin = origin;
  }
}

struct Table {
  std::vector<Prefix> ipv4, ipv6;
};

std::vector<Prefix> part(const std::vector<Prefix>& whole, double scale) {
  std::vector<Prefix> kept;
  const auto limit = static_cast<uint64_t>(std::llround(scale * 1000000));
  for (size_t i = 0; i < whole.size(); ++i) {
    if (mix(i) % 1000000 < limit) kept.push_back(whole[i]);
  }
  return kept;
}

Table makeTable(double scale) {
  Table whole{makePrefixes4(), makePrefixes6()};
  assignOrigins(whole.ipv4, 40);
  assignOrigins(whole.ipv6, 60);
  return scale >= 1 ? whole : Table{part(whole.ipv4, scale), part(whole.ipv6, scale)};
}

// ------------------------------------------------------------------------------------------------- paths

// Half of the networks have a two-octet number, as in the registries' lists.
uint32_t asNumber(uint32_t origin) {
  return origin % 2 == 0 ? 1 + origin / 2 : 196608 + origin * 3;
}
uint32_t peerAs(uint32_t peer) {
  return asNumber(kTier1s + peer * 7);
}

struct Path {
  std::array<uint32_t, 12> hops;
  uint8_t count = 0;
  void add(uint32_t as) { hops[count++] = as; }
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
    if (asNumber(regional) != path.hops[0]) path.add(asNumber(regional));
    if (h >> 32 & 1 && origin > 2000) path.add(asNumber(kTier1s + kRegionals + origin % 1200));
  }
  const uint32_t prepended = (h >> 40) % 16 == 0 ? 3 : 1;
  for (uint32_t i = 0; i < prepended; ++i) path.add(asNumber(origin));
  return path;
}

// ------------------------------------------------------------------------------------------------ writing

// Big-endian bytes to standard output, in large pieces.
class Output {
 public:
  ~Output() { flush(); }
  void u8(uint64_t v) { bytes_.push_back(static_cast<uint8_t>(v)); }
  void u16(uint64_t v) { u8(v >> 8), u8(v); }
  void u32(uint64_t v) { u16(v >> 16), u16(v); }
  void raw(const uint8_t* from, size_t count) { bytes_.insert(bytes_.end(), from, from + count); }

  // A length field to be filled in by close(): the bytes written in between.
  template <int width>
  size_t open() {
    for (int i = 0; i < width; ++i) u8(0);
    return bytes_.size();
  }
  template <int width>
  void close(size_t at) {
    const size_t length = bytes_.size() - at;
    for (int i = 0; i < width; ++i) bytes_[at - 1 - i] = static_cast<uint8_t>(length >> (8 * i));
  }
  size_t size() const { return bytes_.size(); }
  void patchU16(size_t at, uint64_t v) {
    bytes_[at] = static_cast<uint8_t>(v >> 8), bytes_[at + 1] = static_cast<uint8_t>(v);
  }

  // REQUIRES: no length field is open.
  void flushIfLarge() {
    if (bytes_.size() >= 1U << 20) flush();
  }

 private:
  void flush() {
    if (std::fwrite(bytes_.data(), 1, bytes_.size(), stdout) != bytes_.size()) {
      std::perror("bench_generate: standard output");
      std::exit(1);
    }
    bytes_.clear();
  }
  std::vector<uint8_t> bytes_;
};

// RFC 6396, section 2: the length that follows is closed by the caller.
size_t openRecord(Output& out, uint32_t time, uint16_t type, uint16_t subtype) {
  out.u32(time), out.u16(type), out.u16(subtype);
  return out.open<4>();
}

void writePrefix(Output& out, const Prefix& p) {
  out.u8(p.length);
  out.raw(p.bytes.data(), (p.length + 7) / 8);
}

void writeNextHop6(Output& out, uint32_t peer) {
  out.u8(16);
  out.u32(0x20010db8), out.u32(0), out.u32(0), out.u32(peer + 1);
}

// ORIGIN, AS_PATH, NEXT_HOP (IPv4), MULTI_EXIT_DISC, AGGREGATOR and COMMUNITIES as RFC 4271 and RFC 1997
// write them.
void writeAttributes(Output& out, uint32_t peer, const Prefix& p, uint32_t variant) {
  const Path path = makePath(peer, p.origin, variant);
  out.u8(0x40), out.u8(1), out.u8(1), out.u8(mix(p.origin, 1) % 8 == 0 ? 2 : 0);
  out.u8(0x40), out.u8(2), out.u8(2 + 4 * path.count), out.u8(2), out.u8(path.count);
  for (uint8_t i = 0; i < path.count; ++i) out.u32(path.hops[i]);
  if (!p.ipv6) out.u8(0x40), out.u8(3), out.u8(4), out.u32(0xc6336400 + peer);
  if (peer % 4 == 0) out.u8(0x80), out.u8(4), out.u8(4), out.u32(mix(peer, p.origin) % 3 * 50);
  if (mix(p.origin, p.length) % 12 == 0)
    out.u8(0xc0), out.u8(7), out.u8(8), out.u32(asNumber(p.origin)), out.u32(p.origin);
  const uint64_t communities = peer % 4 == 1 ? 0 : 1 + mix(peer, path.hops[1]) % 9;
  if (communities > 0) {
    out.u8(0xc0), out.u8(8), out.u8(4 * communities);
    for (uint64_t i = 0; i < communities; ++i) {
      out.u16(path.hops[1 + i % 2] & 0xffff), out.u16(mix(path.hops[1 + i % 2], i) % 1000);
    }
  }
}

void writePeerIndexTable(Output& out) {
  const size_t record = openRecord(out, kRibTime, 13, 1);
  out.u32(0xc6336401), out.u16(0), out.u16(kPeers);
  for (uint32_t peer = 0; peer < kPeers; ++peer) {
    out.u8(2), out.u32(0xc6336400 + peer), out.u32(0xc6336400 + peer), out.u32(peerAs(peer));
  }
  out.close<4>(record);
}

void writeRib(Output& out, const Table& table) {
  writePeerIndexTable(out);
  uint32_t sequence = 0;
  for (const auto* prefixes : {&table.ipv4, &table.ipv6}) {
    for (const Prefix& p : *prefixes) {
      const size_t record = openRecord(out, kRibTime, 13, p.ipv6 ? 4 : 2);
      out.u32(sequence), writePrefix(out, p), out.u16(kPeers);
      for (uint32_t peer = 0; peer < kPeers; ++peer) {
        const uint64_t age = mix(sequence, peer);
        out.u16(peer), out.u32(kRibTime - (age % 5 < 2 ? 86400 + peer * 977 : age % 2000000));
        const size_t attributes = out.open<2>();
        writeAttributes(out, peer, p, 0);
        if (p.ipv6) {  // RFC 6396, section 4.3.4: the next hop alone
          out.u8(0x80), out.u8(14), out.u8(17), writeNextHop6(out, peer);
        }
        out.close<2>(attributes);
      }
      out.close<4>(record);
      ++sequence;
      out.flushIfLarge();
    }
  }
}

// ------------------------------------------------------------------------------------------------ updates

// One BGP UPDATE from `peer` about prefixes that share a path.
void writeUpdate(Output& out, uint32_t time, uint32_t peer, std::span<const Prefix> prefixes, bool withdraw,
                 uint32_t variant) {
  const size_t record = openRecord(out, time, 16, 4);
  out.u32(peerAs(peer)), out.u32(kCollectorAs), out.u16(0), out.u16(1);
  out.u32(0xc6336400 + peer), out.u32(0xc63364fe);
  const size_t message = out.size();
  for (int i = 0; i < 4; ++i) out.u32(0xffffffff);
  out.u16(0), out.u8(2);
  const bool ipv6 = prefixes.front().ipv6;
  const auto nlri = [&] {
    for (const Prefix& p : prefixes) writePrefix(out, p);
  };

  const size_t withdrawn = out.open<2>();
  if (withdraw && !ipv6) nlri();
  out.close<2>(withdrawn);
  const size_t attributes = out.open<2>();
  if (!withdraw) writeAttributes(out, peer, prefixes.front(), variant);
  if (ipv6) {
    out.u8(0x80), out.u8(withdraw ? 15 : 14);
    const size_t mp = out.open<1>();
    out.u16(2), out.u8(1);
    if (!withdraw) writeNextHop6(out, peer), out.u8(0);
    nlri();
    out.close<1>(mp);
  }
  out.close<2>(attributes);
  if (!withdraw && !ipv6) nlri();
  out.patchU16(message + 16, out.size() - message);
  out.close<4>(record);
  out.flushIfLarge();
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
        const std::span<const Prefix> lost = pick(1);
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
    const Prefix* prefix;
  };

  void write(uint32_t peer, std::span<const Prefix> prefixes, bool withdraw, uint32_t variant) {
    if (written_ == options_.messages) return;
    const uint64_t seconds = written_ * options_.minutes * 60 / options_.messages;
    const auto time = static_cast<uint32_t>(kRibTime + 5 + options_.firstMinute * 60 + seconds);
    writeUpdate(out_, time, peer, prefixes, withdraw, variant);
    ++written_;
  }
  void allPeers(std::span<const Prefix> prefixes, bool withdraw) {
    for (uint32_t peer = 0; peer < kPeers; ++peer) write(peer, prefixes, withdraw, 0);
  }

  // Up to `most` neighbours of one origin; four times of five from the restless twentieth of the table.
  std::span<const Prefix> pick(size_t most) {
    const auto& prefixes = random_.unit() < 0.15 ? table_.ipv6 : table_.ipv4;
    size_t first = random_.below(prefixes.size());
    if (random_.below(5) != 0) first = mix(first % (prefixes.size() / 20)) % prefixes.size();
    size_t count = 1;
    while (count < most && first + count < prefixes.size() &&
           prefixes[first + count].origin == prefixes[first].origin)
      ++count;
    return {&prefixes[first], count};
  }

  Output& out_;
  const Table& table_;
  const Options& options_;
  Random random_;
  std::deque<Return> returns_;
  uint64_t written_ = 0;
};

// ---------------------------------------------------------------------------------------------------- map

// Ranges of a few /20s and /32s, each in some country.
void writeGeo() {
  static constexpr std::string_view kCountries =
      "AEALAMAOARATAUAZBABDBEBFBGBHBJBOBRBYCACHCICLCMCNCOCRCUCYCZDEDKDODZECEEEGESETFIFRGBGEGHGRGTHKHRHUIDIEIL"
      "INIQIRISITJO"
      "JPKEKGKHKRKWKZLALBLKLTLULVLYMAMDMKMMMNMOMXMYMZNGNINLNONPNZOMPAPEPHPKPLPSPTPYQARORSRURWSASDSESGSISKSNSV"
      "SYTHTJTMTNTR"
      "TWTZUAUGUSUYUZVEVNYEZAZMZW";
  std::puts("# nightjar geo map: bench");
  Random random(9);
  const auto country = [&random] {
    return kCountries.substr(random.below(kCountries.size() / 2) * 2, 2).data();
  };
  const uint32_t end = 224U << 12;
  for (uint32_t first = 1U << 12; first < end;) {
    const uint32_t next = std::min(end, first + 1 + static_cast<uint32_t>(random.below(6)));
    const uint32_t last = (next << 12) - 1;
    std::printf("%u.%u.%u.0,%u.%u.%u.255,%.2s\n", first >> 12, first >> 4 & 255, (first & 15) << 4,
                last >> 24, last >> 16 & 255, last >> 8 & 255, country());
    first = next;
  }
  for (const uint64_t block : kBlocks6) {
    for (uint64_t i = 0; i < 8192; ++i) {
      std::printf("%x:%x::/32,%.2s\n", static_cast<unsigned>(block), static_cast<unsigned>(i), country());
    }
  }
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
  if (what == "geo") {
    writeGeo();
    return 0;
  }
  Output out;
  const Table table = makeTable(options.scale);
  if (what == "rib") {
    writeRib(out, table);
  } else {
    Churn(out, table, options).run();
  }
  return 0;
}
