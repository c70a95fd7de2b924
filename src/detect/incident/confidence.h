// How sure it is that an anomaly, or an incident, is an outage and no whim of the series.
//
// A logistic regression, fitted by `build/bench_judge calibrate` on anomalies of known truth: injected
// outages and false alarms of the generated corpus, at lower thresholds too so that there are false ones to
// learn from. calibration.h holds the numbers, docs/judgement.md the Brier score and the reliability on
// series and noise that the fit has not seen, and what "probability" means where outages are rarer than
// there. Pure functions: any thread may call them.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>

#include "detect/rule/anomaly.h"

namespace nightjar::detect {

// The probability that this anomaly, as far as it has come, is an outage. Empty, which means "cannot tell",
// when `rule` is not the calibrated one, when nothing is calibrated for this version of the parameters, when
// less history stands behind the baseline than the calibration has seen, and when coverage was thin.
std::optional<double> anomalyProbability(const Anomaly& anomaly, std::string_view rule);

// The same for an incident, from its own anomalies (of the place itself, not of its children), which must
// have their `probability` already. Signals of different planes that agree raise it. Empty when none of them
// has one.
std::optional<double> incidentProbability(std::span<const Anomaly* const> anomalies);

// That at least one of several is an outage, as if whims came independently of each other, which nobody has
// measured: a whim of every weekend is believed too much. At most 0.999, as below. Empty of none.
std::optional<double> anyOf(std::span<const double> probabilities);

// --- What the numbers are fitted to -----------------------------------------------------------------------

// 1 first, then what an anomaly's probability is made from, each from about -3 to 3.
inline constexpr size_t kAnomalyFeatures = 13;
using AnomalyFeatures = std::array<double, kAnomalyFeatures>;
AnomalyFeatures featuresOf(const Anomaly& anomaly);

// 1 first, then: the log-odds of the surest anomaly; whether another plane has one, and its log-odds; and a
// third.
inline constexpr size_t kIncidentFeatures = 6;
using IncidentFeatures = std::array<double, kIncidentFeatures>;
// REQUIRES: one of them has a probability.
IncidentFeatures featuresOf(std::span<const Anomaly* const> anomalies);

// Whether enough history and coverage stand behind it.
bool enoughToTell(const Anomaly& anomaly);

// A point of the map from a sum of weighted features to the log-odds that such sums turned out to have.
struct CurveKnot {
  double sum = 0;
  double log_odds = 0;
};
// The probability of what has these features: their weighted sum through the map (straight between its knots,
// level above, falling as the sum does below: what is less likely than all examples is not as likely), or as
// it is where there is no map. Between 0.001 and 0.999: the corpus is too small to be surer.
double probabilityOf(std::span<const double> weights, std::span<const CurveKnot> curve,
                     std::span<const double> features);
double logOdds(double probability);

}  // namespace nightjar::detect
