#include "episode/build.h"

#include <fmt/format.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include <algorithm>
#include <filesystem>

#include "episode/host_world.h"
#include "episode/output_file.h"
#include "episode/probing_log.h"

namespace nightjar::episode {
namespace {

using Json = rapidjson::PrettyWriter<rapidjson::StringBuffer>;

Result<void> writeText(const std::string& path, std::string_view text) {
  return writeFile(path, {reinterpret_cast<const uint8_t*>(text.data()), text.size()});
}

Result<void> prepareFolder(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return failIn(folder, {ErrorKind::kIo, error.message()});
  const bool empty = std::filesystem::is_empty(folder, error);
  if (error) return failIn(folder, {ErrorKind::kIo, error.message()});
  if (!empty)
    return failIn(folder, {ErrorKind::kConflict, "the folder is not empty; an episode needs a new one"});
  return {};
}

std::string geoText(const Facts& facts, const World& world) {
  std::string text =
      fmt::format("# nightjar geo map: {}\n# Made up for the episode; not a measurement.\n", viewName(facts));
  for (const GeoRow& row : world.geoRows()) {
    text +=
        fmt::format("{},{}{}{}\n", row.prefix.text(), row.country, row.region.empty() ? "" : ",", row.region);
  }
  return text;
}

// Commas separate the fields, so a name has none.
std::string networksText(const Facts& facts, const World& world) {
  std::string text = fmt::format("# nightjar networks: {}\n", viewName(facts));
  for (const Node& node : world.nodes()) {
    std::string name = node.name;
    std::erase(name, ',');
    const bool isSaid = node.access != Access::kNone;
    text += fmt::format("{},{},{}\n", node.asn.number, name, isSaid ? accessWord(node.access) : "");
  }
  return text;
}

std::string readmeText(const Facts& facts, const BuildReport& report) {
  std::string text = fmt::format(
      "THIS IS A SIMULATION\n\n{}\n\n{}\n\n"
      "The files in this folder were built by `nightjar episode` from a file of facts. Nobody measured them: "
      "the\n"
      "facts have sources, everything between them is made up from a seed. The view name in every RIB says\n"
      "'{}'. Replay them with the episode's own map:\n\n    nightjar replay --geo geo.csv .\n\n",
      facts.title, facts.about, viewName(facts));
  if (facts.prober) {
    text += fmt::format(
        "{} is the log of a made-up prober in {}. It probed {} /24s, one in {} of those whose hosts the "
        "facts\n"
        "speak of, from scratch: it began with the episode and knew nothing. The log says the same in its "
        "header.\n\n",
        probingLogName(*facts.prober), facts.prober->from, report.probing.blocks, facts.prober->every);
  }
  text += "Sources\n";
  for (const auto& [key, citation] : facts.sources) text += fmt::format("- {}: {}\n", key, citation);
  return text;
}

void put(Json& json, const char* key, std::string_view value) {
  json.Key(key);
  json.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
}

void put(Json& json, const char* key, uint64_t value) {
  json.Key(key);
  json.Uint64(value);
}

// What happened, for programs that compare a verdict with it.
void putEvent(Json& json, const Event& event) {
  json.StartObject();
  put(json, "kind", eventWord(event.kind));
  put(json, "at", formatTime(event.at));
  const Target& target = event.target;
  if (target.network) put(json, "network", fmt::format("AS{}", target.network->number));
  if (!target.group.empty()) put(json, "group", target.group);
  if (!target.country.empty()) put(json, "country", target.country);
  if (target.access) put(json, "access", accessWord(*target.access));
  if (!target.region.empty()) put(json, "region", target.region);
  if (!target.outside.empty()) put(json, "outside", fmt::format("{}", fmt::join(target.outside, " ")));
  if (!event.collector.empty()) put(json, "collector", event.collector);
  if (event.peer) put(json, "peer", event.peer->text());
  if (event.other) put(json, "other", fmt::format("AS{}", event.other->number));
  if (event.duration.count() > 0) put(json, "until", formatTime(event.at + event.duration));
  put(json, "source", event.source);
  json.EndObject();
}

std::string manifestText(const Facts& facts, const BuildReport& report) {
  rapidjson::StringBuffer text;
  Json json(text);
  json.SetIndent(' ', 2);
  json.StartObject();
  json.Key("simulation");
  json.Bool(true);
  put(json, "name", facts.name);
  put(json, "title", facts.title);
  put(json, "about", facts.about);
  put(json, "view", viewName(facts));
  put(json, "seed", facts.seed);
  put(json, "from", formatTime(facts.from));
  put(json, "until", formatTime(facts.until));
  put(json, "files", report.archives.files);
  put(json, "records", report.archives.records);
  put(json, "networks", report.networks);
  put(json, "prefixes", report.prefixes);
  if (facts.prober) {
    json.Key("prober");
    json.StartObject();
    put(json, "name", facts.prober->name);
    put(json, "from", facts.prober->from);
    put(json, "log", probingLogName(*facts.prober));
    put(json, "every", uint64_t{facts.prober->every});
    put(json, "blocks", report.probing.blocks);
    put(json, "probes", report.probing.probes);
    json.EndObject();
  }
  json.Key("sources");
  json.StartObject();
  for (const auto& [key, citation] : facts.sources) put(json, key.c_str(), citation);
  json.EndObject();
  json.Key("events");
  json.StartArray();
  for (const Event& event : facts.events) putEvent(json, event);
  json.EndArray();
  json.EndObject();
  return std::string(text.GetString(), text.GetSize()) + "\n";
}

}  // namespace

Result<BuildReport> buildEpisode(const Facts& facts, const std::string& folder) {
  const auto world = World::build(facts);
  if (!world) return std::unexpected(world.error());
  if (auto ok = prepareFolder(folder); !ok) return std::unexpected(ok.error());

  BuildReport report;
  for (const Node& node : world->nodes()) {
    const size_t prefixes = node.prefixes[0] + node.prefixes[1];
    report.networks += prefixes > 0;
    report.prefixes += prefixes;
  }
  HostWorld hosts(facts, *world);
  const auto archives = writeArchives(facts, *world, hosts, folder);
  if (!archives) return std::unexpected(archives.error());
  report.archives = *archives;
  if (facts.prober) {
    const auto probing = writeProbingLog(facts, hosts, folder + "/" + probingLogName(*facts.prober));
    if (!probing) return std::unexpected(probing.error());
    report.probing = *probing;
  }
  const std::filesystem::path path = folder;
  if (auto ok = writeText(path / "geo.csv", geoText(facts, *world)); !ok) return std::unexpected(ok.error());
  if (auto ok = writeText(path / "networks.csv", networksText(facts, *world)); !ok) {
    return std::unexpected(ok.error());
  }
  if (auto ok = writeText(path / "README.txt", readmeText(facts, report)); !ok)
    return std::unexpected(ok.error());
  if (auto ok = writeText(path / "episode.json", manifestText(facts, report)); !ok) {
    return std::unexpected(ok.error());
  }
  return report;
}

}  // namespace nightjar::episode
