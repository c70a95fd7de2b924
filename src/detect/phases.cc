#include "detect/phases.h"

#include <algorithm>

namespace nightjar::detect {
namespace {

// A level with at least this share of the worst loss counts as the floor, one above it as a way back.
constexpr double kFloorShare = 0.75;

bool isDeep(const Plateau& plateau, const Anomaly& anomaly) {
  return anomaly.baseline - plateau.value >= kFloorShare * anomaly.lost();
}

void add(std::vector<Phase>& phases, PhaseKind kind, Time start, Time end) {
  if (start < end) phases.push_back({kind, start, end, {}});
}

// `more_follows`: the place falls again after this anomaly.
void addAnomaly(std::vector<Phase>& phases, const Anomaly& anomaly, Time until, bool more_follows) {
  const Time end = anomaly.end.value_or(until);
  const Time first_bin_end = std::min(end, anomaly.onset + anomaly.width.length());
  const auto& plateaus = anomaly.plateaus;
  const auto deep = [&](const Plateau& plateau) { return isDeep(plateau, anomaly); };
  const auto floor = std::find_if(plateaus.begin(), plateaus.end(), deep);
  if (floor == plateaus.end()) {
    // Nothing held: down to the lowest bin, then up.
    const Time bottom = std::max(first_bin_end, std::min(end, anomaly.floor_at + anomaly.width.length()));
    add(phases, PhaseKind::kOnset, anomaly.onset, bottom);
    add(phases, more_follows ? PhaseKind::kReturn : PhaseKind::kRecovery, bottom, end);
    return;
  }
  const auto last_floor = std::find_if(plateaus.rbegin(), plateaus.rend(), deep).base() - 1;
  Time at = std::max(first_bin_end, floor->start);
  add(phases, PhaseKind::kOnset, anomaly.onset, at);
  for (auto plateau = floor; plateau != plateaus.end(); ++plateau) {
    const bool falls_again = plateau < last_floor || more_follows;
    const PhaseKind shallow = falls_again ? PhaseKind::kReturn : PhaseKind::kRecovery;
    const bool last = plateau + 1 == plateaus.end();
    const Time plateau_end = last && anomaly.open() ? end : plateau->end;
    add(phases, isDeep(*plateau, anomaly) ? PhaseKind::kFloor : shallow, at, plateau_end);
    at = std::max(at, plateau_end);
  }
  add(phases, more_follows ? PhaseKind::kReturn : PhaseKind::kRecovery, at, end);
}

}  // namespace

std::vector<Phase> phasesOf(const std::vector<Anomaly>& anomalies, Time until) {
  std::vector<Phase> phases;
  for (size_t i = 0; i < anomalies.size(); ++i) {
    const bool more_follows = i + 1 < anomalies.size();
    addAnomaly(phases, anomalies[i], until, more_follows);
    if (more_follows && anomalies[i].end) {
      // The way up and the time up there are one return.
      if (!phases.empty() && phases.back().kind == PhaseKind::kReturn) {
        phases.back().end = anomalies[i + 1].onset;
      } else {
        add(phases, PhaseKind::kReturn, *anomalies[i].end, anomalies[i + 1].onset);
      }
    }
  }
  if (anomalies.back().open()) {
    if (!phases.empty()) phases.back().end.reset();
  } else {
    phases.push_back({PhaseKind::kRestored, *anomalies.back().end, std::nullopt, {}});
  }
  return phases;
}

}  // namespace nightjar::detect
