// What kind of incident it is, from what each plane saw.
#pragma once

#include <array>
#include <optional>

#include "detect/incident/incident.h"
#include "detect/incident/place.h"

namespace nightjar::detect {

// What was seen of a place during a fall of it.
struct Seen {
  // The largest depth of any signal that sees it (Sees); empty: none of them fell.
  std::array<std::optional<double>, kSeesCount> depth;
  // Some signal that sees it was judged at the time, whether it fell or not.
  std::array<bool, kSeesCount> judged{};
  // The place has a series of it.
  std::array<bool, kSeesCount> measured{};
  std::array<PlaneVerdict, kPlaneCount> planes{};
  std::vector<StandingSignal> others;  // judged signals that did not fall; their numbers are left empty
};

Seen seenDuring(const PlaceFall& fall, const PlaceOutcome& outcome, const JoiningParameters& parameters);

Kind kindOf(const Seen& seen, const JoiningParameters& parameters);

// When such an incident began and when it was over (Time::max() if it is not): routes and hosts speak for a
// place, whatever else fell before or stays down; but of throttling, traffic and sites all signals do. What
// is small beside what came then is no onset.
Time onsetOf(const PlaceFall& fall, Kind kind, const JoiningParameters& parameters);
Time endOf(const PlaceFall& fall, Kind kind);

// The signal of the fall whose numbers speak for an incident of that kind: index in fall.signals.
size_t speakerOf(const PlaceFall& fall, Kind kind);

}  // namespace nightjar::detect
