// Fitting gives back what made the data, and what is said is compared with what was.
#include "calibrate.h"

#include <gtest/gtest.h>

#include <cmath>

#include "causes.h"
#include "random.h"

namespace nightjar::bench {
namespace {

std::vector<Example> drawn(std::span<const double> weights, size_t count) {
  Random random(1);
  std::vector<Example> examples;
  for (size_t i = 0; i < count; ++i) {
    Example one{{1, random.uniform(-2, 2), random.uniform(-2, 2)}, false, i};
    one.truth = random.chance(detect::probabilityOf(weights, {}, one.features));
    examples.push_back(one);
  }
  return examples;
}

TEST(Calibrate, FindsTheWeightsThatMadeTheData) {
  const std::vector<double> truth = {-0.5, 1.5, 0};
  const std::vector<double> fitted = fitLogistic(drawn(truth, 20000));
  ASSERT_EQ(fitted.size(), 3U);
  for (size_t i = 0; i < 3; ++i) EXPECT_NEAR(fitted[i], truth[i], 0.1) << i;
}

TEST(Calibrate, TheMapNeverFallsAndSaysWhatWas) {
  // The truth is surer than the sums say: three times the log-odds.
  Random random(2);
  std::vector<Example> examples;
  std::vector<double> sums;
  for (size_t i = 0; i < 20000; ++i) {
    sums.push_back(random.uniform(-2, 2));
    examples.push_back({{1}, random.chance(1 / (1 + std::exp(-3 * sums.back()))), i});
  }
  const auto curve = fitCurve(sums, examples);
  ASSERT_GE(curve.size(), 5U);
  ASSERT_LE(curve.size(), 20U);
  for (size_t i = 1; i < curve.size(); ++i) {
    EXPECT_GT(curve[i].sum, curve[i - 1].sum);
    EXPECT_GE(curve[i].log_odds, curve[i - 1].log_odds);
  }
  const std::vector<double> as_it_is = {1};
  for (const double sum : {-1.0, 0.0, 1.0}) {
    const double said = detect::probabilityOf(as_it_is, curve, std::vector<double>{sum});
    EXPECT_NEAR(said, 1 / (1 + std::exp(-3 * sum)), 0.05) << sum;
  }
}

TEST(Calibrate, ReliabilityCountsWhatWasSaid) {
  const std::vector<Example> examples = {{{}, true, 0}, {{}, false, 1}, {{}, true, 2}, {{}, true, 3}};
  const std::vector<double> said = {0.95, 0.05, 0.93, 0.45};
  const Reliability reliability = reliabilityOf(said, examples);
  EXPECT_EQ(reliability.examples, 4U);
  EXPECT_EQ(reliability.steps[9].examples, 2U);
  EXPECT_NEAR(reliability.steps[9].said, 0.94, 1e-9);
  EXPECT_EQ(reliability.steps[9].was, 1);
  EXPECT_EQ(reliability.steps[0].was, 0);
  EXPECT_NEAR(reliability.brier, (0.0025 + 0.0025 + 0.0049 + 0.3025) / 4, 1e-9);
  EXPECT_NEAR(reliability.brier_base, 0.75 * 0.25, 1e-9);
}

TEST(Causes, TheCuratedOutagesAreCounted) {
  const auto outages = readLabelledOutages(NIGHTJAR_SHARED_DATA "/series");
  if (outages.empty()) GTEST_SKIP() << "the curated outages are not here";
  EXPECT_GT(outages.size(), 200U);
  const detect::CauseModel model = countCauses(outages, 1);
  double all = 0;
  for (const double count : model.outages) all += count;
  EXPECT_EQ(all, static_cast<double>(outages.size()));
  EXPECT_NEAR(model.outages[static_cast<size_t>(detect::Cause::kExam)], 64, 3);
  EXPECT_NEAR(model.outages[static_cast<size_t>(detect::Cause::kOrdered)], 102, 5);
}

}  // namespace
}  // namespace nightjar::bench
