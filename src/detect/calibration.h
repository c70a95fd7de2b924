// Made by `build/bench_judge calibrate --seed 1 --weeks 5000`: do not edit.
#pragma once

#include <string_view>

#include "detect/confidence.h"

namespace nightjar::detect {

// For which rule, and which version of its parameters (parameters.h), these numbers hold.
inline constexpr std::string_view kCalibratedRule = "nightjar";
inline constexpr std::string_view kCalibratedParameters = "3";
// clang-format off
inline constexpr double kAnomalyWeights[] = {2.28987, -1.65317, 3.03793, -0.85569, 0.06219, 1.24912, -0.03140, -0.23632, 0.09387, -0.11946, -0.08206, -0.04431, 0.67868};
inline constexpr CurveKnot kAnomalyCurve[] = {{-2.863, -1.085}, {-1.337, -1.022}, {-0.785, -0.157}, {-0.320, 0.649}, {0.298, 1.368}, {0.806, 1.758}, {1.054, 2.335}, {1.381, 2.523}, {1.952, 4.033}, {2.635, 4.599}, {6.545, 6.038}};
inline constexpr double kIncidentWeights[] = {-1.91316, 0.97389, 1.08549, 0.34965, 0.04184, 0.01910};
inline constexpr CurveKnot kIncidentCurve[] = {{-2.985, -2.168}, {-2.886, -1.758}, {-2.140, -0.738}, {-1.019, -0.157}, {-0.410, 0.397}, {0.402, 1.786}, {1.503, 2.335}, {2.145, 2.677}, {2.490, 3.065}, {4.705, 6.268}};
// clang-format on

}  // namespace nightjar::detect
