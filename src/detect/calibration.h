// Made by `build/bench_judge calibrate --seed 1 --weeks 5000`: do not edit.
#pragma once

#include <string_view>

#include "detect/confidence.h"

namespace nightjar::detect {

// For which rule, and which version of its parameters (parameters.h), these numbers hold.
inline constexpr std::string_view kCalibratedRule = "nightjar";
inline constexpr std::string_view kCalibratedParameters = "4";
// clang-format off
inline constexpr double kAnomalyWeights[] = {2.63491, -1.27937, 2.72278, -0.64005, -0.04171, 1.49945, -0.17461, -0.31447, -0.24684, -0.26213, -0.03656, -0.02724, 0.41921};
inline constexpr CurveKnot kAnomalyCurve[] = {{-3.089, -1.924}, {-1.118, -0.649}, {-0.267, 0.000}, {0.252, 1.350}, {0.625, 1.609}, {0.992, 1.924}, {1.541, 2.594}, {2.206, 3.250}, {5.569, 6.042}};
inline constexpr double kIncidentWeights[] = {-1.74127, 0.95960, 0.77485, 0.35677, 0.03823, -0.00055};
inline constexpr CurveKnot kIncidentCurve[] = {{-3.474, -2.154}, {-2.604, -1.924}, {-1.896, -1.125}, {-0.747, 0.078}, {0.021, 0.738}, {0.526, 1.474}, {1.416, 2.713}, {1.900, 2.965}, {2.083, 3.497}, {4.626, 5.797}};
// clang-format on

}  // namespace nightjar::detect
