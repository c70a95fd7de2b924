// The course of an incident in phases.
#pragma once

#include <vector>

#include "detect/incident/incident.h"
#include "detect/incident/joining_parameters.h"

namespace nightjar::detect {

// The phases of an incident; the levels are left empty. `anomalies` are those of the signal that speaks for
// it (at least one, by time), `first` is the place's first anomaly, `onset` and `end` are the incident's
// (empty while it is open), `until` is the end of the data.
std::vector<Phase> phasesOf(const std::vector<Anomaly>& anomalies, Time first, Time onset,
                            std::optional<Time> end, Time until, const JoiningParameters& parameters);

// Puts a phase `early` before the others, from `first` on; or, when that is less than early_least before
// them, lets the first one begin there.
void prependEarly(std::vector<Phase>& phases, Time first, const JoiningParameters& parameters);

// How long a course was down, and how often it was back in between: from the first phase that is not early to
// the end or `until`, without the returns.
struct TimeDown {
  Seconds down{0};
  size_t returns = 0;
};
TimeDown timeDown(const std::vector<Phase>& phases, Time until);

// How many levels held on the way back from the floor.
size_t stepsUp(const std::vector<Phase>& phases);

}  // namespace nightjar::detect
