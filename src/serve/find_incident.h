// One incident in one of its revisions.
#pragma once

#include <optional>
#include <string>

#include "serve/api.h"

namespace nightjar::serve {

// The revision that the parameter `revision` asks for, else the latest; nothing where there is no such one.
// Fails with kUsage, or with what the store fails with.
Result<std::optional<series::StoredIncident>> findIncident(Api& api, const Request& request,
                                                           const std::string& id);

}  // namespace nightjar::serve
