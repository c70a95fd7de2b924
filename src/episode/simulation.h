// Plays an episode second by second: what every peer of every collector has in its table and sends.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <queue>
#include <span>
#include <vector>

#include "base/time.h"
#include "episode/facts.h"
#include "episode/paths.h"
#include "episode/random.h"
#include "episode/world.h"

namespace nightjar::episode {

struct Route {
  RouteKey key;
  uint32_t since = 0;  // Unix seconds
};

// What the simulation tells, in order of time. Peers count through all collectors, in the order of the file.
class Recorder {
 public:
  virtual ~Recorder() = default;
  // All prefixes of one peer and second that take the same route; an origin of kNobody: that are withdrawn.
  virtual void change(uint32_t second, uint32_t peer, const RouteKey& route,
                      std::span<const Prefix> prefixes) = 0;
  virtual void endOfRib(uint32_t second, uint32_t peer) = 0;
  virtual void keepalive(uint32_t second, uint32_t peer) = 0;
  virtual void sessionDown(uint32_t second, uint32_t peer) = 0;
  virtual void sessionUp(uint32_t second, uint32_t peer) = 0;
  // How things are, whoever hears of it: a prefix stops or starts being announced. At first all are.
  virtual void announced(uint32_t /*second*/, const Prefix& /*prefix*/, bool /*isAnnounced*/) {}
};

// Seconds are Unix time everywhere; `until` is the first that does not happen.
class Simulation {
 public:
  // Keeps references to all three.
  Simulation(const Facts& facts, const World& world, Recorder& recorder);

  // Plays [now, until) and tells the recorder.
  void playUntil(uint32_t until);
  uint32_t now() const { return now_; }

  // The tables as they stand at now(), before anything of that second.
  const std::vector<Prefix>& prefixes() const { return prefixes_; }
  // No route: key.origin is kNobody. A session that is down has none.
  const Route& route(uint32_t peer, uint32_t prefix) const { return peers_[peer].table[prefix]; }
  // False while the collector is off.
  bool isOn(uint32_t collector) const { return collectorOn_[collector]; }

 private:
  // Why an entry of the agenda is there, and what its `argument` is.
  enum class Action : uint8_t {
    kEvent,        // number of the event
    kLose,         // a prefix stops being announced
    kGain,         // starts
    kFlapDown,     // goes away for a moment
    kFlapUp,       // is back
    kSetOrigin,    // node
    kSetHijack,    // number of the event, or kNobody
    kSetLeaker,    // node, or kNobody
    kHear,         // a peer takes over how things are
    kHearLoss,     // the same after it has tried other paths
    kShake,        // a peer changes its mind for a moment
    kSessionDown,  // of a peer
    kSessionUp,
    kFallSilent,
    kSpeakAgain,
    kCollectorOff,  // number of the collector
    kCollectorOn,
  };
  struct Entry {
    uint32_t at;
    uint32_t order;  // of two entries at the same second, the one that was put in first
    Action action;
    uint8_t peer;
    uint32_t prefix;
    uint32_t argument;
    bool operator<(const Entry& other) const {  // the earliest is on top of the queue
      return at != other.at ? at > other.at : order > other.order;
    }
  };
  // How a prefix really is; peers hear of it later.
  struct Truth {
    uint32_t owner = kNobody;   // node whose space it is
    uint32_t origin = kNobody;  // node that announces it
    uint32_t hijack = kNobody;  // number of the event
    uint32_t leaker = kNobody;
    bool announced = false;
    bool flapping = false;
  };
  struct PeerState {
    const Peer* peer = nullptr;
    uint32_t collector = 0;
    bool up = true;
    bool silent = false;
    bool transferring = false;      // sends its whole table
    uint32_t next = 0;              // while transferring: the prefix that comes next
    std::vector<Route> table;       // by prefix
    std::vector<uint32_t> changed;  // prefixes, since the last second was told
  };

  void schedule(uint32_t at, Action action, uint32_t peer, uint32_t prefix, uint32_t argument = 0);
  void tellAllPeers(uint32_t prefix, bool loss);
  uint32_t intern(const Block& block, uint32_t owner);
  void fillTables();

  void perform(const Entry& entry);
  void setTruth(const Entry& entry);
  void hear(uint32_t peer, uint32_t prefix, bool explored);
  void shake(uint32_t peer, uint32_t prefix);
  RouteKey wanted(const PeerState& state, uint32_t peer, uint32_t prefix) const;
  void setRoute(uint32_t peer, uint32_t prefix, const RouteKey& key);

  // REQUIRES: one of facts_.events.
  uint64_t numberOf(const Event& event) const;
  void startEvent(uint32_t number);
  std::vector<uint32_t> announcedBy(const Event& event) const;
  void reannounce(const Event& event);
  void repartition(uint32_t node, Family family, uint32_t prefixes, const Event& event);
  void startBurst(const Event& event);
  void startSession(const Event& event);
  void startGap(const Event& event);

  void closeSession(uint32_t peer, bool tell);
  void openSession(uint32_t peer);
  void speakAgain(uint32_t peer);
  void transfer(uint32_t peer);
  void makeNoise();
  void tell(uint32_t peer);

  const Facts& facts_;
  const World& world_;
  Recorder& recorder_;
  uint32_t start_;
  uint32_t now_;
  Random random_;
  uint32_t order_ = 0;
  std::priority_queue<Entry> agenda_;
  std::vector<Prefix> prefixes_;
  std::vector<Truth> truths_;                            // by prefix
  std::array<std::vector<uint32_t>, 2> familyPrefixes_;  // numbers of the prefixes of each family
  std::map<Block, uint32_t> byBlock_;
  std::vector<std::array<std::vector<uint32_t>, 2>> pieces_;  // by node and family: prefixes of its partition
  std::vector<PeerState> peers_;
  std::vector<char> collectorOn_;
};

}  // namespace nightjar::episode
