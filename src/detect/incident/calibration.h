// Made by `build/bench_judge calibrate --seed 1 --weeks 5000`: do not edit.
#pragma once

#include <string_view>

#include "detect/incident/confidence.h"

namespace nightjar::detect {

// For which rule, and which version of its parameters (parameters.h), these numbers hold.
inline constexpr std::string_view kCalibratedRule = "nightjar";
inline constexpr std::string_view kCalibratedParameters = "13";
// clang-format off
inline constexpr double kAnomalyWeights[] = {4.00806, -0.84603, 2.62193, 0.48642, 0.23556, 2.33014, -0.89658, -0.29781, -0.72673, -0.15409, -0.24374, -0.01435, 0.57675};
inline constexpr CurveKnot kAnomalyCurve[] = {{-1.414, -0.316}, {0.277, 1.125}, {0.983, 1.609}, {1.453, 2.113}, {2.202, 2.405}, {2.735, 3.065}, {2.996, 3.497}, {3.294, 4.195}, {6.161, 6.651}};
inline constexpr double kIncidentWeights[] = {-2.30197, 1.14549, 0.18024, 0.54889, 0.00315, 0.00489};
inline constexpr CurveKnot kIncidentCurve[] = {{-2.601, -2.113}, {-1.424, -0.563}, {-0.537, -0.078}, {0.111, 0.738}, {0.413, 1.350}, {0.916, 2.608}, {1.542, 2.965}, {2.607, 3.275}, {3.253, 3.327}, {3.569, 3.497}, {6.180, 5.302}};
// clang-format on

}  // namespace nightjar::detect
