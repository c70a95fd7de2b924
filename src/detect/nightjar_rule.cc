#include "detect/nightjar_rule.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <limits>

#include "detect/ordered_window.h"
#include "detect/past_losses.h"
#include "detect/season.h"
#include "detect/usable.h"
#include "series/signal_traits.h"

namespace nightjar::detect {
namespace {

// The week's median counts once it stands on a day of hours; before that it is the day's own.
constexpr size_t kWeekHoursNeeded = 24;
// What a bin may be held against: the level alone, or with the rhythm of the day or of the week.
// The hours' divisors that an instrument may repeat a value for, in bins, divide this.
constexpr size_t kHoldPeriod = 12;
enum Baseline : size_t { kPlain, kDaily, kWeekly, kBaselines };

class NightjarRule final : public Rule {
 public:
  explicit NightjarRule(const Parameters& parameters) : parameters_(parameters) {}

  void begin(std::string_view signal, BinWidth width) override {
    counts_ = series::traitsOf(signal).counts;
    confirm_ = binsIn(parameters_.confirm, width);
    first_scale_ = 0;
    while (PastLosses::windowOf(first_scale_ + 1) <= confirm_) ++first_scale_;
    settle_ = binsIn(parameters_.settle_time, width);
    forget_ = binsIn(parameters_.forget_after, width);
    suspect_limit_ = binsIn(parameters_.suspect_limit, width);
    min_history_ = binsIn(parameters_.min_history, width);
    history_needed_ = std::max(min_history_, parameters_.min_history_bins);
    level_bins_ = std::max(binsIn(parameters_.level_window, width), history_needed_);
    bins_per_hour_ = binsIn(std::chrono::hours(1), width);
    week_hours_ = binsIn(parameters_.week_window, BinWidth::of(std::chrono::hours(1)).value_or(width));
    weak_bins_ = binsIn(parameters_.weak_time, width);
    width_ = width;
    tick_ = 0;
    const size_t day = binsIn(std::chrono::hours(24), width);
    day_bins_ = day;
    const size_t slot = binsIn(parameters_.slot, width);
    day_.reset(day, slot, parameters_.days_kept);
    week_rhythm_.reset(7 * day, slot, parameters_.weeks_kept);
    forget();
  }

  bool countsMoves() const override { return true; }

  void judge(std::span<const series::Point> points, std::span<const double> moved,
             std::span<Verdict> verdicts) override {
    for (size_t i = 0; i < points.size();) {
      const size_t still = stillBins(points.subspan(i), moved.empty() ? moved : moved.subspan(i));
      if (still == 0) {
        verdicts[i] = next(points[i], moved.empty() ? 0 : moved[i]);
        ++i;
        continue;
      }
      const double value = points[i].value;
      for (size_t n = 0; n < still; ++n) {
        verdicts[i + n] = {State::kOrdinary, value, value, noise_share_ * value,
                           static_cast<uint32_t>(std::min<size_t>(learnt_ + n, UINT32_MAX))};
      }
      learnStill(still);
      i += still;
    }
  }

 private:
  // A usable bin, as it will enter the history if it turns out to be ordinary.
  struct Bin {
    double value;
    double moved;
    size_t tick;  // bins since the beginning
    double loss;
  };

  static size_t binsIn(Seconds span, BinWidth width) {
    return std::max<size_t>(1, static_cast<size_t>((span + width.length() - Seconds(1)) / width.length()));
  }

  // --- Quiet series ---

  // How many of the next bins repeat the only value that a quiet past knows, so that next() would find
  // nothing in them. Most networks are like that most of the time.
  size_t stillBins(std::span<const series::Point> points, std::span<const double> moved) const {
    const series::Point& first = points.front();
    const double away = moved.empty() ? 0 : moved.front();
    if (!level_.holdsOnly(first.value) || level_.count() < history_needed_ || open_ || !run_.empty() ||
        !moved_.holdsOnly(away) || (week_.count() > 0 && !week_.holdsOnly(first.value)) || !day_.flat() ||
        !week_rhythm_.flat()) {
      return 0;
    }
    for (const PastLosses& past : pasts_) {
      if (past.count() > 0 && !past.still()) return 0;
    }
    // what is worked out once an hour is so here as well
    const size_t limit = std::min(points.size(), bins_per_hour_ - learnt_ % bins_per_hour_);
    size_t n = 0;
    while (n < limit && points[n].value == first.value && points[n].coverage >= parameters_.min_coverage &&
           (moved.empty() || moved[n] == away)) {
      ++n;
    }
    return n;
  }

