// Made by `build/bench_judge calibrate --seed 1 --weeks 5000`: do not edit.
#pragma once

#include <string_view>

#include "detect/incident/confidence.h"

namespace nightjar::detect {

// For which rule, and which version of its parameters (parameters.h), these numbers hold.
inline constexpr std::string_view kCalibratedRule = "nightjar";
inline constexpr std::string_view kCalibratedParameters = "8";
// clang-format off
inline constexpr double kAnomalyWeights[] = {2.81695, -1.28963, 2.63231, -0.51876, 0.26492, 2.14566, -0.45250, -0.26793, -0.24641, -0.42843, -0.03225, 0.00892, 0.56266};
inline constexpr CurveKnot kAnomalyCurve[] = {{-1.791, -0.656}, {0.019, 0.480}, {0.832, 1.374}, {1.423, 2.608}, {1.670, 3.497}, {2.439, 3.832}, {5.675, 6.319}};
inline constexpr double kIncidentWeights[] = {-2.18496, 0.98330, 0.61458, 0.55242, 0.04651, -0.01048};
inline constexpr CurveKnot kIncidentCurve[] = {{-2.867, -1.786}, {-2.488, -1.234}, {-1.949, -0.829}, {-1.456, -0.078}, {-0.778, 0.738}, {0.162, 1.234}, {1.326, 2.523}, {1.800, 4.003}, {4.876, 5.805}};
// clang-format on

}  // namespace nightjar::detect
