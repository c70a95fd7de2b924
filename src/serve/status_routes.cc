// What the instance is and where its measurements came from.
#include "serve/api.h"
#include "serve/json.h"
#include "serve/openapi.h"

namespace nightjar::serve {
namespace {

Response status(Api& api) {
  const auto open = api.store().incidents({.open = true});
  if (!open) return errorResponse(open.error());
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
  json.key("open_incidents").integer(static_cast<int64_t>(open->size()));
  json.key("public_key").textOrNull(api.options().evidence.public_key);
  return {.body = json.close().take()};
}

Response sources(const Api& api) {
  Json json;
  json.open().key("simulation").textOrNull(api.simulation()).key("sources").openArray();
  for (const series::Source& source : api.sources()) {
    json.open().key("input").text(source.input).key("collector").textOrNull(source.collector);
    json.key("kind").text(source.kind).key("from").time(source.from).key("until").time(source.until);
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
