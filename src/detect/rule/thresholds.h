// How much a series must have lost before that is an outage, by the length of time that the loss is the mean
// of.
#pragma once

#include <array>
#include <cstddef>

#include "detect/rule/ordinary.h"
#include "detect/rule/past_losses.h"

namespace nightjar::detect {

// Shares of the baseline, for the means of PastLosses::windowOf(scale) bins.
struct Thresholds {
  std::array<double, PastLosses::kScales> opening{};    // such a mean may open an anomaly
  std::array<double, PastLosses::kScales> beginning{};  // half of the mean and the step that it began with
  std::array<double, PastLosses::kScales> ordinary{};   // under that it is none
  double clip = 1;                                      // one bin counts for no more in a mean
};

// `alarms`: anomalies in the last week. Refreshes what the past losses say.
Thresholds thresholdsOf(Ordinary& ordinary, const WatchCommon& common, size_t alarms);

}  // namespace nightjar::detect
