// Made by `build/bench_judge calibrate --seed 1 --weeks 5000`: do not edit.
#pragma once

#include <string_view>

#include "detect/incident/confidence.h"

namespace nightjar::detect {

// For which rule, and which version of its parameters (parameters.h), these numbers hold.
inline constexpr std::string_view kCalibratedRule = "nightjar";
inline constexpr std::string_view kCalibratedParameters = "13";
// clang-format off
inline constexpr double kAnomalyWeights[] = {4.01104, -0.87537, 2.59695, 0.45374, 0.22200, 2.25988, -0.90400, -0.26516, -0.69014, -0.11954, -0.21789, 0.00734, 0.47093};
inline constexpr CurveKnot kAnomalyCurve[] = {{-1.034, 0.000}, {0.605, 1.474}, {1.254, 1.924}, {1.762, 2.113}, {2.296, 2.387}, {2.630, 2.608}, {2.850, 3.327}, {3.227, 4.195}, {6.118, 6.649}};
inline constexpr double kIncidentWeights[] = {-2.34772, 1.17543, 0.14928, 0.52965, 0.00220, 0.00549};
inline constexpr CurveKnot kIncidentCurve[] = {{-2.250, -1.609}, {-0.790, -0.397}, {-0.072, 0.563}, {0.285, 1.234}, {0.628, 1.758}, {2.476, 3.571}, {3.390, 3.674}, {3.804, 4.195}, {6.337, 5.280}};
// clang-format on

}  // namespace nightjar::detect
