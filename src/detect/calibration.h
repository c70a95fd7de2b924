// Made by `build/bench_judge calibrate --seed 1 --weeks 5000`: do not edit.
#pragma once

#include <string_view>

#include "detect/confidence.h"

namespace nightjar::detect {

// For which rule, and which version of its parameters (parameters.h), these numbers hold.
inline constexpr std::string_view kCalibratedRule = "nightjar";
inline constexpr std::string_view kCalibratedParameters = "2";
// clang-format off
inline constexpr double kAnomalyWeights[] = {2.05281, -1.56501, 2.96882, -1.10702, -0.13729, 0.98112, 0.08795, -0.39407, 0.25836, -0.04621, 0.01163, -0.04133, 0.62981};
inline constexpr CurveKnot kAnomalyCurve[] = {{-2.774, -1.085}, {-1.466, -0.829}, {-0.812, 0.397}, {-0.299, 1.022}, {0.042, 1.125}, {0.492, 1.708}, {0.891, 1.758}, {1.113, 2.608}, {1.340, 3.497}, {2.078, 4.598}, {6.748, 5.944}};
inline constexpr double kIncidentWeights[] = {-2.04754, 0.97244, 0.22009, 0.36831, 0.08914, 0.06021};
inline constexpr CurveKnot kIncidentCurve[] = {{-3.112, -2.265}, {-2.982, -1.609}, {-2.402, -0.738}, {-1.241, -0.397}, {-0.692, 0.316}, {-0.351, 1.350}, {0.566, 1.758}, {1.643, 2.608}, {2.263, 2.677}, {2.515, 3.327}, {2.639, 3.497}, {4.296, 6.586}};
// clang-format on

}  // namespace nightjar::detect
