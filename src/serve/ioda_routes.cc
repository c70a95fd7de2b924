// IODA's API v2 as its clients know it: the same paths, envelope and fields (InetIntel/ioda-api, controllers
// and normalizers). What IODA calls a datasource is a signal here.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <unordered_set>

#include "geo/countries.h"
#include "serve/api.h"
#include "serve/downsample.h"
#include "serve/incident_list.h"
#include "serve/json.h"
#include "serve/parameters.h"

namespace nightjar::serve {
namespace {

struct Datasource {
  std::string_view name;    // IODA's
  std::string_view title;   // IODA's
  std::string_view units;   // IODA's
  std::string_view signal;  // Nightjar's own; an imported "ioda.NAME" stands in where there is none
  double factor;            // IODA counts loss in per cent
};

constexpr std::array kDatasources = {
    Datasource{"bgp", "BGP", "Visible /24s", "routing.visible24", 1},
    Datasource{"ping-slash24", "Active Probing", "Up /24s", "probe.up24", 1},
    Datasource{"ping-slash24-loss", "Active Probing Loss", "Percentage of Probes Lost", "probe.loss", 100},
    Datasource{"ping-slash24-latency", "Active Probing Latency", "Milliseconds", "probe.rtt", 1},
    Datasource{"merit-nt", "Telescope", "Unique Source IPs", "", 1},
    Datasource{"gtr", "Google Transparency Report", "Traffic", "", 1},
    Datasource{"gtr-norm", "Google Transparency Report (Normalized)", "Normalized Traffic", "", 1}};

constexpr int64_t kMostPoints = 100'000;
constexpr std::string_view kImported = "ioda.";
constexpr double kAreaPerHour = 100.0 * 60;  // a total loss of an hour in IODA's per cent x minutes

struct Code {
  std::string_view type;
  std::string code;
};

// "country/KZ", "region/KZ-ALA", "asn/9198", "geoasn/9198-KZ".
Code codeOf(const Entity& entity) {
  switch (entity.kind()) {
    case EntityKind::kCountry:
      return {"country", entity.code()};
    case EntityKind::kRegion:
      return {"region", entity.code()};
    case EntityKind::kNetwork:
      return {"asn", std::to_string(entity.asn()->number)};
    case EntityKind::kNetworkInCountry:
      return {"geoasn", fmt::format("{}-{}", entity.asn()->number, entity.countryCode())};
    case EntityKind::kSite:
      break;
  }
  return {"site", entity.code()};
}

std::optional<Entity> entityOf(std::string_view type, std::string_view code) {
  std::string own(code);
  if (type == "asn") own = fmt::format("AS{}", code);
  if (type == "geoasn") {
    const size_t dash = std::min(code.find('-'), code.size());
    own = fmt::format("AS{}@{}", code.substr(0, dash), code.substr(std::min(dash + 1, code.size())));
  }
  auto entity = Entity::parse(own);
  if (!entity || codeOf(*entity).type != type) return std::nullopt;
  return *entity;
}

// One answer in IODA's envelope. `put` writes the value of `data`.
template <typename Put>
Response envelope(std::string_view type, const Request& request, Put put) {
  Json json;
  json.open().key("type").text(type).key("metadata").open().close();
  json.key("requestParameters").open();
  for (const auto& [name, value] : request.query) json.key(name).text(value);
  json.close().key("error").null().key("perf").null().key("data");
  put(json);
  json.key("copyright").text("Nightjar; the sources of the measurements are at /api/v1/sources");
  return {.body = json.close().take()};
}

Response refusal(std::string_view type, int status, std::string_view message) {
  Json json;
  json.open().key("type").text(type).key("metadata").open().close().key("requestParameters").open().close();
  json.key("error").text(message).key("perf").null().key("data").null().key("copyright").null();
  return {.status = status, .body = json.close().take()};
}

// IODA's own page writes "null" for a parameter that it leaves open.
std::string_view givenOf(const Request& request, std::string_view name) {
  const std::string_view value = request.parameter(name);
  return value == "null" ? std::string_view() : value;
}
Result<std::optional<int64_t>> readGiven(const Request& request, std::string_view name, int64_t least,
                                         int64_t most) {
  if (givenOf(request, name).empty()) return std::nullopt;
  return readNumber(request, name, least, most);
}

// "country/KZ": its regions, its networks, and those networks as such. "asn/9198": its parts and their
// countries.
class Related {
 public:
  Related(const Api& api, std::string_view to) {
    const size_t slash = std::min(to.find('/'), to.size());
    place_ = entityOf(to.substr(0, slash), to.substr(std::min(slash + 1, to.size())));
    if (!place_) return;
    for (const CatalogEntry* child : api.catalog().childrenOf(*place_)) {
      codes_.insert(child->entity.code());
      if (child->entity.kind() != EntityKind::kNetworkInCountry) continue;
      codes_.insert(place_->kind() == EntityKind::kCountry ? Entity::network(*child->entity.asn()).code()
                                                           : std::string(child->entity.countryCode()));
    }
  }
  bool has(const Entity& entity) const {
    return place_ && (entity == *place_ || codes_.contains(entity.code()));
  }

