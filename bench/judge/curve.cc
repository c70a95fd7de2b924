#include "curve.h"

#include <algorithm>
#include <cmath>

namespace nightjar::bench {
namespace {

// Rates under one false alarm in ten thousand weeks are not told apart.
double logRate(double rate) {
  return std::log(std::max(rate, 1e-4));
}

}  // namespace

double foundAt(const std::vector<CurvePoint>& curve, double alarms_per_week) {
  double best = 0;
  for (const CurvePoint& point : curve) {
    if (point.alarms_per_week <= alarms_per_week) best = std::max(best, point.found);
  }
  const double wanted = logRate(alarms_per_week);
  for (size_t i = 1; i < curve.size(); ++i) {
    const double a = logRate(curve[i - 1].alarms_per_week), b = logRate(curve[i].alarms_per_week);
    if (a == b || (wanted - a) * (wanted - b) > 0) continue;
    const double share = (wanted - a) / (b - a);
    best = std::max(best, curve[i - 1].found + share * (curve[i].found - curve[i - 1].found));
  }
  return best;
}

}  // namespace nightjar::bench
