#include "serve/observability.h"

#include <algorithm>

#include "series/signal_traits.h"
#include "serve/incident_list.h"

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
  Request own;
  own.query.emplace_back("entity", entry.entity.code());
  own.query.emplace_back("limit", "100000");
  auto incidents = incidentsFor(api, own);
  if (!incidents) return std::unexpected(incidents.error());
  std::erase_if(*incidents, [&](const IncidentHead& one) { return one.stored.entity != entry.entity; });

  std::vector<Observed> states;
  for (Bin bin = start; bin < until; bin = bin.next()) {
    Observed now{bin.start(width), bin.end(width), ObservedState::kCannotTell, {}, {}};
    const auto at = static_cast<size_t>(bin.index - start.index);
    for (Judged& one : judged) {
      if (one.series.points[at].coverage < kLeastCoverage) continue;
      if (++one.usable > history) now.signals.push_back(one.series.key.signal);
    }
    if (!now.signals.empty()) now.state = ObservedState::kUp;
    for (const IncidentHead& one : *incidents) {
      if (one.stored.onset <= now.from && now.from < one.last()) {
        now.state = ObservedState::kDown;
        now.incident = one.stored.id;
      }
    }
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

}  // namespace nightjar::serve
