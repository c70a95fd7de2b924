// What holds for every rule: it is causal, does not care in which pieces the bins come, and starts anew.
#include "detect/rule/rule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <sstream>

#include "detect/rule/recorder.h"

namespace nightjar::detect {
namespace {

// Rules of the field need weeks of history: with bins of an hour 3,000 of them are 17 weeks.
const BinWidth kWidth = BinWidth::of(std::chrono::hours(1)).value();

struct Input {
  std::vector<series::Point> points;
  std::vector<double> moved;
};

// Levels, steps, falls, holes, thin coverage, noise and nonsense in any order.
Input anySeries(unsigned seed, size_t bins) {
  std::mt19937 random(seed);
  const auto upTo = [&](unsigned n) { return static_cast<double>(random() % n); };
  Input input;
  double level = 10 + upTo(3000);
  while (input.points.size() < bins) {
    const auto n = static_cast<size_t>(1 + upTo(random() % 3 == 0 ? 300 : 20));
    const unsigned what = random() % 8;
    const double value = what < 2    ? level
                         : what == 2 ? level * upTo(100) / 100
                         : what == 3 ? 0
                                     : level + upTo(9);
    if (what == 4) level = 10 + upTo(3000);
    const double moved = random() % 4 == 0 ? upTo(200) : 0;
    for (size_t i = 0; i < n && input.points.size() < bins; ++i) {
      series::Point point{value + (random() % 2 == 0 ? upTo(4) : 0), 1};
      if (what == 5) point = {};
      if (what == 6) point.coverage = 0.3F;
      if (what == 7 && i % 5 == 0) point.value = std::numeric_limits<double>::quiet_NaN();
      input.points.push_back(point);
      input.moved.push_back(moved);
    }
  }
  return input;
}

std::string describe(const Recorder& recorder) {
  std::ostringstream out;
  for (const Anomaly& one : recorder.anomalies()) {
    out << formatTime(one.onset) << " " << formatTime(one.onset_earliest) << " "
        << (one.end ? formatTime(*one.end) : "open") << " " << one.baseline << " " << one.floor << " "
        << one.lost_hours << " " << one.bins << " " << one.untold_bins << " " << one.plateaus.size() << "\n";
  }
  for (const UntoldSpan& one : recorder.untold()) {
    out << untoldName(one.reason) << " " << formatTime(one.from) << " " << formatTime(one.until) << "\n";
  }
  return out.str();
}

// The outcome when the bins come in pieces of random size; of 1, if `bin_by_bin`.
std::string outcome(Rule& rule, const Input& input, bool bin_by_bin, std::vector<Verdict>* all) {
  std::mt19937 random(3);
  Recorder recorder(Parameters{});
  const series::SeriesKey key{"routing.visible24", Entity::country("EG")};
  recorder.begin(key, kWidth, Bin{1000});
  rule.begin(key.signal, kWidth);
  all->assign(input.points.size(), {});
  for (size_t at = 0; at < input.points.size();) {
    const size_t n = std::min<size_t>(bin_by_bin ? 1 : 1 + random() % 700, input.points.size() - at);
    const std::span<Verdict> verdicts(all->data() + at, n);
    const std::span<const series::Point> points(input.points.data() + at, n);
    rule.judge(points, {input.moved.data() + at, n}, verdicts);
    recorder.add(verdicts, points);
    at += n;
  }
  return describe(recorder);
}

class AnyRule : public testing::TestWithParam<std::string_view> {
 protected:
  std::unique_ptr<Rule> rule_ = makeRule(GetParam()).value();
};

bool same(const Verdict& a, const Verdict& b) {
  const auto equal = [](double x, double y) { return x == y || (std::isnan(x) && std::isnan(y)); };
  return a.state == b.state && equal(a.value, b.value) && equal(a.baseline, b.baseline) &&
         equal(a.noise, b.noise);
}

TEST_P(AnyRule, SaysTheSameInWhateverPieces) {
  size_t anomalies = 0;
  for (unsigned seed = 1; seed <= 40; ++seed) {
    const Input input = anySeries(seed, 3000);
    std::vector<Verdict> by_bin;
    std::vector<Verdict> by_pieces;
    const std::string one = outcome(*rule_, input, true, &by_bin);
    const std::string other = outcome(*rule_, input, false, &by_pieces);
    ASSERT_EQ(one, other) << seed;
    for (size_t i = 0; i < by_bin.size(); ++i) ASSERT_TRUE(same(by_bin[i], by_pieces[i])) << seed << " " << i;
    anomalies += static_cast<size_t>(std::count(one.begin(), one.end(), '\n'));
  }
  EXPECT_GT(anomalies, 200U) << "the series should give the rule something to say";
}

// What comes later changes nothing of what was said before.
TEST_P(AnyRule, LooksBackOnly) {
  for (unsigned seed = 1; seed <= 40; ++seed) {
    const Input whole = anySeries(seed, 2000);
    const size_t cut = 100 + seed * 37;
    Input other = anySeries(seed + 1000, 2000);
    std::copy(whole.points.begin(), whole.points.begin() + static_cast<std::ptrdiff_t>(cut),
              other.points.begin());
    std::copy(whole.moved.begin(), whole.moved.begin() + static_cast<std::ptrdiff_t>(cut),
              other.moved.begin());
    std::vector<Verdict> one;
    std::vector<Verdict> two;
    outcome(*rule_, whole, false, &one);
    outcome(*rule_, other, false, &two);
    for (size_t i = 0; i < cut; ++i) ASSERT_TRUE(same(one[i], two[i])) << seed << " " << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Rules, AnyRule, testing::ValuesIn(ruleNames().begin(), ruleNames().end()),
                         [](const auto& rule) { return std::string(rule.param); });

TEST(MakeRule, RefusesWhatItDoesNotKnow) {
  const auto rule = makeRule("guess");
  ASSERT_FALSE(rule);
  EXPECT_EQ(rule.error().kind, ErrorKind::kUsage);
  EXPECT_NE(rule.error().message.find("nightjar, ioda, chocolatine, richter, sigma"), std::string::npos);
}

// A series that never changed is judged by a shortcut. One bin that lay off by one, long ago, closes the
// shortcut for weeks and changes nothing else.
TEST(NightjarRule, TakesAShortcutThatChangesNothing) {
  std::vector<series::Point> still;
  const auto add = [&](double value, size_t bins, float coverage = 1) {
    still.insert(still.end(), bins, {value, coverage});
  };
  add(300, 700);
  add(300, 50, 0.2F);  // a hole
  add(300, 200);
  add(10, 400);  // a fall
  add(300, 500);
  add(300, 2100, 0);  // a hole that makes it forget
  add(200, 600);      // a new level
  add(190, 600);      // and one that is within what is ordinary
  add(40, 100);
  std::vector<series::Point> stirred = still;
  stirred[100].value += 1;
  std::vector<Verdict> one(still.size());
  std::vector<Verdict> other(still.size());
  auto rule = makeRule("nightjar").value();
  rule->begin("routing.visible24", BinWidth());
  rule->judge(still, {}, one);
  rule->begin("routing.visible24", BinWidth());
  rule->judge(stirred, {}, other);
  for (size_t i = 101; i < one.size(); ++i) {
    other[i].noise = one[i].noise;  // it has not forgotten the one bin
    ASSERT_TRUE(same(one[i], other[i])) << i;
  }
  EXPECT_EQ(one.back().state, State::kCritical);
  EXPECT_EQ(one[600].state, State::kOrdinary);
}

// A rhythm of the day that is deeper than a fall has to be: told as a fall until it is known, then no more.
TEST(NightjarRule, LearnsARhythmThatIsNoFall) {
  auto rule = makeRule("nightjar").value();
  const auto hourly = BinWidth::of(std::chrono::hours(1)).value();
  rule->begin("routing.visible24", hourly);
  std::vector<series::Point> points;
  for (int hour = 0; hour < 24 * 40; ++hour) {
    const double rhythm = 40 * std::sin(2 * 3.14159265 * hour / 24);
    points.push_back({std::round(1000 + rhythm), 1});
  }
  points.back().value -= 30;         // with the rhythm known, 3 % below what this hour usually has: no fall
  points.push_back({1000 - 90, 1});  // and 9 and 10 % below: a fall
  points.push_back({1010 - 100, 1});
  std::vector<Verdict> verdicts(points.size());
  rule->judge(points, {}, verdicts);
  for (size_t i = size_t{24} * 8; i + 3 < verdicts.size(); ++i)
    ASSERT_EQ(verdicts[i].state, State::kOrdinary) << i;
  EXPECT_NEAR(verdicts[24 * 35 + 6].baseline, 1040, 2);
  EXPECT_NEAR(verdicts[24 * 35 + 18].baseline, 960, 2);
  EXPECT_EQ(verdicts.back().state, State::kLow);
}

// A series that grew in its first day: the week's level lags behind, and that is no rhythm of the day which
// the next days would have to show.
TEST(NightjarRule, TakesGrowthForNoRhythm) {
  std::vector<series::Point> points(2 * 144, {118, 1});
  points.resize(points.size() + 5 * 288, {121, 1});
  points[150].value = points[1500].value = 120;  // it moves: no shortcut
  auto rule = makeRule("nightjar").value();
  rule->begin("probe.up24", BinWidth());
  std::vector<Verdict> verdicts(points.size());
  rule->judge(points, {}, verdicts);
  for (const Verdict& verdict : verdicts) ASSERT_LE(verdict.baseline, 121) << &verdict - verdicts.data();
}

// How many anomalies open in 60 days of a place that loses up to 60 of its 100 every night from `first` on:
// slowly, and so in the morning, or at a stroke.
size_t nightsTold(size_t first, bool slowly) {
  std::mt19937 random(5);
  std::vector<series::Point> points;
  for (size_t i = 0; i < size_t{60} * 288; ++i) {
    const double since = static_cast<double>(i % 288) - 150;
    double lost = i / 288 < first || since < 0 || since >= 100 ? 0 : 60;
    if (slowly && lost > 0) lost = 10 + std::min({2 * since, 50.0, 2 * (99 - since)});
    points.push_back({100 - lost + static_cast<double>(random() % 3), 1});
  }
  auto rule = makeRule("nightjar").value();
  rule->begin("probe.up24", BinWidth());
  Recorder recorder(Parameters{});
  recorder.begin({"probe.up24", Entity::country("EG")}, BinWidth(), Bin{0});
  std::vector<Verdict> verdicts(points.size());
  rule->judge(points, {}, verdicts);
  recorder.add(verdicts, points);
  return recorder.anomalies().size();
}

TEST(NightjarRule, LearnsANightThatComesSlowlyAndWasNeverOtherwise) {
  EXPECT_GE(nightsTold(0, true), 1U);
  EXPECT_LE(nightsTold(0, true), Parameters{}.nights_needed + 2);
}

TEST(NightjarRule, LearnsNoNightThatWasOrdinaryBefore) {
  EXPECT_EQ(nightsTold(2, true), 58U);
}

TEST(NightjarRule, LearnsNoNightThatComesAtAStroke) {
  EXPECT_EQ(nightsTold(0, false), 60U);
}

// How many anomalies a place has, in so many days from `begin` o'clock on, whose share `deep` goes within
// `hours` every evening, and comes back till four.
size_t eveningsTold(std::string_view signal, size_t days, double begin, double deep, double hours,
                    double noise) {
  std::mt19937 random(5);
  std::normal_distribution<double> jitter(0, noise);
  std::vector<series::Point> points;
  for (size_t i = 0; i < days * 288; ++i) {
    const double since = std::fmod(begin + static_cast<double>(i) / 12 + 24 - 18, 24);
    const double lost = since > 10 ? 0 : std::min({1.0, since / hours, (10 - since) / hours});
    const double left = std::pow(1 - deep, lost);
    points.push_back({std::max(0.0, std::round(1000 * left * (1 + jitter(random)))), 1});
  }
  auto rule = makeRule("nightjar").value();
  rule->begin(signal, BinWidth());
  Recorder recorder(Parameters{});
  recorder.begin({std::string(signal), Entity::country("EG")}, BinWidth(), Bin{0});
  std::vector<Verdict> verdicts(points.size());
  rule->judge(points, {}, verdicts);
  recorder.add(verdicts, points);
  return recorder.anomalies().size();
}

// The nights that are learnt say what the next are held to, not that these hours are known.
TEST(NightjarRule, LearnsANightOfAnyDepth) {
  for (const double deep : {0.4, 0.7, 0.95}) {
    for (const double hours : {2.0, 3.0}) {
      const size_t told = eveningsTold("probe.up24", 16, 10, deep, hours, 0.005);
      EXPECT_GE(told, 1U) << deep << " in " << hours;
      EXPECT_LE(told, Parameters{}.nights_needed + 2) << deep << " in " << hours;
    }
  }
}

// Whether the fall of an hour is told that comes on the evening of the tenth day, in noise, if `before` of it
// came so many hours earlier.
bool fallTold(double deep, double before, size_t hours_earlier) {
  std::mt19937 random(7);
  std::normal_distribution<double> jitter(0, 0.08);
  constexpr size_t kAt = 9 * 288 + 240;
  std::vector<series::Point> points;
  for (size_t i = 0; i < kAt + 40; ++i) {
    const bool now = i >= kAt && i < kAt + 12;
    const bool then = i + hours_earlier * 12 >= kAt && i + hours_earlier * 12 < kAt + 12;
    const double left = 1 - (now ? deep : then ? before : 0);
    points.push_back({std::max(0.0, 1000 * left * (1 + jitter(random))), 1});
  }
  auto rule = makeRule("nightjar").value();
  rule->begin("ioda.gtr", BinWidth());
  std::vector<Verdict> verdicts(points.size());
  rule->judge(points, {}, verdicts);
  return std::any_of(verdicts.begin() + kAt, verdicts.begin() + kAt + 20, [](const Verdict& one) {
    return one.state == State::kLow || one.state == State::kCritical;
  });
}

TEST(NightjarRule, BelievesSoonerWhatComesAgainAtTheSameTimeOfDay) {
  EXPECT_TRUE(fallTold(0.16, 0.2, 24));
  EXPECT_TRUE(fallTold(0.16, 0.2, 48));
  EXPECT_FALSE(fallTold(0.16, 0.2, 30)) << "at another time";
  EXPECT_FALSE(fallTold(0.16, 0.4, 24)) << "of another depth";
}

// Next to nothing is left by night, but not at a stroke.
TEST(NightjarRule, HoldsNoNightForSilence) {
  for (const double hours : {2.5, 4.0}) {
    for (const double left : {0.02, 0.05, 0.08}) {
      EXPECT_EQ(eveningsTold("google.traffic", 3, 8, 1 - left, hours, 0.05), 0U) << left << " in " << hours;
    }
  }
}

// A level that grew by a tenth from day to day asks for more; a fall by four tenths is far beyond all that.
TEST(NightjarRule, FindsADeepFallAfterALevelThatWandered) {
  std::vector<series::Point> points;
  for (const double level : {300.0, 330.0, 361.0, 361.0}) points.resize(points.size() + 288, {level, 1});
  points[700].value = 360;
  for (const double value : {340.0, 290.0, 250.0}) points.push_back({value, 1});
  points.resize(points.size() + 70, {221, 1});
  auto rule = makeRule("nightjar").value();
  rule->begin("probe.up24", BinWidth());
  std::vector<Verdict> verdicts(points.size());
  rule->judge(points, {}, verdicts);
  EXPECT_EQ(verdicts[4 * 288 + 20].state, State::kLow);
}

// A quiet series that goes in four steps within minutes, as a provider's routes do: from the first step on,
// whatever the last one leaves.
TEST(NightjarRule, OpensAtTheFirstStepOfAStaircase) {
  for (const double last : {0.0, 40.0}) {
    std::vector<series::Point> points(2700, {3200, 1});
    for (const double value : {2472.0, 1404.0, 348.0}) points.push_back({value, 1});
    points.resize(points.size() + 300, {last, 1});
    const auto minute = BinWidth::of(std::chrono::minutes(1)).value();
    auto rule = makeRule("nightjar").value();
    rule->begin("routing.visible24", minute);
    Recorder recorder(Parameters{});
    recorder.begin({"routing.visible24", Entity::country("EG")}, minute, Bin{0});
    std::vector<Verdict> verdicts(points.size());
    rule->judge(points, {}, verdicts);
    recorder.add(verdicts, points);
    ASSERT_EQ(recorder.anomalies().size(), 1U);
    EXPECT_EQ(recorder.anomalies()[0].onset, Bin{2700}.start(minute));
    EXPECT_EQ(verdicts[2700 + 15].state, State::kCritical) << "told within a quarter of an hour";
  }
}

}  // namespace
}  // namespace nightjar::detect
