// Made by `build/bench_judge calibrate --seed 1 --weeks 5000`: do not edit.
#pragma once

#include <string_view>

#include "detect/confidence.h"

namespace nightjar::detect {

// For which rule, and which version of its parameters (parameters.h), these numbers hold.
inline constexpr std::string_view kCalibratedRule = "nightjar";
inline constexpr std::string_view kCalibratedParameters = "6";
// clang-format off
inline constexpr double kAnomalyWeights[] = {2.62035, -1.49801, 2.79119, -0.65737, 0.21344, 2.02063, -0.27855, -0.28109, -0.16232, -0.41935, -0.12292, 0.04236, 0.72119};
inline constexpr CurveKnot kAnomalyCurve[] = {{-3.034, -1.125}, {-0.939, -0.360}, {0.236, 0.746}, {0.661, 1.234}, {0.984, 1.609}, {1.201, 1.758}, {2.130, 2.668}, {2.914, 2.677}, {3.089, 3.497}, {5.688, 5.997}};
inline constexpr double kIncidentWeights[] = {-1.65316, 1.21192, 0.73816, 0.54311, 0.04629, -0.02836};
inline constexpr CurveKnot kIncidentCurve[] = {{-3.100, -2.335}, {-2.844, -2.113}, {-2.451, -1.474}, {-2.012, -1.022}, {-1.383, -0.563}, {-0.795, 0.000}, {-0.041, 1.234}, {0.509, 1.758}, {0.893, 2.113}, {1.226, 3.497}, {1.531, 4.033}, {5.858, 5.673}};
// clang-format on

}  // namespace nightjar::detect
