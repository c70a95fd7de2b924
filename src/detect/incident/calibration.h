// Made by `build/bench_judge calibrate --seed 1 --weeks 5000`: do not edit.
#pragma once

#include <string_view>

#include "detect/incident/confidence.h"

namespace nightjar::detect {

// For which rule, and which version of its parameters (parameters.h), these numbers hold.
inline constexpr std::string_view kCalibratedRule = "nightjar";
inline constexpr std::string_view kCalibratedParameters = "11";
// clang-format off
inline constexpr double kAnomalyWeights[] = {3.72853, -0.56572, 2.24177, 0.62128, 0.32482, 2.67748, -0.96202, -0.19351, -0.61612, -0.28114, -0.24666, -0.02226, 0.75086};
inline constexpr CurveKnot kAnomalyCurve[] = {{-1.985, -0.236}, {0.065, 0.563}, {0.724, 1.924}, {1.611, 2.701}, {2.210, 2.854}, {2.571, 3.327}, {2.925, 4.195}, {6.095, 6.338}};
inline constexpr double kIncidentWeights[] = {-2.21120, 1.10169, 0.09765, 0.61713, 0.00740, 0.00659};
inline constexpr CurveKnot kIncidentCurve[] = {{-2.359, -1.609}, {-1.673, -0.480}, {-0.233, 0.563}, {0.485, 0.649}, {0.889, 2.265}, {2.126, 3.399}, {2.895, 3.674}, {3.261, 4.374}, {5.764, 6.052}};
// clang-format on

}  // namespace nightjar::detect
