// The vantage points: which peers there are, which of them carry a full table, and which can be trusted now.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "base/address.h"
#include "base/asn.h"
#include "base/time.h"
#include "routing/view/route_table.h"

namespace nightjar::view {

using CollectorIndex = uint32_t;

// A peer is full-feed when its table holds more than this share of the largest peer's. For a table of today's
// size (1,000,000 IPv4 and 200,000 IPv6 prefixes) these are IODA's marks: over 400,000 and over 10,000
// (CAIDA/bgpview README; IODA help page).
inline constexpr double kFullFeedShare4 = 0.4;
inline constexpr double kFullFeedShare6 = 0.05;

// A collector with full-feed peers hears something every few seconds; one that is silent for this long has
// stopped.
inline constexpr Seconds kCollectorSilence = std::chrono::minutes(30);
// A full-feed peer sends thousands of updates an hour; one that is silent for this long, while its collector
// hears others, is stuck.
inline constexpr Seconds kPeerSilence = std::chrono::hours(2);
// After a reset a peer sends its table anew, in minutes. Until it has sent this share of what it had before
// (if that is known), or for this long, it does not count.
inline constexpr double kRefilledShare = 0.9;
inline constexpr Seconds kRefillTime = std::chrono::hours(1);
// A peer that was full-feed within this time is expected to be there: coverage is measured against those.
inline constexpr Seconds kExpectedFor = std::chrono::days(7);

struct PeerName {
  CollectorIndex collector = 0;
  Address address;
  Asn asn;
  auto operator<=>(const PeerName&) const = default;
};

// The peers that count in one family at one moment.
struct Electorate {
  std::vector<uint64_t> mask;  // a bit per peer
  uint32_t members = 0;        // full-feed peers that count now
  uint32_t expected = 0;       // full-feed peers that should be there
  // How much of the instrument is healthy, in [0, 1].
  float coverage() const {
    return expected == 0 ? 0 : static_cast<float>(members) / static_cast<float>(expected);
  }
  bool operator==(const Electorate&) const = default;
};

// How a peer stands, for people who ask.
struct PeerStanding {
  enum class State : uint8_t {
    kUp,
    kDown,        // its session went down
    kSilent,      // its session stands and its collector hears others, but nothing of it for kPeerSilence
    kCannotTell,  // it was never heard, its collector has stopped, or part of its record is missing
  };
  PeerName name;
  State state = State::kCannotTell;
  bool counts = false;           // it is up, and its table is whole
  std::optional<bool> fullFeed;  // within kExpectedFor; nothing: its table was never known
  std::optional<Time> heard;
  uint32_t routes = 0;  // of both families
};

class Peers {
 public:
  CollectorIndex collector(const std::string& name);
  const std::string& collectorName(CollectorIndex index) const { return collectors_[index].name; }

  // The peer's number, given on first sight. kNone past kMaxPeers.
  PeerIndex find(const PeerName& name);
  uint32_t count() const { return static_cast<uint32_t>(peers_.size()); }
  uint32_t collectorCount() const { return static_cast<uint32_t>(collectors_.size()); }
  const PeerName& name(PeerIndex peer) const { return peers_[peer].name; }

  bool isUp(PeerIndex peer) const { return peers_[peer].up; }
  // It sends its table anew, after a reset.
  bool isRefilling(PeerIndex peer) const { return peers_[peer].refilling; }

  // The collector recorded something at `time` (of any peer).
  void heardCollector(CollectorIndex collector, Time time);
  // The peer sent an update at `time`. A peer that speaks is up.
  void heard(PeerIndex peer, Time time);
  // A session came up at `time`: the peer begins with an empty table and sends all of it.
  void established(PeerIndex peer, Time time);
  // A RIB dump of `time` lists the peer's whole table: it is up, in step, and needs no refill.
  void synced(PeerIndex peer, Time time);
  // The session went down at `time`; `sizes` are its tables just before (IPv4, IPv6).
  void down(PeerIndex peer, std::array<uint32_t, 2> sizes);
  // Part of the collector's record is missing: nothing that its peers said before can be relied on until a
  // RIB dump or a new session.
  void lost(CollectorIndex collector);

  // Of one collector, by number.
  std::vector<PeerStanding> standings(CollectorIndex collector, const RouteTable& table, Time now) const;

  // Who counts at `now`, by the sizes of the peers' tables.
  Electorate elect(Family family, const RouteTable& table, Time now);

 private:
  struct Collector {
    std::string name;
    Time heard;
  };
  struct Peer {
    PeerName name;
    Time heard;
    bool up = false;
    bool inStep = false;     // its whole table is on record: no gap since the last dump or session start
    bool refilling = false;  // after a reset
    Time refillingSince;
    std::array<uint32_t, 2> sizesBefore{};
    std::array<Time, 2> lastFull{};
    std::array<bool, 2> everFull{};
  };

  bool healthy(const Peer& peer, Time now) const;
  void endRefill(Peer& peer, PeerIndex index, const RouteTable& table, Time now);

  std::vector<Collector> collectors_;
  std::vector<Peer> peers_;
  std::map<PeerName, PeerIndex> index_;
};

}  // namespace nightjar::view
