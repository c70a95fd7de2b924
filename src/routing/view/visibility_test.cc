#include "routing/view/visibility.h"

#include <gtest/gtest.h>

#include <map>

#include "routing/view/geo_for_tests.h"

namespace nightjar::view {
namespace {

using namespace std::chrono_literals;

constexpr Asn kOne{64500};
constexpr Asn kTwo{64501};

// A view of one collector with `peers` full-feed peers, synchronised at time zero.
class VisibilityTest : public testing::Test {
 protected:
  static constexpr uint32_t kPeers = 5;

  VisibilityTest() {
    const CollectorIndex collector = view_.peers().collector("rrc00");
    for (uint32_t i = 0; i < kPeers; ++i) {
      peers_.push_back(view_.peers().find({collector, Address::ipv4(i), Asn{65000 + i}}));
      view_.peers().synced(peers_.back(), now_);
    }
    view_.table().growPeers(kPeers);
    hear();
    // The rest of the world, so that no peer's table is small.
    for (int i = 0; i < 50; ++i) announceAll("100." + std::to_string(i) + ".0.0/16", Asn{65100});
  }

  void apply(Event event) { view_.table().apply({&event, 1}); }
  void announce(std::string_view prefix, PeerIndex peer, Asn origin) {
    apply({key(prefix), peer, origin, true});
  }
  void withdraw(std::string_view prefix, PeerIndex peer) { apply({key(prefix), peer, {}, false}); }
  void announceAll(std::string_view prefix, Asn origin) {
    for (const PeerIndex peer : peers_) announce(prefix, peer, origin);
  }
  void withdrawAll(std::string_view prefix) {
    for (const PeerIndex peer : peers_) withdraw(prefix, peer);
  }
  // All peers speak now.
  void hear() {
    view_.peers().heardCollector(0, now_);
    for (const PeerIndex peer : peers_) {
      if (view_.peers().isUp(peer)) view_.peers().heard(peer, now_);
    }
  }
  ClosedBin close() {
    const ClosedBin closed = view_.close(Bin::of(now_, BinWidth()));
    const Counters& counters = view_.counters();
    for (const CellIndex cell : closed.changes) {
      values_[{counters.names().at(counters.entityOf(cell)).code(),
               std::string(signalOf(counters.measureOf(cell)))}] = counters.valueOf(cell);
    }
    now_ += 5min;
    return closed;
  }
  int64_t value(const std::string& entity, std::string_view signal) {
    return values_[{entity, std::string(signal)}];
  }

