// A card to frame, the chart and the signed bundle of an incident.
#include <fmt/format.h>

#include "serve/api.h"
#include "serve/find_incident.h"
#include "serve/parameters.h"

namespace nightjar::serve {
namespace {

template <typename Make>
Response withIncident(Api& api, const Request& request, const std::string& id, const Make& make) {
  const auto incident = findIncident(api, request, id);
  if (!incident) return errorResponse(incident.error());
  if (!*incident) return errorResponse(404, "there is no such incident");
  return make(**incident);
}

Result<std::string_view> readTheme(const Request& request) {
  const std::string_view theme = request.parameter("theme");
  if (theme.empty() || theme == "light" || theme == "dark") return theme;
  return fail(ErrorKind::kUsage, "'theme' is light or dark");
}

// Anybody may frame it: it shows, and has nothing that a click could change.
Response cardResponse(const Evidence::Card& card) {
  Response response{.type = "text/html; charset=utf-8", .body = card.html};
  response.headers = {
      {"Content-Security-Policy",
       fmt::format("default-src 'none'; script-src 'self'; style-src '{}'; connect-src 'self'; "
                   "base-uri 'none'; form-action 'none'; frame-ancestors *",
                   card.style_hash)},
      {"X-Frame-Options", ""},
      {"Cross-Origin-Opener-Policy", ""},
      {"Cross-Origin-Resource-Policy", "cross-origin"},
  };
  return response;
}

Response card(Api& api, const Request& request, const std::string& id) {
  const Evidence& evidence = api.options().evidence;
  if (!evidence.card) return errorResponse(404, "this server makes no cards");
  const auto theme = readTheme(request);
  if (!theme) return errorResponse(theme.error());
  return withIncident(api, request, id, [&](const series::StoredIncident& incident) {
    const auto made = evidence.card(incident, *theme);
    return made ? cardResponse(*made) : errorResponse(made.error());
  });
}

Response chart(Api& api, const Request& request, const std::string& id) {
  const Evidence& evidence = api.options().evidence;
  if (!evidence.chart) return errorResponse(404, "this server draws no charts");
  return withIncident(api, request, id, evidence.chart);
}

Response bundle(Api& api, const Request& request, const std::string& id) {
  const Evidence& evidence = api.options().evidence;
  if (!evidence.bundle) {
    return errorResponse(404,
                         "this server has no key to sign evidence with; `nightjar report` makes a bundle");
  }
  // Only the latest can be judged anew from the bins that the store has now.
  if (request.has("revision")) return errorResponse(400, "a bundle is of the latest revision");
  return withIncident(api, request, id, evidence.bundle);
}

}  // namespace

void addEvidenceRoutes(Api& api, Router& router) {
  router.add({Method::kGet, "/api/v1/incidents/{id}/chart.png",
              [&api](const Request& request, PathValues values) { return chart(api, request, values[0]); }});
  router.add({Method::kGet, "/api/v1/incidents/{id}/bundle.tar",
              [&api](const Request& request, PathValues values) { return bundle(api, request, values[0]); }});
  router.add({Method::kGet, "/embed/{id}",
              [&api](const Request& request, PathValues values) { return card(api, request, values[0]); }});
}

}  // namespace nightjar::serve
