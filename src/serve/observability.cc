#include "serve/observability.h"

#include <algorithm>

#include "series/signal_traits.h"

namespace nightjar::serve {
namespace {

constexpr float kLeastCoverage = 0.5F;
constexpr Seconds kLeastHistory = std::chrono::hours(6);
// A year of 5-minute bins is 105,120.
constexpr int64_t kMostBins = 1'200'000;

struct Judged {
  series::Series series;
  size_t usable = 0;  // bins so far
};

// Whether a series had coverage in a bin, and more than `history` such bins up to it, and was not low from
// the beginning on.
Result<bool> speaksAt(Api& api, const series::SeriesKey& key, Bin bin, size_t history) {
  if (api.judgement().mayHaveBeenDark(key, bin.start(api.store().width()))) return false;
  // Most have it in the bins just before; only after a gap all of them must be read.
  for (const Bin from : {Bin{bin.index - 2 * static_cast<int64_t>(history)}, api.catalog().first()}) {
    const auto series = api.store().read(key, from, bin.next());
    if (!series) return std::unexpected(series.error());
    const auto usable = [](const series::Point& point) { return point.coverage >= kLeastCoverage; };
    if (series->points.empty() || !usable(series->points.back())) return false;
    if (static_cast<size_t>(std::count_if(series->points.begin(), series->points.end(), usable)) > history) {
      return true;
    }
  }
  return false;
}

// Those that stand and are wanted.
template <typename Wanted>
std::vector<const IncidentHead*> incidentsWhere(const Api& api, Wanted wanted) {
  std::vector<const IncidentHead*> found;
  for (const IncidentHead& one : api.incidents()) {
    if (!one.isGone() && wanted(one)) found.push_back(&one);
  }
  return found;
}

void tell(const IncidentHead& incident, Observed& now) {
  if (incident.isUnjudgedAt(now.from)) now.state = ObservedState::kCannotTell;
  if (!incident.isDownAt(now.from)) return;
  now.state = ObservedState::kDown;
  now.incident = incident.stored.id;
}

}  // namespace

std::string_view stateName(ObservedState state) {
  switch (state) {
    case ObservedState::kUp:
      return "up";
    case ObservedState::kDown:
      return "down";
    case ObservedState::kCannotTell:
      break;
  }
  return "cannot tell";
}

Result<std::vector<Observed>> observabilityOf(Api& api, const CatalogEntry& entry, const Span& span) {
  const BinWidth width = api.store().width();
  const auto history = static_cast<size_t>(kLeastHistory / width.length());
  Bin from = api.catalog().first();
  Bin until = api.catalog().end();
  const Bin start = from;
  if (span.from) from = std::max(from, Bin::of(*span.from, width));
  if (span.until) until = std::min(until, Bin::of(*span.until, width));
  if (until.index - start.index > kMostBins) {
    return fail(ErrorKind::kUsage,
                "parameter 'from': that is more than a million bins; ask for a shorter span");
  }
  std::vector<Judged> judged;
  for (const CatalogSeries& one : entry.series) {
    if (series::traitsOf(one.signal).role != series::Role::kJudged) continue;
    auto series = api.store().read({one.signal, entry.entity}, start, std::max(start, until));
    if (!series) return std::unexpected(series.error());
    judged.push_back({std::move(*series)});
  }
  const auto incidents =
      incidentsWhere(api, [&](const IncidentHead& one) { return one.stored.entity == entry.entity; });

  std::vector<Observed> states;
  for (Bin bin = start; bin < until; bin = bin.next()) {
    Observed now{bin.start(width), bin.end(width), ObservedState::kCannotTell, {}, {}};
    const auto at = static_cast<size_t>(bin.index - start.index);
    for (Judged& one : judged) {
      if (one.series.points[at].coverage < kLeastCoverage) continue;
      if (++one.usable <= history || api.judgement().mayHaveBeenDark(one.series.key, now.from)) continue;
      now.signals.push_back(one.series.key.signal);
    }
    if (!now.signals.empty()) now.state = ObservedState::kUp;
    for (const IncidentHead* one : incidents) tell(*one, now);
    if (bin < from) continue;
    const bool same = !states.empty() && states.back().state == now.state &&
                      states.back().incident == now.incident && states.back().signals == now.signals;
    if (same) {
      states.back().until = now.until;
    } else {
      states.push_back(std::move(now));
    }
  }
  return states;
}

Result<std::vector<ObservedPlace>> countriesAt(Api& api, Time at) {
  const BinWidth width = api.store().width();
  const auto history = static_cast<size_t>(kLeastHistory / width.length());
  const Bin bin = Bin::of(at, width);
  const auto incidents = incidentsWhere(api, [from = bin.start(width)](const IncidentHead& one) {
    return one.stored.entity.kind() == EntityKind::kCountry && (one.isDownAt(from) || one.isUnjudgedAt(from));
  });
  std::vector<ObservedPlace> places;
  for (const CatalogEntry& entry : api.catalog().entries()) {
    if (entry.entity.kind() != EntityKind::kCountry) continue;
    ObservedPlace place{&entry, {bin.start(width), bin.end(width), ObservedState::kCannotTell, {}, {}}};
    for (const CatalogSeries& one : entry.series) {
      if (series::traitsOf(one.signal).role != series::Role::kJudged) continue;
      const auto speaks = speaksAt(api, {one.signal, entry.entity}, bin, history);
      if (!speaks) return std::unexpected(speaks.error());
      if (*speaks) place.now.signals.push_back(one.signal);
    }
    if (!place.now.signals.empty()) place.now.state = ObservedState::kUp;
    for (const IncidentHead* one : incidents) {
      if (one->stored.entity == entry.entity) tell(*one, place.now);
    }
    places.push_back(std::move(place));
  }
  return places;
}

}  // namespace nightjar::serve
