#include "detect/confidence.h"

#include <algorithm>
#include <cmath>

namespace nightjar::detect {
namespace {

constexpr std::string_view kNames[kAnomalyFeatures] = {
    "log2 of loss over noise",  "depth",           "mean depth over depth",   "log2 of low bins",
    "log10 of hours it lasted", "log10 of losses", "log2 of days of history", "share of bins untold"};

}  // namespace

std::span<const std::string_view> anomalyFeatureNames() {
  return kNames;
}

AnomalyFeatures featuresOf(const Anomaly& anomaly) {
  const double bins = std::max<double>(1, static_cast<double>(anomaly.bins));
  const double bin_hours = std::chrono::duration<double, std::ratio<3600>>(anomaly.width.length()).count();
  const double depth = std::clamp(anomaly.depth(), 0.0, 1.0);
  const double mean = anomaly.lost_hours / (bins * bin_hours);
  const double noise = std::max({anomaly.noise, 1e-4 * anomaly.baseline, 1e-9});
  const double days = std::chrono::duration<double, std::ratio<86400>>(anomaly.history).count();
  const auto untold = static_cast<double>(anomaly.untold_bins);
  return {std::clamp(std::log2(std::max(anomaly.lost(), 1e-9) / noise), 0.0, 8.0) - 3,
          depth,
          depth > 0 ? mean / depth : 0,
          std::min(std::log2(bins), 10.0) / 3,
          std::clamp(std::log10(bins * bin_hours), -1.0, 2.0),
          std::clamp(std::log10(std::max(anomaly.lost(), 1e-9)), 0.0, 4.0) - 1,
          std::clamp(std::log2(std::max(days, 0.1)), -3.0, 5.0) / 2,
          untold / (untold + bins)};
}

std::optional<double> anomalyProbability(const Anomaly& /*anomaly*/, std::string_view /*rule*/) {
  return std::nullopt;  // nothing is calibrated for this version of the parameters
}

std::optional<double> incidentProbability(std::span<const Anomaly* const> /*anomalies*/) {
  return std::nullopt;
}

}  // namespace nightjar::detect
