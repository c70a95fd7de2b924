// Made by `build/bench_judge calibrate --seed 1 --weeks 5000`: do not edit.
#pragma once

#include <string_view>

#include "detect/incident/confidence.h"

namespace nightjar::detect {

// For which rule, and which version of its parameters (parameters.h), these numbers hold.
inline constexpr std::string_view kCalibratedRule = "nightjar";
inline constexpr std::string_view kCalibratedParameters = "11";
// clang-format off
inline constexpr double kAnomalyWeights[] = {3.73072, -0.60015, 2.29972, 0.28215, 0.11651, 2.18770, -0.81598, -0.36753, -0.58593, -0.09698, -0.19268, -0.02820, 0.60052};
inline constexpr CurveKnot kAnomalyCurve[] = {{-1.816, 0.000}, {0.102, 1.350}, {0.866, 1.609}, {1.627, 2.523}, {2.332, 2.594}, {2.882, 3.483}, {6.126, 6.497}};
inline constexpr double kIncidentWeights[] = {-2.70696, 1.22280, 0.08833, 0.65284, 0.00380, 0.00457};
inline constexpr CurveKnot kIncidentCurve[] = {{-2.457, -1.758}, {-1.258, -0.563}, {-0.667, -0.078}, {0.142, 1.022}, {0.409, 1.125}, {0.657, 1.350}, {1.484, 2.523}, {2.024, 2.608}, {2.558, 3.741}, {3.088, 4.195}, {6.266, 5.665}};
// clang-format on

}  // namespace nightjar::detect
