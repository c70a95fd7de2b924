#include "detect/incident_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <tuple>

#include "detect/phases.h"
#include "detect/place_judge.h"
#include "detect/usable.h"
#include "series/signals.h"

namespace nightjar::detect {
namespace {

SignalFall fallOf(const std::vector<Anomaly>& anomalies) {
  const Anomaly& first = anomalies.front();
  const auto lowest = std::min_element(anomalies.begin(), anomalies.end(),
                                       [](const Anomaly& a, const Anomaly& b) { return a.floor < b.floor; });
  SignalFall fall{.signal = first.key.signal, .judged = true, .onset = first.onset};
  fall.end = anomalies.back().end;
  fall.baseline = first.baseline;
  fall.floor = lowest->floor;
  fall.floor_at = lowest->floor_at;
  fall.opened = first.opened;
  for (const Anomaly& anomaly : anomalies) {
    fall.worst = std::max(fall.worst, anomaly.worst);
    if (!fall.critical_since) fall.critical_since = anomaly.critical_since;
  }
  return fall;
}

// The usable values of a series in [from, until).
class Part {
 public:
  Part(const series::Series& series, Time from, Time until, float min_coverage) {
    const Bin first = Bin::of(from, series.width);
    Bin bin{std::max(first.index, series.first.index)};
    for (; bin < series.end() && bin.start(series.width) < until; bin = bin.next()) {
      const auto& point = series.points[static_cast<size_t>(bin.index - series.first.index)];
      if (point.coverage < min_coverage || !usable(point.value)) continue;
      if (values_.empty() || point.value < lowest_) {
        lowest_ = point.value;
        lowest_at_ = bin.start(series.width);
      }
      values_.push_back(point.value);
    }
  }

  bool empty() const { return values_.empty(); }
  double lowest() const { return lowest_; }
  Time lowestAt() const { return lowest_at_; }
  double last() const { return values_.back(); }
  double median() {
    const auto middle = values_.begin() + static_cast<std::ptrdiff_t>((values_.size() - 1) / 2);
    std::nth_element(values_.begin(), middle, values_.end());
    return *middle;
  }

