// Made by `build/bench_judge calibrate --seed 1 --weeks 5000`: do not edit.
#pragma once

#include <string_view>

#include "detect/incident/confidence.h"

namespace nightjar::detect {

// For which rule, and which version of its parameters (parameters.h), these numbers hold.
inline constexpr std::string_view kCalibratedRule = "nightjar";
inline constexpr std::string_view kCalibratedParameters = "15";
// clang-format off
inline constexpr double kAnomalyWeights[] = {3.98795, -0.88777, 2.61262, 0.50226, 0.25777, 2.28462, -0.89918, -0.26953, -0.70414, -0.15181, -0.19820, 0.00707, 0.47071};
inline constexpr CurveKnot kAnomalyCurve[] = {{-0.985, 0.000}, {0.631, 1.609}, {1.284, 2.113}, {1.808, 2.608}, {2.451, 2.819}, {2.898, 3.327}, {3.283, 4.195}, {3.680, 4.602}, {6.219, 6.813}};
inline constexpr double kIncidentWeights[] = {-2.49131, 1.16708, 0.13517, 0.50526, 0.00257, 0.00628};
inline constexpr CurveKnot kIncidentCurve[] = {{-2.095, -1.022}, {-0.533, -0.236}, {0.285, 0.649}, {0.675, 1.609}, {1.016, 2.113}, {2.829, 3.696}, {6.205, 5.296}};
// clang-format on

}  // namespace nightjar::detect
