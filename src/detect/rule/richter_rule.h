// The rule `richter`: Richter, Padmanabhan, Spring, Berger, Clark, "Advancing the Art of Internet Edge Outage
// Detection", IMC 2018, section 3.
#pragma once

#include <memory>

#include "detect/rule/rule.h"

namespace nightjar::detect {

// Made for hourly counts of active addresses; other bins are taken as they come. The baseline is the least
// value of the last 168 h. A bin under alpha = 0.5 of it begins a time that is not steady: the baseline
// stands, and the bins under it are the disruption. Steady again, with a new baseline, is a series whose
// values stayed at or over beta = 0.8 of the old baseline for 168 h; or whose unsteady time is older than two
// weeks, which the paper leaves out as a lasting change. Counted things are judged from a baseline of 40 on.
// The paper looks at finished data; here every bin is judged when it comes, which gives the same bins.
std::unique_ptr<Rule> makeRichterRule(const Parameters& parameters);

}  // namespace nightjar::detect
