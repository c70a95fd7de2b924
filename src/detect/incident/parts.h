// What of a network or a region belongs to the fall of a larger place.
#pragma once

#include <vector>

#include "detect/incident/place.h"

namespace nightjar::detect {

// Takes out of `falls` (a network's, a region's) what belongs to `whole` (of its country, its network): what
// began while it was down or up to child_lead before, and was down when it was. As in joinPlace, what is no
// more than a small loss of the whole explains only what begins within company_lead of it; and IPv6 that
// falls in a country explains no fall in IPv4.
PlaceFall takePart(std::vector<PlaceFall>& falls, const PlaceFall& whole,
                   const JoiningParameters& parameters);

// When a part's anomaly began, for a whole that it may belong to from `earliest` on: what was small before
// that, or at least not critical, is left out.
Time partOnset(const Anomaly& part, Time earliest, const JoiningParameters& parameters);

// In how many of a recurring fall's occurrences `part` fell; 1 if it does not recur.
size_t fallsIn(const PlaceFall& part, const PlaceFall& whole, const JoiningParameters& parameters);

// Takes out the anomalies of a whole network at least half of whose loss is told by `told`: its falls in
// countries that are told as children of these.
void dropExplained(PlaceOutcome& outcome, const std::vector<PlaceFall>& told);

}  // namespace nightjar::detect
