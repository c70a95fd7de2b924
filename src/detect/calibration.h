// Made by `build/bench_judge calibrate --seed 1 --weeks 5000`: do not edit.
#pragma once

#include <string_view>

#include "detect/confidence.h"

namespace nightjar::detect {

// For which rule, and which version of its parameters (parameters.h), these numbers hold.
inline constexpr std::string_view kCalibratedRule = "nightjar";
inline constexpr std::string_view kCalibratedParameters = "3";
// clang-format off
inline constexpr double kAnomalyWeights[] = {2.21987, -1.57329, 2.99020, -0.90984, -0.03318, 1.14059, -0.02005, -0.22147, 0.20731, -0.01765, -0.05157, -0.03367, 0.71197};
inline constexpr CurveKnot kAnomalyCurve[] = {{-2.675, -1.139}, {-1.282, -1.022}, {-0.771, 0.157}, {-0.310, 0.480}, {0.294, 1.139}, {0.905, 1.957}, {1.365, 3.065}, {1.953, 3.777}, {3.060, 4.597}, {7.355, 6.084}};
inline constexpr double kIncidentWeights[] = {-1.91962, 0.95205, 0.85960, 0.28840, 0.05316, 0.02518};
inline constexpr CurveKnot kIncidentCurve[] = {{-3.038, -2.387}, {-2.940, -2.335}, {-2.863, -1.350}, {-1.854, -0.563}, {-1.117, -0.157}, {-0.359, 0.563}, {0.707, 2.052}, {1.755, 2.951}, {2.211, 3.065}, {2.578, 4.602}, {4.517, 6.515}};
// clang-format on

}  // namespace nightjar::detect