 private:
  std::optional<Entity> place_;
  std::unordered_set<std::string> codes_;
};

void putEntity(Json& json, const Entity& entity, std::string_view name) {
  const Code code = codeOf(entity);
  json.open().key("code").text(code.code).key("name").text(name.empty() ? entity.code() : name);
  json.key("type").text(code.type).key("subnames").openArray().closeArray().key("attrs").open();
  json.key("fqid").text(entity.code());
  if (!entity.countryCode().empty()) {
    json.key("country_code").text(entity.countryCode());
    json.key("country_name").text(geo::countryName(entity.countryCode()));
  }
  if (entity.asn() && !name.empty()) json.key("org").text(name);
  json.close().close();
}

Response datasources(const Request& request, std::string_view only) {
  const auto known = [&](const Datasource& one) { return only.empty() || one.name == only; };
  if (std::none_of(kDatasources.begin(), kDatasources.end(), known)) {
    return refusal("datasources", 404, "Unknown datasource");
  }
  return envelope("datasources", request, [&](Json& json) {
    json.openArray();
    for (const Datasource& one : kDatasources) {
      if (!known(one)) continue;
      json.open().key("datasource").text(one.name).key("name").text(one.title).key("units").text(one.units);
      json.close();
    }
    json.closeArray();
  });
}

Response entities(const Api& api, const Request& request, std::string_view type, std::string_view code) {
  const auto limit = readGiven(request, "limit", 1, kMostPoints);
  if (!limit) return refusal("entities.lookup", 400, limit.error().message);
  const auto most = static_cast<size_t>(limit->value_or(2000));
  const std::string_view to = givenOf(request, "relatedTo");
  const Related related(api, to);
  return envelope("entities.lookup", request, [&](Json& json) {
    json.openArray();
    size_t told = 0;
    for (const CatalogEntry* entry : api.catalog().search(request.parameter("search"), SIZE_MAX)) {
      const Code own = codeOf(entry->entity);
      if (!type.empty() && own.type != type) continue;
      if (!code.empty() && own.code != code) continue;
      if (!to.empty() && !related.has(entry->entity)) continue;
      if (told++ == most) break;
      putEntity(json, entry->entity, entry->name());
    }
    json.closeArray();
  });
}

// The signal of an entity that answers for a datasource; empty where there is none.
series::Signal signalFor(const CatalogEntry& entry, const Datasource& source) {
  const auto has = [&](std::string_view signal) {
    return std::any_of(entry.series.begin(), entry.series.end(),
                       [&](const CatalogSeries& one) { return one.signal == signal; });
  };
  if (!source.signal.empty() && has(source.signal)) return series::Signal(source.signal);
  const std::string imported = fmt::format("{}{}", kImported, source.name);
  return has(imported) ? imported : series::Signal();
}

void putValues(Json& json, const series::Series& series, size_t step, double factor) {
  json.openArray();
  for (const Stretch& one : downsample(series, step))
    one.present == 0 ? json.null() : json.number(one.mean * factor);
  json.closeArray();
}

// The entities that a path's comma-separated codes name.
std::vector<const CatalogEntry*> entriesFor(const Api& api, std::string_view type, std::string_view codes) {
  std::vector<const CatalogEntry*> entries;
  while (!codes.empty()) {
    const size_t end = std::min(codes.find(','), codes.size());
    const auto entity = entityOf(type, codes.substr(0, end));
    codes.remove_prefix(std::min(end + 1, codes.size()));
    const CatalogEntry* entry = entity ? api.catalog().find(entity->code()) : nullptr;
    if (entry != nullptr) entries.push_back(entry);
  }
  return entries;
}

Response rawSignals(Api& api, const Request& request, std::string_view type, std::string_view codes) {
  const auto span = readSpan(request);
  if (!span) return refusal("signals", 400, span.error().message);
  if (!span->from || !span->until)
    return refusal("signals", 400, "Missing required request parameter 'from' or 'until'");
  const auto points = readGiven(request, "maxPoints", 1, kMostPoints);
  if (!points) return refusal("signals", 400, points.error().message);
  const BinWidth width = api.store().width();
  const Bin from = Bin::of(*span->from, width);
  const Bin until = std::max(from, Bin::of(*span->until, width));
  const auto count = static_cast<size_t>(until.index - from.index);
  if (!*points && count > static_cast<size_t>(kMostPoints)) {
    return refusal("signals", 400,
                   "so many points need maxPoints, or /api/v1/entities/CODE/series?format=csv");
  }
  const size_t step = *points ? binsPerStretch(count, static_cast<size_t>(**points)) : size_t{1};
  const std::string_view wanted = givenOf(request, "datasource");
  std::optional<Error> failure;
  Response response = envelope("signals", request, [&](Json& json) {
    json.openArray();
    for (const CatalogEntry* entry : entriesFor(api, type, codes)) {
      json.openArray();
      for (const Datasource& source : kDatasources) {
        const series::Signal signal = signalFor(*entry, source);
        if (signal.empty() || (!wanted.empty() && source.name != wanted)) continue;
        const auto series = api.store().read({signal, entry->entity}, from, until);
        if (!series) {
          failure = series.error();
          continue;
        }
        const Code code = codeOf(entry->entity);
        const bool imported = signal.starts_with(kImported);
        json.open().key("entityType").text(code.type).key("entityCode").text(code.code);
        json.key("entityName").text(entry->name().empty() ? code.code : entry->name());
        json.key("entityFqid").text(entry->entity.code()).key("datasource").text(source.name);
        json.key("subtype").text("");
        json.key("from").integer(
            std::chrono::duration_cast<Seconds>(from.start(width).time_since_epoch()).count());
        json.key("until").integer(
            std::chrono::duration_cast<Seconds>(until.start(width).time_since_epoch()).count());
        json.key("step").integer(static_cast<int64_t>(step) * width.length().count());
        json.key("nativeStep").integer(width.length().count()).key("values");
        putValues(json, *series, step, source.name == "ping-slash24-loss" || !imported ? source.factor : 1);
        json.close();
      }
      json.closeArray();
    }
    json.closeArray();
  });
  return failure ? refusal("signals", 500, "the store could not be read") : response;
}

// Incidents in a window, of the entity that the parameters or the path name.
Result<std::vector<IncidentHead>> incidentsIn(Api& api, const Request& asked, std::string_view type,
                                              std::string_view code) {
  Request request;
  for (const char* name : {"from", "until"}) {
    if (asked.parameter(name).empty()) {
      return fail(ErrorKind::kUsage, fmt::format("'{}' timestamp must be set", name));
    }
    request.query.emplace_back(name, asked.parameter(name));
  }
  request.query.emplace_back("limit", "100000");
  if (!code.empty()) {
    const auto entity = entityOf(type, code);
    if (!entity) return fail(ErrorKind::kUsage, "no such entity");
    request.query.emplace_back("entity", entity->code());
  }
  auto incidents = incidentsFor(api, request);
  if (!incidents) return incidents;
  std::erase_if(*incidents, [&](const IncidentHead& one) {
    const Code own = codeOf(one.stored.entity);
    return (!type.empty() && own.type != type) || (!code.empty() && own.code != code);
  });
  std::reverse(incidents->begin(), incidents->end());
  // Pages as IODA cuts them.
  const auto limit = readGiven(asked, "limit", 1, kMostPoints);
  if (!limit) return std::unexpected(limit.error());
  const auto page = readGiven(asked, "page", 0, kMostPoints);
  if (!page) return std::unexpected(page.error());
  if (!*limit) return incidents;
  const auto first = std::min(incidents->size(), static_cast<size_t>(**limit * page->value_or(0)));
  incidents->erase(incidents->begin(), incidents->begin() + static_cast<std::ptrdiff_t>(first));
  if (incidents->size() > static_cast<size_t>(**limit)) {
    incidents->erase(incidents->begin() + static_cast<std::ptrdiff_t>(**limit), incidents->end());
  }
  return incidents;
}

int64_t epoch(Time time) {
  return std::chrono::floor<Seconds>(time).time_since_epoch().count();
}

double areaOf(const IncidentHead& one) {
  return kAreaPerHour * one.severity_hours.value_or(0);
}

// IODA's name of the signal that speaks for an incident.
std::string_view datasourceOf(std::string_view signal) {
  for (const Datasource& source : kDatasources) {
    if (!source.signal.empty() && signal == source.signal) return source.name;
  }
  return signal.starts_with(kImported) ? signal.substr(kImported.size()) : signal;
}

void putEvent(Json& json, const IncidentHead& one, Time window_from, Time window_until) {
  const Code code = codeOf(one.stored.entity);
  const std::string_view signal = one.signals.empty() ? std::string_view() : one.signals.front().signal;
  json.open().key("location").text(fmt::format("{}/{}", code.type, code.code));
  json.key("start").integer(epoch(one.stored.onset)).key("duration");
  json.integer(epoch(one.last()) - epoch(one.stored.onset)).key("uncertainty").null();
  json.key("method")
      .text(one.stored.rule)
      .key("datasource")
      .text(datasourceOf(signal))
      .key("status")
      .integer(0);
  json.key("fraction").null().key("score").number(areaOf(one));
  json.key("location_name").text(one.name.empty() ? code.code : one.name);
  json.key("overlaps_window").boolean(one.stored.onset < window_from || one.last() > window_until).close();
}

Response events(Api& api, const Request& request, std::string_view type, std::string_view code) {
  const auto incidents = incidentsIn(api, request, type, code);
  if (!incidents) return refusal("outages.events", 400, incidents.error().message);
  const auto span = readSpan(request);
  if (!span || !span->from || !span->until)
    return refusal("outages.events", 400, "'from' must be before 'until'");
  return envelope("outages.events", request, [&](Json& json) {
    json.openArray();
    for (const IncidentHead& one : *incidents) putEvent(json, one, *span->from, *span->until);
    json.closeArray();
  });
}

Response alerts(Api& api, const Request& request, std::string_view type, std::string_view code) {
  const auto incidents = incidentsIn(api, request, type, code);
  if (!incidents) return refusal("outages.alerts", 400, incidents.error().message);
  return envelope("outages.alerts", request, [&](Json& json) {
    json.openArray();
    for (const IncidentHead& one : *incidents) {
      for (const SignalCourse& signal : one.signals) {
        const double ordinary = signal.baseline.value_or(0);
        const auto put = [&](Time time, std::string_view level, double value) {
          json.open().key("datasource").text(datasourceOf(signal.signal)).key("entity");
          putEntity(json, one.stored.entity, one.name);
          json.key("time").integer(epoch(time)).key("level").text(level);
          json.key("condition").text(level == "normal" ? "normal" : "below its own baseline");
          json.key("value").number(value).key("historyValue").number(ordinary);
          json.key("method").text(one.stored.rule).close();
        };
        if (signal.level_worst.empty() || !signal.onset) continue;
        put(*signal.onset, signal.level_worst, signal.floor.value_or(0));
        if (signal.end) put(*signal.end, "normal", ordinary);
      }
    }
    json.closeArray();
  });
}

Response summary(Api& api, const Request& request, std::string_view type, std::string_view code) {
  const auto incidents = incidentsIn(api, request, type, code);
  if (!incidents) return refusal("outages.summary", 400, incidents.error().message);
  struct Sum {
    std::string name;
    double area = 0;
    int64_t events = 0;
  };
  std::map<Entity, Sum> sums;
  for (const IncidentHead& one : *incidents) {
    Sum& sum = sums.try_emplace(one.stored.entity).first->second;
    sum.name = one.name;
    sum.area += areaOf(one);
    ++sum.events;
  }
  std::vector<std::pair<Entity, Sum>> ordered(sums.begin(), sums.end());
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const auto& a, const auto& b) { return a.second.area > b.second.area; });
  return envelope("outages.summary", request, [&](Json& json) {
    json.openArray();
    for (const auto& [entity, sum] : ordered) {
      json.open().key("scores").open().key("overall").number(sum.area).close().key("entity");
      putEntity(json, entity, sum.name);
      json.key("event_cnt").integer(sum.events).close();
    }
    json.closeArray();
  });
}

