// Holds what a rule said against what is known. docs/judgement.md says the same in words.
//
// An event is found when an anomaly overlaps it and begins no earlier than `tolerance` before it. An anomaly
// that overlaps no event is a false alarm. An anomaly that overlaps one and began earlier is neither.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "corpus.h"
#include "detect/rule/anomaly.h"
#include "detect/rule/parameters.h"
#include "detect/rule/rule.h"

namespace nightjar::bench {

// What a rule said of one series.
struct Sayings {
  std::vector<detect::Anomaly> anomalies;
  std::vector<size_t> alarms;  // the bins in which an anomaly was open, as a live stream would have shown it
  size_t told = 0;             // bins of which it said something
};
// Runs a rule that begins the series anew.
Sayings listen(detect::Rule& rule, const detect::Parameters& parameters, const series::Series& series);

// The longer of two bins and one hour.
Seconds toleranceOf(BinWidth width);

struct EventScore {
  Event event;
  bool found = false;
  double share_of_noise = 0;  // depth over the standard deviation of quiet bins
  Seconds length{0};
  Seconds history{0};  // of the series before it
  Seconds onset_error{0}, end_error{0};
  double depth_error = 0;              // the anomalies' largest depth less the event's
  std::optional<Seconds> alarm_after;  // from the onset to the end of the first bin with an alarm
  double covered = 0;                  // share of its bins that lie in anomalies
  // Whether it took more than any stretch of as many quiet bins of the same series: what somebody could tell
  // who knew the level, the rhythm, the noise to come, and where to look.
  bool tellable = false;
  bool open_at_end = false;  // an anomaly that overlaps it lasts until its last bin, or longer
};

struct SampleScore {
  std::vector<EventScore> events;
  std::vector<size_t> false_alarms;  // positions in Sayings::anomalies
  double weeks = 0;
};
SampleScore score(const Sample& sample, const Sayings& sayings);

// Many samples' scores in numbers.
struct Summary {
  size_t events = 0, found = 0, tellable = 0, false_alarms = 0, absorbed = 0;
  double weeks = 0;
  double onset_minutes = 0, end_minutes = 0, depth_error = 0, alarm_minutes = 0;  // medians of those found
  double share() const { return events == 0 ? 0 : static_cast<double>(found) / static_cast<double>(events); }
  double alarmsPerWeek() const { return weeks > 0 ? static_cast<double>(false_alarms) / weeks : 0; }
};

class Tally {
 public:
  void add(const SampleScore& score);
  const std::vector<EventScore>& events() const { return events_; }

  // Of the events for which `wanted` holds, and all false alarms.
  template <typename Wanted>
  Summary summary(Wanted wanted) const {
    std::vector<const EventScore*> chosen;
    for (const EventScore& one : events_) {
      if (wanted(one)) chosen.push_back(&one);
    }
    return summarise(chosen);
  }
  Summary summary() const {
    return summary([](const EventScore&) { return true; });
  }

 private:
  Summary summarise(std::span<const EventScore* const> events) const;

  std::vector<EventScore> events_;
  size_t false_alarms_ = 0;
  double weeks_ = 0;
};

}  // namespace nightjar::bench
