#include "detect/incident/numbers.h"

#include <algorithm>

#include "detect/incident/place_judge.h"
#include "detect/rule/usable.h"

namespace nightjar::detect {

SignalFall fallOf(const SignalFalls& falls) {
  const auto& anomalies = falls.anomalies;
  const Anomaly& first = anomalies.front();
  const series::SignalTraits& traits = falls.signal->traits;
  const auto lowest =
      std::max_element(anomalies.begin(), anomalies.end(),
                       [](const Anomaly& a, const Anomaly& b) { return a.depth() < b.depth(); });
  SignalFall fall{.signal = falls.signal->name, .judged = true, .plane = traits.plane, .onset = first.onset};
  fall.end = anomalies.back().end;
  fall.baseline = traits.measured(lowest->baseline);
  fall.floor = traits.measured(lowest->floor);
  fall.floor_at = lowest->floor_at;
  fall.depth = lowest->depth();
  fall.opened = first.opened;
  for (const Anomaly& anomaly : anomalies) {
    fall.worst = std::max(fall.worst, anomaly.worst);
    if (!fall.critical_since) fall.critical_since = anomaly.critical_since;
    if (anomaly.probability) fall.confidence = std::max(fall.confidence.value_or(0), *anomaly.probability);
  }
  return fall;
}

Part::Part(const series::Series& series, const series::SignalTraits& traits, Time from, Time until,
           float min_coverage) {
  const bool fall_is_bad = traits.sense == series::Sense::kFallIsBad;
  Bin bin{std::max(Bin::of(from, series.width).index, series.first.index)};
  for (; bin < series.end() && bin.start(series.width) < until; bin = bin.next()) {
    const auto& point = series.points[static_cast<size_t>(bin.index - series.first.index)];
    if (point.coverage < min_coverage || !usable(point.value)) continue;
    if (values_.empty() || (fall_is_bad ? point.value < worst_ : point.value > worst_)) {
      worst_ = point.value;
      worst_at_ = bin.start(series.width);
    }
    values_.push_back(point.value);
  }
}

double Part::median() {
  const auto middle = values_.begin() + static_cast<std::ptrdiff_t>((values_.size() - 1) / 2);
  std::nth_element(values_.begin(), middle, values_.end());
  return *middle;
}

void addMoves(series::Series& visible, const series::Series& moved, Time onset, double baseline) {
  const std::vector<double> aligned = alignMoved(moved, visible);
  const int64_t before = Bin::of(onset, visible.width).index - visible.first.index - 1;
  const bool known = before >= 0 && before < static_cast<int64_t>(aligned.size());
  const double then = known ? aligned[static_cast<size_t>(before)] : 0;
  for (size_t i = 0; i < aligned.size(); ++i) {
    double& value = visible.points[i].value;
    value = std::min(value + std::max(0.0, aligned[i] - then), std::max(value, baseline));
  }
}

}  // namespace nightjar::detect
