// What is worth telling and no outage: bursts of updates while a country's space stands.
#pragma once

#include <span>
#include <vector>

#include "detect/incident.h"
#include "detect/judge.h"
#include "detect/place.h"

namespace nightjar::detect {

// The bursts of a country's updates while its space, of which `outcome` tells, was known to be in its
// ordinary range: outside of the untold spans and away from `falls`, those that became its incidents. Names
// the networks among `parts` that burst at the same time.
Result<std::vector<Observation>> observe(SeriesReader& reader, const JoiningParameters& parameters,
                                         const Place& country, std::span<const Place> parts,
                                         const PlaceOutcome& outcome, std::span<const PlaceFall> falls);

// Takes out the bursts that peak in too many countries at once.
void dropCommon(std::vector<Observation>& observations, const JoiningParameters& parameters);

}  // namespace nightjar::detect
