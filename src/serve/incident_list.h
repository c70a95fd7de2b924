// Which incidents a request asks for, and what lists show of them.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "serve/api.h"
#include "serve/parameters.h"

namespace nightjar::serve {

// The fields of an incident's document (docs/incidents.md) that lists show.
struct IncidentHead {
  series::StoredIncident stored;
  std::string name, kind, state, simulation;
  std::optional<double> depth, confidence, severity_hours;
  Time judged_until;
  // Of a recurring one: when it was down. Empty for others, which are down from their onset to last().
  std::vector<std::pair<Time, Time>> occurrences;

  bool isDownAt(Time time) const;
  // It was open when the judgement ended, and that was before.
  bool isUnjudgedAt(Time time) const { return !stored.end && stored.onset <= time && judged_until <= time; }
  Time last() const { return stored.end.value_or(judged_until); }
};

// Parameters: entity (with what belongs to it), kind, state (open, ended, retracted, ...), from, until (what
// overlaps), limit, offset. The latest onset first. Retracted and joined ones only where `state` asks for
// them. Fails with kUsage, or with what the store fails with.
Result<std::vector<IncidentHead>> incidentsFor(Api& api, const Request& request);

// "Egypt (EG): withdrawn, down by 89 % since 2011-01-27T22:13:00Z".
std::string headline(const IncidentHead& incident);

// Reads what IncidentHead holds out of the stored document.
IncidentHead headOf(series::StoredIncident stored);

// Taken back, or told in another one.
bool isGone(const IncidentHead& incident);

// The document with its revision in front.
std::string documentOf(const series::StoredIncident& stored);

}  // namespace nightjar::serve
