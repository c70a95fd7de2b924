#include "serve/incident_list.h"

#include <fmt/format.h>
#include <rapidjson/document.h>

#include <algorithm>
#include <tuple>

namespace nightjar::serve {
namespace {

constexpr int64_t kUsualIncidents = 200;
constexpr int64_t kMostIncidents = 100'000;

std::string textOf(const rapidjson::Document& document, const char* field) {
  const auto member = document.FindMember(field);
  return member != document.MemberEnd() && member->value.IsString() ? member->value.GetString() : "";
}

std::optional<double> numberOf(const rapidjson::Document& document, const char* field) {
  const auto member = document.FindMember(field);
  if (member == document.MemberEnd() || !member->value.IsNumber()) return std::nullopt;
  return member->value.GetDouble();
}

std::vector<std::pair<Time, Time>> occurrencesOf(const rapidjson::Document& document, Time judged_until) {
  std::vector<std::pair<Time, Time>> occurrences;
  const auto recurrence = document.FindMember("recurrence");
  if (recurrence == document.MemberEnd() || !recurrence->value.IsObject()) return occurrences;
  const auto list = recurrence->value.FindMember("occurrences");
  if (list == recurrence->value.MemberEnd() || !list->value.IsArray()) return occurrences;
  const auto time = [](const rapidjson::Value& one, const char* field, Time otherwise) {
    const auto member = one.FindMember(field);
    if (member == one.MemberEnd() || !member->value.IsString()) return otherwise;
    return parseTime(member->value.GetString()).value_or(otherwise);
  };
  for (const rapidjson::Value& one : list->value.GetArray()) {
    if (!one.IsObject()) continue;
    const Time onset = time(one, "onset", judged_until);
    occurrences.emplace_back(onset, time(one, "end", judged_until));
  }
  return occurrences;
}

}  // namespace

bool isGone(const IncidentHead& incident) {
  return incident.state == "retracted" || incident.state == "joined";
}

bool IncidentHead::isDownAt(Time time) const {
  if (occurrences.empty()) return stored.onset <= time && time < last();
  return std::any_of(occurrences.begin(), occurrences.end(),
                     [&](const auto& one) { return one.first <= time && time < one.second; });
}

IncidentHead headOf(series::StoredIncident stored) {
  IncidentHead head{.stored = std::move(stored), .judged_until = {}};
  head.judged_until = head.stored.onset;
  rapidjson::Document document;
  document.Parse(head.stored.json.c_str(), head.stored.json.size());
  if (!document.IsObject()) return head;
  head.name = textOf(document, "name");
  head.kind = textOf(document, "kind");
  head.state = textOf(document, "state");
  head.simulation = textOf(document, "simulation");
  head.depth = numberOf(document, "depth");
  head.confidence = numberOf(document, "confidence");
  head.severity_hours = numberOf(document, "severity_hours");
  head.judged_until = parseTime(textOf(document, "judged_until")).value_or(head.stored.onset);
  head.occurrences = occurrencesOf(document, head.judged_until);
  return head;
}

std::string documentOf(const series::StoredIncident& stored) {
  const size_t brace = stored.json.find('{');
  const size_t end = stored.json.find_last_of('}');
  if (brace == std::string::npos || end == std::string::npos) return "{}";
  return fmt::format(R"({{"revision":{},{})", stored.revision, stored.json.substr(brace + 1, end - brace));
}

std::string headline(const IncidentHead& incident) {
  const std::string place = incident.name.empty()
                                ? incident.stored.entity.code()
                                : fmt::format("{} ({})", incident.name, incident.stored.entity.code());
  const std::string depth = incident.depth ? fmt::format(", down by {:.0f} %", 100 * *incident.depth) : "";
  const std::string until =
      incident.stored.end ? fmt::format(" until {}", formatTime(*incident.stored.end)) : "";
  return fmt::format("{}{}: {}{} since {}{}", incident.simulation.empty() ? "" : "SIMULATION: ", place,
                     incident.kind, depth, formatTime(incident.stored.onset), until);
}

Result<std::vector<IncidentHead>> incidentsFor(Api& api, const Request& request) {
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
  auto stored = api.store().incidents({.from = span->from, .until = span->until});
  if (!stored) return std::unexpected(stored.error());
  const std::string_view kind = request.parameter("kind");
  const std::string_view state = request.parameter("state");
  std::vector<IncidentHead> found;
  for (series::StoredIncident& one : *stored) {
    if (place && !one.entity.belongsTo(*place)) continue;
    IncidentHead head = headOf(std::move(one));
    if (!kind.empty() && head.kind != kind) continue;
    if (state.empty() ? isGone(head) : head.state != state) continue;
    found.push_back(std::move(head));
  }
  std::sort(found.begin(), found.end(), [](const IncidentHead& a, const IncidentHead& b) {
    return std::tie(b.stored.onset, a.stored.id) < std::tie(a.stored.onset, b.stored.id);
  });
  const auto skipped = std::min(found.size(), static_cast<size_t>(offset->value_or(0)));
  found.erase(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(skipped));
  const auto kept = std::min(found.size(), static_cast<size_t>(limit->value_or(kUsualIncidents)));
  found.erase(found.begin() + static_cast<std::ptrdiff_t>(kept), found.end());
  return found;
}

}  // namespace nightjar::serve
