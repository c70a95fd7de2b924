// Bursts of a country's updates: beside one of its incidents, or alone while its space stands.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "detect/incident/incident.h"
#include "detect/incident/judge.h"
#include "detect/incident/place.h"

namespace nightjar::detect {

struct CountryBurst {
  Observation told;
  std::optional<size_t> fall;  // which of the country's falls it is part of
};

// The bursts of a country's updates, each with the networks among `parts` that burst at the same time. One
// near none of `falls`, those that became the country's incidents, is told only where its space, of which
// `outcome` tells, was known to be in its ordinary range all the time.
Result<std::vector<CountryBurst>> burstsOf(SeriesReader& reader, const JoiningParameters& parameters,
                                           const Place& country, std::span<const Place> parts,
                                           const PlaceOutcome& outcome, std::span<const PlaceFall> falls);

// Takes out of the report the bursts that peak in too many countries at once.
void dropCommonBursts(Report& report, const JoiningParameters& parameters);

}  // namespace nightjar::detect
