// A report as one JSON document. docs/incidents.md describes every field.
#pragma once

#include <string>

#include "detect/incident/judge.h"

namespace nightjar::detect {

// UTF-8, with a line feed at its end. The same report gives the same bytes.
std::string toJson(const Report& report);

// One incident of the report as it stands in that document: complete by itself (it names the rule, the
// geolocation and a simulation), so that it can be kept and passed on alone.
std::string toJson(const Report& report, const Incident& incident);

// Report::low_at_first for a store to keep (docs/store.md): as `cannot_tell` of the whole document.
std::string lowAtFirstToJson(const Report& report);

}  // namespace nightjar::detect
