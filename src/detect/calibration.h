// Made by `build/bench_judge calibrate`: do not edit.
#pragma once

#include <string_view>

#include "detect/confidence.h"

namespace nightjar::detect {

// For which rule, and which version of its parameters (parameters.h), these numbers hold: none yet.
inline constexpr std::string_view kCalibratedRule = "none";
inline constexpr std::string_view kCalibratedParameters = "none";
inline constexpr double kAnomalyWeights[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
inline constexpr CurveKnot kAnomalyCurve[] = {{0, 0}};
inline constexpr double kIncidentWeights[] = {0, 0, 0, 0, 0, 0};
inline constexpr CurveKnot kIncidentCurve[] = {{0, 0}};

}  // namespace nightjar::detect
