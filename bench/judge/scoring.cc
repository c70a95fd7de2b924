#include "scoring.h"

#include <algorithm>
#include <cmath>

#include "detect/rule/recorder.h"

namespace nightjar::bench {
namespace {

using detect::Anomaly;

Seconds between(Time from, Time until) {
  return std::chrono::duration_cast<Seconds>(until - from);
}

double minutesOf(Seconds span) {
  return std::chrono::duration<double, std::ratio<60>>(span).count();
}

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// One event against the anomalies that overlap it.
class EventJudge {
 public:
  EventJudge(const Sample& sample, const Event& event)
      : width_(sample.series.width), first_(sample.series.first), event_(event) {
    from_ = start(event.from);
    until_ = start(event.until);
    earliest_ = from_ - toleranceOf(width_);
    data_end_ = sample.series.end().start(width_);
  }

  bool overlaps(const Anomaly& anomaly) const { return anomaly.onset < until_ && endOf(anomaly) > from_; }

  EventScore score(const Sample& sample, const Sayings& sayings) const {
    EventScore result{.event = event_};
    result.share_of_noise = sample.noise > 0 ? event_.depth / sample.noise : 1000;
    result.length = between(from_, until_);
    result.history = between(start(0), from_);
    const Anomaly* head = nullptr;
    Time end = from_;
    Seconds covered{0};
    double depth = 0;
    for (const Anomaly& anomaly : sayings.anomalies) {
      if (!overlaps(anomaly)) continue;
      covered += between(std::max(anomaly.onset, from_), std::min(endOf(anomaly), until_));
      if (endOf(anomaly) >= until_) result.open_at_end = true;
      if (anomaly.onset < earliest_) continue;
      if (head == nullptr) head = &anomaly;
      end = std::max(end, endOf(anomaly));
      depth = std::max(depth, anomaly.depth());
    }
    result.covered = minutesOf(covered) / minutesOf(result.length);
    if (head == nullptr) return result;
    result.found = true;
    result.onset_error = std::chrono::abs(between(from_, head->onset));
    result.end_error = std::chrono::abs(between(until_, end));
    result.depth_error = depth - event_.depth;
    const auto alarm = std::lower_bound(sayings.alarms.begin(), sayings.alarms.end(), binAt(head->onset));
    if (alarm != sayings.alarms.end()) result.alarm_after = between(from_, start(*alarm + 1));
    return result;
  }

 private:
  Time start(size_t bin) const { return Bin{first_.index + static_cast<int64_t>(bin)}.start(width_); }
  size_t binAt(Time time) const { return static_cast<size_t>(Bin::of(time, width_).index - first_.index); }
  Time endOf(const Anomaly& anomaly) const { return anomaly.end.value_or(data_end_); }

  BinWidth width_;
  Bin first_;
  const Event& event_;
  Time from_, until_, earliest_, data_end_;
};

// Sums of what is missing, of quiet bins that were seen.
std::vector<double> quietLosses(const Sample& sample) {
  std::vector<double> sums = {0};
  auto event = sample.events.begin();
  for (size_t i = 0; i < sample.expected.size(); ++i) {
    while (event != sample.events.end() && event->until <= i) ++event;
    if (event != sample.events.end() && event->from <= i) continue;
    if (!sample.series.points[i].present() || sample.expected[i] <= 0) continue;
    sums.push_back(sums.back() + 1 - sample.series.points[i].value / sample.expected[i]);
  }
  return sums;
}

bool isTellable(const Sample& sample, const Event& event, const std::vector<double>& quiet) {
  double lost = 0;
  size_t seen = 0;
  for (size_t i = event.from; i < std::min(event.until, sample.expected.size()); ++i) {
    if (!sample.series.points[i].present() || sample.expected[i] <= 0) continue;
    lost += 1 - sample.series.points[i].value / sample.expected[i];
    ++seen;
  }
  if (seen == 0) return false;
  for (size_t i = seen; i < quiet.size(); ++i) {
    if (quiet[i] - quiet[i - seen] >= lost) return false;
  }
  return true;
}

}  // namespace

Seconds toleranceOf(BinWidth width) {
  return std::max<Seconds>(2 * width.length(), std::chrono::hours(1));
}

Sayings listen(detect::Rule& rule, const detect::Parameters& parameters, const series::Series& series) {
  std::vector<detect::Verdict> verdicts(series.points.size());
  rule.begin(series.key.signal, series.width);
  rule.judge(series.points, {}, verdicts);
  detect::Recorder recorder(parameters);
  recorder.begin(series.key, series.width, series.first);
  recorder.add(verdicts, series.points);
  Sayings sayings{.anomalies = recorder.anomalies()};
  for (size_t i = 0; i < verdicts.size(); ++i) {
    using detect::State;
    const State state = verdicts[i].state;
    if (state == State::kLow || state == State::kCritical) sayings.alarms.push_back(i);
    if (state != State::kNoCoverage && state != State::kNoHistory) ++sayings.told;
  }
  return sayings;
}

SampleScore score(const Sample& sample, const Sayings& sayings) {
  SampleScore result{.weeks = sample.weeks()};
  std::vector<bool> used(sayings.anomalies.size());
  const std::vector<double> quiet = quietLosses(sample);
  for (const Event& event : sample.events) {
    const EventJudge judge(sample, event);
    result.events.push_back(judge.score(sample, sayings));
    result.events.back().tellable = isTellable(sample, event, quiet);
    for (size_t i = 0; i < used.size(); ++i) used[i] = used[i] || judge.overlaps(sayings.anomalies[i]);
  }
  for (size_t i = 0; i < used.size(); ++i) {
    if (!used[i]) result.false_alarms.push_back(i);
  }
  return result;
}

void Tally::add(const SampleScore& score) {
  events_.insert(events_.end(), score.events.begin(), score.events.end());
  false_alarms_ += score.false_alarms.size();
  weeks_ += score.weeks;
}

Summary Tally::summarise(std::span<const EventScore* const> events) const {
  Summary summary{.events = events.size(), .false_alarms = false_alarms_, .weeks = weeks_};
  std::vector<double> onset, end, depth, alarm;
  for (const EventScore* one : events) {
    if (one->tellable) ++summary.tellable;
    if (!one->found) continue;
    ++summary.found;
    if (!one->open_at_end) ++summary.absorbed;
    onset.push_back(minutesOf(one->onset_error));
    end.push_back(minutesOf(one->end_error));
    depth.push_back(std::abs(one->depth_error));
    if (one->alarm_after) alarm.push_back(minutesOf(*one->alarm_after));
  }
  summary.onset_minutes = median(std::move(onset));
  summary.end_minutes = median(std::move(end));
  summary.depth_error = median(std::move(depth));
  summary.alarm_minutes = median(std::move(alarm));
  return summary;
}

}  // namespace nightjar::bench
