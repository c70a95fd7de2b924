// The probability of anomalies and incidents.
#include "detect/incident/confidence.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "detect/incident/calibration.h"
#include "detect/rule/parameters.h"

namespace nightjar::detect {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

// A cut of the given depth, a week into a series that wobbles by one per cent.
Anomaly cut(double depth, size_t bins, const char* signal = "routing.visible24") {
  Anomaly one{.key = {signal, Entity::country("ZZ")}};
  one.onset = Time(Seconds(1692579600));
  one.last_low = one.onset + static_cast<int64_t>(bins - 1) * minutes(5);
  one.end = one.last_low + minutes(5);
  one.baseline = 1000;
  one.floor = 1000 * (1 - depth);
  one.bins = bins;
  one.lost_hours = depth * static_cast<double>(bins) / 12;
  one.coverage_sum = static_cast<double>(bins);
  one.noise = 10;
  one.history = hours(7 * 24);
  return one;
}

TEST(Confidence, IsFittedToTheRuleAsItIs) {
  EXPECT_EQ(kCalibratedParameters, kParametersVersion) << "fit it anew: build/bench_judge calibrate";
}

TEST(Confidence, DeepAndLongIsSurerThanShallowAndShort) {
  const auto sure = anomalyProbability(cut(0.9, 48), kCalibratedRule);
  const auto unsure = anomalyProbability(cut(0.03, 1), kCalibratedRule);
  ASSERT_TRUE(sure && unsure);
  EXPECT_GT(*sure, 0.95);
  EXPECT_LT(*unsure, 0.7);
}

TEST(Confidence, PlanesThatAgreeAreSurerThanOne) {
  Anomaly routes = cut(0.3, 10), hosts = cut(0.3, 10, "probe.up24");
  routes.probability = hosts.probability = 0.6;
  const Anomaly* one[] = {&routes};
  const Anomaly* both[] = {&routes, &hosts};
  const auto alone = incidentProbability(one), together = incidentProbability(both);
  ASSERT_TRUE(alone && together);
  EXPECT_GT(*together, *alone);
}

TEST(Confidence, SaysNothingOfOtherRules) {
  EXPECT_EQ(anomalyProbability(cut(0.9, 48), "ioda"), std::nullopt);
  EXPECT_EQ(anomalyProbability(cut(0.9, 48), ""), std::nullopt);
}

TEST(Confidence, CannotTellFromThinHistoryOrCoverage) {
  EXPECT_TRUE(enoughToTell(cut(0.9, 48)));
  Anomaly young = cut(0.9, 48);
  young.history = hours(11);
  EXPECT_FALSE(enoughToTell(young));
  EXPECT_EQ(anomalyProbability(young, kCalibratedRule), std::nullopt);
  Anomaly thin = cut(0.9, 48);
  thin.coverage_sum = 0.5 * 48;
  EXPECT_FALSE(enoughToTell(thin));
  EXPECT_EQ(anomalyProbability(thin, kCalibratedRule), std::nullopt);
}

TEST(Confidence, FeaturesAreFiniteWhateverTheAnomaly) {
  Anomaly nothing{.key = {"x", Entity::country("ZZ")}};
  Anomaly vast = cut(1, 100000);
  vast.baseline = 1e15;
  vast.noise = 0;
  for (const Anomaly& one : {nothing, vast}) {
    for (const double feature : featuresOf(one)) {
      EXPECT_GE(feature, -10);
      EXPECT_LE(feature, 100);
    }
  }
}

TEST(Confidence, TheMapIsStraightBetweenItsKnots) {
  const CurveKnot curve[] = {{-1, -3}, {1, 1}};
  const double weight[] = {1};
  const auto odds = [&](double sum) {
    const double feature[] = {sum};
    return logOdds(probabilityOf(weight, curve, feature));
  };
  EXPECT_NEAR(odds(0), -1, 1e-9);
  EXPECT_NEAR(odds(-3), -5, 1e-9) << "below it falls as the sum does";
  EXPECT_NEAR(odds(5), 1, 1e-9) << "level above";
  const double sure[] = {100};
  EXPECT_EQ(probabilityOf(weight, {}, sure), 0.999) << "never quite sure";
}

TEST(Confidence, AnIncidentIsToldFromTheSurestOfEachPlane) {
  Anomaly routes = cut(0.3, 10), more_routes = cut(0.3, 10), hosts = cut(0.3, 10, "probe.up24");
  Anomaly unknown = cut(0.3, 10, "ioda.gtr");
  routes.probability = 0.9;
  more_routes.probability = 0.5;
  hosts.probability = 0.6;
  const Anomaly* all[] = {&more_routes, &routes, &hosts, &unknown};
  const IncidentFeatures features = featuresOf(all);
  EXPECT_EQ(features, (IncidentFeatures{1, logOdds(0.9), 1, logOdds(0.6), 0, 0}));
  const Anomaly* none[] = {&unknown};
  EXPECT_EQ(incidentProbability(none), std::nullopt);
  EXPECT_EQ(incidentProbability({}), std::nullopt);
}

TEST(Confidence, GrowsWithEachFallThatRecurs) {
  EXPECT_FALSE(anyOf({}));
  EXPECT_NEAR(anyOf(std::array{0.25}).value(), 0.25, 1e-9);
  EXPECT_NEAR(anyOf(std::array{0.25, 0.25, 0.25}).value(), 1 - 0.75 * 0.75 * 0.75, 1e-9);
  const std::vector<double> nights(39, 0.25);
  EXPECT_NEAR(anyOf(nights).value(), 0.999, 1e-9) << "and no surer";
}

}  // namespace
}  // namespace nightjar::detect
