#include "detect/place.h"

#include <algorithm>
#include <utility>

namespace nightjar::detect {
namespace {

// The end of the last of them; later than any time while one is open.
Time lastEnd(const std::vector<Anomaly>& anomalies) {
  Time last = Time::min();
  for (const Anomaly& anomaly : anomalies) last = std::max(last, anomaly.end.value_or(Time::max()));
  return last;
}

// Time::max() stands for "open" and must not overflow.
Time plus(Time time, Seconds span) {
  return time == Time::max() ? time : time + span;
}

std::vector<std::vector<Anomaly>> chains(std::vector<Anomaly> anomalies, const Parameters& parameters) {
  std::vector<std::vector<Anomaly>> result;
  Time last_end;
  Seconds down{};
  for (Anomaly& anomaly : anomalies) {
    const Seconds gap = std::clamp(down, parameters.join_gap_least, parameters.join_gap);
    if (result.empty() || anomaly.onset > plus(last_end, gap)) {
      result.emplace_back();
      down = Seconds();
    }
    last_end = anomaly.end.value_or(Time::max());
    if (anomaly.end) down += std::chrono::duration_cast<Seconds>(*anomaly.end - anomaly.onset);
    result.back().push_back(std::move(anomaly));
  }
  return result;
}

bool belongs(const Anomaly& v6, const PlaceAnomalies& group, const Parameters& parameters) {
  const Time onset = group.v4.front().onset;
  return v6.onset >= onset - parameters.family_lead &&
         v6.onset <= plus(lastEnd(group.v4), parameters.join_gap) &&
         plus(v6.end.value_or(Time::max()), parameters.join_gap) >= onset;
}

// Moves those out that overlap [onset, end) and began at `earliest` or later.
std::vector<Anomaly> take(std::vector<Anomaly>& from, Time earliest, Time onset, Time end) {
  std::vector<Anomaly> taken;
  std::vector<Anomaly> kept;
  for (Anomaly& anomaly : from) {
    const bool within = anomaly.onset < end && anomaly.end.value_or(Time::max()) > onset;
    (within && anomaly.onset >= earliest ? taken : kept).push_back(std::move(anomaly));
  }
  from = std::move(kept);
  return taken;
}

}  // namespace

Time PlaceAnomalies::onset() const {
  Time first = Time::max();
  if (!v4.empty()) first = v4.front().onset;
  if (!v6.empty()) first = std::min(first, v6.front().onset);
  return first;
}

std::optional<Time> PlaceAnomalies::end() const {
  const Time last = std::max(lastEnd(v4), lastEnd(v6));
  if (last == Time::max()) return std::nullopt;
  return last;
}

std::vector<PlaceAnomalies> joinPlace(PlaceAnomalies anomalies, const Parameters& parameters) {
  std::vector<PlaceAnomalies> groups;
  for (auto& chain : chains(std::move(anomalies.v4), parameters)) {
    groups.push_back({std::move(chain), {}});
  }
  std::vector<Anomaly> left;
  for (Anomaly& v6 : anomalies.v6) {
    const auto group = std::find_if(groups.begin(), groups.end(), [&](const PlaceAnomalies& candidate) {
      return belongs(v6, candidate, parameters);
    });
    (group == groups.end() ? left : group->v6).push_back(std::move(v6));
  }
  for (auto& chain : chains(std::move(left), parameters)) groups.push_back({{}, std::move(chain)});
  std::sort(groups.begin(), groups.end(), [](const PlaceAnomalies& a, const PlaceAnomalies& b) {
    return std::pair(a.onset(), a.v4.empty()) < std::pair(b.onset(), b.v4.empty());
  });
  return groups;
}

PlaceAnomalies takePart(PlaceAnomalies& anomalies, const PlaceAnomalies& whole,
                        const Parameters& parameters) {
  PlaceAnomalies part;
  if (!whole.v4.empty()) {
    const Time onset = whole.v4.front().onset;
    part.v4 = take(anomalies.v4, onset - parameters.child_lead, onset, lastEnd(whole.v4));
  }
  const Time onset = whole.onset();
  part.v6 = take(anomalies.v6, onset - parameters.child_lead, onset, whole.end().value_or(Time::max()));
  return part;
}

}  // namespace nightjar::detect
