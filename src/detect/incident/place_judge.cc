#include "detect/incident/place_judge.h"

#include <algorithm>
#include <span>
#include <string>

#include "detect/rule/usable.h"

namespace nightjar::detect {
namespace {

// So many bins are judged at a time: their verdicts stay in the processor's cache.
constexpr size_t kPiece = 1024;

}  // namespace

PlaceJudge::PlaceJudge(SeriesReader& reader, Rule& rule, const Parameters& parameters)
    : reader_(reader), rule_(rule), recorder_(parameters), verdicts_(kPiece) {}

void toHealth(series::Series& series, const series::SignalTraits& traits) {
  if (traits.sense == series::Sense::kFallIsBad) return;
  for (series::Point& point : series.points) {
    if (!usable(point.value)) {
      point.coverage = 0;
    } else {
      point.value = traits.health(point.value);
    }
  }
}

std::vector<double> alignMoved(const series::Series& moved, const series::Series& series) {
  std::vector<double> aligned(series.points.size());
  double last = 0;
  size_t next = 0;
  for (size_t i = 0; i < aligned.size(); ++i) {
    const int64_t bin = series.first.index + static_cast<int64_t>(i);
    for (; next < moved.points.size() && moved.first.index + static_cast<int64_t>(next) <= bin; ++next) {
      if (moved.points[next].present()) last = moved.points[next].value;
    }
    aligned[i] = last;
  }
  return aligned;
}

std::vector<series::SeriesKey> seriesOf(const Place& place) {
  std::vector<series::SeriesKey> keys;
  for (const SignalInfo* signal : place.signals) {
    if (!signal->judged()) continue;
    keys.push_back({signal->name, place.entity});
    const std::string_view explainer = explainerOf(signal->name);
    if (!explainer.empty() && place.has(explainer)) keys.push_back({std::string(explainer), place.entity});
  }
  return keys;
}

Result<PlaceOutcome> PlaceJudge::judge(const Place& place) {
  PlaceOutcome outcome;
  for (const SignalInfo* signal : place.signals) {
    if (!signal->judged()) continue;
    if (auto judged = judgeSeries(place, *signal, outcome); !judged) return std::unexpected(judged.error());
  }
  return outcome;
}

Result<void> PlaceJudge::judgeSeries(const Place& place, const SignalInfo& signal, PlaceOutcome& outcome) {
  auto series = reader_.read({signal.name, place.entity});
  if (!series) return std::unexpected(series.error());
  if (series->points.empty()) return {};
  toHealth(*series, signal.traits);
  std::vector<double> moved;
  const std::string_view explainer = explainerOf(signal.name);
  if (rule_.countsMoves() && !explainer.empty() && place.has(explainer)) {
    const auto moved_series = reader_.read({std::string(explainer), place.entity});
    if (!moved_series) return std::unexpected(moved_series.error());
    moved = alignMoved(*moved_series, *series);
  }
  rule_.begin(signal.name, series->width);
  recorder_.begin(series->key, series->width, series->first);
  const std::span<const series::Point> points = series->points;
  for (size_t done = 0; done < points.size(); done += kPiece) {
    const auto piece = points.subspan(done, std::min(kPiece, points.size() - done));
    const auto piece_moved =
        moved.empty() ? std::span<const double>() : std::span(moved).subspan(done, piece.size());
    const std::span<Verdict> verdicts = std::span(verdicts_).first(piece.size());
    rule_.judge(piece, piece_moved, verdicts);
    recorder_.add(verdicts, piece);
  }

  const Time from = series->first.start(series->width);
  const Time until = recorder_.until();
  outcome.from = outcome.signals.empty() ? from : std::min(outcome.from, from);
  outcome.until = outcome.signals.empty() ? until : std::max(outcome.until, until);
  outcome.signals.push_back({&signal, series->width, from, until, recorder_.anomalies(), recorder_.untold()});
  if (signal.sees == Sees::kSpace || signal.sees == Sees::kHosts) {
    if (signal.traits.blocks) outcome.counts.push_back(std::move(*series));
  }
  return {};
}

}  // namespace nightjar::detect
