#include "detect/incident/place.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "detect/rule/usable.h"

namespace nightjar::detect {
namespace {

// The falls of one signal in a fall that is being put together.
struct Chain {
  const SignalInfo* signal;
  const Anomaly* last;
  Seconds down{};    // how long it was down until the end of the last
  double depth = 0;  // the deepest of them

  Time end() const { return last->end.value_or(Time::max()); }
  Time reach(const JoiningParameters& parameters) const {
    return plus(end(), std::clamp(down, parameters.join_gap_least, parameters.join_gap));
  }
  void add(const Anomaly& anomaly) {
    last = &anomaly;
    depth = std::max(depth, anomaly.depth());
    if (anomaly.end) down += std::chrono::duration_cast<Seconds>(*anomaly.end - anomaly.onset);
  }
};

struct Building {
  size_t fall;  // in the result
  std::vector<Chain> chains;
};

bool takes(const Chain& chain, const SignalInfo* signal, const Anomaly& anomaly,
           const JoiningParameters& parameters) {
  const Time slack_end = plus(chain.end(), parameters.join_gap_least);
  if (chain.signal == signal) {
    // A little that stays gone for days is no part of what came before it or after it.
    const Time onset = mainOnset(anomaly, anomaly.depth(), parameters);
    return onset <= slack_end ||
           (onset <= chain.reach(parameters) && anomaly.depth() >= parameters.join_depth * chain.depth);
  }
  if (anomaly.onset > slack_end) return false;
  const auto& critical = chain.last->critical_since;
  return anomaly.onset - chain.last->onset <= parameters.company_lead ||
         (holds(*chain.signal, *signal) && critical && *critical <= anomaly.onset);
}

bool expired(const Building& building, Time now, const JoiningParameters& parameters) {
  return std::all_of(building.chains.begin(), building.chains.end(),
                     [&](const Chain& chain) { return chain.reach(parameters) < now; });
}

bool isCritical(const PlaceFall& fall) {
  return std::any_of(fall.signals.begin(), fall.signals.end(), [](const SignalFalls& falls) {
    return falls.signal->major() &&
           std::any_of(falls.anomalies.begin(), falls.anomalies.end(),
                       [](const Anomaly& one) { return one.critical_since.has_value(); });
  });
}

// A ripple in a window of return of a blackout is part of it after all, once the blackout goes on.
void absorbWithin(std::vector<PlaceFall>& falls) {
  PlaceFall* blackout = nullptr;  // the critical one that lasts longest
  for (PlaceFall& fall : falls) {
    if (blackout != nullptr && fall.end() <= blackout->restored()) {
      blackout->add(fall);
      fall.signals.clear();
    } else if (isCritical(fall) && (blackout == nullptr || fall.restored() > blackout->restored())) {
      blackout = &fall;
    }
  }
  std::erase_if(falls, [](const PlaceFall& fall) { return fall.empty(); });
}

}  // namespace

bool Place::has(std::string_view signal) const {
  return std::any_of(signals.begin(), signals.end(),
                     [&](const SignalInfo* info) { return info->name == signal; });
}

double JudgedSignal::judgedShare(Time begin, Time end) const {
  if (begin >= end) return 0;
  const auto overlap = [&](Time a, Time b) {
    return std::max(Time::duration(0), std::min(b, end) - std::max(a, begin));
  };
  Time::duration judged = overlap(from, until);
  auto span = std::partition_point(untold.begin(), untold.end(),
                                   [&](const UntoldSpan& s) { return s.until <= begin; });
  for (; span != untold.end() && span->from < end; ++span) judged -= overlap(span->from, span->until);
  return static_cast<double>(judged.count()) / static_cast<double>((end - begin).count());
}

std::optional<double> PlaceOutcome::sizeAt(Time time, float min_coverage) const {
  if (counts.empty()) return std::nullopt;
  double size = 0;
  for (const series::Series& series : counts) {
    const int64_t day = std::chrono::hours(24) / series.width.length();
    const auto points = static_cast<int64_t>(series.points.size());
    const int64_t at = Bin::of(time, series.width).index - series.first.index;
    for (int64_t i = std::min(at, points) - 1; i >= std::max<int64_t>(0, at - day); --i) {
      const series::Point& point = series.points[static_cast<size_t>(i)];
      if (point.coverage < min_coverage || !usable(point.value)) continue;
      size = std::max(size, point.value);
      break;
    }
  }
  return size;
}

double SignalFalls::depth() const {
  double depth = 0;
  for (const Anomaly& anomaly : anomalies) depth = std::max(depth, anomaly.depth());
  return depth;
}

double SignalFalls::lost() const {
  double lost = 0;
  for (const Anomaly& anomaly : anomalies) lost = std::max(lost, anomaly.lost());
  return lost;
}

double SignalFalls::lostHours() const {
  double hours = 0;
  for (const Anomaly& anomaly : anomalies) hours += anomaly.lost_hours;
  return hours;
}

Time SignalFalls::end() const {
  Time last = Time::min();
  for (const Anomaly& anomaly : anomalies) last = std::max(last, anomaly.end.value_or(Time::max()));
  return last;
}

Time mainOnset(const Anomaly& anomaly, double worst, const JoiningParameters& parameters) {
  Time onset = anomaly.onset;
  for (const Plateau& plateau : anomaly.plateaus) {
    if (1 - plateau.value / anomaly.baseline >= parameters.early_share * worst) break;
    onset = plateau.end;
  }
  // The lowest bin may be one that no level holds.
  onset = std::min(onset, anomaly.floor_at);
  return onset - anomaly.onset >= parameters.early_least ? onset : anomaly.onset;
}

Time mainOnset(const SignalFalls& falls, const JoiningParameters& parameters) {
  const double worst = falls.depth();
  for (const Anomaly& anomaly : falls.anomalies) {
    if (anomaly.depth() < parameters.early_share * worst) continue;
    return mainOnset(anomaly, worst, parameters);
  }
  return falls.onset();
}

Time PlaceFall::first() const {
  Time first = Time::max();
  for (const SignalFalls& falls : signals) first = std::min(first, falls.onset());
  return first;
}

SignalInfo::Voice PlaceFall::voice() const {
  auto voice = SignalInfo::Voice::kLast;
  for (const SignalFalls& falls : signals) voice = std::min(voice, falls.signal->voice());
  return voice;
}

Time PlaceFall::onset() const {
  const auto speaks = voice();
  Time first = Time::max();
  for (const SignalFalls& falls : signals) {
    if (falls.signal->voice() == speaks) first = std::min(first, falls.onset());
  }
  return first;
}

Time PlaceFall::end() const {
  Time last = Time::min();
  for (const SignalFalls& falls : signals) last = std::max(last, falls.end());
  return last;
}

Time PlaceFall::restored() const {
  const auto speaks = voice();
  Time last = Time::min();
  for (const SignalFalls& falls : signals) {
    if (falls.signal->voice() == speaks) last = std::max(last, falls.end());
  }
  return last;
}

PlaceFall PlaceFall::between(Time from, Time until) const {
  PlaceFall part;
  for (const SignalFalls& falls : signals) {
    for (const Anomaly& anomaly : falls.anomalies) {
      if (from <= anomaly.onset && anomaly.onset < until) part.add(falls.signal, anomaly);
    }
  }
  return part;
}

void PlaceFall::add(const SignalInfo* signal, Anomaly anomaly) {
  const auto before = [](const SignalFalls& falls, const SignalInfo* info) {
    return std::tie(falls.signal->sees, falls.signal->name) < std::tie(info->sees, info->name);
  };
  auto place = std::lower_bound(signals.begin(), signals.end(), signal, before);
  if (place == signals.end() || place->signal != signal) place = signals.insert(place, {signal, {}});
  auto& anomalies = place->anomalies;
  const auto later = std::upper_bound(anomalies.begin(), anomalies.end(), anomaly.onset,
                                      [](Time onset, const Anomaly& one) { return onset < one.onset; });
  anomalies.insert(later, std::move(anomaly));
}

void PlaceFall::add(const PlaceFall& other) {
  for (const SignalFalls& falls : other.signals) {
    for (const Anomaly& anomaly : falls.anomalies) add(falls.signal, anomaly);
  }
}

std::vector<PlaceFall> joinPlace(const PlaceOutcome& outcome, const JoiningParameters& parameters) {
  std::vector<std::pair<const SignalInfo*, const Anomaly*>> all;
  for (const JudgedSignal& judged : outcome.signals) {
    for (const Anomaly& anomaly : judged.anomalies) all.emplace_back(judged.signal, &anomaly);
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return std::tie(a.second->onset, a.first->sees, a.first->name) <
           std::tie(b.second->onset, b.first->sees, b.first->name);
  });
  std::vector<PlaceFall> falls;
  std::vector<Building> active;  // by their first anomalies
  for (const auto& [signal, anomaly] : all) {
    const Time now = anomaly->onset;
    std::erase_if(active, [&](const Building& one) { return expired(one, now, parameters); });
    auto home =
        std::find_if(active.rbegin(), active.rend(), [&, s = signal, a = anomaly](const Building& one) {
          return std::any_of(one.chains.begin(), one.chains.end(),
                             [&](const Chain& chain) { return takes(chain, s, *a, parameters); });
        });
    if (home == active.rend()) {
      active.push_back({falls.size(), {}});
      falls.emplace_back();
      home = active.rbegin();
    }
    auto chain = std::find_if(home->chains.begin(), home->chains.end(),
                              [s = signal](const Chain& one) { return one.signal == s; });
    if (chain == home->chains.end()) chain = home->chains.insert(chain, {signal, anomaly});
    chain->add(*anomaly);
    falls[home->fall].add(signal, *anomaly);
  }
  absorbWithin(falls);
  return falls;
}

}  // namespace nightjar::detect
