// Which incidents a request asks for.
#pragma once

#include <vector>

#include "serve/api.h"
#include "serve/incident_head.h"
#include "serve/parameters.h"

namespace nightjar::serve {

// Parameters: entity (with what belongs to it), kind, state (open, ended, retracted, ...), from, until (what
// overlaps), limit, offset. The latest onset first. Retracted and joined ones only where `state` asks for
// them. Fails with kUsage.
Result<std::vector<IncidentHead>> incidentsFor(const Api& api, const Request& request);

}  // namespace nightjar::serve
