#include "detect/place_judge.h"

#include <algorithm>
#include <string>

#include "series/signals.h"

namespace nightjar::detect {

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

Result<PlaceOutcome> PlaceJudge::judge(const Place& place) {
  PlaceOutcome outcome;
  if (place.visible24) {
    auto anomalies = judgeSeries(place.entity, series::kVisible24,
                                 place.moved24 ? series::kMoved24 : std::string_view(), outcome);
    if (!anomalies) return std::unexpected(anomalies.error());
    outcome.anomalies.v4 = std::move(*anomalies);
    outcome.untold4 = recorder_.untold();
  }
  if (place.visible48) {
    auto anomalies = judgeSeries(place.entity, series::kVisible48,
                                 place.moved48 ? series::kMoved48 : std::string_view(), outcome);
    if (!anomalies) return std::unexpected(anomalies.error());
    outcome.anomalies.v6 = std::move(*anomalies);
    outcome.untold6 = recorder_.untold();
  }
  return outcome;
}

Result<std::vector<Anomaly>> PlaceJudge::judgeSeries(const Entity& entity, std::string_view signal,
                                                     std::string_view moved_signal, PlaceOutcome& outcome) {
  const auto series = reader_.read({std::string(signal), entity});
  if (!series) return std::unexpected(series.error());
  recorder_.begin(series->key, series->width, series->first);
  if (series->points.empty()) return std::vector<Anomaly>();
  std::vector<double> moved;
  if (!moved_signal.empty() && rule_.countsMoves()) {
    const auto moved_series = reader_.read({std::string(moved_signal), entity});
    if (!moved_series) return std::unexpected(moved_series.error());
    moved = alignMoved(*moved_series, *series);
  }
  rule_.begin(signal, series->width);
  verdicts_.resize(series->points.size());
  rule_.judge(series->points, moved, verdicts_);
  recorder_.add(verdicts_, series->points);

  const Time from = series->first.start(series->width);
  outcome.from = outcome.series == 0 ? from : std::min(outcome.from, from);
  outcome.until = outcome.series == 0 ? recorder_.until() : std::max(outcome.until, recorder_.until());
  ++outcome.series;
  return recorder_.anomalies();
}

}  // namespace nightjar::detect
