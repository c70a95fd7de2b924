#include "episode/simulation.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "episode/episode_for_tests.h"

namespace nightjar::episode {
namespace {

constexpr uint32_t kStart = 1709251200;  // 2024-03-01T00:00:00Z
constexpr uint32_t kPeers = 5;
constexpr uint32_t kIpv6Peer = 2;
constexpr uint32_t kPartialPeer = 4;

// Keeps what is told, as a reader of the archives would: a table per peer.
class Listener : public Recorder {
 public:
  void change(uint32_t, uint32_t peer, const RouteKey& route, std::span<const Prefix> prefixes) override {
    ++messages[peer];
    for (const Prefix& prefix : prefixes) {
      if (route.origin == kNobody) table[peer].erase(prefix);
      if (route.origin != kNobody) table[peer][prefix] = route;
    }
  }
  void endOfRib(uint32_t second, uint32_t peer) override { endsOfRib.emplace_back(second, peer); }
  void keepalive(uint32_t, uint32_t) override {}
  void sessionDown(uint32_t second, uint32_t peer) override {
    downs.emplace_back(second, peer);
    table[peer].clear();
  }
  void sessionUp(uint32_t second, uint32_t peer) override {
    ups.emplace_back(second, peer);
    table[peer].clear();
  }

  std::map<uint32_t, std::map<Prefix, RouteKey>> table;
  std::map<uint32_t, uint32_t> messages;
  std::vector<std::pair<uint32_t, uint32_t>> downs, ups, endsOfRib;  // second, peer
};

// The small episode with some events. The listener starts with the first table, as from a RIB.
class Play {
 public:
  explicit Play(const std::string& events, uint64_t seed = 7)
      : facts_(smallEpisode(events, seed)),
        world_(World::build(facts_).value()),
        simulation_(facts_, world_, listener_) {
    for (uint32_t peer = 0; peer < kPeers; ++peer) listener_.table[peer] = tableOf(peer);
  }

  void playTo(uint32_t minute) { simulation_.playUntil(kStart + minute * 60); }

  std::map<Prefix, RouteKey> tableOf(uint32_t peer) const {
    std::map<Prefix, RouteKey> table;
    for (uint32_t p = 0; p < simulation_.prefixes().size(); ++p) {
      const RouteKey& key = simulation_.route(peer, p).key;
      if (key.origin != kNobody) table.emplace(simulation_.prefixes()[p], key);
    }
    return table;
  }
  // Prefixes that the peer has from this origin.
  size_t count(uint32_t peer, uint32_t asn) const {
    const uint32_t node = world_.nodeOf(Asn{asn});
    const auto table = tableOf(peer);
    return static_cast<size_t>(
        std::count_if(table.begin(), table.end(), [&](const auto& e) { return e.second.origin == node; }));
  }
  // Origins alone: paths may differ.
  std::map<Prefix, uint32_t> origins(uint32_t peer) const {
    std::map<Prefix, uint32_t> result;
    for (const auto& [prefix, key] : tableOf(peer)) result.emplace(prefix, key.origin);
    return result;
  }
  // Who listened from the start has the tables as they are.
  void expectListenerInStep() {
    for (uint32_t peer = 0; peer < kPeers; ++peer) EXPECT_EQ(listener_.table[peer], tableOf(peer)) << peer;
  }

