// Made by `build/bench_judge calibrate --seed 1 --weeks 5000`: do not edit.
#pragma once

#include <string_view>

#include "detect/confidence.h"

namespace nightjar::detect {

// For which rule, and which version of its parameters (parameters.h), these numbers hold.
inline constexpr std::string_view kCalibratedRule = "nightjar";
inline constexpr std::string_view kCalibratedParameters = "2";
// clang-format off
inline constexpr double kAnomalyWeights[] = {1.69913, -1.58040, 2.91566, -0.84280, 0.05835, 1.06188, 0.22519, -0.32830, 0.11626, -0.07396, 0.02766, -0.04490, 0.65848};
inline constexpr CurveKnot kAnomalyCurve[] = {{-3.334, -1.350}, {-2.026, -1.022}, {-1.192, -0.480}, {-0.499, 0.563}, {0.077, 1.034}, {0.628, 1.633}, {1.010, 1.924}, {1.407, 4.084}, {1.959, 4.374}, {2.856, 4.597}, {6.495, 6.300}};
inline constexpr double kIncidentWeights[] = {-1.87356, 0.89940, 0.86826, 0.50391, 0.08885, 0.02378};
inline constexpr CurveKnot kIncidentCurve[] = {{-3.108, -2.608}, {-2.960, -2.113}, {-2.695, -1.758}, {-1.942, -0.480}, {-1.181, -0.078}, {-0.806, 0.000}, {-0.383, 1.125}, {0.069, 1.474}, {1.756, 2.523}, {2.088, 3.101}, {2.264, 3.674}, {2.530, 4.602}, {5.138, 5.958}};
// clang-format on

}  // namespace nightjar::detect
