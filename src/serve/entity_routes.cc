// Which places there are, and what is known of them.
#include "series/signal_traits.h"
#include "serve/api.h"
#include "serve/find_place.h"
#include "serve/json.h"
#include "serve/parameters.h"

namespace nightjar::serve {
namespace {

constexpr int64_t kUsualEntities = 100;
constexpr int64_t kMostEntities = 100'000;

std::string_view kindName(EntityKind kind) {
  switch (kind) {
    case EntityKind::kCountry:
      return "country";
    case EntityKind::kRegion:
      return "region";
    case EntityKind::kNetwork:
      return "network";
    case EntityKind::kNetworkInCountry:
      return "network in country";
    case EntityKind::kSite:
      break;
  }
  return "site";
}

std::string_view planeName(series::Plane plane) {
  switch (plane) {
    case series::Plane::kControl:
      return "control";
    case series::Plane::kData:
      return "data";
    case series::Plane::kTraffic:
      return "traffic";
    case series::Plane::kOther:
      break;
  }
  return "other";
}

void putEntity(Json& json, const CatalogEntry& entry) {
  json.key("code").text(entry.entity.code()).key("kind").text(kindName(entry.entity.kind()));
  json.key("name").textOrNull(entry.name());
  json.key("country").textOrNull(entry.entity.countryCode());
}

Response list(const Api& api, const Request& request) {
  const auto limit = readNumber(request, "limit", 1, kMostEntities);
  if (!limit) return errorResponse(limit.error());
  const auto most = static_cast<size_t>(limit->value_or(kUsualEntities));
  const std::string_view kind = request.parameter("kind");
  Json json;
  json.open().key("entities").openArray();
  size_t told = 0;
  for (const CatalogEntry* entry : api.catalog().search(request.parameter("search"), SIZE_MAX)) {
    if (!kind.empty() && kindName(entry->entity.kind()) != kind) continue;
    if (told++ == most) break;
    json.open();
    putEntity(json, *entry);
    json.close();
  }
  return {.body = json.closeArray().key("complete").boolean(told <= most).close().take()};
}

Response one(Api& api, std::string_view code) {
  const auto place = findPlace(api, code);
  if (!place) return place.error();
  const CatalogEntry& entry = **place;
  const BinWidth width = api.store().width();
  Json json;
  json.open();
  putEntity(json, entry);
  json.key("names").openArray();
  for (const std::string& name : entry.names) json.text(name);
  json.closeArray().key("simulation").textOrNull(api.simulation());
  json.key("geo_source").textOrNull(api.geoSource());
  json.key("bin_seconds").integer(width.length().count()).key("signals").openArray();
  for (const CatalogSeries& series : entry.series) {
    const series::SignalTraits traits = series::traitsOf(series.signal);
    json.open().key("signal").text(series.signal).key("plane").text(planeName(traits.plane));
    json.key("judged").boolean(traits.role == series::Role::kJudged);
    json.key("rises_when_bad").boolean(traits.sense != series::Sense::kFallIsBad);
    json.key("from").time(series.first.start(width)).key("until").time(series.last.end(width)).close();
  }
  json.closeArray().key("children").openArray();
  for (const CatalogEntry* child : api.catalog().childrenOf(entry.entity)) {
    json.open();
    putEntity(json, *child);
    json.close();
  }
  return {.body = json.closeArray().close().take()};
}

}  // namespace

void addEntityRoutes(Api& api, Router& router) {
  router.add({Method::kGet, "/api/v1/entities",
              [&api](const Request& request, PathValues) { return list(api, request); }});
  router.add({Method::kGet, "/api/v1/entities/{code}",
              [&api](const Request&, PathValues values) { return one(api, values[0]); }});
}

}  // namespace nightjar::serve
