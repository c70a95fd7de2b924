// Made by `build/bench_judge calibrate --seed 1 --weeks 5000`: do not edit.
#pragma once

#include <string_view>

#include "detect/incident/confidence.h"

namespace nightjar::detect {

// For which rule, and which version of its parameters (parameters.h), these numbers hold.
inline constexpr std::string_view kCalibratedRule = "nightjar";
inline constexpr std::string_view kCalibratedParameters = "16";
// clang-format off
inline constexpr double kAnomalyWeights[] = {3.70831, -1.00687, 2.76258, 0.30819, -0.07211, 2.19465, -0.85962, -0.26701, -0.69624, -0.20255, 0.02082, 0.03222, 0.35553};
inline constexpr CurveKnot kAnomalyCurve[] = {{-0.627, 0.236}, {1.031, 1.957}, {1.945, 2.594}, {2.572, 2.854}, {3.079, 3.777}, {5.963, 6.647}};
inline constexpr double kIncidentWeights[] = {-2.02447, 1.04058, 0.07230, 0.62842, 0.00417, 0.00581};
inline constexpr CurveKnot kIncidentCurve[] = {{-1.842, -0.738}, {0.151, 0.401}, {0.736, 1.125}, {0.917, 1.924}, {1.304, 2.113}, {2.263, 2.898}, {2.994, 4.195}, {5.861, 5.392}};
// clang-format on

}  // namespace nightjar::detect
