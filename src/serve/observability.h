// For a place and a time: up, down, or cannot tell, and with what behind it.
#pragma once

#include <string>
#include <vector>

#include "serve/api.h"
#include "serve/parameters.h"

namespace nightjar::serve {

enum class ObservedState : uint8_t { kUp, kDown, kCannotTell };
std::string_view stateName(ObservedState state);

struct Observed {
  Time from;
  Time until;
  ObservedState state = ObservedState::kCannotTell;
  std::string incident;                 // its id, where the state is down
  std::vector<series::Signal> signals;  // the judged ones that could tell
};

// The states of a place over a span, in the order of time, without holes between them. Down: within an
// incident of the place. Cannot tell: no judged signal had half of its coverage and the six hours of usable
// bins before that the rule asks for (detect/rule/parameters.h, min_coverage and min_history), without being
// low from its first bin on (judgement.h); or an incident was open when the judgement ended, before that.
// Else up.
Result<std::vector<Observed>> observabilityOf(Api& api, const CatalogEntry& entry, const Span& span);

// The same of every country for the bin that holds `at`, by code.
struct ObservedPlace {
  const CatalogEntry* entry = nullptr;
  Observed now;
};
Result<std::vector<ObservedPlace>> countriesAt(Api& api, Time at);

}  // namespace nightjar::serve
