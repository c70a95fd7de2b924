// Series by bin, or in few points; those of a place's children side by side.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "series/signal_traits.h"
#include "serve/api.h"
#include "serve/downsample.h"
#include "serve/find_place.h"
#include "serve/json.h"
#include "serve/parameters.h"

namespace nightjar::serve {
namespace {

constexpr int64_t kMostPoints = 100'000;
constexpr size_t kUsualChildren = 40;
constexpr size_t kUsualColumns = 300;
// What is read at a time for a long CSV.
constexpr int64_t kBinsPerPiece = 20'000;

struct Range {
  Bin from;
  Bin until;
  size_t size() const { return static_cast<size_t>(until.index - from.index); }
};

// The first bin that begins at or after a time.
Bin binFrom(Time time, BinWidth width) {
  const Bin bin = Bin::of(time, width);
  return bin.start(width) < time ? bin.next() : bin;
}

// What the request asks for, within what the store holds of the entity.
Range rangeOf(const CatalogEntry& entry, const Span& span, BinWidth width) {
  Range range{entry.series.front().first, entry.series.front().last.next()};
  for (const CatalogSeries& one : entry.series) {
    range.from = std::min(range.from, one.first);
    range.until = std::max(range.until, one.last.next());
  }
  if (span.from) range.from = std::max(range.from, binFrom(*span.from, width));
  if (span.until) range.until = std::min(range.until, binFrom(*span.until, width));
  range.until = std::max(range.from, range.until);
  return range;
}

std::vector<series::Signal> signalsOf(const CatalogEntry& entry, const Request& request) {
  std::vector<series::Signal> signals;
  for (const CatalogSeries& one : entry.series) {
    bool wanted = !request.has("signal");
    for (const auto& [name, value] : request.query)
      wanted = wanted || (name == "signal" && value == one.signal);
    if (wanted) signals.push_back(one.signal);
  }
  return signals;
}

// A share from 0 to 1 as "0.250"; a long series has very many.
std::array<char, 6> inThousandths(double share) {
  const auto all = static_cast<unsigned>(std::lround(std::clamp(share, 0.0, 1.0) * 1000));
  const auto digit = [](unsigned number) { return static_cast<char>('0' + number % 10); };
  return {digit(all / 1000), '.', digit(all / 100), digit(all / 10), digit(all), '\0'};
}

void putStretches(Json& json, const std::vector<Stretch>& stretches, bool whole) {
  const auto put = [&](const char* name, auto value) {
    json.key(name).openArray();
    for (const Stretch& one : stretches) one.present == 0 ? json.null() : json.number(value(one));
    json.closeArray();
  };
  put("values", [](const Stretch& one) { return one.mean; });
  if (!whole) {
    put("least", [](const Stretch& one) { return one.least; });
    put("most", [](const Stretch& one) { return one.most; });
  }
  json.key("coverage").openArray();
  for (const Stretch& one : stretches) json.raw(inThousandths(one.coverage).data());
  json.closeArray();
}

Response seriesJson(Api& api, const CatalogEntry& entry, const Request& request, const Range& range) {
  const auto points = readNumber(request, "points", 1, kMostPoints);
  if (!points) return errorResponse(points.error());
  if (!*points && range.size() > static_cast<size_t>(kMostPoints)) {
    return errorResponse(400,
                         "so many bins are sent as CSV only (format=csv); or ask for fewer with 'points'");
  }
  const size_t step = *points ? binsPerStretch(range.size(), static_cast<size_t>(**points)) : size_t{1};
  const BinWidth width = api.store().width();
  Json json;
  json.open().key("entity").text(entry.entity.code()).key("name").textOrNull(entry.name());
  json.key("simulation").textOrNull(api.simulation()).key("geo_source").textOrNull(api.geoSource());
  json.key("from").time(range.from.start(width)).key("until").time(range.until.start(width));
  json.key("step").integer(static_cast<int64_t>(step) * width.length().count());
  json.key("bin_seconds").integer(width.length().count()).key("series").openArray();
  for (const series::Signal& signal : signalsOf(entry, request)) {
    const auto series = api.store().read({signal, entry.entity}, range.from, range.until);
    if (!series) return errorResponse(series.error());
    json.open().key("signal").text(signal);
    putStretches(json, downsample(*series, step), step == 1);
    json.close();
  }
  return {.body = json.closeArray().close().take()};
}

// However long, some bins at a time.
Response seriesCsv(Api& api, const CatalogEntry& entry, const Request& request, const Range& range) {
  struct Walk {
    Api& api;
    Entity entity;
    std::vector<series::Signal> signals;
    Range range;
    size_t signal = 0;
    Bin next;
    bool begun = false;
  };
  auto walk =
      std::make_shared<Walk>(Walk{api, entry.entity, signalsOf(entry, request), range, 0, range.from});
  Response response{.type = "text/csv; charset=utf-8"};
  response.pieces = [walk]() -> Result<std::string> {
    std::string text;
    if (!walk->begun) text = "time,signal,value,coverage\n";
    walk->begun = true;
    while (text.size() < 1024 && walk->signal < walk->signals.size()) {
      const Bin until = std::min(walk->range.until, Bin{walk->next.index + kBinsPerPiece});
      const auto series =
          walk->api.store().read({walk->signals[walk->signal], walk->entity}, walk->next, until);
      if (!series) return std::unexpected(series.error());
      Bin bin = series->first;
      for (const series::Point& point : series->points) {
        if (point.present()) {
          fmt::format_to(std::back_inserter(text), "{},{},{},{:.3f}\n", formatTime(bin.start(series->width)),
                         series->key.signal, point.value, point.coverage);
        }
        bin = bin.next();
      }
      walk->next = until;
      if (until == walk->range.until) {
        walk->next = walk->range.from;
        ++walk->signal;
      }
    }
    return text;
  };
  return response;
}

Response series(Api& api, const Request& request, std::string_view code) {
  const auto place = findPlace(api, code);
  if (!place) return place.error();
  const CatalogEntry& entry = **place;
  const auto span = readSpan(request);
  if (!span) return errorResponse(span.error());
  const auto format = readFormat(request);
  if (!format) return errorResponse(format.error());
  const Range range = rangeOf(entry, *span, api.store().width());
  return *format == Format::kCsv ? seriesCsv(api, entry, request, range)
                                 : seriesJson(api, entry, request, range);
}

// The signal that children are compared by, if none is asked for: hosts where they are probed, else routes.
series::Signal usualSignal(const CatalogEntry& entry) {
  for (const std::string_view wanted : {"probe.up24", "routing.visible24", "routing.visible48"}) {
    for (const CatalogSeries& one : entry.series) {
      if (one.signal == wanted) return one.signal;
    }
  }
  return entry.series.front().signal;
}

struct ChildRow {
  const CatalogEntry* entry = nullptr;
  double most = 0;
  std::vector<Stretch> stretches;
};

Response children(Api& api, const Request& request, std::string_view code) {
  const auto place = findPlace(api, code);
  if (!place) return place.error();
  const CatalogEntry& entry = **place;
  const auto span = readSpan(request);
  if (!span) return errorResponse(span.error());
  const auto points = readNumber(request, "points", 1, 2000);
  if (!points) return errorResponse(points.error());
  const auto limit = readNumber(request, "limit", 1, 1000);
  if (!limit) return errorResponse(limit.error());
  const BinWidth width = api.store().width();
  const Range range = rangeOf(entry, *span, width);
  const size_t step = binsPerStretch(range.size(), static_cast<size_t>(points->value_or(kUsualColumns)));
  const series::Signal signal =
      request.has("signal") ? series::Signal(request.parameter("signal")) : usualSignal(entry);
  std::vector<ChildRow> rows;
  for (const CatalogEntry* child : api.catalog().childrenOf(entry.entity)) {
    const auto has = [&](const CatalogSeries& one) { return one.signal == signal; };
    if (std::none_of(child->series.begin(), child->series.end(), has)) continue;
    const auto read = api.store().read({signal, child->entity}, range.from, range.until);
    if (!read) return errorResponse(read.error());
    ChildRow row{child, 0, downsample(*read, step)};
    for (const Stretch& one : row.stretches) row.most = std::max(row.most, one.most);
    rows.push_back(std::move(row));
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const ChildRow& a, const ChildRow& b) { return a.most > b.most; });
  const size_t all = rows.size();
  rows.resize(std::min(all, static_cast<size_t>(limit->value_or(kUsualChildren))));
  Json json;
  json.open().key("entity").text(entry.entity.code()).key("signal").text(signal);
  json.key("simulation").textOrNull(api.simulation());
  json.key("from").time(range.from.start(width)).key("until").time(range.until.start(width));
  json.key("step").integer(static_cast<int64_t>(step) * width.length().count());
  json.key("of").integer(static_cast<int64_t>(all)).key("children").openArray();
  for (const ChildRow& row : rows) {
    json.open().key("entity").text(row.entry->entity.code()).key("name").textOrNull(row.entry->name());
    json.key("most").number(row.most).key("least").openArray();
    for (const Stretch& one : row.stretches) one.present == 0 ? json.null() : json.number(one.least);
    json.closeArray().close();
  }
  return {.body = json.closeArray().close().take()};
}

}  // namespace

void addSeriesRoutes(Api& api, Router& router) {
  router.add({Method::kGet, "/api/v1/entities/{code}/series",
              [&api](const Request& request, PathValues values) { return series(api, request, values[0]); }});
  router.add(
      {Method::kGet, "/api/v1/entities/{code}/children",
       [&api](const Request& request, PathValues values) { return children(api, request, values[0]); }});
}

}  // namespace nightjar::serve
