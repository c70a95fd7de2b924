// Which signals are measured, over how many places, and until when: what the page's Health view begins with.
#include <algorithm>
#include <map>
#include <optional>

#include "series/signal_traits.h"
#include "serve/api.h"
#include "serve/json.h"

namespace nightjar::serve {
namespace {

// A signal over all countries that have it. An instrument is as healthy for one of them as for another,
// unless it measures few; `longest` is the one that tells most of it.
struct Instrument {
  const CatalogEntry* longest = nullptr;
  Bin first, last;  // of the longest
  Bin latest;       // of any
  int64_t places = 0;
};

using Instruments = std::map<series::Signal, Instrument>;

Instruments instrumentsOf(const Catalog& catalog) {
  Instruments all;
  for (const CatalogEntry& entry : catalog.entries()) {
    if (entry.entity.kind() != EntityKind::kCountry) continue;
    for (const CatalogSeries& series : entry.series) {
      if (series::traitsOf(series.signal).role != series::Role::kJudged) continue;
      Instrument& one = all[series.signal];
      const bool longer =
          one.longest == nullptr || series.last.index - series.first.index > one.last.index - one.first.index;
      if (longer) {
        one.longest = &entry;
        one.first = series.first;
        one.last = series.last;
      }
      one.latest = ++one.places == 1 ? series.last : std::max(one.latest, series.last);
    }
  }
  return all;
}

Response instruments(const Api& api, BinWidth width) {
  Json json;
  json.open().key("simulation").textOrNull(api.simulation()).key("instruments").openArray();
  for (const auto& [signal, one] : instrumentsOf(api.catalog())) {
    json.open().key("signal").text(signal).key("places").integer(one.places);
    json.key("entity").text(one.longest->entity.code()).key("name").textOrNull(one.longest->name());
    json.key("from").time(one.first.start(width)).key("until").time(one.latest.end(width)).close();
  }
  return {.body = json.closeArray().close().take()};
}

}  // namespace

void addInstrumentRoutes(Api& api, Router& router) {
  router.add({Method::kGet, "/api/v1/instruments",
              [&api](const Request&, PathValues) { return instruments(api, api.store().width()); }});
}

}  // namespace nightjar::serve
