// An episode: the facts of one blackout, each with its source, from which route archives and a probing log
// are built.
//
// The file format is docs/episodes.md. These are its values as written, checked on their own; `checkFacts`
// holds them against each other, and `World` turns them into networks and prefixes.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/asn.h"
#include "base/result.h"
#include "base/time.h"

namespace nightjar::episode {

// Where in the file something stands; both count from 1.
struct Spot {
  uint32_t line = 1;
  uint32_t column = 1;
};

// How the episode counts time.
inline uint32_t unixSeconds(Time time) {
  return static_cast<uint32_t>(std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
}

// Bounds that keep a hostile file from filling the machine. The bundled episodes stay far below.
inline constexpr size_t kMaxFileSize = 1U << 20;            // bytes of TOML
inline constexpr Seconds kMaxSpan = std::chrono::days(62);  // from first to last minute
inline constexpr size_t kMaxCollectors = 16;
inline constexpr size_t kMaxPeers = 32;       // of all collectors together
inline constexpr size_t kMaxNetworks = 2000;  // named ones
inline constexpr size_t kMaxGroups = 500;
inline constexpr uint32_t kMaxMadeUpNetworks = 60'000;  // of all groups together
inline constexpr uint32_t kMaxPrefixes = 100'000;  // of all networks, groups and re-announcements together
inline constexpr size_t kMaxEvents = 10'000;
inline constexpr size_t kMaxRibs = 200;                  // per collector
inline constexpr uint64_t kMaxRoutes = 20'000'000;       // written in all RIB dumps together
inline constexpr uint64_t kMaxUpdates = 10'000'000;      // asked for by noise and events together
inline constexpr size_t kMaxHosts = 500;                 // [[hosts]] tables
inline constexpr uint64_t kMaxBlockRounds = 30'000'000;  // probed blocks, times rounds

// A number of prefixes that together cover a number of /24s (IPv6: /48s), each at least that large.
struct Space {
  uint32_t prefixes = 0;
  uint32_t units = 0;            // /24s or /48s
  std::optional<Prefix> within;  // where the addresses are taken; by default from a pool of their own
};

// How a network's customers reach it, where they do.
enum class Access { kNone, kFixed, kMobile };

// A network that exists, by its number.
struct Network {
  Asn asn;
  std::string name;
  std::string kind;  // incumbent, mobile, transit ...: one word for the reader
  Access access = Access::kNone;
  std::string country;                    // ISO 3166-1; empty for a network that announces nothing
  std::map<std::string, double> regions;  // ISO 3166-2 -> share of its space, together at most 1
  Space ipv4;
  Space ipv6;
  std::vector<Asn>
      upstreams;  // networks above in the file; none makes it a tier 1, which all tier 1s peer with
  std::string source;
  Spot spot;
};

// Made-up networks with private AS numbers (RFC 6996): the rest of a country, or the rest of the world.
struct Group {
  std::string name;
  Access access = Access::kNone;
  std::string country;
  std::map<std::string, double> regions;  // as above, of each of its networks
  uint32_t networks = 0;
  Space ipv4;  // of all its networks together
  Space ipv6;
  std::vector<Asn> upstreams;
  std::string source;
  Spot spot;
};

// A session of a collector. It carries the family of its own address.
struct Peer {
  Asn asn;  // one of the networks
  Address address;
  double share = 1;       // of the networks it has routes to; a partial feed is far below 1
  bool twoOctet = false;  // a speaker without RFC 6793: two-octet AS_PATH, AS4_PATH beside it
  Spot spot;
};

// How the archives of a collector are named and packed.
enum class Style {
  kRis,         // NAME/bview.YYYYMMDD.HHMM.gz, NAME/updates.YYYYMMDD.HHMM.gz of 5 minutes
  kRouteViews,  // NAME/rib.YYYYMMDD.HHMM.bz2, NAME/updates.YYYYMMDD.HHMM.bz2 of 15 minutes
};

struct Collector {
  std::string name;
  Style style = Style::kRis;
  Asn asn;
  Address bgpId;              // IPv4; also its end of the IPv4 sessions
  std::vector<Time> ribs;     // when it writes its whole table
  bool extendedTime = false;  // BGP4MP_ET: microseconds
  bool stateChanges = true;   // sessions' ups and downs are written
  bool keepalives = true;     // one KEEPALIVE per session and minute is written
  std::vector<Peer> peers;
  Spot spot;
};

// What goes on everywhere all the time and means nothing.
struct Noise {
  uint32_t pathChanges = 0;  // a peer takes another path to a prefix: per peer and day
  uint32_t flaps = 0;        // a made-up network's prefix disappears for all and returns: per day
  Seconds flapDown = std::chrono::seconds(60);
};

// Whose space: exactly one of the first three where something has a target, else none.
struct Target {
  std::optional<Asn> network;
  std::string group;
  std::string country;
  // These narrow it, for hosts only.
  std::optional<Access> access;
  std::string region;                // nothing outside it
  std::vector<std::string> outside;  // regions: nothing inside them

  bool isNone() const { return !network && group.empty() && country.empty(); }
};

struct Range {
  double least = 0;
  double most = 0;
};

// What the hosts of a target answer when they are probed. Of several that fit, the last one holds.
struct Hosts {
  Target target;
  double answering = 1;             // share of its /24s in which anybody answers
  Range everActive{20, 120};        // addresses of such a /24 that answer at times: Trinocular's E(b)
  Range availability{0.35, 0.9};    // the share of time that each of these does: Trinocular's A
  double loss = 0.01;               // share of probes that get lost on the way, there or back
  std::chrono::milliseconds rtt{};  // to an address nearby
  std::string source;
  Spot spot;
};

// Who sends the probes. They begin with the episode, knowing nothing.
struct Prober {
  std::string name;  // the file of its log
  Asn asn;           // one of the networks: where it stands
  std::string from;  // in words
  Address address;
  Seconds round = std::chrono::minutes(10);
  uint32_t every = 1;  // of a network's /24s one in so many is probed
  std::vector<Address>
      references;  // elsewhere, by which it knows its own uplink; they answer while that stands
  std::string source;
  Spot spot;
};

enum class EventKind {
  kWithdraw,   // a target's prefixes go, but for `left`
  kAnnounce,   // they return, as they were or as `prefixes` that cover the same space
  kAggregate,  // a target's space is announced as `prefixes` prefixes from now on, more or fewer than before
  kFlap,       // `prefixes` of the target go for `duration` and return, `times` over
  kBurst,   // `rounds` updates per prefix and peer within `duration`; nothing is lost for more than seconds
  kRehome,  // `prefixes` of a network are originated by `other` from now on
  kHijack,  // for `duration`, a share of the peers takes `prefixes` of a network from `other`
  kLeak,    // for `duration`, a share of all prefixes is reached through `other`, which is no transit
  kPeerReset,     // a session goes down for `duration`, then the table is sent again
  kPeerSilent,    // a session stands, but nothing is heard for `duration`
  kCollectorGap,  // a collector is off for `duration`: no files; then all sessions start again
  kDark,          // the hosts of a `share` of the target's /24s fall silent; routes stand
  kLit,           // those of a `share` of them answer again
  kThrottle,   // of a `share` of its /24s `loss` of the probes is lost more, answers take `delay` longer (for
               // `duration`); with zeros it ends
  kProberCut,  // the prober's own uplink is gone for `duration`
};

// What happens to hosts, and not to routes.
constexpr bool isOfHosts(EventKind kind) {
  return kind == EventKind::kDark || kind == EventKind::kLit || kind == EventKind::kThrottle;
}

struct Event {
  EventKind kind = EventKind::kWithdraw;
  Time at;
  Target target;
  std::optional<Family> family;  // of the target's prefixes; both by default
  // The kinds above say which of these they read.
  std::optional<uint32_t> prefixes;
  uint32_t left = 0;
  Seconds spread = std::chrono::seconds(30);  // from the first prefix's change to the last one's
  Seconds duration{};
  uint32_t times = 1;
  uint32_t rounds = 4;
  double share = 1;
  double loss = 0;
  std::chrono::milliseconds delay{};
  std::optional<Asn> other;
  std::string collector;
  std::optional<Address> peer;
  std::string source;
  Spot spot;
};

struct Facts {
  std::string name;  // lower-case letters, digits and hyphens
  std::string title;
  std::string about;
  uint64_t seed = 0;  // of everything that no source states
  Time from;
  Time until;
  std::map<std::string, std::string> sources;  // key -> citation
  Noise noise;
  std::vector<Collector> collectors;
  std::vector<Network> networks;
  std::vector<Group> groups;
  std::vector<Hosts> hosts;
  std::optional<Prober> prober;
  std::vector<Event> events;
};

// Reads an episode file. Fails with kInvalid (or kLimit); the message says line, column and key.
Result<Facts> parseFacts(std::string_view toml);

// Holds the facts against each other: names that must exist, counts that must fit, the bounds above. Part of
// parseFacts.
Result<void> checkFacts(const Facts& facts);

// The words that the file uses.
std::string_view eventWord(EventKind kind);
std::string_view accessWord(Access access);

}  // namespace nightjar::episode