  geo::GeoMap geo_ = geoOf({{"10.0.0.0/8", "KZ"}, {"20.0.0.0/8", "UZ"}, {"2001:db8::/32", "KZ"}});
  Visibility view_{geo_, BinWidth()};
  std::vector<PeerIndex> peers_;
  Time now_ = Time(1641379500s);
  std::map<std::pair<std::string, std::string>, int64_t> values_;
};

TEST_F(VisibilityTest, CountsByCountryNetworkAndBoth) {
  announceAll("10.0.0.0/16", kOne);
  announceAll("10.0.4.0/24", kTwo);
  announceAll("20.1.0.0/20", kOne);
  EXPECT_EQ(close().coverage[0], 1.0F);
  EXPECT_EQ(value("KZ", series::kVisible24), 256);
  EXPECT_EQ(value("KZ", series::kPrefixes4), 2);
  EXPECT_EQ(value("UZ", series::kVisible24), 16);
  EXPECT_EQ(value("AS64500", series::kVisible24), 272);
  EXPECT_EQ(value("AS64500@UZ", series::kVisible24), 16);
  EXPECT_EQ(value("AS64501@KZ", series::kVisible24), 1);
  withdrawAll("10.0.0.0/16");
  close();
  EXPECT_EQ(value("KZ", series::kVisible24), 1);
  EXPECT_EQ(value("AS64500@KZ", series::kVisible24), 0);
}

TEST_F(VisibilityTest, NeedsOverHalfOfThePeers) {
  announce("10.0.0.0/24", 0, kOne);
  announce("10.0.0.0/24", 1, kOne);
  close();
  EXPECT_EQ(value("KZ", series::kVisible24), 0);
  announce("10.0.0.0/24", 2, kOne);
  close();
  EXPECT_EQ(value("KZ", series::kVisible24), 1);
}

TEST_F(VisibilityTest, TwoOriginsTogetherMakeAPrefixVisible) {
  announceAll("10.0.0.0/24", kOne);
  close();
  for (const PeerIndex peer : {0, 1, 2}) announce("10.0.0.0/24", peer, kTwo);
  close();
  EXPECT_EQ(value("KZ", series::kVisible24), 1) << "a hijack takes nothing from the country";
  EXPECT_EQ(value("AS64500", series::kVisible24), 0);
  EXPECT_EQ(value("AS64500", series::kMoved24), 1) << "what the victim lost is told as moved";
  EXPECT_EQ(value("AS64500@KZ", series::kMoved24), 1);
  announceAll("10.0.0.0/24", kOne);
  close();
  EXPECT_EQ(value("AS64500", series::kMoved24), 0);
}

TEST_F(VisibilityTest, MovedSpaceIsCountedOnceAndNotWhereTheOriginRemains) {
  announceAll("10.0.0.0/22", kOne);
  announceAll("10.0.1.0/24", kOne);
  announceAll("10.0.8.0/24", kOne);
  close();
  announceAll("10.0.1.0/24", kTwo);
  announceAll("10.0.8.0/24", kTwo);
  close();
  EXPECT_EQ(value("AS64500", series::kVisible24), 4);
  EXPECT_EQ(value("AS64500", series::kMoved24), 1) << "10.0.1.0/24 is still covered by the /22";
  announceAll("10.0.0.0/22", kTwo);
  close();
  EXPECT_EQ(value("AS64500", series::kMoved24), 5);
}

TEST_F(VisibilityTest, APeerResetLowersCoverageAndNothingElse) {
  announceAll("10.0.0.0/16", kOne);
  close();
  view_.peerDown(0);
  hear();
  EXPECT_FLOAT_EQ(close().coverage[0], 0.8F);
  EXPECT_EQ(value("KZ", series::kVisible24), 256);
  // It comes back with one route: not counted until its table is there.
  announce("10.0.0.0/16", 0, kOne);
  view_.peers().heard(0, now_);
  EXPECT_FLOAT_EQ(close().coverage[0], 0.8F);
  for (int i = 0; i < 50; ++i) announce("100." + std::to_string(i) + ".0.0/16", 0, Asn{65100});
  EXPECT_FLOAT_EQ(close().coverage[0], 1.0F);
  EXPECT_EQ(value("KZ", series::kVisible24), 256);
}

TEST_F(VisibilityTest, ACollectorThatIsSilentIsNoCoverage) {
  announceAll("10.0.0.0/16", kOne);
  close();
  now_ += kCollectorSilence;
  EXPECT_EQ(close().coverage[0], 0.0F);
  EXPECT_EQ(value("KZ", series::kVisible24), 256);
  hear();
  EXPECT_EQ(close().coverage[0], 1.0F);
}

TEST_F(VisibilityTest, ASilentPeerDoesNotVouchForOldRoutes) {
  announceAll("10.0.0.0/16", kOne);
  close();
  for (int minutes = 0; minutes < 125; minutes += 5) {
    view_.peers().heardCollector(0, now_);
    for (const PeerIndex peer : {1, 2, 3, 4}) view_.peers().heard(peer, now_);
    close();
  }
  EXPECT_EQ(view_.electorate(Family::kIpv4).members, 4U);
}

TEST_F(VisibilityTest, AfterAGapOnlyADumpCounts) {
  announceAll("10.0.0.0/16", kOne);
  close();
  view_.peers().lost(0);
  hear();
  EXPECT_EQ(close().coverage[0], 0.0F);
  for (const PeerIndex peer : peers_) view_.peers().synced(peer, now_);
  EXPECT_EQ(close().coverage[0], 1.0F);
}

TEST_F(VisibilityTest, TellsHowEachPeerStands) {
  using State = PeerStanding::State;
  const auto standings = [&] { return view_.peers().standings(0, view_.table(), now_); };
  close();
  EXPECT_EQ(standings()[0].state, State::kUp);
  EXPECT_EQ(standings()[0].fullFeed, true);
  EXPECT_EQ(standings()[0].routes, 50U);
  EXPECT_TRUE(standings()[0].counts);
  view_.peers().down(0, {50, 0});
  const PeerIndex unheard = view_.peers().find({0, Address::ipv4(99), Asn{65099}});
  view_.table().growPeers(kPeers + 1);
  now_ += kPeerSilence + 1min;
  view_.peers().heardCollector(0, now_);
  for (const PeerIndex peer : {2, 3, 4}) view_.peers().heard(peers_[static_cast<size_t>(peer)], now_);
  EXPECT_EQ(standings()[0].state, State::kDown);
  EXPECT_EQ(standings()[1].state, State::kSilent);
  EXPECT_EQ(standings()[2].state, State::kUp);
  EXPECT_EQ(standings()[unheard].state, State::kCannotTell);
  EXPECT_FALSE(standings()[unheard].fullFeed);
  EXPECT_FALSE(standings()[unheard].heard);
  view_.peers().lost(0);
  EXPECT_EQ(standings()[2].state, State::kCannotTell) << "part of the record is missing";
  EXPECT_FALSE(standings()[2].counts);
}

TEST_F(VisibilityTest, APartialPeerDoesNotVote) {
  announceAll("10.0.0.0/16", kOne);
  const PeerIndex partial = view_.peers().find({0, Address::ipv4(99), Asn{65099}});
  view_.table().growPeers(view_.peers().count());
  view_.peers().synced(partial, now_);
  announce("10.9.0.0/16", partial, kTwo);
  EXPECT_EQ(close().coverage[0], 1.0F);
  EXPECT_EQ(view_.electorate(Family::kIpv4).expected, kPeers);
}

TEST_F(VisibilityTest, CountsUpdatesOfTheBinAlone) {
  announceAll("10.0.0.0/16", kOne);
  close();
  EXPECT_EQ(value("KZ", series::kUpdates), 5);
  announce("10.0.0.0/16", 0, kOne);
  close();
  EXPECT_EQ(value("KZ", series::kUpdates), 1);
  EXPECT_EQ(value("AS64500@KZ", series::kUpdates), 1);
  close();
  EXPECT_EQ(value("KZ", series::kUpdates), 0);
}

TEST_F(VisibilityTest, CountsIpv6In48s) {
  announceAll("2001:db8::/40", kOne);
  close();
  EXPECT_EQ(value("KZ", series::kVisible48), 256);
  EXPECT_EQ(value("KZ", series::kVisible24), 0);
}

}  // namespace
}  // namespace nightjar::view
