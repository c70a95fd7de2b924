#include "detect/nightjar_rule.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "detect/ordered_window.h"
#include "detect/season.h"
#include "detect/usable.h"

namespace nightjar::detect {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
// The median absolute deviation of Gaussian noise times this is its standard deviation.
constexpr double kDeviationsPerMad = 1.4826;
// The week's median counts once it stands on a day of hours; before that it is the day's own.
constexpr size_t kWeekHoursNeeded = 24;

class NightjarRule final : public Rule {
 public:
  explicit NightjarRule(const Parameters& parameters) : parameters_(parameters) {}

  void begin(std::string_view /*signal*/, BinWidth width) override {
    confirm_ = binsIn(parameters_.confirm, width);
    settle_ = binsIn(parameters_.settle_time, width);
    forget_ = binsIn(parameters_.forget_after, width);
    history_needed_ = std::max(binsIn(parameters_.min_history, width), parameters_.min_history_bins);
    level_bins_ = std::max(binsIn(parameters_.level_window, width), history_needed_);
    bins_per_hour_ = binsIn(std::chrono::hours(1), width);
    week_hours_ = binsIn(parameters_.week_window, BinWidth::of(std::chrono::hours(1)).value_or(width));
    forget();
    season_.reset(parameters_, width);
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
      std::fill_n(verdicts.begin() + static_cast<std::ptrdiff_t>(i), still,
                  Verdict{State::kOrdinary, value, value, 0});
      learnStill(still);
      i += still;
    }
  }

 private:
  // A usable bin, as it will enter the history if it turns out to be ordinary.
  struct Bin {
    double value;
    double moved;
  };

  static size_t binsIn(Seconds span, BinWidth width) {
    return std::max<size_t>(1, static_cast<size_t>((span + width.length() - Seconds(1)) / width.length()));
  }

  // How many of the next bins repeat the only value that a quiet past knows, so that next() would find
  // nothing in them and learn nothing from them. Most networks are like that most of the time.
  size_t stillBins(std::span<const series::Point> points, std::span<const double> moved) const {
    const series::Point& first = points.front();
    const double away = moved.empty() ? 0 : moved.front();
    if (!level_.holdsOnly(first.value) || level_.count() < history_needed_ || open_ || suspects_ > 0 ||
        !errors_.holdsOnly(0) || !moved_.holdsOnly(away) || !season_.flat() ||
        (week_.count() > 0 && !week_.holdsOnly(first.value))) {
      return 0;
    }
    size_t n = 0;
    while (n < points.size() && points[n].value == first.value &&
           points[n].coverage >= parameters_.min_coverage && (moved.empty() || moved[n] == away)) {
      ++n;
    }
    return n;
  }

  void learnStill(size_t bins) {
    gap_ = 0;
    const double value = level_.median();
    const size_t hours = (learnt_ + bins) / bins_per_hour_ - learnt_ / bins_per_hour_;
    level_.repeat(bins);
    moved_.repeat(bins);
    errors_.repeat(bins);
    season_.pushFlat(bins);
    learnt_ += bins;
    if (hours == 0) return;
    week_.push(value);
    week_.repeat(hours - 1);
  }

  Verdict next(const series::Point& point, double moved) {
    if (point.coverage < parameters_.min_coverage || !usable(point.value)) return skip();
    gap_ = 0;
    const Bin bin{point.value, usable(moved) ? moved : 0};
    if (level_.count() < history_needed_) {
      if (level_.count() > 0) errors_.push(std::abs(bin.value - level_.median()));
      learn(bin);
      season_.push(kUnknown);
      return {State::kNoHistory, bin.value};
    }
    const double level = currentLevel();
    const double rhythm = season_.estimate();
    const double baseline = std::max(0.0, level + rhythm);
    const double value = withoutMoves(bin, baseline);
    const double loss = baseline - value;
    const double noise = kDeviationsPerMad * errors_.median();
    const double opening = openingLoss(baseline, noise);
    const State state =
        open_ ? whileOpen(bin, loss, opening, baseline) : whileOrdinary(bin, loss, opening, baseline);
    if (state == State::kOrdinary) {
      errors_.push(std::abs(loss));
      season_.push(bin.value - level);
    } else {
      season_.push(rhythm);  // dark bins neither change the rhythm nor wear it out
    }
    return {state, value, baseline, noise};
  }

