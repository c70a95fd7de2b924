// Made by `build/bench_judge calibrate --seed 1 --weeks 5000`: do not edit.
#pragma once

#include <string_view>

#include "detect/incident/confidence.h"

namespace nightjar::detect {

// For which rule, and which version of its parameters (parameters.h), these numbers hold.
inline constexpr std::string_view kCalibratedRule = "nightjar";
inline constexpr std::string_view kCalibratedParameters = "12";
// clang-format off
inline constexpr double kAnomalyWeights[] = {3.73487, -0.88336, 2.50926, 0.13144, 0.25388, 2.18922, -0.83457, -0.38907, -0.52177, -0.03141, -0.20520, -0.02953, 0.59962};
inline constexpr CurveKnot kAnomalyCurve[] = {{-1.891, 0.000}, {0.113, 1.022}, {0.880, 2.113}, {1.616, 2.265}, {2.333, 2.701}, {2.855, 3.741}, {3.360, 4.602}, {6.230, 6.631}};
inline constexpr double kIncidentWeights[] = {-2.61732, 1.14866, 0.06397, 0.66398, 0.00393, 0.00485};
inline constexpr CurveKnot kIncidentCurve[] = {{-2.471, -1.924}, {-1.497, -0.563}, {-0.332, 0.157}, {-0.022, 0.480}, {0.240, 1.350}, {0.651, 1.609}, {1.679, 2.523}, {2.473, 2.608}, {3.050, 4.033}, {6.094, 5.691}};
// clang-format on

}  // namespace nightjar::detect