  void learnStill(size_t bins) {
    gap_ = 0;
    const double value = level_.median();
    level_.repeat(bins);
    moved_.repeat(bins);
    pasts_[kPlain].learnStill(bins);
    for (const Baseline one : {kDaily, kWeekly}) {
      if (cycle(one).knows(tick_)) pasts_[one].learnStill(bins);
      cycle(one).learnStill(tick_, bins);
    }
    tick_ += bins;
    learnt_ += bins;
    if (learnt_ % bins_per_hour_ == 0) {
      week_.push(value);
      if (learnt_ % day_bins_ == 0) wander();
      choose();
    }
  }

  // --- Any series ---

  Verdict next(const series::Point& point, double moved) {
    const size_t tick = tick_++;
    if (point.coverage < parameters_.min_coverage || !usable(point.value)) {
      if (++gap_ >= forget_ && !open_) forget();
      return {State::kNoCoverage};
    }
    gap_ = 0;
    Bin bin{point.value, usable(moved) ? moved : 0, tick, 0};
    const double change = last_ < 0 ? 0 : std::abs(bin.value - last_);
    last_ = bin.value;
    if (level_.count() < history_needed_) {
      learn(bin);
      return {State::kNoHistory, bin.value};
    }
    const double baseline = baselineOf(chosen_, currentLevel(), tick);
    const double value = withoutMoves(bin, baseline);
    bin.loss = share(baseline, value);
    Verdict verdict{State::kOrdinary, value, baseline, noise_share_ * baseline,
                    static_cast<uint32_t>(std::min<size_t>(learnt_, UINT32_MAX))};
    verdict.state = open_ ? whileOpen(bin) : whileOrdinary(bin, baseline, verdict.suspects);
    if (change > 0) ++changes_[tick % kHoldPeriod];
    if (change > 0 && change <= parameters_.grain_limit * baseline)
      grain_ = grain_ == 0 ? change : std::min(grain_, change);
    return verdict;
  }

  void forget() {
    level_.reset(level_bins_);
    moved_.reset(level_bins_);
    week_.reset(week_hours_);
    for (PastLosses& past : pasts_) past.reset(parameters_, width_);
    chosen_ = kPlain;
    noise_share_ = 0;
    allowance_ = parameters_.min_depth / 2;
    learnt_ = gap_ = 0;
    last_ = -1;
    grain_ = 0;
    changes_ = {};
    hold_ = 1;
    daily_changes_.reset(14);
    daily_level_ = wander_limit_ = 0;
    clearRun();
    held_.clear();
    held_loss_ = deepest_ = back_evidence_ = 0;
    taught_.clear();
    alarms_.clear();
    open_ = weak_ = false;
  }

  double currentLevel() const {
    const double day = level_.median();
    return week_.count() < kWeekHoursNeeded ? day : std::min(day, week_.median());
  }

  Cycle& cycle(Baseline which) { return which == kDaily ? day_ : week_rhythm_; }
  const Cycle& cycle(Baseline which) const { return which == kDaily ? day_ : week_rhythm_; }

  double baselineOf(Baseline which, double level, size_t tick) const {
    if (which == kWeekly && !week_rhythm_.knows(tick)) which = kDaily;
    if (which == kPlain || !cycle(which).knows(tick)) return level;
    return std::max(0.0, level + cycle(which).usual(tick));
  }

  double withoutMoves(const Bin& bin, double baseline) const {
    const double growth = std::max(0.0, bin.moved - moved_.median());
    return std::min(bin.value + growth, std::max(bin.value, baseline));
  }

  // Of what is less than one unit nothing can be lost.
  double share(double baseline, double value) const {
    return baseline >= (counts_ ? 1.0 : 1e-9) ? (baseline - value) / baseline : 0;
  }

  State whileOrdinary(const Bin& bin, double baseline, uint32_t& suspects) {
    if (run_.empty() && bin.loss <= allowance_) {
      learn(bin);
      return State::kOrdinary;
    }
    if (run_.empty()) readThresholds();
    const double clipped = std::min(bin.loss, clip_);
    run_.push_back(bin);
    run_clipped_.push(clipped);
    run_losses_.push(bin.loss);
    evidence_ += clipped - allowance_;
    most_evidence_ = std::max(most_evidence_, evidence_);
    if (evidence_ <= most_evidence_ / 2 || run_.size() >= suspect_limit_) {
      for (const Bin& one : run_) learn(one);
      clearRun();
      return State::kOrdinary;
    }
    if (!opens(bin, baseline)) return State::kSuspect;
    suspects = static_cast<uint32_t>(opened_bins_ - 1);
    open_ = true;
    alarms_.push_back(tick_);
    if (alarms_.size() > 8) alarms_.pop_front();
    back_evidence_ = deepest_ = 0;
    deepen();
    taught_.clear();
    for (size_t i = run_.size() - opened_bins_; i < run_.size(); ++i) taught_.push_back(run_[i].loss);
    weak_ = true;
    run_.clear();
    return lowState(bin.loss);
  }

