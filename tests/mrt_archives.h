// Archives that hold every kind of record and attribute, made with the encoders: for the goldens of
// `nightjar mrt` and for holding it against bgpdump.
#pragma once

#include <ostream>
#include <random>
#include <string>
#include <vector>

#include "routing/wire/mrt_writer.h"

namespace nightjar::test {

struct Archive {
  std::string name;
  wire::Buffer bytes;
};
inline void PrintTo(const Archive& archive, std::ostream* out) {  // NOLINT(readability-identifier-naming)
  *out << archive.name;
}

namespace archives {

using wire::AsnSize;
using wire::AttributeWriter;
using wire::Buffer;
using wire::MrtWriter;
using wire::Nlri;
using wire::PathSegment;
using wire::SegmentType;
using wire::Session;

inline constexpr uint32_t kTime = 1641379500;  // 2022-01-05T10:45:00Z

inline Address address(const char* text) {
  return Address::parse(text).value();
}
inline Nlri route(const char* text, uint32_t pathId = 0) {
  return {Prefix::parse(text).value(), pathId};
}
inline Session session(const char* peer, const char* local, AsnSize size = AsnSize::kFour) {
  Session made;
  made.peerAsn = {size == AsnSize::kFour ? 200100U : 64500U};
  made.localAsn = {12654};
  made.peerAddress = address(peer);
  made.localAddress = address(local);
  made.asnSize = size;
  return made;
}
inline Session ipv4Session(AsnSize size = AsnSize::kFour) {
  return session("192.0.2.7", "192.0.2.250", size);
}
inline Session ipv6Session(AsnSize size = AsnSize::kFour) {
  return session("2001:db8:0:7:0:1:0:1", "2001:db8::250", size);
}

// Attributes that every announcement has.
inline AttributeWriter& common(AttributeWriter& writer) {
  return writer.origin(wire::Origin::kIgp).asPath({{200100}, {3356}, {9198}}).nextHop(address("192.0.2.7"));
}

struct Routes {
  std::vector<Nlri> withdrawn;
  std::vector<Nlri> announced;
};

inline Buffer update(const Buffer& attributes, const Routes& routes, bool addPath = false) {
  Buffer withdrawn;
  Buffer announced;
  for (const Nlri& nlri : routes.withdrawn) wire::appendNlri(withdrawn, nlri, addPath);
  for (const Nlri& nlri : routes.announced) wire::appendNlri(announced, nlri, addPath);
  Buffer message;
  wire::appendUpdate(message, withdrawn, attributes, announced);
  return message;
}

inline Buffer announce(const Buffer& attributes, const char* prefix = "198.51.100.0/24") {
  return update(attributes, {{}, {route(prefix)}});
}

// Calls write(AttributeWriter&) on attributes of their own and appends a message that announces with them.
template <typename Write>
void message(Buffer& file, const Session& session, Write&& write) {
  Buffer attributes;
  AttributeWriter writer(attributes, session.asnSize);
  write(writer);
  MrtWriter(file).message({kTime}, session, announce(attributes));
}

inline std::vector<wire::Peer> peers() {
  return {{0x01010101, address("192.0.2.1"), {64500}, AsnSize::kTwo},
          {0x02020202, address("192.0.2.2"), {200100}, AsnSize::kFour},
          {0x03030303, address("2001:db8:0:1::3"), {65001}, AsnSize::kTwo},
          {0x04040404, address("2001:db8:0:0:1::4"), {4200000000}, AsnSize::kFour}};
}

inline Archive tableDump() {
  Buffer file;
  for (const AsnSize size : {AsnSize::kTwo, AsnSize::kFour}) {
    Buffer attributes;
    AttributeWriter(attributes, size)
        .origin(wire::Origin::kEgp)
        .asPath({{701}, {7018}, {size == AsnSize::kTwo ? 9198U : 209198U}})
        .nextHop(address("192.0.2.1"))
        .multiExitDisc(20);
    MrtWriter(file).tableDump(kTime, {.view = 1,
                                      .sequence = 7,
                                      .prefix = Prefix::parse("198.51.100.0/22").value(),
                                      .originated = kTime - 3600,
                                      .peerAddress = address("192.0.2.1"),
                                      .peerAsn = {701},
                                      .asnSize = size,
                                      .attributes = attributes});
  }
  const Address nextHops[] = {address("2001:db8::9"), address("fe80::9")};
  for (const size_t count : {1U, 2U}) {
    Buffer attributes;
    AttributeWriter(attributes, AsnSize::kTwo)
        .origin(wire::Origin::kIgp)
        .asPath({{701}, {2914}})
        .mpReach(Family::kIpv6, {nextHops, count}, {});
    MrtWriter(file).tableDump(kTime, {.prefix = Prefix::parse("2001:db8:4000::/35").value(),
                                      .originated = kTime,
                                      .peerAddress = address("2001:db8::1"),
                                      .peerAsn = {701},
                                      .attributes = attributes});
  }
  return {"table_dump", file};
}

inline Archive tableDumpV2(bool addPath) {
  Buffer file;
  MrtWriter mrt(file);
  mrt.peerIndexTable(kTime, {0x0a0a0a0a, "rrc99 \"test\"\x01", peers()});
  Buffer four;
  AttributeWriter fourWriter(four);
  common(fourWriter).atomicAggregate().aggregator({{200100}, address("203.0.113.1")});
  Buffer mapped;  // RFC 8950: an IPv4 route with an IPv6 next hop
  const Address global = address("2001:db8:ffff::1");
  AttributeWriter(mapped).origin(wire::Origin::kIgp).asPath({{65001}}).mpReachAbbreviated({&global, 1});
  Buffer full;
  const Nlri itself = route("2001:db8:8000::/33");
  AttributeWriter(full)
      .origin(wire::Origin::kIncomplete)
      .asPath({{65001}, {3356}})
      .mpReach(Family::kIpv6, {&global, 1}, {&itself, 1});
  Buffer linkLocal;
  const Address both[] = {global, address("fe80::1")};
  AttributeWriter(linkLocal).origin(wire::Origin::kEgp).asPath({{4200000000}}).mpReachAbbreviated(both);
  const wire::RibEntry ipv4[] = {
      {0, kTime - 60, 1, four}, {1, kTime, 4294967295, mapped}, {3, kTime, 2, four}};
  const wire::RibEntry ipv6[] = {
      {2, kTime, 3, full}, {3, kTime, 4, linkLocal}, {0, kTime, 5, four}, {1, 0, 6, {}}};
  mrt.rib(kTime, {.sequence = 0, .prefix = route("198.51.100.0/24").prefix, .addPath = addPath}, ipv4);
  mrt.rib(kTime, {.sequence = 1, .prefix = route("0.0.0.0/0").prefix, .addPath = addPath}, ipv4);
  mrt.rib(kTime, {.sequence = 2, .prefix = route("2001:db8:8000::/33").prefix, .addPath = addPath}, ipv6);
  mrt.rib(kTime, {.sequence = 3, .prefix = route("::/0").prefix, .addPath = addPath}, ipv6);
  mrt.rib(kTime, {.sequence = 4, .prefix = route("192.0.2.1/32").prefix, .addPath = addPath}, {});
  mrt.rib(kTime, {.prefix = route("198.51.100.0/24").prefix, .multicast = true, .addPath = addPath}, ipv4);
  mrt.rib(kTime, {.prefix = route("2001:db8::/32").prefix, .multicast = true, .addPath = addPath}, ipv6);
  mrt.rib(kTime,
          {.prefix = route("198.51.100.0/24").prefix, .addPath = addPath, .generic = true, .pathId = 9},
          ipv4);
  // A second table replaces the first.
  mrt.peerIndexTable(kTime + 1, {0x0b0b0b0b, "", {peers().back()}});
  const wire::RibEntry last[] = {{0, kTime, 7, four}};
  mrt.rib(kTime + 1, {.prefix = route("203.0.113.0/24").prefix, .addPath = addPath}, last);
  return {addPath ? "table_dump_v2_add_path" : "table_dump_v2", file};
}

// Every subtype of message, by family of the session, with IPv4 and IPv6 routes.
inline Archive messages() {
  Buffer file;
  const Address nextHop = address("2001:db8:0:5:0:6:7:8");
  for (const std::optional<uint32_t> microseconds :
       {std::optional<uint32_t>(), std::optional<uint32_t>(42)}) {
    for (const AsnSize size : {AsnSize::kTwo, AsnSize::kFour}) {
      for (const bool ipv6 : {false, true}) {
        for (const bool addPath : {false, true}) {
          for (const bool local : {false, true}) {
            const Session with = ipv6 ? ipv6Session(size) : ipv4Session(size);
            Buffer attributes;
            AttributeWriter writer(attributes, size);
            common(writer);
            const Nlri reached[] = {route("2001:db8:1::/48", 11), route("2001:db8:0:0:1::/80", 12)};
            const Nlri unreached[] = {route("2001:db8:2::/48", 13)};
            writer.mpReach(Family::kIpv6, {&nextHop, 1}, reached, addPath);
            // bgpdump prints the peer of an IPv4 session wrongly beside an IPv6 route that was withdrawn by
            // the collector itself.
            if (ipv6 || !local || addPath) writer.mpUnreach(Family::kIpv6, unreached, addPath);
            const Buffer sent = update(attributes,
                                       {{route("203.0.113.0/25", 1), route("0.0.0.0/0", 2)},
                                        {route("198.51.100.0/24", 3), route("192.0.2.255/32", 4294967295)}},
                                       addPath);
            MrtWriter(file).message({kTime, microseconds}, with, sent, {.addPath = addPath, .local = local});
          }
        }
      }
    }
  }
  return {"messages", file};
}

inline Archive families() {
  Buffer file;
  MrtWriter mrt(file);
  const Address four = address("192.0.2.9");
  const Address six = address("2001:db8::9");
  const Address both[] = {six, address("fe80::9")};
  const Nlri routes4[] = {route("198.51.100.0/24"), route("203.0.113.0/24")};
  const Nlri routes6[] = {route("2001:db8::/32"), route("::/0"),          route("::ffff:192.0.2.0/120"),
                          route("::1/128"),       route("::1.2.3.4/128"), route("2001:db8:0:1:1:1:1:1/128")};
  for (const uint8_t safi : {wire::kSafiUnicast, wire::kSafiMulticast}) {
    // Metrics of 2^31 and more: bgpdump prints them as negative beside IPv4 routes of MP_REACH_NLRI.
    for (const uint32_t metric : {100U, 4294967280U}) {
      Buffer attributes;
      AttributeWriter writer(attributes);
      common(writer).multiExitDisc(metric).localPref(metric).mpReach(Family::kIpv4, {&four, 1}, routes4,
                                                                     false, safi);
      mrt.message({kTime}, ipv4Session(), announce(attributes));
      attributes.clear();
      common(writer).multiExitDisc(metric).mpReach(Family::kIpv4, both, routes4, false, safi);
      mrt.message({kTime}, ipv6Session(), announce(attributes));
      attributes.clear();
      common(writer).localPref(metric).mpReach(Family::kIpv6, both, routes6, false, safi);
      mrt.message({kTime}, ipv6Session(), announce(attributes));
    }
    Buffer attributes;
    AttributeWriter(attributes).mpUnreach(Family::kIpv6, routes6, false, safi);
    mrt.message({kTime}, ipv4Session(), update(attributes, {}));
    attributes.clear();
    AttributeWriter(attributes).mpUnreach(Family::kIpv4, routes4, false, safi);
    mrt.message({kTime}, ipv6Session(), update(attributes, {}));
  }
  Buffer endOfRib;  // RFC 4724, section 2
  AttributeWriter(endOfRib).mpUnreach(Family::kIpv6, {});
  mrt.message({kTime}, ipv6Session(), update(endOfRib, {}));
  mrt.message({kTime}, ipv4Session(), update({}, {}));
  return {"families", file};
}

inline Archive attributes() {
  Buffer file;
  const auto add = [&file](auto&& write) { message(file, ipv4Session(), write); };
  for (const auto origin : {wire::Origin::kIgp, wire::Origin::kEgp, wire::Origin::kIncomplete}) {
    add([&](AttributeWriter& w) { w.origin(origin).asPath({{200100}}).nextHop(address("192.0.2.7")); });
  }
  const PathSegment segments[] = {{SegmentType::kConfedSequence, {{65010}, {65011}}},
                                  {SegmentType::kConfedSet, {{65012}, {65013}}},
                                  {SegmentType::kSequence, {{200100}, {3356}}},
                                  {SegmentType::kSet, {{64496}, {64497}, {4294967295}}},
                                  {SegmentType::kSequence, {{9198}}},
                                  {SegmentType::kSet, {{64499}}}};
  add([&](AttributeWriter& w) {
    w.origin(wire::Origin::kIgp).asPath(std::span<const PathSegment>(segments)).nextHop(address("192.0.2.7"));
  });
  const uint32_t named[] = {0xffffff01, 0xffffff02, 0xffffff03, 0xffffff04, 0xffff029a, 65535, 0, 0x0d1c0bb8};
  add([&](AttributeWriter& w) { common(w).communities(named); });
  const wire::LargeCommunity large[] = {{200100, 1, 2}, {4294967295, 0, 4294967295}};
  const uint64_t extended[] = {0x0002fde800000064, 0x4300000000000001};
  const uint32_t clusters[] = {0x01010101, 0x02020202};
  const uint8_t odd[] = {0xde, 0xad, 0xbe, 0xef};
  add([&](AttributeWriter& w) {
    common(w)
        .multiExitDisc(4294967295)
        .localPref(100)
        .atomicAggregate()
        .aggregator({{200100}, address("203.0.113.1")})
        .communities(named)
        .originatorId(address("192.0.2.33"))
        .clusterList(clusters)
        .extendedCommunities(extended)
        .largeCommunities(large)
        .raw(wire::kOptional | wire::kTransitive, 99, odd)
        .raw(wire::kOptional | wire::kTransitive | wire::kPartial, 255, {});
  });
  add([&](AttributeWriter& w) { common(w).aggregator({{1}, address("255.255.255.255")}); });
  return {"attributes", file};
}

// Attributes around the lengths at which bgpdump cuts its text.
inline Archive longAttributes() {
  Buffer file;
  const auto add = [&file](auto&& write) { message(file, ipv4Session(), write); };
  for (const size_t length : {0U, 255U, 256U, 700U, 900U, 2000U}) {  // bgpdump cuts paths of 7,900 characters
    add([&](AttributeWriter& w) {
      w.origin(wire::Origin::kIgp)
          .asPath(std::vector<Asn>(length, Asn{4200000001}))
          .nextHop(address("192.0.2.7"));
    });
  }
  for (const size_t count : {1U, 682U, 683U, 700U, 1500U}) {  // bgpdump cuts lists of 8,191 characters
    add([&](AttributeWriter& w) { common(w).communities(std::vector<uint32_t>(count, 0xfffffff0)); });
  }
  std::vector<uint32_t> mixed(683, 0xfffffff0);
  mixed[100] = 7;
  for (size_t i = 600; i < mixed.size(); i += 3) mixed[i] = 0xffffff00 + i % 4;
  mixed.insert(mixed.end(), 40, 0xffffff02);
  mixed.push_back(1);
  add([&](AttributeWriter& w) { common(w).communities(mixed); });
  add([&](AttributeWriter& w) {
    common(w).raw(wire::kOptional | wire::kTransitive, 100, Buffer(3000, 0xab));
  });
  return {"long_attributes", file};
}

// Speakers with two-octet numbers (RFC 6793). Left out: what bgpdump merges wrongly (docs/mrt.md).
inline Archive as4() {
  Buffer file;
  const Session with = ipv4Session(AsnSize::kTwo);
  const auto add = [&](std::vector<PathSegment> path, std::vector<PathSegment> path4,
                       std::optional<wire::Aggregator> aggregator,
                       std::optional<wire::Aggregator> aggregator4) {
    message(file, with, [&](AttributeWriter& w) {
      w.origin(wire::Origin::kIgp).asPath(std::span<const PathSegment>(path)).nextHop(address("192.0.2.7"));
      if (aggregator) w.aggregator(*aggregator);
      if (!path4.empty()) w.as4Path(path4);
      if (aggregator4) w.as4Aggregator(*aggregator4);
    });
  };
  const PathSegment two{SegmentType::kSequence, {{64500}, kAsTrans, kAsTrans}};
  const PathSegment four{SegmentType::kSequence, {{200200}, {200300}}};
  const PathSegment longer{SegmentType::kSequence, {{200200}, {200300}, {200400}, {200500}}};
  const PathSegment set2{SegmentType::kSet, {kAsTrans, {64499}}};
  const PathSegment set4{SegmentType::kSet, {{200600}, {64499}}};
  const wire::Aggregator plain{{64500}, address("203.0.113.1")};
  const wire::Aggregator trans{kAsTrans, address("203.0.113.1")};
  const wire::Aggregator real{{200200}, address("203.0.113.2")};
  add({two}, {}, {}, {});
  add({two}, {four}, {}, {});
  add({two}, {longer}, {}, {});
  add({two, set2}, {four, set4}, {}, {});
  add({two, set2}, {set4}, {}, {});
  add({two}, {four}, trans, real);
  add({two}, {four}, plain, real);
  add({two}, {four}, trans, {});
  add({two}, {four}, {}, real);
  add({two}, {}, trans, real);
  // Not meant for four-octet speakers, and ignored there.
  message(file, ipv4Session(), [&](AttributeWriter& w) {
    common(w).as4Path({&four, 1}).as4Aggregator(real);
  });
  return {"as4", file};
}

inline Archive sessions() {
  Buffer file;
  MrtWriter mrt(file);
  for (const AsnSize size : {AsnSize::kTwo, AsnSize::kFour}) {
    for (const Session& with : {ipv4Session(size), ipv6Session(size)}) {
      for (uint16_t state = 0; state < 9; ++state) {
        mrt.stateChange({kTime + state}, with, wire::SessionState(state), wire::SessionState(9 - state));
      }
      mrt.stateChange({kTime, 999999}, with, wire::SessionState::kEstablished, wire::SessionState::kIdle);
      Buffer message;
      wire::appendOpen(message, {64500}, 180, 0x01020304);
      mrt.message({kTime}, with, message);
      message.clear();
      const uint8_t reason[] = {'b', 'y', 'e'};
      wire::appendNotification(message, 6, 2, reason);
      mrt.message({kTime}, with, message);
      message.clear();
      wire::appendKeepalive(message);
      mrt.message({kTime, 1}, with, message);
      const uint8_t refresh[] = {0, 1, 0, 1};
      message.clear();
      wire::appendMessage(message, 5, refresh);
      mrt.message({kTime}, with, message);
    }
  }
  return {"sessions", file};
}

// What cannot be used as it stands, each bit between good records. bgpdump prints what it can reach.
inline Archive malformed() {
  Buffer file;
  MrtWriter mrt(file);
  const Session with = ipv4Session();
  const auto raw = [&](uint8_t flags, wire::AttributeType type, const Buffer& value) {
    message(file, with, [&](AttributeWriter& w) {
      w.origin(wire::Origin::kIgp).asPath({{200100}}).nextHop(address("192.0.2.7"));
      w.raw(flags, static_cast<uint8_t>(type), value);
    });
  };
  constexpr uint8_t kTransitiveOptional = wire::kOptional | wire::kTransitive;
  raw(kTransitiveOptional, wire::AttributeType::kAggregator, {0xfd, 0xe8, 192, 0, 2, 1});
  raw(kTransitiveOptional, wire::AttributeType::kCommunities, {0, 1, 0, 2, 0, 3});
  raw(wire::kOptional, wire::AttributeType::kMultiExitDisc, {1, 2});
  raw(wire::kTransitive, wire::AttributeType::kLocalPref, {1});
  raw(kTransitiveOptional, wire::AttributeType::kLargeCommunities, {1, 2, 3});
  for (const Buffer& path :
       {Buffer{2, 5, 0, 0, 0, 1}, Buffer{7, 1, 0, 0, 0, 1}, Buffer{2, 1, 0, 0, 0, 1, 2}}) {
    message(file, with, [&](AttributeWriter& w) {
      w.origin(wire::Origin::kIgp).raw(wire::kTransitive, 2, path).nextHop(address("192.0.2.7"));
    });
  }
  message(file, with, [&](AttributeWriter& w) {
    w.origin(wire::Origin(7)).asPath({{200100}}).nextHop(address("192.0.2.7"));
  });
  message(file, with, [&](AttributeWriter&) {});
  Buffer attributes;
  AttributeWriter writer(attributes);
  common(writer);
  Buffer cut(attributes.begin(), attributes.end() - 2);
  mrt.message({kTime}, with, announce(cut));
  const Buffer whole = update(attributes, {{}, {route("198.51.100.0/24"), route("203.0.113.0/24")}});
  for (const size_t size : {whole.size() - 1, whole.size() - 5, whole.size() - 12, size_t{25}, size_t{19}}) {
    mrt.message({kTime}, with, Bytes(whole).first(size));  // as an old collector cut messages of 4,096 octets
  }
  Buffer marker = whole;
  marker[3] = 0;
  mrt.message({kTime}, with, marker);
  Buffer unknownFamily;
  const uint8_t evpn[] = {0, 25, 70, 4, 192, 0, 2, 9, 0, 1, 2, 3};
  common(AttributeWriter(unknownFamily).raw(wire::kOptional, 14, evpn));
  mrt.message({kTime}, with, announce(unknownFamily));
  mrt.raw(kTime, 16, 0, Buffer{0xfb, 0xf4, 0x31, 0x6e, 0, 3, 0, 6});  // a state change without addresses
  mrt.raw(kTime, 11, 0, Buffer(40, 1));                               // OSPFv2
  mrt.raw(kTime, 13, 99, Buffer(40, 1));
  mrt.raw(kTime, 16, 2, Buffer(40, 1));
  mrt.message({kTime}, with, whole);
  return {"malformed", file};
}

// Many updates of any mixture of the above that bgpdump prints rightly. The same seed, the same bytes.
inline Archive mixture(uint64_t seed, size_t count) {
  std::mt19937_64 random(seed);
  const auto below = [&random](uint64_t n) { return random() % n; };
  const auto asn = [&](AsnSize size) {
    const auto any = static_cast<uint32_t>(random()) >> below(32);
    return Asn{size == AsnSize::kFour ? any : any & 0xffff};
  };
  const auto anyAddress = [&](Family family) {
    Address made{family, {}};
    for (size_t i = 0; i < addressSize(family); ++i)
      made.bytes[i] = below(3) == 0 ? 0 : static_cast<uint8_t>(random());
    return made;
  };
  const auto anyRoutes = [&](Family family) {
    std::vector<Nlri> routes(below(4));
    for (Nlri& nlri : routes) {
      const auto length = static_cast<uint8_t>(below(addressBits(family) + 1U));
      nlri = {Prefix::of(anyAddress(family), length), static_cast<uint32_t>(random())};
    }
    return routes;
  };
  Buffer file;
  for (size_t i = 0; i < count; ++i) {
    const AsnSize size = below(2) ? AsnSize::kFour : AsnSize::kTwo;
    const Family family = below(2) ? Family::kIpv4 : Family::kIpv6;
    const bool addPath = below(4) == 0;
    Session with;
    with.peerAsn = asn(size);
    with.localAsn = asn(size);
    with.peerAddress = anyAddress(family);
    with.localAddress = anyAddress(family);
    with.asnSize = size;
    Buffer attributes;
    AttributeWriter w(attributes, size);
    if (below(8)) w.origin(wire::Origin(below(3)));
    if (below(8)) {
      std::vector<PathSegment> path;
      const bool plain = size == AsnSize::kTwo;  // AS4_PATH may follow
      for (size_t s = 1 + below(3); s > 0; --s) {
        PathSegment segment{
            plain && path.empty() ? SegmentType::kSequence : SegmentType(plain ? 1 + below(2) : 1 + below(4)),
            {}};
        for (size_t n = plain && path.empty() ? 8 : 1 + below(6); n > 0; --n)
          segment.asns.push_back(asn(size));
        path.push_back(segment);
      }
      w.asPath(std::span<const PathSegment>(path));
      if (plain && below(3) == 0) {
        // At least as long as what follows the first segment, so that the merged path begins inside that.
        size_t least = path.size() == 1 ? 1 : 0;
        for (size_t s = 1; s < path.size(); ++s) {
          least += path[s].type == SegmentType::kSet ? 1 : path[s].asns.size();
        }
        PathSegment tail{SegmentType::kSequence, {}};
        for (size_t n = least + below(8); n > 0; --n) tail.asns.push_back(asn(AsnSize::kFour));
        w.as4Path({&tail, 1});
      }
    }
    if (below(8)) w.nextHop(anyAddress(Family::kIpv4));
    if (below(2)) w.multiExitDisc(static_cast<uint32_t>(random()) >> below(32));
    if (below(3) == 0) w.localPref(static_cast<uint32_t>(random()) >> below(32));
    if (below(6) == 0) w.atomicAggregate();
    if (below(6) == 0) w.aggregator({asn(size), anyAddress(Family::kIpv4)});
    if (size == AsnSize::kTwo && below(6) == 0)
      w.as4Aggregator({asn(AsnSize::kFour), anyAddress(Family::kIpv4)});
    if (below(3) == 0) {
      std::vector<uint32_t> values(1 + below(8));
      for (uint32_t& value : values)
        value = below(5) ? static_cast<uint32_t>(random()) : static_cast<uint32_t>(0xffffff00 + below(5));
      w.communities(values);
    }
    if (below(8) == 0)
      w.raw(wire::kOptional | wire::kTransitive, static_cast<uint8_t>(40 + below(60)), Buffer(below(300), 7));
    const bool local = below(8) == 0;
    const auto safi = static_cast<uint8_t>(1 + below(2));
    if (below(4) == 0) {
      const Family of = below(3) ? Family::kIpv6 : Family::kIpv4;
      const std::vector<Address> nextHop(1 + below(2), anyAddress(Family::kIpv6));
      w.mpReach(of, nextHop, anyRoutes(of), addPath, safi);
    }
    if (below(4) == 0 && !(local && family == Family::kIpv4)) {
      w.mpUnreach(Family::kIpv6, anyRoutes(Family::kIpv6), addPath, safi);
    }
    const std::optional<uint32_t> microseconds =
        below(2) ? std::optional<uint32_t>(below(1000000)) : std::nullopt;
    const Buffer sent = update(attributes, {anyRoutes(Family::kIpv4), anyRoutes(Family::kIpv4)}, addPath);
    MrtWriter(file).message({static_cast<uint32_t>(kTime + i / 10), microseconds}, with, sent,
                            {.addPath = addPath, .local = local});
  }
  return {"mixture", file};
}

}  // namespace archives

// Small archives of one subject each, all of them readable by bgpdump.
inline std::vector<Archive> allArchives() {
  using namespace archives;
  return {tableDump(), tableDumpV2(false), tableDumpV2(true), messages(), families(), attributes(),
          as4(),       sessions(),         malformed()};
}

}  // namespace nightjar::test
