// What counts as found, and what as a false alarm.
#include "scoring.h"

#include <gtest/gtest.h>

#include "curve.h"

namespace nightjar::bench {
namespace {

using detect::Anomaly;
using std::chrono::minutes;

// Ten days of 5-minute bins with one outage of a quarter, from bin 1000 to 1100.
Sample quarter() {
  Sample sample{.series = {{"routing.visible24", Entity::country("ZZ")}, BinWidth(), {5000}, {}},
                .noise = 0.01};
  sample.series.points.assign(2880, {1000, 1});
  sample.events = {{1000, 1100, 0.25}};
  return sample;
}

Time at(size_t bin) {
  return Bin{5000 + static_cast<int64_t>(bin)}.start(BinWidth());
}

Anomaly anomaly(size_t from, std::optional<size_t> until) {
  Anomaly one{.key = {"routing.visible24", Entity::country("ZZ")}};
  one.onset = at(from);
  if (until) one.end = at(*until);
  one.baseline = 1000;
  one.floor = 700;
  return one;
}

TEST(Scoring, FoundWithItsErrors) {
  const SampleScore scored = score(quarter(), {.anomalies = {anomaly(1001, 1104)}, .alarms = {1002, 1003}});
  ASSERT_EQ(scored.events.size(), 1U);
  const EventScore& event = scored.events.front();
  EXPECT_TRUE(event.found);
  EXPECT_EQ(event.onset_error, minutes(5));
  EXPECT_EQ(event.end_error, minutes(20));
  EXPECT_NEAR(event.depth_error, 0.05, 1e-9);
  EXPECT_EQ(event.alarm_after, minutes(15)) << "to the end of the bin with the alarm";
  EXPECT_NEAR(event.covered, 0.99, 1e-9);
  EXPECT_TRUE(event.open_at_end);
  EXPECT_EQ(event.share_of_noise, 25);
  EXPECT_TRUE(scored.false_alarms.empty());
}

// Three bins in a row once lost a quarter by chance: as brief an outage of a fifth cannot be told, a longer
// can.
TEST(Scoring, TellableIsWhatTheNoiseNeverDid) {
  Sample sample = quarter();
  sample.expected.assign(2880, 1000);
  for (size_t i = 300; i < 303; ++i) sample.series.points[i].value = 750;
  for (const size_t bins : {3, 10}) {
    sample.events = {{1000, 1000 + bins, 0.2}};
    for (size_t i = 1000; i < 1000 + bins; ++i) sample.series.points[i].value = 800;
    EXPECT_EQ(score(sample, {}).events.front().tellable, bins > 3) << bins;
  }
}

struct Case {
  const char* name;
  std::vector<Anomaly> anomalies;
  bool found;
  size_t false_alarms;
};

TEST(Scoring, WhatIsFoundAndWhatIsFalse) {
  const Case cases[] = {
      {"nothing said", {}, false, 0},
      {"elsewhere", {anomaly(500, 600)}, false, 1},
      {"over before it begins", {anomaly(900, 1000)}, false, 1},
      {"begins when it is over", {anomaly(1100, 1200)}, false, 1},
      {"an hour early", {anomaly(988, 1050)}, true, 0},
      {"more than an hour early: neither", {anomaly(987, 1050)}, false, 0},
      {"late", {anomaly(1099, 1200)}, true, 0},
      {"one early, one in time", {anomaly(900, 1010), anomaly(1020, 1100)}, true, 0},
      {"one in time, one elsewhere", {anomaly(1000, 1100), anomaly(2000, 2010)}, true, 1},
  };
  for (const Case& one : cases) {
    const SampleScore scored = score(quarter(), {.anomalies = one.anomalies});
    EXPECT_EQ(scored.events.front().found, one.found) << one.name;
    EXPECT_EQ(scored.false_alarms.size(), one.false_alarms) << one.name;
  }
}

TEST(Scoring, AnOutageWhoseAnomalyEndsBeforeItIsAbsorbed) {
  Tally tally;
  tally.add(score(quarter(), {.anomalies = {anomaly(1000, 1090)}}));
  tally.add(score(quarter(), {.anomalies = {anomaly(1000, 1050), anomaly(1060, std::nullopt)}}));
  tally.add(score(quarter(), {.anomalies = {anomaly(100, 101)}}));
  const Summary summary = tally.summary();
  EXPECT_EQ(summary.events, 3U);
  EXPECT_EQ(summary.found, 2U);
  EXPECT_EQ(summary.absorbed, 1U);
  EXPECT_EQ(summary.false_alarms, 1U);
  EXPECT_NEAR(summary.alarmsPerWeek(), 1 / (3 * 10.0 / 7), 1e-9);
}

// Low where the value is under 900, from the second such bin on.
class HalfRule final : public detect::Rule {
 public:
  void begin(std::string_view, BinWidth) override { low_ = 0; }
  bool countsMoves() const override { return false; }
  void judge(std::span<const series::Point> points, std::span<const double>,
             std::span<detect::Verdict> verdicts) override {
    for (size_t i = 0; i < points.size(); ++i) {
      low_ = points[i].value < 900 ? low_ + 1 : 0;
      const auto state = low_ == 0   ? detect::State::kOrdinary
                         : low_ == 1 ? detect::State::kSuspect
                                     : detect::State::kLow;
      verdicts[i] = {state, points[i].value, 1000};
    }
  }

 private:
  int low_ = 0;
};

TEST(Scoring, ListensToARuleAsALiveStreamWould) {
  Sample sample = quarter();
  for (size_t bin = 1000; bin < 1100; ++bin) sample.series.points[bin].value = 750;
  HalfRule rule;
  const Sayings sayings = listen(rule, {}, sample.series);
  ASSERT_EQ(sayings.anomalies.size(), 1U);
  EXPECT_EQ(sayings.anomalies.front().onset, at(1000));
  ASSERT_FALSE(sayings.alarms.empty());
  EXPECT_EQ(sayings.alarms.front(), 1001U) << "suspicion is no alarm";
  EXPECT_EQ(sayings.told, sample.series.points.size());
}

TEST(Curve, ReadsTheShareAtARate) {
  const std::vector<CurvePoint> curve = {{0.5, 10, 0.9}, {1, 1, 0.6}, {2, 0.01, 0.2}};
  EXPECT_DOUBLE_EQ(foundAt(curve, 1), 0.6);
  EXPECT_NEAR(foundAt(curve, 0.1), 0.4, 1e-9) << "half way, on a logarithmic scale";
  EXPECT_DOUBLE_EQ(foundAt(curve, 100), 0.9);
  EXPECT_DOUBLE_EQ(foundAt(curve, 0.001), 0) << "none has so few";
}

}  // namespace
}  // namespace nightjar::bench