  void readThresholds() {
    PastLosses& past = pasts_[chosen_];
    const double whim =
        std::min(parameters_.whim_depth,
                 parameters_.whim_after / static_cast<double>(std::max<size_t>(1, learnt_ / hold_)));
    // Whoever has not seen a whole day does not know its night.
    const double young = learnt_ < day_bins_ ? parameters_.young_factor : 1;
    // A week with many alarms asks for clearer ones.
    while (!alarms_.empty() && alarms_.front() + 7 * day_bins_ <= tick_) alarms_.pop_front();
    const double weary = 1 + parameters_.weary * static_cast<double>(alarms_.size());
    double previous = std::numeric_limits<double>::infinity();
    for (size_t scale = 0; scale < past.scales(); ++scale) {
      const size_t window = PastLosses::windowOf(scale);
      const double values = std::max(1.0, static_cast<double>(window) / static_cast<double>(hold_));
      const double least = std::max(parameters_.min_depth, whim / values);
      const double few = 1 + parameters_.few_windows *
                                 std::max(1.0, static_cast<double>(hold_) / static_cast<double>(window)) /
                                 past.windows(scale);
      const bool lone =
          window <= hold_ && static_cast<int64_t>(window) * width_.length() > parameters_.confirm;
      double needed = std::max({least, wander_limit_, weary * std::max(young, few) * past.unheardOf(scale)});
      // A longer mean is never deeper than the shorter ones that it is made of.
      if (std::isinf(needed)) needed = previous;
      needed = previous = std::min(needed, previous);
      if (lone) needed = std::max(parameters_.lone_factor * needed, parameters_.lone_depth);
      if (past.seen(scale) < parameters_.total_loss / 2) needed = std::min(needed, parameters_.total_loss);
      thresholds_[scale] = parameters_.threshold_scale * needed;
      ordinary_[scale] = parameters_.threshold_scale * std::max(parameters_.min_depth, past.unheardOf(scale));
    }
    clip_ = std::max(2 * std::max(parameters_.min_depth, whim), parameters_.clip_factor * thresholds_[0]);
  }

  bool opens(const Bin& bin, double baseline) {
    if (bin.loss < allowance_) return false;
    if (counts_ && bin.loss * baseline < std::min(parameters_.min_step, baseline)) return false;
    PastLosses& past = pasts_[chosen_];
    const size_t in_run = run_.size();
    for (size_t scale = first_scale_; scale < past.scales(); ++scale) {
      const size_t window = PastLosses::windowOf(scale);
      const size_t inside = std::min(in_run, window);
      if (window - inside > past.count()) break;
      const double sum = run_clipped_.sum(inside) + past.recentSum(window - inside);
      if (sum < thresholds_[scale] * static_cast<double>(window)) continue;
      if (sum * baseline < parameters_.min_grains * grain_ * static_cast<double>(window)) continue;
      opened_bins_ = onset(inside);
      if (opened_bins_ < confirm_) continue;
      if (window > 1) {
        const double mean = sum / static_cast<double>(window);
        const double stepped = step(std::max({confirm_, hold_, window / 4}));
        if (mean + stepped <
            2 * std::min(parameters_.step_needed * thresholds_[scale], parameters_.total_loss))
          continue;
        if (learnt_ < day_bins_ && stepped < parameters_.young_step * thresholds_[scale]) continue;
      }
      opened_scale_ = scale;
      return true;
    }
    return false;
  }

  // By how much more was lost in the first bins of the fall than in those before it.
  double step(size_t bins) const {
    const size_t m = std::min(bins, opened_bins_);
    if (opened_bins_ + m > reach_) return 0;
    return (2 * lastSum(opened_bins_) - lastSum(opened_bins_ - m) - lastSum(opened_bins_ + m)) /
           static_cast<double>(m);
  }
  double lastSum(size_t bins) const {
    const size_t inside = std::min(run_.size(), bins);
    return run_clipped_.sum(inside) +
           pasts_[chosen_].recentSum(std::min(bins - inside, pasts_[chosen_].count()));
  }

