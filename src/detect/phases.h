// The course of an incident in phases.
#pragma once

#include <vector>

#include "detect/incident.h"

namespace nightjar::detect {

// The phases of an incident whose falls in one family are `anomalies` (at least one, in the order of time).
// `until` is the end of the data. The levels are left empty.
std::vector<Phase> phasesOf(const std::vector<Anomaly>& anomalies, Time until);

}  // namespace nightjar::detect
