// The anomalies of the last week of one series: a series that often cries is believed less, and what comes
// again at the same time of day is believed more.
#pragma once

#include <cstddef>
#include <vector>

#include "detect/rule/watch_common.h"

namespace nightjar::detect {

class PastAlarms {
 public:
  // `common` outlives it.
  explicit PastAlarms(const WatchCommon& common) : common_(&common) {}

  // An anomaly opened at this tick, and began at `onset`.
  void add(size_t tick, size_t onset);
  // The last one is over. REQUIRES: !empty().
  void end(double depth) { alarms_.back().depth = depth; }
  void clear() { alarms_.clear(); }
  // Those of more than a week before this tick.
  void forgetBefore(size_t tick);

  bool empty() const { return alarms_.empty(); }
  size_t count() const { return alarms_.size(); }
  // When the last one opened. REQUIRES: !empty().
  size_t lastOpened() const { return alarms_.back().opened; }
  // At this time of the day there was one of about this depth. What may have been a whim, and was not ended,
  // is none.
  bool hadOneAs(size_t onset, double depth) const;

  size_t bytes() const { return alarms_.capacity() * sizeof(Alarm); }

 private:
  struct Alarm {
    size_t opened, onset;
    double depth;  // the largest mean loss; 0: not known
  };

  const WatchCommon* common_;
  std::vector<Alarm> alarms_;
};

}  // namespace nightjar::detect