  // How many of the suspect bins belong to the fall: of all ways to cut them into ordinary ones and a fall as
  // deep as the last `window`, the likeliest.
  size_t onset(size_t window) const {
    const double middle = run_losses_.sum(window) / static_cast<double>(window) / 2;
    double sum = 0;
    double most = 0;
    size_t bins = 1;
    for (size_t n = 1; n <= run_.size(); ++n) {
      sum += run_[run_.size() - n].loss - middle;
      if (sum > most) {
        most = sum;
        bins = n;
      }
    }
    return bins;
  }

  void deepen() {
    const size_t window = std::min(PastLosses::windowOf(closingScale()), run_losses_.count());
    deepest_ = std::max(deepest_, run_losses_.sum(window) / static_cast<double>(window));
  }

  // A fall that is hardly out of the ordinary may be a whim that nobody had seen yet: its losses then count
  // as seen. One that is clear, or lasts, never does.
  void teach(double loss) {
    if (!weak_) return;
    if (taught_.size() >= weak_bins_ || (taught_.size() >= parameters_.brief_bins && clear())) {
      weak_ = false;
      taught_.clear();
      return;
    }
    taught_.push_back(loss);
  }

  // At some scale it is far beyond what was heard of.
  bool clear() {
    PastLosses& past = pasts_[chosen_];
    for (size_t scale = 0; scale < past.scales(); ++scale) {
      const size_t window = PastLosses::windowOf(scale);
      const size_t inside = std::min(window, run_losses_.count());
      if (run_losses_.sum(inside) >
          parameters_.weak_factor * past.unheardOf(scale) * static_cast<double>(window))
        return true;
    }
    return false;
  }

  // The shortest mean that tells a fall so deep from an ordinary bin.
  size_t closingScale() const {
    size_t scale = first_scale_;
    while (scale < opened_scale_ && ordinary_[scale] > deepest_ / 2) ++scale;
    return scale;
  }

  State whileOpen(const Bin& bin) {
    run_losses_.push(bin.loss);
    deepen();
    teach(bin.loss);
    const double way_back = std::min(parameters_.return_loss, deepest_ / 2);
    back_evidence_ = std::clamp(back_evidence_ + way_back - bin.loss, 0.0,
                                way_back + parameters_.return_noise * noise_share_);
    if (back_evidence_ == 0) {
      held_.clear();
      held_loss_ = 0;
      return lowState(bin.loss);
    }
    held_.push_back(bin);
    held_loss_ += bin.loss;
    if (held_.size() > settle_) {
      held_loss_ -= held_.front().loss;
      held_.pop_front();
    }
    const size_t scale = closingScale();
    const size_t window = PastLosses::windowOf(scale);
    double ends = ordinary_[scale] * parameters_.end_share;
    if (deepest_ >= parameters_.deep_fall) ends = std::max(ends, parameters_.min_depth);
    ends = std::min(ends, way_back);
    const bool back = held_.size() >= confirm_ && run_losses_.count() >= window &&
                      run_losses_.sum(window) < ends * static_cast<double>(window);
    const bool settled = held_.size() >= settle_ && held_loss_ < std::min(parameters_.settle_loss, way_back) *
                                                                     static_cast<double>(settle_);
    if (!back && !settled) return State::kReturning;
    close(settled, settled ? held_.size() : std::max(confirm_, std::min(window, held_.size())));
    return State::kOrdinary;
  }

  State lowState(double loss) const {
    return loss > 1 - parameters_.critical_share ? State::kCritical : State::kLow;
  }

  // The last bins are ordinary ones. A level that is not quite the old one replaces it.
  void close(bool settled, size_t ordinary) {
    if (settled) week_.reset(week_hours_);
    open_ = false;
    if (weak_) {
      PastLosses& past = pasts_[chosen_];
      for (const double loss : taught_) past.learn(loss, loss);
    }
    taught_.clear();
    weak_ = false;
    while (held_.size() > ordinary) held_.pop_front();
    for (const Bin& bin : held_) learn(bin);
    held_.clear();
    held_loss_ = 0;
    clearRun();
  }

  void clearRun() {
    run_.clear();
    reach_ = 2 * PastLosses::windowOf(pasts_[kPlain].scales() - 1);
    run_clipped_.reset(reach_);
    run_losses_.reset(reach_);
    evidence_ = most_evidence_ = 0;
  }

