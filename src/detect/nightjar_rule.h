// The rule `nightjar`: a fall against the series' own past, and only against it.
#pragma once

#include <memory>

#include "detect/rule.h"

namespace nightjar::detect {

// Baseline: the median of the last day of ordinary bins (not above that of the last week) plus the rhythm of
// the day and week once that is known. Bins of an anomaly never enter it, so that it stands still as long as
// the anomaly is open: a blackout of months, or one of every night, never becomes ordinary. Slow change is
// followed.
// A fall must exceed the series' own noise, a share of the baseline, and the smallest step of a small series,
// and must last; it ends when most of it is back, and that lasts too. Parameters names every number.
// What moved to other origins is added back as far as it grew over its own median of the same bins.
std::unique_ptr<Rule> makeNightjarRule(const Parameters& parameters);

}  // namespace nightjar::detect
