// Made by `build/bench_judge calibrate --seed 1 --weeks 5000`: do not edit.
#pragma once

#include <string_view>

#include "detect/incident/confidence.h"

namespace nightjar::detect {

// For which rule, and which version of its parameters (parameters.h), these numbers hold.
inline constexpr std::string_view kCalibratedRule = "nightjar";
inline constexpr std::string_view kCalibratedParameters = "11";
// clang-format off
inline constexpr double kAnomalyWeights[] = {3.73487, -0.88336, 2.50926, 0.13144, 0.25388, 2.18922, -0.83457, -0.38907, -0.52177, -0.03141, -0.20520, -0.02953, 0.59962};
inline constexpr CurveKnot kAnomalyCurve[] = {{-1.891, 0.000}, {0.113, 1.022}, {0.880, 2.113}, {1.616, 2.265}, {2.333, 2.701}, {2.855, 3.741}, {3.360, 4.602}, {6.230, 6.631}};
inline constexpr double kIncidentWeights[] = {-2.61634, 1.14855, 0.06364, 0.66390, 0.00393, 0.00485};
inline constexpr CurveKnot kIncidentCurve[] = {{-2.470, -1.924}, {-1.496, -0.563}, {-0.331, 0.157}, {-0.021, 0.480}, {0.241, 1.350}, {0.652, 1.609}, {1.680, 2.523}, {2.473, 2.608}, {3.050, 4.033}, {6.094, 5.691}};
// clang-format on

}  // namespace nightjar::detect
