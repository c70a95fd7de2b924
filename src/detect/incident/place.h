// A place, what was judged of it, and its falls: the anomalies of all its signals, joined.
#pragma once

#include <optional>
#include <vector>

#include "detect/incident/joining_parameters.h"
#include "detect/incident/planes.h"
#include "detect/rule/anomaly.h"

namespace nightjar::detect {

// An entity and the signals that have a series of it.
struct Place {
  Entity entity;
  std::vector<const SignalInfo*> signals;

  bool has(std::string_view signal) const;
};

// What the rule said of one series.
struct JudgedSignal {
  const SignalInfo* signal = nullptr;
  BinWidth width;
  Time from;  // the bins that were looked at
  Time until;
  std::vector<Anomaly> anomalies;  // by time
  std::vector<UntoldSpan> untold;

  // The share of [begin, end) in bins that could be judged.
  double judgedShare(Time begin, Time end) const;
};

struct PlaceOutcome {
  std::vector<JudgedSignal> signals;
  // Series of whole things (/24s, blocks): they tell how large the place is.
  std::vector<series::Series> counts;
  // The bins that were looked at; equal when there were none.
  Time from;
  Time until;

  // The largest count in the day before `time`'s bin that has coverage; 0 if there was none, empty if nothing
  // of this place is counted.
  std::optional<double> sizeAt(Time time, float min_coverage) const;
};

// The anomalies of one signal that belong to one fall, by time.
struct SignalFalls {
  const SignalInfo* signal = nullptr;
  std::vector<Anomaly> anomalies;

  double depth() const;
  double lost() const;
  double lostHours() const;
  Time onset() const { return anomalies.front().onset; }
  // Later than any time while one is open.
  Time end() const;
};

// The usual hours of falls that recur, as they lie on the day of the first one.
struct RecurringHours {
  Time from;
  Time to;
  size_t days_seen = 0;  // days with a fall
  size_t days = 0;       // from the first to the last, both counted
};

// When the anomaly left the levels behind that it began with and that are small beside a depth of `worst`;
// its onset if there were none.
Time mainOnset(const Anomaly& anomaly, double worst, const JoiningParameters& parameters);
// The same of the falls of one signal: what is small as a whole does not count.
Time mainOnset(const SignalFalls& falls, const JoiningParameters& parameters);

// Anomalies of one place that are one incident (or a part of one).
struct PlaceFall {
  std::vector<SignalFalls> signals;  // not empty, none of them empty; in the order of `Sees`, then names
  // Of a recurring one: first() of each fall that it is made of, and the hours. Empty otherwise.
  std::vector<Time> occurrences;
  std::optional<RecurringHours> hours;
  std::optional<double> size;  // of the place when it began (PlaceOutcome::sizeAt)

  bool empty() const { return signals.empty(); }
  // The first voice among them: signals with it speak for the place.
  SignalInfo::Voice voice() const;
  // Of the first anomaly of all.
  Time first() const;
  // Of the first anomaly that speaks for the place.
  Time onset() const;
  // Later than any time while one is open.
  Time end() const;
  // As end(), of those that speak for the place.
  Time restored() const;
  // The anomalies whose onset lies in [from, until).
  PlaceFall between(Time from, Time until) const;
  // Anomalies of one signal are kept by time.
  void add(const SignalInfo* signal, Anomaly anomaly);
  void add(const PlaceFall& other);
};

// Time::max() stands for "open" and must not overflow.
inline Time plus(Time time, Seconds span) {
  return time == Time::max() ? time : time + span;
}

// Cuts a place's anomalies into falls, in the order of their first anomalies. Which anomaly joins which is
// decided by what was known at its onset, so that later bins change nothing; but for one after a longer
// return, which joins once it is deep enough.
std::vector<PlaceFall> joinPlace(const PlaceOutcome& outcome, const JoiningParameters& parameters);

}  // namespace nightjar::detect
