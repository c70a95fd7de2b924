// The rules of the field against their published numbers.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>

#include "detect/rule/arma.h"
#include "detect/rule/rule.h"
#include "detect/rule/sliding_least.h"

namespace nightjar::detect {
namespace {

const BinWidth kHour = BinWidth::of(std::chrono::hours(1)).value();
constexpr size_t kDay = 24;
constexpr size_t kWeek = 7 * kDay;

std::vector<Verdict> judged(std::string_view name, std::string_view signal, BinWidth width,
                            const std::vector<series::Point>& points, double scale = 1) {
  Parameters parameters;
  parameters.threshold_scale = scale;
  auto rule = makeRule(name, parameters).value();
  rule->begin(signal, width);
  std::vector<Verdict> verdicts(points.size());
  rule->judge(points, {}, verdicts);
  return verdicts;
}

size_t count(const std::vector<Verdict>& verdicts, State state) {
  return static_cast<size_t>(std::count_if(verdicts.begin(), verdicts.end(),
                                           [&](const Verdict& one) { return one.state == state; }));
}

State ioda(std::string_view signal, double value, size_t bins) {
  std::vector<series::Point> points(bins, {100, 1});
  points.push_back({value, 1});
  return judged("ioda", signal, BinWidth(), points).back().state;
}

TEST(IodaRule, HasThePublishedMarks) {
  struct Row {
    std::string_view signal;
    double ordinary, warning, critical;
  };
  for (const Row& row :
       {Row{"routing.visible24", 99, 98, 49}, Row{"ioda.bgp", 99, 98, 49}, Row{"probe.up24", 80, 79, 49},
        Row{"ioda.ping-slash24", 80, 79, 49}, Row{"ioda.merit-nt", 25, 24, 9}}) {
    EXPECT_EQ(ioda(row.signal, row.ordinary, 300), State::kOrdinary) << row.signal;
    EXPECT_EQ(ioda(row.signal, row.warning, 300), State::kLow) << row.signal;
    EXPECT_EQ(ioda(row.signal, row.critical, 300), State::kCritical) << row.signal;
  }
  EXPECT_EQ(ioda("routing.visible24", 0, 11), State::kNoHistory);
  EXPECT_EQ(ioda("routing.visible24", 0, 12), State::kCritical);
}

// In-painting holds the median for a week; then what was painted over is the history.
TEST(IodaRule, ForgetsAnOutageAfterAWeek) {
  for (const std::string_view signal : {"routing.visible24", "probe.up24"}) {
    std::vector<series::Point> points(3000, {100, 1});
    points.resize(6000, {10, 1});
    EXPECT_EQ(count(judged("ioda", signal, BinWidth(), points), State::kCritical), 2016U) << signal;
  }
}

TEST(IodaRule, PaintsOverADipAndNotOverASmallLoss) {
  std::vector<series::Point> points(300, {100, 1});
  points.resize(600, {85, 1});  // a warning that is not extreme: ordinary once half a day of it is known
  const auto verdicts = judged("ioda", "routing.visible24", BinWidth(), points);
  EXPECT_EQ(verdicts[300].state, State::kLow);
  EXPECT_EQ(verdicts.back().state, State::kOrdinary);
}

TEST(IodaRule, SaysNothingWhereUnderTwentyAreOrdinary) {
  std::vector<series::Point> points(300, {19, 1});
  points.push_back({0, 1});
  EXPECT_EQ(judged("ioda", "routing.visible24", BinWidth(), points).back().state, State::kNoHistory);
  EXPECT_EQ(judged("ioda", "monash.connectivity", BinWidth(), points).back().state, State::kCritical);
}

TEST(IodaRule, JudgesTrafficByChocolatine) {
  const std::vector<series::Point> points(3 * kWeek, {100, 1});
  EXPECT_EQ(judged("ioda", "ioda.gtr", kHour, points).back().state, State::kNoHistory)
      << "four weeks are needed";
}

TEST(RichterRule, HasThePublishedAlphaAndWindow) {
  const auto after = [](double value) {
    std::vector<series::Point> points(kWeek, {100, 1});
    points.push_back({value, 1});
    return judged("richter", "probe.up24", kHour, points);
  };
  EXPECT_EQ(after(50)[kWeek - 1].state, State::kNoHistory);
  EXPECT_EQ(after(50).back().state, State::kOrdinary);
  EXPECT_EQ(after(49).back().state, State::kLow);
  EXPECT_EQ(after(49).back().baseline, 100);
}

TEST(RichterRule, KeepsItsBaselineUntilAWeekIsBackAtBeta) {
  std::vector<series::Point> points(2 * kWeek, {100, 1});
  points.resize(points.size() + kDay, {0, 1});
  points.resize(points.size() + kWeek, {80, 1});  // beta of the old baseline, for a week
  points.push_back({45, 1});                      // under half of 100, over half of 80
  const auto verdicts = judged("richter", "probe.up24", kHour, points);
  EXPECT_EQ(count(verdicts, State::kLow), kDay);
  EXPECT_EQ(verdicts[2 * kWeek + kDay + 10].baseline, 100);
  EXPECT_EQ(verdicts.back().baseline, 80);
}

TEST(RichterRule, LeavesOutWhatLastsOverTwoWeeksAndWhatIsUnderForty) {
  std::vector<series::Point> points(2 * kWeek, {100, 1});
  points.resize(points.size() + 4 * kWeek, {10, 1});
  EXPECT_EQ(count(judged("richter", "probe.up24", kHour, points), State::kLow), 2 * kWeek + 1);
  std::vector<series::Point> small(2 * kWeek, {39, 1});
  small.push_back({0, 1});
  EXPECT_EQ(judged("richter", "probe.up24", kHour, small).back().state, State::kNoHistory);
}

TEST(SlidingLeast, AgreesWithLookingAtAll) {
  std::mt19937 random(7);
  SlidingLeast least;
  least.reset(20);
  std::vector<double> values;
  for (int i = 0; i < 500; ++i) {
    const double value = random() % 50;
    values.push_back(value);
    least.push(value);
    const auto from = values.end() - std::min<std::ptrdiff_t>(20, std::ssize(values));
    ASSERT_EQ(least.least(), *std::min_element(from, values.end())) << i;
  }
}

TEST(SigmaRule, OpensUnderThreeDeviationsOfTheWeek) {
  std::vector<series::Point> points;
  for (size_t i = 0; i < kWeek; ++i) points.push_back({i % 2 == 0 ? 1010.0 : 990.0, 1});
  points.push_back({971, 1});
  points.push_back({969, 1});
  const auto verdicts = judged("sigma", "probe.up24", kHour, points);
  EXPECT_EQ(verdicts[kDay - 1].state, State::kNoHistory);
  EXPECT_NEAR(verdicts[kWeek].noise, 10, 1e-9);
  EXPECT_EQ(verdicts[kWeek].state, State::kOrdinary);
  EXPECT_EQ(verdicts[kWeek + 1].state, State::kLow);
}

TEST(Arma, FindsTheSharesThatMadeASeries) {
  std::mt19937 random(11);
  std::normal_distribution<double> noise;
  std::vector<double> values;
  double value = 0;
  double before = 0;
  for (int i = 0; i < 20000; ++i) {
    const double surprise = noise(random);
    value = 0.7 * value + surprise + 0.4 * before;
    before = surprise;
    values.push_back(value + 5);
  }
  const auto model = fitArma(values, 1, 1);
  ASSERT_TRUE(model);
  EXPECT_NEAR(model->mean, 5, 0.2);
  EXPECT_NEAR(model->ar[0], 0.7, 0.03);
  EXPECT_NEAR(model->ma[0], 0.4, 0.03);
  EXPECT_FALSE(fitArma(std::span(values).first(100), 1, 1)) << "too few values";
}

TEST(Arma, ForecastsReturnToTheMean) {
  ArmaState state;
  state.begin({.mean = 10, .ar = {0.5}, .ma = {}});
  state.push(18);
  std::array<double, 3> forecast{};
  state.forecast(forecast);
  EXPECT_NEAR(forecast[0], 14, 1e-9);
  EXPECT_NEAR(forecast[1], 12, 1e-9);
  EXPECT_NEAR(forecast[2], 11, 1e-9);
}

// A day and a week with their rhythm, and noise.
std::vector<series::Point> rhythm(size_t hours) {
  std::mt19937 random(5);
  std::normal_distribution<double> noise(0, 10);
  std::vector<series::Point> points;
  for (size_t i = 0; i < hours; ++i) {
    const double day = std::sin(2 * std::numbers::pi * static_cast<double>(i % kDay) / kDay);
    const double week = i % kWeek >= 5 * kDay ? -100 : 0;
    points.push_back({1000 + 300 * day + week + noise(random), 1});
  }
  return points;
}

TEST(ChocolatineRule, NeedsFourWeeksAndFollowsTheRhythm) {
  auto points = rhythm(8 * kWeek);
  for (size_t i = 7 * kWeek; i < 7 * kWeek + 5; ++i) points[i].value *= 0.7;
  const auto verdicts = judged("chocolatine", "probe.up24", kHour, points);
  EXPECT_EQ(verdicts[4 * kWeek - 1].state, State::kNoHistory);
  EXPECT_NE(verdicts[4 * kWeek].state, State::kNoHistory);
  for (size_t i = 7 * kWeek; i < 7 * kWeek + 5; ++i) EXPECT_EQ(verdicts[i].state, State::kLow) << i;
  EXPECT_LT(count(verdicts, State::kLow), 5 + 4 * kWeek / 20);
  EXPECT_NEAR(verdicts[6 * kWeek + 6].baseline, 1300, 60);
}

TEST(ChocolatineRule, WaitsWhereTooMuchIsMissing) {
  auto points = rhythm(6 * kWeek);
  for (size_t i = 0; i < 2 * kWeek; ++i) points[i].coverage = 0;
  const auto verdicts = judged("chocolatine", "probe.up24", kHour, points);
  EXPECT_EQ(verdicts[0].state, State::kNoCoverage);
  EXPECT_EQ(verdicts[4 * kWeek + 1].state, State::kNoHistory) << "half of the first four weeks is missing";
  EXPECT_EQ(verdicts[5 * kWeek].state, State::kOrdinary);
}

// What lies outside the interval enters the history as the forecast: an outage does not become the rhythm.
TEST(ChocolatineRule, PaintsOutliersOver) {
  auto points = rhythm(8 * kWeek);
  for (size_t i = 5 * kWeek; i < 6 * kWeek; ++i) points[i].value = 0;
  const auto verdicts = judged("chocolatine", "probe.up24", kHour, points);
  EXPECT_EQ(verdicts[6 * kWeek - 1].state, State::kLow);
  EXPECT_GT(verdicts[7 * kWeek - 1].baseline, 500);
}

TEST(FieldRules, ScaleTheirThresholds) {
  auto points = rhythm(6 * kWeek);
  for (const std::string_view rule : {"ioda", "chocolatine", "sigma"}) {
    const auto low = [&](double scale) {
      const auto verdicts = judged(rule, "ioda.bgp", kHour, points, scale);
      return count(verdicts, State::kLow) + count(verdicts, State::kCritical);
    };
    EXPECT_GT(low(0.5), low(1)) << rule;
  }
}

}  // namespace
}  // namespace nightjar::detect