using Answer = Response (*)(Api&, const Request&, std::string_view type, std::string_view code);

// The three forms in which IODA's clients name an entity: parameters, PATH/TYPE, PATH/TYPE/CODE.
void addWithEntity(Api& api, Router& router, const std::string& path, Answer answer) {
  router.add({Method::kGet, path, [&api, answer](const Request& request, PathValues) {
                return answer(api, request, request.parameter("entityType"), request.parameter("entityCode"));
              }});
  router.add({Method::kGet, path + "/{type}", [&api, answer](const Request& request, PathValues values) {
                return answer(api, request, values[0], request.parameter("entityCode"));
              }});
  router.add(
      {Method::kGet, path + "/{type}/{code}", [&api, answer](const Request& request, PathValues values) {
         return answer(api, request, values[0], values[1]);
       }});
}

}  // namespace

void addIodaRoutes(Api& api, Router& router) {
  router.add({Method::kGet, "/v2/datasources",
              [](const Request& request, PathValues) { return datasources(request, {}); }});
  router.add({Method::kGet, "/v2/datasources/{datasource}",
              [](const Request& request, PathValues values) { return datasources(request, values[0]); }});
  addWithEntity(api, router, "/v2/entities/query",
                [](Api& own, const Request& request, std::string_view type, std::string_view code) {
                  return entities(own, request, type, code);
                });
  router.add(
      {Method::kGet, "/v2/signals/raw/{type}/{code}", [&api](const Request& request, PathValues values) {
         return rawSignals(api, request, values[0], values[1]);
       }});
  router.add(
      {Method::kGet, "/v2/signals/events/{type}/{code}", [&api](const Request& request, PathValues values) {
         return events(api, request, values[0], values[1]);
       }});
  addWithEntity(api, router, "/v2/outages/alerts", alerts);
  addWithEntity(api, router, "/v2/outages/events", events);
  addWithEntity(api, router, "/v2/outages/summary", summary);
}

}  // namespace nightjar::serve
