// The rule `nightjar` on one series that moves: what is ordinary, what is without precedent, and where an
// anomaly begins and ends. A series that never moved needs none of it (nightjar_rule.h).
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "detect/rule/ordered_window.h"
#include "detect/rule/parameters.h"
#include "detect/rule/past_losses.h"
#include "detect/rule/rule.h"
#include "detect/rule/season.h"

namespace nightjar::detect {

// What all series of one kind have in common: the parameters, and their times as numbers of bins.
struct WatchCommon {
  WatchCommon(const Parameters& given, std::string_view signal, BinWidth bin_width);

  Parameters parameters;
  BinWidth width;
  bool counts;  // of whole things (series/signal_traits.h)
  size_t hour, day, confirm, settle, forget, min_history, history_needed, level, week_hours, suspect_limit,
      weak, slot;
  size_t first_scale;  // of the means that are long enough to confirm a fall
};

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
  bool quiet() const;
  double value() const { return level_.median(); }
  double moved() const { return moved_.median(); }
  size_t learnt() const { return learnt_; }
  size_t tick() const { return tick_; }
  // Of all that is kept, on the heap too.
  size_t bytes() const;

 private:
  // What a bin may be held against: the level alone, or with the rhythm of the day or of the week.
  enum Baseline : size_t { kPlain, kDaily, kWeekly, kBaselines };
  // An instrument may repeat its values for so many bins, or for a divisor of it.
  static constexpr size_t kHoldPeriod = 12;
  // A usable bin, as it will enter the history if it turns out to be ordinary.
  struct Bin {
    double value;
    double moved;
    size_t tick;  // bins since the beginning
    double loss;
  };

  void forget();

  // What is ordinary.
  void learn(const Bin& bin);
  void everyHour();
  void everyDay();
  void measureHold();
  void chooseBaseline();
  double currentLevel() const;
  double baselineOf(Baseline which, double level, size_t tick) const;
  double withoutMoves(const Bin& bin, double baseline) const;
  double share(double baseline, double value) const;
  double lossAgainst(double baseline, const Bin& bin) const;
  Cycle& cycle(Baseline which) { return which == kDaily ? day_ : week_; }
  const Cycle& cycle(Baseline which) const { return which == kDaily ? day_ : week_; }

  // Whether an anomaly opens.
  State whileOrdinary(const Bin& bin, double baseline, uint32_t& suspects);
  void readThresholds();
  double youth() const;
  bool opens(const Bin& bin, double baseline);
  bool begunWithStep(double mean, size_t scale) const;
  double lastSum(size_t bins) const;
  size_t onset(size_t window) const;
  bool lasts();
  void open(const Bin& bin);
  void clearRun();

  // Whether it is over.
  State whileOpen(const Bin& bin);
  void deepen();
  size_t closingScale() const;
  bool back(double way_back) const;
  bool settled() const;
  void hold(const Bin& bin);
  void close(bool settled);
  State lowState(double loss) const;

  // Whether it was a whim, or a rhythm.
  void teach(double loss);
  bool clear();
  uint32_t hourOf(size_t tick) const;
  void keepNight(const Bin& bin);
  bool cameSlowly(std::span<const Bin> bins) const;
  void learnNight();

  const WatchCommon* common_;
  const Parameters* parameters_;
  size_t tick_ = 0;
  size_t learnt_ = 0;  // ordinary bins
  size_t gap_ = 0;     // unusable bins in a row

  OrderedWindow level_;   // values of ordinary bins
  OrderedWindow moved_;   // what had moved away in the same bins
  OrderedWindow levels_;  // the day's median, once an hour of ordinary bins
  Cycle day_, week_;
  std::array<PastLosses, kBaselines> pasts_;
  Baseline chosen_ = kPlain;
  double noise_ = 0;      // standard deviation of the losses against it
  double allowance_ = 0;  // what a bin may lose without being suspect

  OrderedWindow daily_changes_;  // of the level, as shares of it
  double daily_level_ = 0;
  double wander_ = 0;                            // how far the level may have gone in a day
  double last_ = -1;                             // the last value; under 0 before the first
  double grain_ = 0;                             // the smallest change; 0 where none is known
  std::array<uint32_t, kHoldPeriod> changes_{};  // how often the value changed, by bin of the period
  size_t hold_ = 1;                              // for how many bins the instrument repeats a value

  std::vector<Bin> run_;  // suspect bins, and since the first of them:
  RecentSums run_clipped_, run_losses_;
  double evidence_ = 0, most_evidence_ = 0;
  size_t calm_ = 0;
  std::array<double, PastLosses::kScales> opening_{}, beginning_{}, ordinary_{};
  double clip_ = 1;

  bool open_ = false;
  size_t opened_scale_ = 0, opened_bins_ = 0;
  double deepest_ = 0;  // the largest mean loss in this anomaly
  double back_evidence_ = 0;
  std::deque<Bin> held_;  // bins since the value is on its way back, at most settle_time of them
  double held_loss_ = 0;
  bool weak_ = false;           // it may have been a whim
  std::vector<double> taught_;  // whose losses these are
  std::vector<size_t> alarms_;  // ticks at which the last anomalies opened

  uint32_t hours_known_ = 0;  // of the day, a bit each: that had an ordinary bin
  std::vector<Bin> night_;    // the bins of this anomaly, up to a day of them
  size_t strange_bins_ = 0;   // of those, in other hours
  size_t nights_ = 0;         // days with such anomalies
  size_t last_night_ = 0;     // the tick at which the last of them began
};

}  // namespace nightjar::detect
