#include "serve/find_incident.h"

#include <limits>

#include "serve/parameters.h"

namespace nightjar::serve {

Result<std::optional<series::StoredIncident>> findIncident(Api& api, const Request& request,
                                                           const std::string& id) {
  const auto wanted = readNumber(request, "revision", 1, std::numeric_limits<uint32_t>::max());
  if (!wanted) return std::unexpected(wanted.error());
  const auto revisions = api.store().revisions(id);
  if (!revisions) return std::unexpected(revisions.error());
  for (auto one = revisions->rbegin(); one != revisions->rend(); ++one) {
    if (!*wanted || one->revision == **wanted) return *one;
  }
  return std::nullopt;
}

}  // namespace nightjar::serve
