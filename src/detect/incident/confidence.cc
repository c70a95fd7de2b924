#include "detect/incident/confidence.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <vector>

#include "detect/incident/calibration.h"
#include "detect/rule/parameters.h"
#include "series/signal_traits.h"

namespace nightjar::detect {
namespace {

// The corpus puts no outage into a series before it has half a day of history, and covers 0.6 of an
// instrument at least.
constexpr Seconds kLeastHistory = std::chrono::hours(12);
constexpr double kLeastCoverage = 0.6;
constexpr double kLeast = 0.001;

static_assert(std::size(kAnomalyWeights) == kAnomalyFeatures);
static_assert(std::size(kIncidentWeights) == kIncidentFeatures);

double alongCurve(std::span<const CurveKnot> curve, double sum) {
  if (curve.empty()) return sum;
  if (sum <= curve.front().sum) return curve.front().log_odds + sum - curve.front().sum;
  for (size_t i = 1; i < curve.size(); ++i) {
    if (sum > curve[i].sum) continue;
    const double share = (sum - curve[i - 1].sum) / (curve[i].sum - curve[i - 1].sum);
    return curve[i - 1].log_odds + share * (curve[i].log_odds - curve[i - 1].log_odds);
  }
  return curve.back().log_odds;
}

}  // namespace

double logOdds(double probability) {
  return std::log(probability / (1 - probability));
}

double probabilityOf(std::span<const double> weights, std::span<const CurveKnot> curve,
                     std::span<const double> features) {
  double sum = 0;
  for (size_t i = 0; i < weights.size(); ++i) sum += weights[i] * features[i];
  return std::clamp(1 / (1 + std::exp(-alongCurve(curve, sum))), kLeast, 1 - kLeast);
}

bool enoughToTell(const Anomaly& anomaly) {
  return anomaly.history >= kLeastHistory && anomaly.coverageMean() >= kLeastCoverage;
}

AnomalyFeatures featuresOf(const Anomaly& anomaly) {
  const double bins = std::max<double>(1, static_cast<double>(anomaly.bins));
  const double bin_hours = std::chrono::duration<double, std::ratio<3600>>(anomaly.width.length()).count();
  const double days = std::chrono::duration<double, std::ratio<86400>>(anomaly.history).count();
  const double depth = std::clamp(anomaly.depth(), 0.0, 1.0);
  const double mean = std::clamp(anomaly.lost_hours / (bins * bin_hours), 0.0, 1.0);
  // A series that never moved has no noise; a thousandth of its level is less than any instrument tells.
  const double noise = std::max({anomaly.noise, 1e-3 * anomaly.baseline, 1e-9});
  const auto untold = static_cast<double>(anomaly.untold_bins);

  const double size = std::clamp(std::log2(std::max(anomaly.lost(), 1e-9) / noise), 0.0, 8.0) - 3;
  const double mean_size =
      std::clamp(std::log2(std::max(mean * anomaly.baseline, 1e-9) / noise), 0.0, 8.0) - 3;
  const double length = std::min(std::log2(bins), 9.0) / 3 - 1;
  return {1,
          size,
          mean_size,
          depth,
          std::sqrt(mean),
          length,
          length * length,
          length * mean_size,
          mean_size * mean_size / 3,
          std::clamp(std::log10(bins * bin_hours), -1.0, 2.5),
          std::clamp(std::log2(std::max(days, 0.1)), -2.0, 5.0) / 2,
          untold / (untold + bins),
          anomaly.open() ? 1.0 : 0.0};
}

std::optional<double> anomalyProbability(const Anomaly& anomaly, std::string_view rule) {
  if (rule != kCalibratedRule || kParametersVersion != kCalibratedParameters) return std::nullopt;
  if (!enoughToTell(anomaly)) return std::nullopt;
  return probabilityOf(kAnomalyWeights, kAnomalyCurve, featuresOf(anomaly));
}

IncidentFeatures featuresOf(std::span<const Anomaly* const> anomalies) {
  std::map<series::Plane, double> surest;
  for (const Anomaly* anomaly : anomalies) {
    if (!anomaly->probability) continue;
    const double odds = logOdds(*anomaly->probability);
    const auto [found, is_new] = surest.emplace(series::traitsOf(anomaly->key.signal).plane, odds);
    if (!is_new) found->second = std::max(found->second, odds);
  }
  std::vector<double> odds;
  odds.reserve(surest.size());
  for (const auto& [plane, one] : surest) odds.push_back(one);
  std::sort(odds.begin(), odds.end(), std::greater<>());
  IncidentFeatures features{1};
  if (!odds.empty()) features[1] = odds[0];
  for (size_t i = 1; i < std::min<size_t>(odds.size(), 3); ++i) {
    features[2 * i] = 1;
    features[2 * i + 1] = odds[i];
  }
  return features;
}

std::optional<double> incidentProbability(std::span<const Anomaly* const> anomalies) {
  const bool known = std::any_of(anomalies.begin(), anomalies.end(),
                                 [](const Anomaly* anomaly) { return anomaly->probability.has_value(); });
  if (!known) return std::nullopt;
  return probabilityOf(kIncidentWeights, kIncidentCurve, featuresOf(anomalies));
}

std::optional<double> anyOf(std::span<const double> probabilities) {
  if (probabilities.empty()) return std::nullopt;
  double none = 1;
  for (const double one : probabilities) none *= 1 - one;
  return std::min(1 - kLeast, 1 - none);
}

}  // namespace nightjar::detect