  Verdict skip() {
    season_.push(kUnknown);
    if (++gap_ >= forget_ && !open_) forget();
    return {State::kNoCoverage};
  }

  void forget() {
    level_.reset(level_bins_);
    moved_.reset(level_bins_);
    errors_.reset(level_bins_);
    week_.reset(week_hours_);
    held_.clear();
    learnt_ = suspects_ = back_ = gap_ = 0;
    deepest_ = 0;
    open_ = false;
  }

  double currentLevel() const {
    const double day = level_.median();
    return week_.count() < kWeekHoursNeeded ? day : std::min(day, week_.median());
  }

  double withoutMoves(const Bin& bin, double baseline) const {
    const double growth = std::max(0.0, bin.moved - moved_.median());
    return std::min(bin.value + growth, std::max(bin.value, baseline));
  }

  double openingLoss(double baseline, double noise) const {
    return std::max({parameters_.noise_factor * noise, parameters_.min_depth * baseline,
                     std::min(parameters_.min_step, baseline)});
  }

  State whileOrdinary(const Bin& bin, double loss, double opening, double baseline) {
    const bool low = baseline >= 1 && loss >= opening;
    if (!low) {
      suspects_ = 0;
      learn(bin);
      return State::kOrdinary;
    }
    if (++suspects_ < confirm_) return State::kSuspect;
    open_ = true;
    deepest_ = loss / baseline;
    return lowState(loss, baseline);
  }

  State whileOpen(const Bin& bin, double loss, double opening, double baseline) {
    const double share = baseline > 0 ? loss / baseline : 0;
    deepest_ = std::max(deepest_, share);
    const bool deep = deepest_ >= parameters_.deep_fall;
    const bool back = loss < (deep ? opening : parameters_.end_share * opening);
    const bool nearly_back = deep && share < parameters_.settle_loss;
    back_ = back ? back_ + 1 : 0;
    if (!back && !nearly_back) {
      held_.clear();
      return lowState(loss, baseline);
    }
    held_.push_back(bin);
    const bool settled = held_.size() >= settle_;
    if (back_ < confirm_ && !settled) return State::kReturning;
    close(settled);
    return State::kOrdinary;
  }

  State lowState(double loss, double baseline) const {
    return loss > (1 - parameters_.critical_share) * baseline ? State::kCritical : State::kLow;
  }

  // The bins since the return are ordinary ones. A level that is not quite the old one replaces it.
  void close(bool settled) {
    if (settled) week_.reset(week_hours_);
    for (const Bin& bin : held_) learn(bin);
    held_.clear();
    suspects_ = back_ = 0;
    deepest_ = 0;
    open_ = false;
  }

  void learn(const Bin& bin) {
    level_.push(bin.value);
    moved_.push(bin.moved);
    if (++learnt_ % bins_per_hour_ == 0) week_.push(level_.median());
  }

  Parameters parameters_;
  size_t confirm_ = 1, settle_ = 1, forget_ = 1, history_needed_ = 1, level_bins_ = 1, bins_per_hour_ = 1;
  size_t week_hours_ = 1;

  OrderedWindow level_;   // values of ordinary bins
  OrderedWindow moved_;   // what had moved away in the same bins
  OrderedWindow week_;    // the day's median, once an hour of ordinary bins
  OrderedWindow errors_;  // how far ordinary bins lay from their baseline
  Season season_;
  size_t learnt_ = 0;

  bool open_ = false;
  size_t suspects_ = 0;    // low bins in a row before an anomaly opens
  size_t back_ = 0;        // bins in a row with nearly nothing missing
  size_t gap_ = 0;         // unusable bins in a row
  double deepest_ = 0;     // the largest share lost in this anomaly
  std::vector<Bin> held_;  // bins since the value came back, at most settle_time of them
};

}  // namespace

std::unique_ptr<Rule> makeNightjarRule(const Parameters& parameters) {
  return std::make_unique<NightjarRule>(parameters);
}

}  // namespace nightjar::detect
