// The rule `nightjar` on one series that moves: where an anomaly begins and ends. A series that never moved
// needs none of it (nightjar_rule.h); what is ordinary and what is without precedent is said elsewhere
// (ordinary.h, thresholds.h).
#pragma once

#include <deque>
#include <span>
#include <vector>

#include "detect/rule/nights.h"
#include "detect/rule/ordinary.h"
#include "detect/rule/past_alarms.h"
#include "detect/rule/rule.h"
#include "detect/rule/thresholds.h"
#include "detect/rule/watch_common.h"

namespace nightjar::detect {

class SeriesWatch {
 public:
  // A series that so far had nothing but `bins` usable bins of this value, of `moved` elsewhere, and stands
  // at its bin `tick`. `common` outlives it.
  SeriesWatch(const WatchCommon& common, double value, double moved, size_t bins, size_t tick);

  Verdict next(const series::Point& point, double moved);
  // How many of the next bins repeat the only value that is remembered, so that next() would find nothing in
  // them; and learns them. All of them have the same verdict, but for `history`, which counts on.
  size_t stillBins(std::span<const series::Point> points, std::span<const double> moved) const;
  Verdict learnStill(size_t bins);

  // Nothing but one value is remembered: it could as well be forgotten that there ever was another.
  bool quiet() const { return !open_ && run_.empty() && ordinary_.quiet(); }
  double value() const { return ordinary_.level(); }
  double moved() const { return ordinary_.moved(); }
  size_t learnt() const { return ordinary_.learnt(); }
  size_t tick() const { return tick_; }
  // Of all that is kept, on the heap too.
  size_t bytes() const;

 private:
  void forget();
  Verdict ordinaryVerdict(double value, double baseline) const;

  // Whether an anomaly opens.
  State whileOrdinary(const UsableBin& bin, double baseline, uint32_t& suspects);
  void suspect(const UsableBin& bin);
  void beginRun();
  const Thresholds& thresholds();
  bool opens(const UsableBin& bin, double baseline);
  // `shown` by the last bins, of what the measure measures.
  bool opensBy(PastLosses::Measure measure, size_t scale, double shown, double baseline);
  bool fellSilent(double baseline);
  size_t silentBins(double most) const;
  double meanLoss(size_t bins) const;
  double leastLoss(size_t bins) const;
  bool asTheDayBefore(size_t bins, double asked) const;
  // `share` of the thresholds is enough.
  bool begunWithStep(PastLosses::Measure measure, double shown, double share) const;
  bool fellAsUsual(size_t began, size_t bins) const;
  bool slid(size_t began) const;
  double lastSum(size_t bins) const;
  size_t onset(size_t window) const;
  size_t binsBeyond(double middle) const;
  bool lasts();
  void open(const UsableBin& bin);
  void clearRun();

  // Whether it is over.
  State whileOpen(const UsableBin& bin);
  void deepen();
  size_t closingScale() const;
  bool back(double way_back) const;
  bool settled() const;
  void hold(const UsableBin& bin);
  void close(bool settled);
  State lowState(double loss) const;

  // Whether it was a whim.
  void teach(double loss);
  bool clear();

  const WatchCommon* common_;
  const Parameters* parameters_;
  size_t tick_ = 0;
  size_t gap_ = 0;  // unusable bins in a row
  Ordinary ordinary_;
  Nights nights_;

  std::vector<UsableBin> run_;  // suspect bins, and since the first of them:
  RecentSums run_losses_;
  double evidence_ = 0, most_evidence_ = 0;
  size_t calm_ = 0;
  Thresholds thresholds_;  // of when the run began; most runs end before anybody asks for them
  bool thresholds_known_ = false;
  double grain_before_ = 0;  // when the run began

  bool open_ = false;
  size_t opened_scale_ = 0, opened_bins_ = 0;
  double deepest_ = 0;  // the largest mean loss in this anomaly
  double back_evidence_ = 0;
  double remainder_ = 0;        // what a long anomaly may have left over: so much is ordinary
  size_t remainder_until_ = 0;  // till this tick
  std::deque<UsableBin> held_;  // bins since the value is on its way back, at most settle_time of them
  double held_loss_ = 0;
  bool weak_ = false;           // it may have been a whim
  std::vector<double> taught_;  // whose losses these are
  PastAlarms alarms_;
};

}  // namespace nightjar::detect
