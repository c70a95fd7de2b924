// Made by `build/bench_judge calibrate --seed 1 --weeks 5000`: do not edit.
#pragma once

#include <string_view>

#include "detect/incident/confidence.h"

namespace nightjar::detect {

// For which rule, and which version of its parameters (parameters.h), these numbers hold.
inline constexpr std::string_view kCalibratedRule = "nightjar";
inline constexpr std::string_view kCalibratedParameters = "10";
// clang-format off
inline constexpr double kAnomalyWeights[] = {3.32617, -0.84141, 2.33400, 0.22751, 0.27864, 2.47270, -0.82721, -0.24457, -0.47044, -0.39812, -0.07708, 0.02471, 0.57942};
inline constexpr CurveKnot kAnomalyCurve[] = {{-2.462, -0.480}, {-0.376, -0.157}, {0.448, 0.649}, {0.986, 1.350}, {1.654, 2.405}, {2.114, 3.497}, {2.577, 4.033}, {5.735, 6.299}};
inline constexpr double kIncidentWeights[] = {-1.68520, 1.00691, 0.44764, 0.63457, 0.00449, 0.00277};
inline constexpr CurveKnot kIncidentCurve[] = {{-2.109, -2.113}, {-1.658, -0.563}, {-0.563, 0.649}, {0.525, 1.758}, {1.884, 2.496}, {2.582, 3.327}, {2.933, 4.602}, {5.668, 5.938}};
// clang-format on

}  // namespace nightjar::detect
