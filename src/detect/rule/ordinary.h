// What is ordinary of one series that moves: its level, its rhythm, how it changes, and what its ordinary
// bins have lost against these. Knows nothing of outages; whoever watches the series decides what is learnt.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <span>
#include <vector>

#include "detect/rule/ordered_window.h"
#include "detect/rule/past_losses.h"
#include "detect/rule/season.h"
#include "detect/rule/watch_common.h"
#include "series/series.h"

namespace nightjar::detect {

class Ordinary {
 public:
  // Of a series that so far had nothing but `bins` usable bins of this value, of `moved` elsewhere, and
  // stands at its bin `tick`. `common` outlives it.
  Ordinary(const WatchCommon& common, double value, double moved, size_t bins, size_t tick);

  void forget();
  // There is enough of it to judge by.
  bool known() const { return level_.count() >= common_->history_needed; }
  size_t learnt() const { return learnt_; }  // ordinary bins
  // An ordinary bin. REQUIRES: bins come in order.
  void learn(const UsableBin& bin);
  // The same, but their hours of the day and the week count as unseen as before.
  void learnAsUnseen(std::span<const UsableBin> bins);
  // Any usable bin, before it is judged. Returns by how much the value has changed.
  double advanceTo(double value);
  // The change, once the bin is judged: how the instrument counts.
  void noteChange(size_t tick, double change, double baseline);

  double baseline(size_t tick) const { return baselineOf(chosen_, currentLevel(), tick); }
  // The value as it would be had nothing moved elsewhere, but not above the baseline.
  double withoutMoves(const UsableBin& bin, double baseline) const;
  // The share of the baseline that is missing.
  double share(double baseline, double value) const;
  // Against the baseline that has told ordinary bins best.
  PastLosses& past() { return pasts_[chosen_]; }
  const PastLosses& past() const { return pasts_[chosen_]; }

  double noise() const { return noise_; }          // standard deviation of the losses
  double allowance() const { return allowance_; }  // what a bin may lose without being suspect
  double wander() const { return wander_; }        // how far the level may have gone in a day
  double grain() const { return grain_; }          // the smallest change; 0 where none is known
  size_t hold() const { return hold_; }            // for how many bins the instrument repeats a value
  double level() const { return level_.median(); }
  // As low as it was in the last day, but for one value in 24: those may be readings that failed.
  double low() const { return level_.ranked(level_.count() / 24); }
  bool hasRhythm() const { return chosen_ != kPlain; }
  // The share of a day that is still to be seen.
  double unknownDay() const;
  // No ordinary bin was ever in this hour of the day; or, where there is a rhythm, of the week.
  bool unseen(size_t tick) const;
  bool unseenInDay(size_t tick) const { return !day_hours_[tick / common_->hour % 24]; }
  // What the last `bins` ordinary bins have lost, against the baseline of the bin `tick`, the oldest first;
  // of as many as are remembered.
  std::vector<double> lossesBefore(size_t tick, size_t bins) const;
  // Of the last ordinary bin, or so many before it. REQUIRES: known(), and less than its bins.
  double lastValue(size_t before) const { return level_.last(before); }
  // What a bin has lost against the days before, as far as they are known.
  double lossByDay(const UsableBin& bin) const {
    return lossAgainst(baselineOf(kDaily, currentLevel(), bin.tick), bin);
  }
  // The largest change that is usual from one mean of `bins` bins to the next, as a share of the level.
  double usualStep(size_t bins) const;

  // How many of the next bins repeat the only value that is remembered, so that there is nothing to find in
  // them; and learns them.
  size_t stillBins(std::span<const series::Point> points, std::span<const double> moved) const;
  void learnStill(size_t tick, size_t bins);
  // Nothing but one value is remembered: it could as well be forgotten that there ever was another.
  bool quiet() const;
  double moved() const { return moved_.median(); }
  // On the heap.
  size_t bytes() const;

 private:
  // What a bin may be held against: the level alone, or with the rhythm of the day or of the week.
  enum Baseline : size_t { kPlain, kDaily, kWeekly, kBaselines };
  // An instrument may repeat its values for so many bins, or for a divisor of it.
  static constexpr size_t kHoldPeriod = 12;
  static constexpr size_t kNever = SIZE_MAX - 1;

  void learnFirstDayAnew();
  void noteStep(size_t tick);
  void resetCycles();
  void everyHour();
  void everyDay();
  void measureHold();
  void chooseBaseline();
  void see(size_t tick);
  double currentLevel() const;
  double baselineOf(Baseline which, double level, size_t tick) const;
  double lossAgainst(double baseline, const UsableBin& bin) const {
    return share(baseline, withoutMoves(bin, baseline));
  }
  Cycle& cycle(Baseline which) { return which == kDaily ? day_ : week_; }
  const Cycle& cycle(Baseline which) const { return which == kDaily ? day_ : week_; }

  const WatchCommon* common_;
  const Parameters* parameters_;
  size_t learnt_ = 0;
  size_t first_tick_ = 0;  // of the first ordinary bin

  OrderedWindow level_;   // values of ordinary bins
  OrderedWindow moved_;   // what had moved away in the same bins
  OrderedWindow levels_;  // the day's median, once an hour of ordinary bins
  Cycle day_, week_;
  std::array<PastLosses, kBaselines> pasts_;
  Baseline chosen_ = kPlain;
  double noise_ = 0;
  double allowance_ = 0;

  OrderedWindow daily_changes_;  // of the level, as shares of it
  double daily_level_ = 0;
  double wander_ = 0;
  double last_ = -1;  // the last usable value; under 0 before the first
  double grain_ = 0;
  std::array<uint32_t, kHoldPeriod> changes_{};  // how often the value changed, by bin of the period
  size_t hold_ = 1;

  std::bitset<24> day_hours_;    // that had an ordinary bin
  std::bitset<168> week_hours_;  // the same
  size_t seen_hour_ = kNever;    // the last one, which may not be over
  // In the first day:
  size_t learnt_tick_ = kNever;  // of the last ordinary bin
  size_t unbroken_ = 0;          // ordinary bins in a row
  double learnt_middle_ = 0;     // the last of them, or the median of the last three
  double largest_step_ = 0;      // between two of these, as a share of the level
};

}  // namespace nightjar::detect
