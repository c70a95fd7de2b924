// Events found against false alarms, as a rule's thresholds move.
#pragma once

#include <string>
#include <vector>

namespace nightjar::bench {

struct CurvePoint {
  double scale = 1;            // of the thresholds
  double alarms_per_week = 0;  // false ones, per series-week
  double found = 0;            // share of the events
};

// The share of events that is found at this rate of false alarms: on the straight line between the two
// neighbouring points that enclose the rate (of its logarithm), or of the best point that has fewer. 0 if
// none has so few.
double foundAt(const std::vector<CurvePoint>& curve, double alarms_per_week);

}  // namespace nightjar::bench
