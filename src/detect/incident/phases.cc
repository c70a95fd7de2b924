#include "detect/incident/phases.h"

#include <algorithm>

namespace nightjar::detect {
namespace {

void add(std::vector<Phase>& phases, PhaseKind kind, Time start, Time end) {
  if (start >= end) return;
  // The steps of a return are one window.
  if (kind == PhaseKind::kReturn && !phases.empty() && phases.back().kind == kind) {
    phases.back().end = end;
  } else {
    phases.push_back({.kind = kind, .start = start, .end = end});
  }
}

// `more_follows`: the place falls again after this anomaly. A level with a loss of `deep_loss`, a share of
// the baseline, is a floor.
void addAnomaly(std::vector<Phase>& phases, const Anomaly& anomaly, Time until, bool more_follows,
                double deep_loss) {
  const Time end = anomaly.end.value_or(until);
  if (anomaly.depth() < deep_loss) {
    // A ripple beside the others: the whole of it is one level on the way.
    const PhaseKind later = more_follows ? PhaseKind::kReturn : PhaseKind::kRecovery;
    add(phases, phases.empty() ? PhaseKind::kOnset : later, anomaly.onset, end);
    return;
  }
  const Time first_bin_end = std::min(end, anomaly.onset + anomaly.width.length());
  const auto& plateaus = anomaly.plateaus;
  const auto deep = [&](const Plateau& plateau) {
    return anomaly.baseline - plateau.value >= deep_loss * anomaly.baseline;
  };
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
    add(phases, deep(*plateau) ? PhaseKind::kFloor : shallow, at, plateau_end);
    at = std::max(at, plateau_end);
  }
  add(phases, more_follows ? PhaseKind::kReturn : PhaseKind::kRecovery, at, end);
}

// The phases of the anomalies alone, up to the end of the last.
std::vector<Phase> courseOf(const std::vector<Anomaly>& anomalies, Time until,
                            const JoiningParameters& parameters) {
  std::vector<Phase> phases;
  double deepest = 0;
  for (const Anomaly& anomaly : anomalies) deepest = std::max(deepest, anomaly.depth());
  const double deep_loss = parameters.floor_share * deepest;
  for (size_t i = 0; i < anomalies.size(); ++i) {
    const bool more_follows = i + 1 < anomalies.size();
    addAnomaly(phases, anomalies[i], until, more_follows, deep_loss);
    if (more_follows && anomalies[i].end) {
      add(phases, PhaseKind::kReturn, *anomalies[i].end, anomalies[i + 1].onset);
    }
  }
  return phases;
}

}  // namespace

std::vector<Phase> phasesOf(const std::vector<Anomaly>& anomalies, Time first, Time onset,
                            std::optional<Time> end, Time until, const JoiningParameters& parameters) {
  std::vector<Phase> phases = courseOf(anomalies, until, parameters);
  // What came before the onset is early; another signal fell earlier or is back later.
  while (phases.size() > 1 && phases.front().end && *phases.front().end <= onset)
    phases.erase(phases.begin());
  if (!phases.empty() && phases.front().kind == PhaseKind::kOnset) {
    phases.front().start = onset;
  } else if (!phases.empty()) {
    phases.front().start = std::max(phases.front().start, onset);
  }
  const Time first_bin_end = onset + anomalies.front().width.length();
  if (!phases.empty() && phases.front().kind == PhaseKind::kFloor && phases.front().end > first_bin_end) {
    phases.front().start = first_bin_end;
    phases.insert(phases.begin(), {.kind = PhaseKind::kOnset, .start = onset, .end = first_bin_end});
  }
  prependEarly(phases, first, parameters);
  const std::optional<Time> back = anomalies.back().end;
  if (back && (!end || *back < *end)) add(phases, PhaseKind::kRecovery, *back, end.value_or(until));
  if (end) {
    phases.push_back({.kind = PhaseKind::kRestored, .start = *end});
  } else if (!phases.empty()) {
    phases.back().end.reset();
  }
  return phases;
}

void prependEarly(std::vector<Phase>& phases, Time first, const JoiningParameters& parameters) {
  if (phases.empty() || first >= phases.front().start) return;
  if (phases.front().start - first < parameters.early_least) {
    phases.front().start = first;
  } else {
    phases.insert(phases.begin(), {.kind = PhaseKind::kEarly, .start = first, .end = phases.front().start});
  }
}

TimeDown timeDown(const std::vector<Phase>& phases, Time until) {
  TimeDown time;
  for (const Phase& phase : phases) {
    if (phase.kind == PhaseKind::kReturn) ++time.returns;
    if (phase.kind != PhaseKind::kOnset && phase.kind != PhaseKind::kFloor &&
        phase.kind != PhaseKind::kRecovery) {
      continue;
    }
    time.down += std::chrono::duration_cast<Seconds>(phase.end.value_or(until) - phase.start);
  }
  return time;
}

size_t stepsUp(const std::vector<Phase>& phases) {
  size_t steps = 0;
  for (const Phase& phase : phases) {
    if (phase.kind == PhaseKind::kFloor) steps = 0;
    if (phase.kind == PhaseKind::kRecovery) ++steps;
  }
  return steps;
}

}  // namespace nightjar::detect
