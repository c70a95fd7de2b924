#include "serve/incident_list.h"

namespace nightjar::serve {
namespace {

constexpr int64_t kUsualIncidents = 200;
constexpr int64_t kMostIncidents = 100'000;

bool overlaps(const series::StoredIncident& incident, const Span& span) {
  return (!span.from || !incident.end || *incident.end > *span.from) &&
         (!span.until || incident.onset < *span.until);
}

}  // namespace

Result<std::vector<IncidentHead>> incidentsFor(const Api& api, const Request& request) {
  const auto span = readSpan(request);
  if (!span) return std::unexpected(span.error());
  const auto limit = readNumber(request, "limit", 1, kMostIncidents);
  if (!limit) return std::unexpected(limit.error());
  const auto offset = readNumber(request, "offset", 0, kMostIncidents);
  if (!offset) return std::unexpected(offset.error());
  std::optional<Entity> place;
  if (request.has("entity")) {
    auto entity = readEntity(request.parameter("entity"));
    if (!entity) return std::unexpected(entity.error());
    place = std::move(*entity);
  }
  const std::string_view kind = request.parameter("kind");
  const std::string_view state = request.parameter("state");
  const auto most = static_cast<size_t>(limit->value_or(kUsualIncidents));
  int64_t skipped = 0;
  std::vector<IncidentHead> found;
  for (const IncidentHead& head : api.incidents()) {
    if (found.size() == most) break;
    if (!overlaps(head.stored, *span) || (place && !head.stored.entity.belongsTo(*place))) continue;
    if (!kind.empty() && head.kind != kind) continue;
    if (state.empty() ? head.isGone() : head.state != state) continue;
    if (skipped++ >= offset->value_or(0)) found.push_back(head);
  }
  return found;
}

}  // namespace nightjar::serve