  void learn(const Bin& bin) {
    if (level_.count() > 0) {
      const double level = currentLevel();
      const double plain = lossAgainst(level, bin);
      // What went dark before anything could be said of it is no precedent.
      const bool young = level_.count() < history_needed_;
      if (!young || plain <= 1 - parameters_.critical_share) pasts_[kPlain].learn(plain, plain);
      if (level_.count() >= history_needed_) {
        for (const Baseline one : {kDaily, kWeekly}) {
          if (cycle(one).knows(bin.tick)) {
            pasts_[one].learn(lossAgainst(baselineOf(one, level, bin.tick), bin), plain);
          }
          cycle(one).learn(bin.tick, bin.value - level);
        }
      }
    }
    level_.push(bin.value);
    moved_.push(bin.moved);
    if (++learnt_ % bins_per_hour_ != 0) return;
    week_.push(level_.median());
    if (learnt_ % day_bins_ == 0) wander();
    choose();
  }

  void wander() {
    const double level = currentLevel();
    if (daily_level_ > 0) daily_changes_.push(std::abs(level - daily_level_) / daily_level_);
    daily_level_ = level;
    wander_limit_ =
        daily_changes_.count() >= 2 ? parameters_.wander_factor * 1.4826 * daily_changes_.median() : 0;
  }

  double lossAgainst(double baseline, const Bin& bin) const {
    return share(baseline, withoutMoves(bin, baseline));
  }

  // For how many bins the instrument repeats a value: hourly numbers in bins of half an hour say nothing
  // twice.
  void measureHold() {
    size_t all = 0;
    for (const uint32_t n : changes_) all += n;
    hold_ = 1;
    if (all < parameters_.least_changes) return;
    for (const size_t bins : {2, 3, 4, 6, 12}) {
      size_t most = 0;
      for (size_t phase = 0; phase < bins; ++phase) {
        size_t here = 0;
        for (size_t at = phase; at < kHoldPeriod; at += bins) here += changes_[at];
        most = std::max(most, here);
      }
      if (static_cast<double>(most) >= parameters_.held_changes * static_cast<double>(all)) hold_ = bins;
    }
  }

  // The baseline that has told ordinary bins best.
  void choose() {
    measureHold();
    chosen_ = kPlain;
    double gain = parameters_.least_gain;
    for (const Baseline one : {kDaily, kWeekly}) {
      if (pasts_[one].count() < min_history_ || pasts_[one].gain() <= gain) continue;
      chosen_ = one;
      gain = pasts_[one].gain();
    }
    noise_share_ = pasts_[chosen_].deviation();
    allowance_ = std::max(parameters_.min_depth / 2, parameters_.allowance_noise * noise_share_);
  }

  Parameters parameters_;
  BinWidth width_;
  bool counts_ = false;
  size_t confirm_ = 1, settle_ = 1, forget_ = 1, min_history_ = 1, history_needed_ = 1, level_bins_ = 1;
  size_t bins_per_hour_ = 1, week_hours_ = 1, suspect_limit_ = 1, first_scale_ = 0;

  OrderedWindow level_;  // values of ordinary bins
  OrderedWindow moved_;  // what had moved away in the same bins
  OrderedWindow week_;   // the day's median, once an hour of ordinary bins
  Cycle day_, week_rhythm_;
  std::array<PastLosses, kBaselines> pasts_;
  Baseline chosen_ = kPlain;
  double noise_share_ = 0;
  double allowance_ = 0;
  size_t tick_ = 0;
  size_t learnt_ = 0;
  size_t gap_ = 0;  // unusable bins in a row
  double last_ = -1, grain_ = 0;
  std::array<uint32_t, kHoldPeriod> changes_{};
  size_t hold_ = 1;
  OrderedWindow daily_changes_;
  double daily_level_ = 0, wander_limit_ = 0;

  std::vector<Bin> run_;  // suspect bins
  RecentSums run_clipped_, run_losses_;
  double evidence_ = 0, most_evidence_ = 0;
  std::array<double, PastLosses::kScales> thresholds_{};  // when the suspect bins began
  std::array<double, PastLosses::kScales> ordinary_{};
  double clip_ = 1;

  bool open_ = false;
  size_t opened_scale_ = 0, opened_bins_ = 0;
  bool weak_ = false;
  std::deque<size_t> alarms_;
  size_t reach_ = 1;
  std::vector<double> taught_;
  size_t weak_bins_ = 1, day_bins_ = 1;
  double deepest_ = 0;  // the largest mean loss in this anomaly
  double back_evidence_ = 0;
  std::deque<Bin> held_;  // bins since the value is on its way back, at most settle_time of them
  double held_loss_ = 0;
};

}  // namespace

std::unique_ptr<Rule> makeNightjarRule(const Parameters& parameters) {
  return std::make_unique<NightjarRule>(parameters);
}

}  // namespace nightjar::detect
