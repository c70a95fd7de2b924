// What lists show of an incident, read out of its document (docs/incidents.md).
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "series/store.h"

namespace nightjar::serve {

// What one signal did in it.
struct SignalCourse {
  std::string signal, level_worst;
  std::optional<Time> onset, end;
  std::optional<double> baseline, floor;
};

struct IncidentHead {
  series::StoredIncident stored;  // without its `json`
  std::string name, kind, state, simulation;
  std::optional<double> depth, confidence, severity_hours;
  Time judged_until;
  std::vector<SignalCourse> signals;
  // Of a recurring one: when it was down. Empty for others, which are down from their onset to last().
  std::vector<std::pair<Time, Time>> occurrences;

  bool isDownAt(Time time) const;
  // It was open when the judgement ended, and that was before.
  bool isUnjudgedAt(Time time) const { return !stored.end && stored.onset <= time && judged_until <= time; }
  Time last() const { return stored.end.value_or(judged_until); }
  // Taken back, or told in another one.
  bool isGone() const { return state == "retracted" || state == "joined"; }
};

// A document that cannot be read leaves what is not in `stored` empty.
IncidentHead headOf(series::StoredIncident stored);

// "Egypt (EG): withdrawn, down by 89 % since 2011-01-27T22:13:00Z".
std::string headline(const IncidentHead& incident);

// The document with its revision in front.
std::string documentOf(const series::StoredIncident& stored);

}  // namespace nightjar::serve