  Listener listener_;
  Facts facts_;
  World world_;
  Simulation simulation_;
};

TEST(Simulation, StartsWithFullTablesAndSaysNothing) {
  Play play("");
  EXPECT_EQ(play.tableOf(0).size(), 20U + 8 + 9);
  EXPECT_EQ(play.tableOf(kIpv6Peer).size(), 2U);
  EXPECT_EQ(play.tableOf(kPartialPeer).size(), 0U);
  play.playTo(120);
  EXPECT_TRUE(play.listener_.messages.empty());
}

TEST(Simulation, WithdrawLeavesWhatItSays) {
  Play play(
      eventAtHalfPast("kind = \"withdraw\"\nnetwork = 65001\nfamily = \"ipv4\"\nleft = 3\nspread = \"2m\""));
  play.playTo(30);
  EXPECT_EQ(play.count(0, 65001), 20U);
  play.playTo(36);
  for (const uint32_t peer : {0, 1, 3}) EXPECT_EQ(play.count(peer, 65001), 3U);
  EXPECT_EQ(play.count(kIpv6Peer, 65001), 2U);
  EXPECT_EQ(play.count(0, 65002), 8U);
  play.expectListenerInStep();
}

TEST(Simulation, WholeNetworksGoLast) {
  for (const uint64_t seed : {1, 2, 3, 4, 5, 6}) {
    Play play(eventAtHalfPast("kind = \"withdraw\"\ngroup = \"others\"\nleft = 3"), seed);
    play.playTo(40);
    std::set<uint32_t> origins;
    for (const auto& [prefix, origin] : play.origins(0)) origins.insert(origin);
    EXPECT_EQ(origins.size(), 2U + 3);
  }
}

TEST(Simulation, AnnounceBringsTheSameSpaceBackInFewerPrefixes) {
  Play play(
      eventAtHalfPast("kind = \"withdraw\"\nnetwork = 65002") +
      "[[event]]\nkind = \"announce\"\nat = 2024-03-01T01:00:00Z\nnetwork = 65002\nprefixes = 2\nsource = "
      "\"invented\"\n");
  play.playTo(50);
  EXPECT_EQ(play.count(0, 65002), 0U);
  play.playTo(70);
  EXPECT_EQ(play.count(0, 65002), 2U);
  play.expectListenerInStep();
}

TEST(Simulation, AggregateKeepsTheSpaceCoveredAllTheTime) {
  Play play(eventAtHalfPast("kind = \"aggregate\"\nnetwork = 65002\nprefixes = 1"));
  const auto before = play.tableOf(0);
  for (uint32_t minute = 30; minute < 40; ++minute) {
    play.playTo(minute);
    const auto table = play.tableOf(0);
    for (const auto& [prefix, key] : before) {
      EXPECT_TRUE(std::any_of(table.begin(), table.end(),
                              [&](const auto& entry) { return entry.first.contains(prefix.address); }))
          << prefix.text() << " at minute " << minute;
    }
  }
  EXPECT_EQ(play.count(0, 65002), 1U);
  play.expectListenerInStep();
}

TEST(Simulation, FlapReturns) {
  Play play(eventAtHalfPast("kind = \"flap\"\nnetwork = 65002\nprefixes = 5\nfor = \"3m\"\nspread = \"1s\""));
  play.playTo(32);
  EXPECT_EQ(play.count(0, 65002), 3U);
  play.playTo(40);
  EXPECT_EQ(play.count(0, 65002), 8U);
  play.expectListenerInStep();
}

TEST(Simulation, BurstLosesNothing) {
  Play play(eventAtHalfPast("kind = \"burst\"\ncountry = \"ZW\"\nfor = \"4m\"\nrounds = 10"));
  const auto before = play.origins(0);
  play.playTo(36);
  EXPECT_EQ(play.origins(0), before);
  EXPECT_GT(play.listener_.messages[0], 10 * before.size() / 2);
  play.expectListenerInStep();
}

TEST(Simulation, RehomeAndHijackChangeTheOriginOnly) {
  Play play(eventAtHalfPast("kind = \"rehome\"\nnetwork = 65002\nto = 65001") +
            eventAtHalfPast(
                "kind = \"hijack\"\nnetwork = 65001\nfamily = \"ipv4\"\nby = 3356\nfor = \"20m\"\nprefixes "
                "= 5\npeers = 1.0"));
  play.playTo(40);
  EXPECT_EQ(play.count(0, 65002), 0U);
  EXPECT_EQ(play.count(0, 65001), 20U + 8 - 5);
  EXPECT_EQ(play.count(0, 3356), 5U);
  play.playTo(60);
  EXPECT_EQ(play.count(0, 65001), 28U);
  play.expectListenerInStep();
}

TEST(Simulation, LeakGoesThroughTheLeaker) {
  Play play(eventAtHalfPast("kind = \"leak\"\nby = 65002\nfor = \"20m\""));
  const auto before = play.origins(0);
  play.playTo(40);
  EXPECT_EQ(play.origins(0), before);
  const uint32_t leaker = play.world_.nodeOf(Asn{65002});
  for (const auto& [prefix, key] : play.tableOf(0)) {
    EXPECT_EQ(key.leaker, key.origin == leaker ? kNobody : leaker);
  }
  play.playTo(60);
  for (const auto& [prefix, key] : play.tableOf(0)) EXPECT_EQ(key.leaker, kNobody);
  play.expectListenerInStep();
}

TEST(Simulation, ResetSendsTheTableAgainAndEndOfRib) {
  Play play(
      eventAtHalfPast("kind = \"peer_reset\"\ncollector = \"rrc00\"\npeer = \"192.0.2.2\"\nfor = \"2m\""));
  const auto before = play.origins(1);
  play.playTo(31);
  EXPECT_TRUE(play.tableOf(1).empty());
  play.playTo(40);
  EXPECT_EQ(play.origins(1), before);
  using Moments = std::vector<std::pair<uint32_t, uint32_t>>;
  EXPECT_EQ(play.listener_.downs, (Moments{{kStart + 1800, 1}}));
  EXPECT_EQ(play.listener_.ups, (Moments{{kStart + 1920, 1}}));
  ASSERT_EQ(play.listener_.endsOfRib.size(), 1U);
  EXPECT_EQ(play.listener_.endsOfRib[0].second, 1U);
  play.expectListenerInStep();
}

TEST(Simulation, SilenceEndsWithWhatChangedMeanwhile) {
  Play play(
      eventAtHalfPast("kind = \"peer_silent\"\ncollector = \"rrc00\"\npeer = \"192.0.2.1\"\nfor = \"20m\"") +
      "[[event]]\nkind = \"withdraw\"\nat = 2024-03-01T00:35:00Z\nnetwork = 65002\nsource = \"invented\"\n");
  play.playTo(45);
  EXPECT_EQ(play.count(0, 65002), 8U);
  EXPECT_EQ(play.count(1, 65002), 0U);
  EXPECT_EQ(play.listener_.messages[0], 0U);
  play.playTo(55);
  EXPECT_EQ(play.count(0, 65002), 0U);
  play.expectListenerInStep();
}

TEST(Simulation, CollectorGapSilencesAllItsSessions) {
  Play play(
      eventAtHalfPast("kind = \"collector_gap\"\ncollector = \"rrc00\"\nfor = \"20m\"") +
      "[[event]]\nkind = \"withdraw\"\nat = 2024-03-01T00:35:00Z\nnetwork = 65002\nsource = \"invented\"\n");
  play.playTo(45);
  EXPECT_FALSE(play.simulation_.isOn(0));
  EXPECT_TRUE(play.simulation_.isOn(1));
  EXPECT_TRUE(play.listener_.downs.empty());
  EXPECT_EQ(play.listener_.messages[0], 0U);
  play.playTo(60);
  EXPECT_TRUE(play.simulation_.isOn(0));
  EXPECT_EQ(play.listener_.ups.size(), 3U);
  EXPECT_EQ(play.count(0, 65002), 0U);
  play.expectListenerInStep();
}

TEST(Simulation, NoiseLosesNothingForLong) {
  Play play("[noise]\npath_changes = 20000\nflaps = 2000\nflap_down = \"20s\"\n");
  const auto before = play.origins(0);
  play.playTo(119);
  EXPECT_GT(play.listener_.messages[0], 500U);
  size_t missing = before.size() - play.origins(0).size();
  EXPECT_LE(missing, 2U);
  play.expectListenerInStep();
}

}  // namespace
}  // namespace nightjar::episode
