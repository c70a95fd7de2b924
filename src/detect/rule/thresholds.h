// How much a series must have lost before that is an outage, by the length of time that the loss is the mean
// of.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "detect/rule/ordinary.h"
#include "detect/rule/past_losses.h"

namespace nightjar::detect {

// Shares of the baseline, for windows of PastLosses::windowOf(scale) bins.
struct Thresholds {
  using OfScales = std::array<double, PastLosses::kScales>;
  std::array<OfScales, PastLosses::kMeasures> opening{};    // so much of a measure may open an anomaly
  std::array<OfScales, PastLosses::kMeasures> beginning{};  // half of it and of the step that it began with
  OfScales ordinary{};                                      // a mean under that is no anomaly
};

// For the scales that the past losses have; others stay. `grain`: the smallest change that is known,
// `alarms`: anomalies in the last week. Refreshes what the past losses say.
void updateThresholds(Ordinary& ordinary, const WatchCommon& common, double grain, size_t alarms,
                      Thresholds& result);

// No threshold for opening is less, of any series.
inline double leastOpening(const Parameters& parameters) {
  return parameters.threshold_scale * std::min(parameters.min_depth, parameters.total_loss);
}

}  // namespace nightjar::detect
