#include "app/incidents_command.h"

#include <fmt/format.h>
#include <rapidjson/document.h>

#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "app/command.h"
#include "app/options.h"
#include "app/series_store.h"
#include "series/store.h"

namespace nightjar::app {
namespace {

constexpr const char* kHelp =
    R"(Usage: nightjar incidents [OPTION]... --store FILE [ENTITY]
Prints the incidents that a store keeps: the last revision of each, also of those that a later judgement took back.
'nightjar detect' tells more about each.

  --store FILE   the store
  --rule NAME    who judged: nightjar (default), or others whose judgements were imported: ioda-events,
                 ioda-alerts, label
  --json         one JSON document: the incidents as docs/incidents.md describes them, with their revision
  ENTITY         only this place and what belongs to it: KZ, KZ-ALA, AS9198, AS9198@KZ
)";

struct Arguments {
  std::string store;
  std::string rule{kKeptRule};
  std::optional<Entity> entity;
  bool json = false;
};

std::expected<Arguments, int> parse(int argc, char** argv) {
  Arguments arguments;
  Options options(argv[0], kHelp);
  options.text("store", arguments.store);
  options.text("rule", arguments.rule);
  options.flag("json", arguments.json);
  const auto operands = options.read(argc, argv);
  options.requireStore(arguments.store);
  options.entity(arguments.entity, operands);
  return options.result(std::move(arguments));
}

std::string toJson(const std::vector<series::StoredIncident>& incidents) {
  std::string text = R"({"incidents":[)";
  for (const series::StoredIncident& incident : incidents) {
    // The document begins with a brace: the revision goes in front of its first field.
    const size_t brace = incident.json.find('{');
    const size_t end = incident.json.find_last_of('}');
    fmt::format_to(std::back_inserter(text), R"({}{{"revision":{},{})", text.back() == '[' ? "" : ",",
                   incident.revision, incident.json.substr(brace + 1, end - brace));
  }
  return text + "]}\n";
}

std::string rowOf(const series::StoredIncident& incident) {
  rapidjson::Document document;
  document.Parse(incident.json.c_str(), incident.json.size());
  const auto text = [&](const char* field) -> std::string {
    const bool known = document.IsObject() && document.HasMember(field) && document[field].IsString();
    return known ? document[field].GetString() : "";
  };
  const bool deep = document.IsObject() && document.HasMember("depth") && document["depth"].IsNumber();
  const std::string name = text("name");
  const std::string place =
      name.empty() ? incident.entity.code() : fmt::format("{} ({})", name, incident.entity.code());
  const Time last = incident.end.value_or(parseTime(text("judged_until")).value_or(incident.onset));
  return fmt::format("{:<26} {:<20} {:<20} {:>9} {:>6} {:<10} {:<10} {}\n", place, formatTime(incident.onset),
                     incident.end ? formatTime(*incident.end) : "open",
                     formatDuration(std::chrono::floor<Seconds>(last - incident.onset)),
                     deep ? fmt::format("-{:.0f} %", document["depth"].GetDouble() * 100) : "", text("kind"),
                     text("state"), incident.id);
}

std::string toTable(const std::vector<series::StoredIncident>& incidents, const Provenance& provenance) {
  std::string text;
  if (!provenance.simulation.empty()) {
    text = fmt::format("*** SIMULATION, NOT A MEASUREMENT: {} ***\n", provenance.simulation);
  }
  if (incidents.empty()) return text + "No incident.\n";
  text += fmt::format("{:<26} {:<20} {:<20} {:>9} {:>6} {:<10} {:<10} {}\n", "PLACE", "SINCE", "UNTIL",
                      "LENGTH", "DEPTH", "KIND", "STATE", "INCIDENT");
  for (const series::StoredIncident& incident : incidents) text += rowOf(incident);
  return text;
}

Result<int> run(const Arguments& arguments) {
  const auto store = series::openStoreForReading(arguments.store);
  if (!store) return std::unexpected(store.error());
  const auto provenance = provenanceOf(**store);
  if (!provenance) return std::unexpected(provenance.error());
  auto incidents = (*store)->incidents({.rule = arguments.rule});
  if (!incidents) return std::unexpected(incidents.error());
  if (arguments.entity) {
    const Entity& place = *arguments.entity;
    std::erase_if(*incidents, [&place](const auto& incident) { return !incident.entity.belongsTo(place); });
  }
  return doneOr(writeOutput(arguments.json ? toJson(*incidents) : toTable(*incidents, *provenance)));
}

}  // namespace

int incidentsCommand(int argc, char** argv) {
  return runWith(parse(argc, argv), run);
}

}  // namespace nightjar::app
