// Finds falls that come back at the same hours: every night, or on exam mornings.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "detect/incident/incident.h"
#include "detect/incident/place.h"

namespace nightjar::detect {

// One fall of a place, as far as its hours go.
struct Hours {
  Time onset;
  Time onset_earliest;      // earlier where the bins before the onset could not be judged
  std::optional<Time> end;  // empty: still going on, at `until`
  Time end_earliest;        // earlier than `end` where the bins before that could not be judged
  Time until;               // end of the data
  Seconds bin{0};           // the times are no finer than that
};

struct RecurringFalls {
  std::vector<size_t> members;  // of the falls that were given, by time
  RecurringHours hours;
};

// `falls` by onset. Each is a member of at most one result; what recurs on fewer than recurring_days days is
// of none. A fall is given its place by what came before it; only one that goes on for longer than its hours
// leaves them again.
std::vector<RecurringFalls> findRecurring(std::span<const Hours> falls, const JoiningParameters& parameters);

Hours hoursOf(const PlaceFall& fall, Time until);

// Makes one fall of those that recur. `falls` and the result are by their first anomalies.
std::vector<PlaceFall> joinRecurring(std::vector<PlaceFall> falls, Time until,
                                     const JoiningParameters& parameters);

// How a recurring fall is told; the numbers are those of `speaker`, one of its signals, where it fell.
Recurrence recurrenceOf(const PlaceFall& fall, const SignalInfo* speaker, const PlaceOutcome& outcome,
                        const JoiningParameters& parameters);

}  // namespace nightjar::detect
