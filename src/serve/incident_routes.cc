// Incidents: lists, one of them with its revisions, feeds, and what could be observed at all.
#include <fmt/format.h>

#include <algorithm>

#include "base/markup.h"
#include "geo/country_points.h"
#include "serve/api.h"
#include "serve/find_incident.h"
#include "serve/find_place.h"
#include "serve/incident_list.h"
#include "serve/json.h"
#include "serve/observability.h"
#include "serve/parameters.h"

namespace nightjar::serve {
namespace {

void putHead(Json& json, const IncidentHead& one) {
  const auto number = [&](const char* key, const std::optional<double>& value) {
    json.key(key);
    value ? json.number(*value) : json.null();
  };
  json.key("id").text(one.stored.id).key("revision").integer(one.stored.revision);
  json.key("entity").text(one.stored.entity.code()).key("name").textOrNull(one.name);
  json.key("kind").text(one.kind).key("state").text(one.state);
  json.key("onset").time(one.stored.onset).key("end").timeOrNull(one.stored.end);
  json.key("judged_until").time(one.judged_until);
  json.key("duration_seconds")
      .integer(std::chrono::duration_cast<Seconds>(one.last() - one.stored.onset).count());
  number("depth", one.depth);
  number("severity_hours", one.severity_hours);
  number("confidence", one.confidence);
  json.key("headline").text(headline(one)).key("simulation").textOrNull(one.simulation);
}

std::string asJson(const std::vector<IncidentHead>& incidents) {
  Json json;
  json.open().key("incidents").openArray();
  for (const IncidentHead& one : incidents) {
    json.open();
    putHead(json, one);
    json.close();
  }
  return json.closeArray().close().take();
}

// A point for the country that the place is in; a network that is everywhere has none.
void putGeometry(Json& json, const Entity& entity) {
  const auto point = geo::countryPoint(entity.countryCode());
  json.key("geometry");
  if (!point) {
    json.null();
    return;
  }
  json.open().key("type").text("Point").key("coordinates").openArray();
  json.number(point->longitude).number(point->latitude).closeArray().close();
}

// RFC 7946.
std::string asGeoJson(const std::vector<IncidentHead>& incidents) {
  Json json;
  json.open().key("type").text("FeatureCollection").key("features").openArray();
  for (const IncidentHead& one : incidents) {
    json.open().key("type").text("Feature").key("id").text(one.stored.id);
    putGeometry(json, one.stored.entity);
    json.key("properties").open();
    putHead(json, one);
    json.close().close();
  }
  return json.closeArray().close().take();
}

// RFC 4180.
std::string cell(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

std::string asCsv(const std::vector<IncidentHead>& incidents) {
  std::string text = "id,revision,entity,name,kind,state,onset,end,depth,confidence,simulation\n";
  const auto number = [](const std::optional<double>& value) {
    return value ? fmt::format("{:.4f}", *value) : std::string();
  };
  for (const IncidentHead& one : incidents) {
    fmt::format_to(std::back_inserter(text), "{},{},{},{},{},{},{},{},{},{},{}\n", one.stored.id,
                   one.stored.revision, one.stored.entity.code(), cell(one.name), one.kind, one.state,
                   formatTime(one.stored.onset), one.stored.end ? formatTime(*one.stored.end) : "",
                   number(one.depth), number(one.confidence), cell(one.simulation));
  }
  return text;
}

Response list(Api& api, const Request& request) {
  const auto format = readFormat(request);
  if (!format) return errorResponse(format.error());
  const auto incidents = incidentsFor(api, request);
  if (!incidents) return errorResponse(incidents.error());
  switch (*format) {
    case Format::kCsv:
      return {.type = "text/csv; charset=utf-8", .body = asCsv(*incidents)};
    case Format::kGeoJson:
      return {.type = "application/geo+json", .body = asGeoJson(*incidents)};
    case Format::kJson:
      break;
  }
  return {.body = asJson(*incidents)};
}

Response one(Api& api, const Request& request, const std::string& id) {
  const auto incident = findIncident(api, request, id);
  if (!incident) return errorResponse(incident.error());
  if (!*incident) return errorResponse(404, "there is no such incident");
  return {.body = documentOf(**incident) + "\n"};
}

Response allRevisions(Api& api, const std::string& id) {
  const auto revisions = api.store().revisions(id);
  if (!revisions) return errorResponse(revisions.error());
  if (revisions->empty()) return errorResponse(404, "there is no such incident");
  std::string text = R"({"revisions":[)";
  for (const series::StoredIncident& revision : *revisions) {
    if (text.back() != '[') text += ',';
    text += documentOf(revision);
  }
  return {.body = text + "]}\n"};
}

// RFC 4287. An entry's id stays with the incident; each revision updates it.
Response feed(Api& api, const std::string& file) {
  if (!file.ends_with(".atom")) return errorResponse(404, "feeds end in .atom");
  const std::string code = file.substr(0, file.size() - 5);
  Request request;
  if (code != "all") request.query.emplace_back("entity", code);
  request.query.emplace_back("limit", "100");
  const auto incidents = incidentsFor(api, request);
  if (!incidents) return errorResponse(incidents.error());
  Time updated{};
  for (const IncidentHead& one : *incidents) updated = std::max(updated, one.last());
  std::string text = fmt::format(
      "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n"
      "<title>Nightjar: {}</title>\n<id>urn:nightjar:feed:{}</id>\n<updated>{}</updated>\n"
      "<author><name>Nightjar</name></author>\n<link rel=\"self\" href=\"/feeds/{}\"/>\n",
      code == "all" ? "all places" : escapeMarkup(code), escapeMarkup(code), formatTime(updated),
      escapeMarkup(file));
  for (const IncidentHead& one : *incidents) {
    fmt::format_to(
        std::back_inserter(text),
        "<entry><title>{}</title><id>urn:nightjar:incident:{}</id><published>{}</published>"
        "<updated>{}</updated><link href=\"/#/incident/{}\"/><summary>{}, revision {}</summary></entry>\n",
        escapeMarkup(headline(one)), escapeMarkup(one.stored.id), formatTime(one.stored.onset),
        formatTime(one.last()), escapeMarkup(one.stored.id), escapeMarkup(one.state), one.stored.revision);
  }
  return {.type = "application/atom+xml; charset=utf-8", .body = text + "</feed>\n"};
}

void putObserved(Json& json, const Observed& one) {
  json.key("state").text(stateName(one.state)).key("incident").textOrNull(one.incident);
  json.key("signals").openArray();
  for (const series::Signal& signal : one.signals) json.text(signal);
  json.closeArray();
}

Response observabilityAt(Api& api, const Request& request) {
  const auto at = readTime(request, "at");
  if (!at) return errorResponse(at.error());
  const Bin last{api.catalog().end().index - 1};
  const Time time = at->value_or(last.start(api.store().width()));
  const auto places = countriesAt(api, time);
  if (!places) return errorResponse(places.error());
  Json json;
  json.open().key("at").time(Bin::of(time, api.store().width()).start(api.store().width()));
  json.key("simulation").textOrNull(api.simulation()).key("places").openArray();
  for (const ObservedPlace& place : *places) {
    json.open().key("entity").text(place.entry->entity.code());
    putObserved(json, place.now);
    json.close();
  }
  return {.body = json.closeArray().close().take()};
}

Response observability(Api& api, const Request& request) {
  if (!request.has("entity")) return observabilityAt(api, request);
  const auto place = findPlace(api, request.parameter("entity"));
  if (!place) return place.error();
  const CatalogEntry& entry = **place;
  const auto span = readSpan(request);
  if (!span) return errorResponse(span.error());
  const auto states = observabilityOf(api, entry, *span);
  if (!states) return errorResponse(states.error());
  Json json;
  json.open().key("entity").text(entry.entity.code()).key("simulation").textOrNull(api.simulation());
  json.key("states").openArray();
  for (const Observed& one : *states) {
    json.open().key("from").time(one.from).key("until").time(one.until);
    putObserved(json, one);
    json.close();
  }
  return {.body = json.closeArray().close().take()};
}

}  // namespace

void addIncidentRoutes(Api& api, Router& router) {
  router.add({Method::kGet, "/api/v1/incidents",
              [&api](const Request& request, PathValues) { return list(api, request); }});
  router.add({Method::kGet, "/api/v1/incidents/{id}",
              [&api](const Request& request, PathValues values) { return one(api, request, values[0]); }});
  router.add({Method::kGet, "/api/v1/incidents/{id}/revisions",
              [&api](const Request&, PathValues values) { return allRevisions(api, values[0]); }});
  router.add({Method::kGet, "/api/v1/observability",
              [&api](const Request& request, PathValues) { return observability(api, request); }});
  router.add({Method::kGet, "/feeds/{file}",
              [&api](const Request&, PathValues values) { return feed(api, values[0]); }});
}

}  // namespace nightjar::serve
