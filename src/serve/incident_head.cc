#include "serve/incident_head.h"

#include <fmt/format.h>

#include <algorithm>

#include "serve/json_fields.h"

namespace nightjar::serve {
bool IncidentHead::isDownAt(Time time) const {
  if (occurrences.empty()) return stored.onset <= time && time < last();
  return std::any_of(occurrences.begin(), occurrences.end(),
                     [&](const auto& one) { return one.first <= time && time < one.second; });
}

IncidentHead headOf(series::StoredIncident stored) {
  IncidentHead head{.stored = std::move(stored), .judged_until = {}};
  rapidjson::Document document;
  document.Parse(head.stored.json.c_str(), head.stored.json.size());
  head.stored.json = {};
  head.judged_until = head.stored.onset;
  if (!document.IsObject()) return head;
  head.name = textOf(document, "name");
  head.kind = textOf(document, "kind");
  head.state = textOf(document, "state");
  head.simulation = textOf(document, "simulation");
  head.depth = numberOf(document, "depth");
  head.confidence = numberOf(document, "confidence");
  head.severity_hours = numberOf(document, "severity_hours");
  head.judged_until = timeOf(document, "judged_until").value_or(head.stored.onset);
  forEachIn(document, "signals", [&](const rapidjson::Value& one) {
    head.signals.push_back({textOf(one, "signal"), textOf(one, "level_worst"), timeOf(one, "onset"),
                            timeOf(one, "end"), numberOf(one, "baseline"), numberOf(one, "floor")});
  });
  const rapidjson::Value* recurrence = find(document, "recurrence");
  if (recurrence == nullptr || !recurrence->IsObject()) return head;
  forEachIn(*recurrence, "occurrences", [&](const rapidjson::Value& one) {
    head.occurrences.emplace_back(timeOf(one, "onset").value_or(head.judged_until),
                                  timeOf(one, "end").value_or(head.judged_until));
  });
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

}  // namespace nightjar::serve
