// Made by `build/bench_judge calibrate --seed 1 --weeks 5000`: do not edit.
#pragma once

#include <string_view>

#include "detect/incident/confidence.h"

namespace nightjar::detect {

// For which rule, and which version of its parameters (parameters.h), these numbers hold.
inline constexpr std::string_view kCalibratedRule = "nightjar";
inline constexpr std::string_view kCalibratedParameters = "15";
// clang-format off
inline constexpr double kAnomalyWeights[] = {4.00734, -0.86745, 2.59089, 0.46377, 0.22330, 2.26254, -0.90613, -0.26541, -0.69269, -0.11935, -0.21632, 0.00722, 0.47928};
inline constexpr CurveKnot kAnomalyCurve[] = {{-1.033, 0.000}, {0.607, 1.474}, {1.257, 1.924}, {1.751, 2.113}, {2.143, 2.335}, {2.536, 2.523}, {2.855, 3.327}, {3.228, 4.195}, {6.119, 6.650}};
inline constexpr double kIncidentWeights[] = {-2.36521, 1.17860, 0.20081, 0.51192, 0.00224, 0.00563};
inline constexpr CurveKnot kIncidentCurve[] = {{-2.217, -1.758}, {-0.731, -0.397}, {-0.045, 0.738}, {0.311, 1.350}, {0.699, 1.758}, {2.494, 3.571}, {3.505, 3.741}, {6.277, 5.301}};
// clang-format on

}  // namespace nightjar::detect
