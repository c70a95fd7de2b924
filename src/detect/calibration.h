// Made by `build/bench_judge calibrate --seed 1 --weeks 5000`: do not edit.
#pragma once

#include <string_view>

#include "detect/confidence.h"

namespace nightjar::detect {

// For which rule, and which version of its parameters (parameters.h), these numbers hold.
inline constexpr std::string_view kCalibratedRule = "nightjar";
inline constexpr std::string_view kCalibratedParameters = "5";
// clang-format off
inline constexpr double kAnomalyWeights[] = {2.61404, -1.35998, 2.71608, -0.51852, 0.33919, 2.01024, -0.35865, -0.17695, -0.26226, -0.47889, -0.15739, 0.01587, 0.62934};
inline constexpr CurveKnot kAnomalyCurve[] = {{-2.889, -2.113}, {-1.091, -0.923}, {-0.422, -0.157}, {0.076, 0.480}, {0.407, 1.234}, {0.840, 1.495}, {1.240, 1.924}, {1.908, 2.352}, {2.565, 2.701}, {5.403, 6.036}};
inline constexpr double kIncidentWeights[] = {-1.21113, 0.97774, 0.91120, 0.35172, 0.02954, -0.00223};
inline constexpr CurveKnot kIncidentCurve[] = {{-3.250, -2.154}, {-2.593, -1.609}, {-1.850, -0.829}, {-1.167, -0.649}, {-0.266, 0.649}, {0.336, 1.234}, {0.694, 2.113}, {0.890, 2.608}, {1.255, 3.399}, {1.660, 3.497}, {2.107, 4.602}, {5.116, 5.740}};
// clang-format on

}  // namespace nightjar::detect
