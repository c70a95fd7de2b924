#include "probing/tally/entity_tally.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace nightjar::tally {
namespace {

using std::chrono::microseconds;

using Samples = std::map<std::string, series::Point>;  // by "signal entity"

Samples closed(EntityTally& tally, double uplink = 1) {
  Samples samples;
  tally.close(std::array{uplink}, [&](const series::SeriesKey& key, const series::Point& point) {
    EXPECT_TRUE(samples.emplace(key.signal + " " + key.entity.code(), point).second) << "told twice";
  });
  return samples;
}

TEST(EntityTally, BlocksCountForAllThatTheyBelongTo) {
  EntityTally tally;
  const GroupIndex almaty = tally.group({"KZ", "KZ-ALA"}, Asn{9198});
  const GroupIndex elsewhere = tally.group({"KZ", ""}, Asn{9198});
  const GroupIndex abroad = tally.group({"RU", ""}, Asn{9198});
  const GroupIndex nobody = tally.group({}, Asn{});
  EXPECT_EQ(tally.group({"KZ", "KZ-ALA"}, Asn{9198}), almaty);
  for (int i = 0; i < 3; ++i) tally.countBlock(Family::kIpv4, almaty, 1, true);
  tally.countBlock(Family::kIpv4, elsewhere, 1, false);
  tally.countBlock(Family::kIpv4, elsewhere, 0, false);
  tally.countBlock(Family::kIpv4, abroad, 1, true);
  tally.countBlock(Family::kIpv4, nobody, 1, true);
  tally.countBlock(Family::kIpv6, almaty, 1, true);
  const Samples samples = closed(tally, 0.5);
  EXPECT_EQ(samples.at("probe.up24 KZ"), (series::Point{3, 0.5F * 4 / 5}));
  EXPECT_EQ(samples.at("probe.up24 KZ-ALA"), (series::Point{3, 0.5F}));
  EXPECT_EQ(samples.at("probe.up24 AS9198@KZ"), (series::Point{3, 0.5F * 4 / 5}));
  EXPECT_EQ(samples.at("probe.up24 AS9198@RU"), (series::Point{1, 0.5F}));
  EXPECT_EQ(samples.at("probe.up24 AS9198").value, 4);
  EXPECT_EQ(samples.at("probe.up48 KZ-ALA").value, 1);
  EXPECT_EQ(samples.size(), 6U + 4U);
  EXPECT_TRUE(closed(tally).empty()) << "each bin is counted anew";
}

TEST(EntityTally, CoverageIsHowSurelyBlocksAreKnown) {
  EntityTally tally;
  const GroupIndex group = tally.group({"KZ", ""}, Asn{});
  tally.countBlock(Family::kIpv4, group, 0.6, true);
  tally.countBlock(Family::kIpv4, group, 0.4, false);
  tally.countBlock(Family::kIpv4, group, 0, true);
  EXPECT_EQ(closed(tally).at("probe.up24 KZ"), (series::Point{2, 1.0F / 3}));
}

// Loss, delay and sparse replies of two probers that watch so many blocks each; the second one is ten times
// as far away.
Samples leads(EntityTally& tally, std::array<int, 2> watched, std::array<double, 2> lines) {
  const GroupIndex group = tally.group({"KZ", ""}, Asn{});
  for (ProberIndex prober = 0; prober < 2; ++prober) {
    for (int i = 0; i < watched[prober]; ++i) tally.countWatched(prober, group);
    tally.countLoss(prober, group, 20, prober == 0 ? 5 : 10);
    tally.countSparse(prober, group, 20, prober == 0 ? 15 : 10);
    for (int i = 0; i < 10; ++i) tally.countRtt(prober, group, microseconds(prober == 0 ? 10'000 : 100'000));
  }
  Samples samples;
  tally.close(lines, [&](const series::SeriesKey& key, const series::Point& point) {
    samples.emplace(key.signal, point);
  });
  return samples;
}

TEST(EntityTally, LossAndDelayAreOfTheLeadAlone) {
  EntityTally tally;
  Samples samples = leads(tally, {100, 200}, {0.5, 1});
  ASSERT_EQ(samples.size(), 4U);
  EXPECT_EQ(samples.at("probe.loss"), (series::Point{0.25, 0.5F}));
  EXPECT_EQ(samples.at("probe.sparse"), (series::Point{0.75, 0.5F}));
  EXPECT_NEAR(samples.at("probe.rtt").value, 10, 0.2);
  EXPECT_LT(samples.at("probe.rtt-spread").value, 1);
  EXPECT_TRUE(leads(tally, {100, 200}, {0, 1}).empty()) << "it is away, and nobody takes its place";
}

TEST(EntityTally, TheLeadStaysUntilAnotherWatchesOverTwiceAsMuch) {
  EntityTally tally;
  EXPECT_EQ(leads(tally, {100, 201}, {1, 1}).at("probe.loss").value, 0.5);
  EXPECT_EQ(leads(tally, {402, 201}, {1, 1}).at("probe.loss").value, 0.5);
  EXPECT_EQ(leads(tally, {403, 201}, {1, 1}).at("probe.loss").value, 0.25);
}

TEST(EntityTally, WithoutTheUplinkThereIsNothing) {
  EntityTally tally;
  tally.countBlock(Family::kIpv4, tally.group({"KZ", ""}, Asn{}), 1, true);
  EXPECT_TRUE(closed(tally, 0).empty());
}

TEST(EntityTally, ASharePresupposesSomeProbes) {
  EntityTally tally;
  const GroupIndex group = tally.group({"KZ", ""}, Asn{});
  tally.countLoss(0, group, 9, 1);
  tally.countSparse(0, group, 9.5, 9);
  EXPECT_TRUE(closed(tally).empty());
  tally.countLoss(0, group, 9, 1);
  tally.countLoss(0, group, 11, 4);
  tally.countSparse(0, group, 20, 10);
  const Samples samples = closed(tally);
  EXPECT_DOUBLE_EQ(samples.at("probe.loss KZ").value, 0.25);
  EXPECT_DOUBLE_EQ(samples.at("probe.sparse KZ").value, 0.5);
}

// The few that a blackout leaves are elsewhere, and have other ways: what is told of them is not of the
// place.
TEST(EntityTally, LossAndDelayPresupposeThatHalfOfTheBlocksAreThere) {
  EntityTally tally;
  const GroupIndex group = tally.group({"KZ", ""}, Asn{});
  const auto close = [&](int up, int away) {
    for (int i = 0; i < up + away; ++i) tally.countAwaited(0, group, i < up);
    tally.countLoss(0, group, 20, 5);
    for (int i = 0; i < 10; ++i) tally.countRtt(0, group, microseconds(10'000));
    return closed(tally);
  };
  EXPECT_TRUE(close(49, 51).empty());
  EXPECT_EQ(close(50, 50).size(), 3U) << "loss, delay and its spread";
  EXPECT_EQ(close(0, 0).size(), 3U) << "all are sparse";
}

TEST(EntityTally, ALossIsAShare) {
  EntityTally tally;
  tally.countLoss(0, tally.group({"KZ", ""}, Asn{}), 10, 11);
  EXPECT_EQ(closed(tally).at("probe.loss KZ").value, 1);
}

TEST(EntityTally, TellsTheMedianAndTheSpreadOfRoundTrips) {
  EntityTally tally;
  const GroupIndex one = tally.group({"KZ", ""}, Asn{1});
  const GroupIndex two = tally.group({"KZ", ""}, Asn{2});
  for (int i = 1; i <= 1000; ++i) {
    tally.countRtt(0, one, microseconds(i * 10));             // 0.01 to 10 ms
    tally.countRtt(0, two, microseconds(100'000 + i * 100));  // 100.1 to 200 ms
  }
  const Samples samples = closed(tally);
  EXPECT_NEAR(samples.at("probe.rtt AS1").value, 5, 0.05);
  EXPECT_NEAR(samples.at("probe.rtt-spread AS1").value, 5, 0.1);
  EXPECT_NEAR(samples.at("probe.rtt AS2").value, 150, 1.5);
  EXPECT_NEAR(samples.at("probe.rtt-spread KZ").value, 145, 3);
}

TEST(EntityTally, ManyRoundTripsTakeLittleMemoryAndOrderDoesNotMatter) {
  EntityTally forwards, backwards;
  const GroupIndex one = forwards.group({"KZ", ""}, Asn{1});
  backwards.group({"KZ", ""}, Asn{1});
  constexpr int kMany = 3'000'000;
  for (int i = 0; i < kMany; ++i) {
    forwards.countRtt(0, one, microseconds(1000 + i % 7919));
    backwards.countRtt(0, one, microseconds(1000 + (kMany - 1 - i) % 7919));
  }
  const Samples samples = closed(forwards);
  EXPECT_FALSE(samples.empty());
  EXPECT_EQ(samples, closed(backwards));
}

TEST(Rtt, StepsHoldTheirTimes) {
  for (const int64_t micros : {1, 2, 49, 50, 1000, 55'555, 3'000'000, 120'000'000}) {
    const std::vector<RttStep> one{{rttStepOf(microseconds(micros)), 1}};
    EXPECT_NEAR(rttQuantile(one, 0.5) * 1000, static_cast<double>(micros),
                static_cast<double>(micros) * 0.012);
  }
  EXPECT_EQ(rttStepOf(microseconds(0)), rttStepOf(microseconds(1)));
  EXPECT_EQ(rttStepOf(microseconds(-5)), 0);
  EXPECT_EQ(rttStepOf(microseconds::max()), rttStepOf(std::chrono::seconds(120)));
}

}  // namespace
}  // namespace nightjar::tally
