// Made by `build/bench_judge calibrate --seed 1 --weeks 5000`: do not edit.
#pragma once

#include <string_view>

#include "detect/incident/confidence.h"

namespace nightjar::detect {

// For which rule, and which version of its parameters (parameters.h), these numbers hold.
inline constexpr std::string_view kCalibratedRule = "nightjar";
inline constexpr std::string_view kCalibratedParameters = "12";
// clang-format off
inline constexpr double kAnomalyWeights[] = {3.73487, -0.88336, 2.50926, 0.13144, 0.25388, 2.18922, -0.83457, -0.38907, -0.52177, -0.03141, -0.20520, -0.02953, 0.59962};
inline constexpr CurveKnot kAnomalyCurve[] = {{-1.891, 0.000}, {0.113, 1.022}, {0.880, 2.113}, {1.616, 2.265}, {2.333, 2.701}, {2.855, 3.741}, {3.360, 4.602}, {6.230, 6.631}};
inline constexpr double kIncidentWeights[] = {-2.61616, 1.15315, 0.05796, 0.66008, 0.00389, 0.00483};
inline constexpr CurveKnot kIncidentCurve[] = {{-2.494, -1.924}, {-1.537, -0.649}, {-0.353, 0.157}, {-0.011, 0.649}, {0.263, 1.350}, {0.724, 2.335}, {1.762, 2.677}, {2.557, 3.497}, {3.022, 4.084}, {6.069, 5.707}};
// clang-format on

}  // namespace nightjar::detect
