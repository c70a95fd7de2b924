// How sure it is that an anomaly, or an incident, is an outage and no whim of the series.
//
// A logistic regression, fitted by `make calibrate` (bench/judge) on anomalies of known truth: injected
// outages and false alarms of the generated corpus, opened at lower thresholds too so that there are false
// ones to learn from. calibration.h holds the numbers, docs/judgement.md the Brier score and the reliability
// on held-out series. Pure functions: any thread may call them.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>

#include "detect/anomaly.h"

namespace nightjar::detect {

inline constexpr size_t kAnomalyFeatures = 8;
using AnomalyFeatures = std::array<double, kAnomalyFeatures>;

// What the probability is made from, each a number of about -3 to 3; kAnomalyFeatureNames names them.
AnomalyFeatures featuresOf(const Anomaly& anomaly);
std::span<const std::string_view> anomalyFeatureNames();

// The probability that this anomaly, as far as it has come, is an outage. Empty, which means "cannot tell",
// when `rule` is not the calibrated one, when nothing is calibrated for this version of the parameters, when
// less history stands behind the baseline than the calibration has seen, and when coverage was thin.
std::optional<double> anomalyProbability(const Anomaly& anomaly, std::string_view rule);

// The same for an incident, from its own anomalies (of the place itself, not of its children), which must
// have their `probability` already. Signals of different planes that agree raise it. Empty when none of them
// has one.
std::optional<double> incidentProbability(std::span<const Anomaly* const> anomalies);

}  // namespace nightjar::detect
