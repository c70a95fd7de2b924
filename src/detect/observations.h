// What is worth telling and no outage: bursts of updates while a country's space stands.
#pragma once

#include <span>
#include <vector>

#include "detect/incident.h"
#include "detect/place.h"
#include "detect/place_judge.h"

namespace nightjar::detect {

// The bursts of a country's updates while its space, of which `outcome` tells, was known to be in its
// ordinary range: outside of the untold spans and away from `falls`, the groups of anomalies that became its
// incidents. Names the networks among `parts` that burst at the same time.
Result<std::vector<Observation>> observe(SeriesReader& reader, const Parameters& parameters,
                                         const Place& country, std::span<const Place> parts,
                                         const PlaceOutcome& outcome, std::span<const PlaceAnomalies> falls);

// Takes out the bursts that peak in too many countries at once.
void dropCommon(std::vector<Observation>& observations, const Parameters& parameters);

}  // namespace nightjar::detect
