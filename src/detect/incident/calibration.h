// Made by `build/bench_judge calibrate --seed 1 --weeks 5000`: do not edit.
#pragma once

#include <string_view>

#include "detect/incident/confidence.h"

namespace nightjar::detect {

// For which rule, and which version of its parameters (parameters.h), these numbers hold.
inline constexpr std::string_view kCalibratedRule = "nightjar";
inline constexpr std::string_view kCalibratedParameters = "11";
// clang-format off
inline constexpr double kAnomalyWeights[] = {3.79760, -0.79050, 2.39932, 0.48987, 0.49609, 2.67380, -1.00006, -0.20606, -0.57630, -0.18831, -0.28850, -0.00465, 0.77488};
inline constexpr CurveKnot kAnomalyCurve[] = {{-1.956, -0.236}, {0.209, 0.829}, {1.678, 2.792}, {2.413, 3.497}, {2.749, 4.084}, {6.087, 6.339}};
inline constexpr double kIncidentWeights[] = {-2.25737, 1.09303, 0.17423, 0.66212, 0.00687, 0.00539};
inline constexpr CurveKnot kIncidentCurve[] = {{-2.331, -1.350}, {-1.492, -0.397}, {-0.496, 0.236}, {0.362, 0.923}, {1.189, 2.387}, {1.872, 2.965}, {2.470, 3.101}, {2.811, 3.497}, {3.082, 4.084}, {3.349, 4.195}, {5.840, 6.043}};
// clang-format on

}  // namespace nightjar::detect
