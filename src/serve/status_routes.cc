// What the instance is and where its measurements came from.
#include <rapidjson/document.h>

#include <algorithm>
#include <map>

#include "serve/api.h"
#include "serve/json.h"
#include "serve/openapi.h"

namespace nightjar::serve {
namespace {

Response status(Api& api) {
  const auto open = std::count_if(api.incidents().begin(), api.incidents().end(),
                                  [](const IncidentHead& one) { return one.state == "open"; });
  const BinWidth width = api.store().width();
  const bool empty = api.catalog().entries().empty();
  Json json;
  json.open().key("program").text("nightjar " + api.options().version);
  json.key("simulation").textOrNull(api.simulation());
  json.key("geo_source").textOrNull(api.geoSource());
  json.key("bin_seconds").integer(width.length().count());
  json.key("from").timeOrNull(empty ? std::nullopt : std::optional(api.catalog().first().start(width)));
  json.key("until").timeOrNull(empty ? std::nullopt : std::optional(api.catalog().end().start(width)));
  json.key("entities").integer(static_cast<int64_t>(api.catalog().entries().size()));
  json.key("open_incidents").integer(open);
  json.key("public_key").textOrNull(api.options().evidence.public_key);
  json.key("trouble").textOrNull(api.trouble());
  return {.body = json.close().take()};
}

// The source that speaks last of each collector or prober, with the word on how that stands.
std::map<const series::Source*, const series::Note*> standingsOf(const Api& api) {
  std::map<std::string, const series::Source*> last;
  for (const series::Source& source : api.sources()) {
    const series::Source*& known = last[source.collector];
    if (known == nullptr || known->until <= source.until) known = &source;
  }
  std::map<const series::Source*, const series::Note*> standings;
  for (const series::Note& note : api.notes()) {
    const auto source = last.find(note.name);
    if ((note.kind == "collector" || note.kind == "prober") && source != last.end())
      standings[source->second] = &note;
  }
  return standings;
}

// A note's own fields, as they are.
void putFields(Json& json, const series::Note& note) {
  rapidjson::Document document;
  document.Parse(note.json.c_str(), note.json.size());
  if (!document.IsObject()) return;
  for (const auto& member : document.GetObject()) {
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
    member.value.Accept(writer);
    json.key(member.name.GetString()).raw({buffer.GetString(), buffer.GetSize()});
  }
}

Response sources(const Api& api) {
  Json json;
  json.open().key("simulation").textOrNull(api.simulation()).key("sources").openArray();
  const auto standings = standingsOf(api);
  for (const series::Source& source : api.sources()) {
    const auto standing = standings.find(&source);
    const series::Note* note = standing == standings.end() ? nullptr : standing->second;
    json.open().key("input").text(source.input).key("collector").textOrNull(source.collector);
    json.key("kind").text(source.kind).key("from").time(source.from);
    json.key("until").time(note == nullptr ? source.until : std::max(source.until, note->at));
    if (note != nullptr) putFields(json, *note);
    json.key("geo_source").textOrNull(source.geolocation).key("simulation").textOrNull(source.simulation);
    json.key("program").text(source.program).close();
  }
  return {.body = json.closeArray().close().take()};
}

}  // namespace

void addStatusRoutes(Api& api, Router& router) {
  router.add({Method::kGet, "/openapi.json",
              [](const Request&, PathValues) { return Response{.body = std::string(openApiDocument())}; }});
  router.add({Method::kGet, "/api/v1/status", [&api](const Request&, PathValues) { return status(api); }});
  router.add({Method::kGet, "/api/v1/sources", [&api](const Request&, PathValues) { return sources(api); }});
}

}  // namespace nightjar::serve
