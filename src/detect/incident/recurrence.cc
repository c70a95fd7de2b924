#include "detect/incident/recurrence.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace nightjar::detect {
namespace {

using std::chrono::duration_cast;
constexpr Seconds kDay = std::chrono::hours(24);

// Hours that may turn out to recur. Times are told as seconds since the first member's onset, whole days
// taken off.
class Pattern {
 public:
  Pattern(const Hours& first, size_t index) : start_(first.onset), founded_from_(index) {
    add(first, index, 0);
  }

  // The fall's hours are those of the pattern.
  bool fits(const Hours& fall, const JoiningParameters& parameters) const {
    const int64_t day = dayOf(fall.onset);
    if (day <= last_day_ || day - last_day_ > parameters.recurring_pause_days) return false;
    const Seconds length = to() - from();
    const Seconds tolerance = std::max(
        fall.bin, std::clamp(duration_cast<Seconds>(length * parameters.recurring_tolerance),
                             parameters.recurring_tolerance_least, parameters.recurring_tolerance_most));
    if (off(fall.onset_earliest, fall.onset, day, from()) > tolerance) return false;
    const Seconds end_off = fall.end ? off(fall.end_earliest, *fall.end, day, to())
                                     : std::max(Seconds(0), offset(fall.until, day) - to());
    return end_off <= 2 * tolerance;
  }

  void add(const Hours& fall, size_t index) { add(fall, index, dayOf(fall.onset)); }

  bool over(Time now, const JoiningParameters& parameters) const {
    return dayOf(now) - last_day_ > parameters.recurring_pause_days;
  }
  size_t count() const { return members_.size(); }
  bool founded() const { return founded_; }
  // At least half of the falls since its first one keep its hours: asked once, when it has enough days.
  void found(size_t index) { founded_ = 2 * members_.size() >= index - founded_from_ + 1; }

  RecurringFalls result() const {
    return {members_, {start_ + from(), start_ + to(), members_.size(), static_cast<size_t>(last_day_ + 1)}};
  }

 private:
  void add(const Hours& fall, size_t index, int64_t day) {
    members_.push_back(index);
    last_day_ = day;
    // Where the bins before could not be judged, the moment nearest to the usual one.
    const Seconds onset =
        members_.size() == 1 ? Seconds(0) : nearest(fall.onset_earliest, fall.onset, day, from());
    onsets_ += onset;
    if (!fall.end) return;
    ends_ += ended_ == 0 ? offset(*fall.end, day) : nearest(fall.end_earliest, *fall.end, day, to());
    ++ended_;
  }

  int64_t dayOf(Time time) const {
    return static_cast<int64_t>(
        std::floor(static_cast<double>((duration_cast<Seconds>(time - start_) + kDay / 2).count()) /
                   static_cast<double>(kDay.count())));
  }
  Seconds offset(Time time, int64_t day) const { return duration_cast<Seconds>(time - start_) - day * kDay; }
  Seconds nearest(Time earliest, Time latest, int64_t day, Seconds usual) const {
    return std::clamp(usual, offset(earliest, day), offset(latest, day));
  }
  Seconds off(Time earliest, Time latest, int64_t day, Seconds usual) const {
    return std::chrono::abs(nearest(earliest, latest, day, usual) - usual);
  }
  Seconds from() const { return onsets_ / static_cast<int64_t>(members_.size()); }
  Seconds to() const { return ended_ == 0 ? from() : ends_ / static_cast<int64_t>(ended_); }

  Time start_;
  size_t founded_from_;
  bool founded_ = false;
  std::vector<size_t> members_;
  int64_t last_day_ = 0;
  Seconds onsets_{0};
  Seconds ends_{0};
  size_t ended_ = 0;
};

// The days from the first to the last on which a fall would have gone unseen: there was none, and the hours
// could not be judged.
size_t untoldDays(const RecurringHours& hours, const std::vector<Occurrence>& occurrences,
                  const JudgedSignal& judged, const JoiningParameters& parameters) {
  size_t untold = 0;
  auto next = occurrences.begin();
  for (size_t day = 0; day < hours.days; ++day) {
    const Seconds shift = static_cast<int64_t>(day) * kDay;
    while (next != occurrences.end() && next->onset < hours.from + shift - kDay / 2) ++next;
    if (next != occurrences.end() && next->onset < hours.from + shift + kDay / 2) continue;
    if (judged.judgedShare(hours.from + shift, hours.to + shift) < parameters.stands_share) ++untold;
  }
  return untold;
}

// To the minute, since midnight.
Seconds clockOf(Time time) {
  const auto minute = std::chrono::round<std::chrono::minutes>(time);
  return minute - std::chrono::floor<std::chrono::days>(minute);
}

}  // namespace

