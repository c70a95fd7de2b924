#include "detect/incident/parts.h"

#include <algorithm>
#include <set>
#include <utility>

namespace nightjar::detect {
namespace {

Time endOf(const Anomaly& anomaly) {
  return anomaly.end.value_or(Time::max());
}

}  // namespace

Time partOnset(const Anomaly& part, Time earliest, const JoiningParameters& parameters) {
  if (part.onset >= earliest) return part.onset;
  const Time main = mainOnset(part, part.depth(), parameters);
  if (main >= earliest || !part.critical_since) return main;
  return *part.critical_since;
}

namespace {

bool explains(const SignalFalls& whole, const SignalInfo& signal, const Anomaly& part,
              const JoiningParameters& parameters) {
  if (whole.signal->sees == Sees::kSpace6 && signal.sees != Sees::kSpace6) return false;
  const Time onset = partOnset(part, whole.onset() - parameters.child_lead, parameters);
  auto anomaly = std::partition_point(whole.anomalies.begin(), whole.anomalies.end(),
                                      [&](const Anomaly& one) { return endOf(one) <= onset; });
  for (; anomaly != whole.anomalies.end() && anomaly->onset < endOf(part); ++anomaly) {
    if (onset < anomaly->onset - parameters.child_lead) return false;
    const auto& critical = anomaly->critical_since;
    if (onset - anomaly->onset <= parameters.company_lead ||
        (holds(*whole.signal, signal) && critical && *critical <= onset)) {
      return true;
    }
  }
  return false;
}

}  // namespace

PlaceFall takePart(std::vector<PlaceFall>& falls, const PlaceFall& whole,
                   const JoiningParameters& parameters) {
  PlaceFall taken;
  const Time earliest = whole.first() - parameters.child_lead;
  const Time end = whole.end();
  for (PlaceFall& fall : falls) {
    if (fall.first() >= end || fall.end() <= whole.first() - parameters.child_lead) continue;
    PlaceFall part;
    PlaceFall kept;
    for (const SignalFalls& signal : fall.signals) {
      for (const Anomaly& anomaly : signal.anomalies) {
        const bool belongs = std::any_of(
            whole.signals.begin(), whole.signals.end(),
            [&](const SignalFalls& one) { return explains(one, *signal.signal, anomaly, parameters); });
        (belongs ? part : kept).add(signal.signal, anomaly);
      }
    }
    if (part.empty()) continue;
    // The rest of the same fall comes along, if all of it is near enough.
    if (fall.first() >= earliest) part.add(kept.between(Time::min(), end));
    kept = fall.first() >= earliest ? kept.between(end, Time::max()) : kept;
    if (taken.empty()) taken.size = fall.size;
    taken.add(part);
    kept.size = fall.size;
    fall = std::move(kept);
  }
  std::erase_if(falls, [](const PlaceFall& fall) { return fall.empty(); });
  return taken;
}

size_t fallsIn(const PlaceFall& part, const PlaceFall& whole, const JoiningParameters& parameters) {
  std::set<size_t> occurrences;
  for (const SignalFalls& falls : part.signals) {
    for (const Anomaly& anomaly : falls.anomalies) {
      // One that begins a little before is of the occurrence that comes.
      const auto next = std::upper_bound(whole.occurrences.begin(), whole.occurrences.end(),
                                         anomaly.onset + parameters.join_gap_least);
      if (next != whole.occurrences.begin()) {
        occurrences.insert(static_cast<size_t>(next - whole.occurrences.begin()) - 1);
      }
    }
  }
  return std::max<size_t>(1, occurrences.size());
}

void dropExplained(PlaceOutcome& outcome, const std::vector<PlaceFall>& told) {
  const auto lostIn = [](const PlaceFall& part, const SignalInfo* signal, const Anomaly& whole) {
    double lost = 0;
    for (const SignalFalls& falls : part.signals) {
      if (falls.signal != signal) continue;
      for (const Anomaly& anomaly : falls.anomalies) {
        const bool overlap = anomaly.onset < endOf(whole) && whole.onset < endOf(anomaly);
        if (overlap) lost = std::max(lost, anomaly.lost());
      }
    }
    return lost;
  };
  for (JudgedSignal& judged : outcome.signals) {
    std::erase_if(judged.anomalies, [&](const Anomaly& anomaly) {
      double lost = 0;
      for (const PlaceFall& part : told) lost += lostIn(part, judged.signal, anomaly);
      return 2 * lost >= anomaly.lost();
    });
  }
}

}  // namespace nightjar::detect
