// Made by `build/bench_judge calibrate --seed 1 --weeks 5000`: do not edit.
#pragma once

#include <string_view>

#include "detect/incident/confidence.h"

namespace nightjar::detect {

// For which rule, and which version of its parameters (parameters.h), these numbers hold.
inline constexpr std::string_view kCalibratedRule = "nightjar";
inline constexpr std::string_view kCalibratedParameters = "9";
// clang-format off
inline constexpr double kAnomalyWeights[] = {2.86960, -1.38155, 2.71423, -0.54902, 0.27052, 2.18266, -0.49761, -0.28659, -0.23432, -0.45441, -0.03545, 0.01924, 0.57190};
inline constexpr CurveKnot kAnomalyCurve[] = {{-2.832, -1.022}, {-1.003, -0.829}, {-0.143, 0.157}, {0.550, 1.308}, {1.060, 1.609}, {1.359, 2.335}, {2.239, 3.616}, {5.634, 6.332}};
inline constexpr double kIncidentWeights[] = {-1.93033, 0.97977, 0.74570, 0.46498, 0.04297, -0.01933};
inline constexpr CurveKnot kIncidentCurve[] = {{-2.956, -1.869}, {-2.734, -1.609}, {-2.103, -0.923}, {-1.266, -0.157}, {-0.578, 0.316}, {0.004, 1.234}, {0.797, 2.113}, {1.210, 2.965}, {1.595, 3.497}, {2.031, 4.033}, {4.986, 5.810}};
// clang-format on

}  // namespace nightjar::detect