std::vector<RecurringFalls> findRecurring(std::span<const Hours> falls, const JoiningParameters& parameters) {
  std::vector<Pattern> patterns;
  std::vector<size_t> active;
  for (size_t i = 0; i < falls.size(); ++i) {
    const Hours& fall = falls[i];
    if (fall.end.value_or(fall.until) - fall.onset > parameters.recurring_longest) continue;
    std::erase_if(active, [&](size_t p) { return patterns[p].over(fall.onset, parameters); });
    // The one that has most: a night that ended late founds no second pattern beside it.
    Pattern* best = nullptr;
    for (const size_t p : active) {
      if (patterns[p].fits(fall, parameters) && (best == nullptr || patterns[p].count() > best->count()))
        best = &patterns[p];
    }
    if (best == nullptr) {
      active.push_back(patterns.size());
      patterns.emplace_back(fall, i);
      continue;
    }
    best->add(fall, i);
    if (best->count() == parameters.recurring_days) best->found(i);
  }
  std::vector<RecurringFalls> result;
  for (const Pattern& pattern : patterns) {
    if (pattern.founded()) result.push_back(pattern.result());
  }
  return result;
}

Hours hoursOf(const PlaceFall& fall, Time until) {
  Hours hours{.onset = fall.onset(), .until = until};
  const Time end = fall.restored();
  if (end != Time::max()) hours.end = end;
  hours.onset_earliest = hours.onset;
  hours.end_earliest = end;
  for (const SignalFalls& falls : fall.signals) {
    hours.bin = std::max(hours.bin, falls.anomalies.front().width.length());
    for (const Anomaly& anomaly : falls.anomalies) {
      if (anomaly.onset == hours.onset)
        hours.onset_earliest = std::min(hours.onset_earliest, anomaly.onset_earliest);
      if (anomaly.end == hours.end)
        hours.end_earliest = std::min(hours.end_earliest, anomaly.end_earliest.value_or(end));
    }
  }
  return hours;
}

std::vector<PlaceFall> joinRecurring(std::vector<PlaceFall> falls, Time until,
                                     const JoiningParameters& parameters) {
  std::vector<size_t> order(falls.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(),
            [&](size_t a, size_t b) { return falls[a].onset() < falls[b].onset(); });
  std::vector<Hours> hours;
  hours.reserve(order.size());
  for (const size_t i : order) hours.push_back(hoursOf(falls[i], until));
  for (const RecurringFalls& recurring : findRecurring(hours, parameters)) {
    PlaceFall& whole = falls[order[recurring.members.front()]];
    whole.hours = recurring.hours;
    whole.occurrences.push_back(whole.first());
    for (const size_t member : std::span(recurring.members).subspan(1)) {
      PlaceFall& part = falls[order[member]];
      whole.occurrences.push_back(part.first());
      whole.add(part);
      part.signals.clear();
    }
  }
  std::erase_if(falls, [](const PlaceFall& fall) { return fall.empty(); });
  return falls;
}

Recurrence recurrenceOf(const PlaceFall& fall, const SignalInfo* speaker, const PlaceOutcome& outcome,
                        const JoiningParameters& parameters) {
  const RecurringHours& hours = *fall.hours;
  Recurrence result{.from = clockOf(hours.from), .to = clockOf(hours.to)};
  result.days = hours.days;
  result.days_seen = hours.days_seen;
  for (size_t i = 0; i < fall.occurrences.size(); ++i) {
    const Time next = i + 1 < fall.occurrences.size() ? fall.occurrences[i + 1] : Time::max();
    const PlaceFall one = fall.between(fall.occurrences[i], next);
    Occurrence occurrence{one.onset(), std::nullopt, 0};
    if (const Time end = one.restored(); end != Time::max()) occurrence.end = end;
    for (const SignalFalls& falls : one.signals) {
      if (falls.signal == speaker) {
        occurrence.depth = falls.depth();
        break;
      }
      occurrence.depth = std::max(occurrence.depth, falls.depth());
    }
    result.occurrences.push_back(occurrence);
  }
  for (const JudgedSignal& judged : outcome.signals) {
    if (judged.signal == speaker)
      result.days_untold = untoldDays(hours, result.occurrences, judged, parameters);
  }
  result.daily = static_cast<double>(result.days_seen) >=
                 parameters.daily_share * static_cast<double>(result.days - result.days_untold);
  return result;
}

}  // namespace nightjar::detect
