// Made by `build/bench_judge calibrate --seed 1 --weeks 5000`: do not edit.
#pragma once

#include <string_view>

#include "detect/confidence.h"

namespace nightjar::detect {

// For which rule, and which version of its parameters (parameters.h), these numbers hold.
inline constexpr std::string_view kCalibratedRule = "nightjar";
inline constexpr std::string_view kCalibratedParameters = "7";
// clang-format off
inline constexpr double kAnomalyWeights[] = {2.81630, -1.29877, 2.63914, -0.51982, 0.26516, 2.14456, -0.45182, -0.26863, -0.24634, -0.42507, -0.03272, 0.00892, 0.56325};
inline constexpr CurveKnot kAnomalyCurve[] = {{-1.792, -0.656}, {0.019, 0.480}, {0.680, 1.308}, {1.135, 1.474}, {1.423, 2.608}, {1.670, 3.497}, {2.440, 3.832}, {5.672, 6.308}};
inline constexpr double kIncidentWeights[] = {-2.13431, 0.98263, 0.61280, 0.56476, 0.04910, -0.01260};
inline constexpr CurveKnot kIncidentCurve[] = {{-2.813, -1.633}, {-2.438, -1.474}, {-1.898, -0.829}, {-1.369, -0.078}, {-0.815, 0.649}, {-0.022, 1.350}, {1.374, 2.523}, {1.846, 4.003}, {4.930, 5.805}};
// clang-format on

}  // namespace nightjar::detect