 private:
  std::vector<double> values_;
  double lowest_ = 0;
  Time lowest_at_;
};

// Adds to what is visible how far `moved` grew since `onset`, as far as the baseline: told as it was judged.
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

bool isWithdrawn(const PlaceAnomalies& anomalies, bool stands4, const Parameters& parameters) {
  if (anomalies.v4.empty() && stands4) return false;
  return fallOf(anomalies.primary()).depth() >= parameters.withdrawn_depth;
}

}  // namespace

std::string_view kindName(Kind kind) {
  return kind == Kind::kWithdrawn ? "withdrawn" : "partial";
}

std::string_view phaseName(PhaseKind kind) {
  switch (kind) {
    case PhaseKind::kOnset:
      return "onset";
    case PhaseKind::kFloor:
      return "floor";
    case PhaseKind::kReturn:
      return "return";
    case PhaseKind::kRecovery:
      return "recovery";
    case PhaseKind::kRestored:
      return "restored";
  }
  return "";
}

std::string incidentId(const Entity& entity, Time onset) {
  const std::string time = formatTime(onset);  // 2011-01-27T22:10:00Z
  return fmt::format("{}-{}{}{}-{}{}", entity.code(), time.substr(0, 4), time.substr(5, 2), time.substr(8, 2),
                     time.substr(11, 2), time.substr(14, 2));
}

Result<Incident> IncidentBuilder::incident(const Entity& entity, const PlaceAnomalies& anomalies,
                                           bool stands4, Time until) {
  Incident incident{.entity = entity};
  incident.id = incidentId(entity, anomalies.onset());
  incident.name = reader_.name(entity);
  incident.kind = isWithdrawn(anomalies, stands4, parameters_) ? Kind::kWithdrawn : Kind::kPartial;
  incident.onset = anomalies.onset();
  incident.end = anomalies.end();
  incident.last_bin_end = until;
  incident.onset_earliest = incident.onset;
  incident.end_earliest = incident.end;
  incident.coverage_min = 1;
  double coverage_sum = 0;
  size_t bins = 0;
  for (const auto* family : {&anomalies.v4, &anomalies.v6}) {
    for (const Anomaly& anomaly : *family) {
      if (anomaly.onset == incident.onset) incident.onset_earliest = anomaly.onset_earliest;
      if (incident.end && anomaly.end == incident.end) incident.end_earliest = anomaly.end_earliest;
      incident.coverage_min = std::min(incident.coverage_min, anomaly.coverage_min);
      coverage_sum += anomaly.coverage_sum;
      bins += anomaly.bins;
      incident.untold_bins += anomaly.untold_bins;
    }
  }
  incident.coverage_mean = bins == 0 ? 0 : coverage_sum / static_cast<double>(bins);
  for (const Anomaly& anomaly : anomalies.primary()) incident.severity_hours += anomaly.lost_hours;
  incident.depth = fallOf(anomalies.primary()).depth();
  incident.phases = phasesOf(anomalies.primary(), until);
  auto falls = signals(entity, anomalies, until);
  if (!falls) return std::unexpected(falls.error());
  incident.signals = std::move(*falls);
  if (auto filled = fillLevels(incident); !filled) return std::unexpected(filled.error());
  return incident;
}

Result<Child> IncidentBuilder::child(const Entity& entity, const PlaceAnomalies& anomalies, Time until) {
  Child child{.entity = entity, .name = reader_.name(entity)};
  child.onset = anomalies.onset();
  child.end = anomalies.end();
  for (const Anomaly& anomaly : anomalies.primary()) child.lost = std::max(child.lost, anomaly.lost());
  auto falls = signals(entity, anomalies, until);
  if (!falls) return std::unexpected(falls.error());
  child.signals = std::move(*falls);
  return child;
}

void IncidentBuilder::sortChildren(std::vector<Child>& children) {
  const auto key = [](const Child& child) {
    const bool only_v6 = child.signals.front().signal == series::kVisible48;
    return std::tuple(only_v6, -child.lost, child.onset, std::string_view(child.entity.code()));
  };
  std::sort(children.begin(), children.end(),
            [&](const Child& a, const Child& b) { return key(a) < key(b); });
}

Result<std::vector<SignalFall>> IncidentBuilder::signals(const Entity& entity,
                                                         const PlaceAnomalies& anomalies, Time until) {
  std::vector<SignalFall> falls;
  for (const auto* family : {&anomalies.v4, &anomalies.v6}) {
    if (!family->empty()) falls.push_back(fallOf(*family));
  }
  struct Told {
    std::string_view signal;
    const std::vector<Anomaly>& with;
  };
  for (const Told& row : {Told{series::kPrefixes4, anomalies.v4}, Told{series::kPrefixes6, anomalies.v6}}) {
    if (row.with.empty()) continue;
    auto fall = told(entity, row.signal, row.with, until);
    if (!fall) return std::unexpected(fall.error());
    if (*fall) falls.push_back(std::move(**fall));
  }
  return falls;
}

Result<std::optional<SignalFall>> IncidentBuilder::told(const Entity& entity, std::string_view signal,
                                                        const std::vector<Anomaly>& anomalies, Time until) {
  const auto series = reader_.read({std::string(signal), entity});
  if (!series) return std::unexpected(series.error());
  const Anomaly& first = anomalies.front();
  const std::optional<Time> end = anomalies.back().end;
  const float coverage = parameters_.min_coverage;
  Part before(*series, first.onset_earliest - parameters_.level_window, first.onset_earliest, coverage);
  Part during(*series, first.onset, end.value_or(until), coverage);
  if (before.empty() || during.empty()) return std::nullopt;
  SignalFall fall{.signal = std::string(signal), .onset = first.onset, .end = end};
  fall.baseline = before.median();
  fall.floor = during.lowest();
  fall.floor_at = during.lowestAt();
  return fall;
}

Result<void> IncidentBuilder::fillLevels(Incident& incident) {
  for (const SignalFall& fall : incident.signals) {
    auto series = reader_.read({fall.signal, incident.entity});
    if (!series) return std::unexpected(series.error());
    if (counts_moves_ && fall.judged && incident.entity.asn()) {
      const bool v4 = fall.signal == series::kVisible24;
      const auto moved =
          reader_.read({std::string(v4 ? series::kMoved24 : series::kMoved48), incident.entity});
      if (!moved) return std::unexpected(moved.error());
      addMoves(*series, *moved, fall.onset, fall.baseline);
    }
    for (Phase& phase : incident.phases) {
      Part part(*series, phase.start, phase.end.value_or(incident.last_bin_end), parameters_.min_coverage);
      if (part.empty()) continue;
      // A level that holds is told by its median, one on the move by where it came to.
      const bool moves = phase.kind == PhaseKind::kOnset || phase.kind == PhaseKind::kRecovery;
      phase.levels.push_back({fall.signal, moves ? part.last() : part.median()});
    }
  }
  return {};
}

}  // namespace nightjar::detect
