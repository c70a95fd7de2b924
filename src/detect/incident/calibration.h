// Made by `build/bench_judge calibrate --seed 1 --weeks 5000`: do not edit.
#pragma once

#include <string_view>

#include "detect/incident/confidence.h"

namespace nightjar::detect {

// For which rule, and which version of its parameters (parameters.h), these numbers hold.
inline constexpr std::string_view kCalibratedRule = "nightjar";
inline constexpr std::string_view kCalibratedParameters = "13";
// clang-format off
inline constexpr double kAnomalyWeights[] = {4.01342, -0.88290, 2.64318, 0.41174, 0.27006, 2.34712, -0.90005, -0.31472, -0.71530, -0.12695, -0.23895, -0.01314, 0.58449};
inline constexpr CurveKnot kAnomalyCurve[] = {{-1.422, -0.236}, {0.282, 0.923}, {0.975, 1.609}, {2.021, 2.414}, {2.743, 3.065}, {2.995, 3.497}, {3.293, 4.195}, {6.160, 6.651}};
inline constexpr double kIncidentWeights[] = {-2.28218, 1.14128, 0.15907, 0.56363, 0.00305, 0.00466};
inline constexpr CurveKnot kIncidentCurve[] = {{-2.509, -2.113}, {-1.544, -0.563}, {-0.557, -0.078}, {0.049, 0.738}, {0.555, 1.758}, {1.269, 2.387}, {2.621, 3.275}, {3.265, 3.327}, {3.574, 3.497}, {6.205, 5.302}};
// clang-format on

}  // namespace nightjar::detect
