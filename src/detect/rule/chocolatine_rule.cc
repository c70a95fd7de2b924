#include "detect/rule/chocolatine_rule.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "detect/rule/arma.h"
#include "detect/rule/usable.h"
#include "series/signal_traits.h"

namespace nightjar::detect {
namespace {

constexpr size_t kMostParameters = 3;
constexpr size_t kSteps = 12;
constexpr double kDeviations = 3 * 1.4826;
constexpr double kLeaveShare = 0.25;
constexpr double kLeastInterval = 1;
constexpr double kLeastForecast = 1;
constexpr double kKnownShare = 0.75;
constexpr size_t kWeeksNeeded = 4;
constexpr Seconds kWeek = std::chrono::hours(7 * 24);
constexpr size_t kWeeksOfOrder = 60 / 7;

struct Order {
  size_t p = 0;
  size_t q = 0;
};

using Intervals = std::array<double, kSteps>;

struct Trial {
  double error = std::numeric_limits<double>::infinity();  // sum of squares
  Intervals intervals{};
};

double medianOf(std::vector<double>& values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// Forecasts the last third of `differences`, 12 bins at a time, by a model of the first two.
Trial tryOrder(const ArmaModel& model, std::span<const double> differences, size_t trained) {
  ArmaState state;
  state.begin(model);
  for (const double value : differences.first(trained)) state.push(value);
  Trial trial{.error = 0};
  std::array<std::vector<double>, kSteps> errors;
  std::array<double, kSteps> forecast{};
  for (size_t i = trained; i < differences.size(); ++i) {
    const size_t step = (i - trained) % kSteps;
    if (step == 0) state.forecast(forecast);
    const double error = differences[i] - forecast[step];
    trial.error += error * error;
    errors[step].push_back(std::abs(error));
    state.push(differences[i]);
  }
  for (size_t step = 0; step < kSteps; ++step) {
    trial.intervals[step] = kDeviations * medianOf(errors[step]);
  }
  return trial;
}

class ChocolatineRule final : public Rule {
 public:
  explicit ChocolatineRule(const Parameters& parameters) : scale_(parameters.threshold_scale) {}

  void begin(std::string_view signal, BinWidth width) override {
    const series::SignalTraits traits = series::traitsOf(signal);
    counts_ = traits.sense == series::Sense::kFallIsBad;
    week_ = static_cast<size_t>(kWeek / width.length());
    history_.clear();
    was_known_.clear();
    known_ = 0;
    has_model_ = open_ = false;
    since_fit_ = weeks_of_order_ = step_ = 0;
  }

  bool countsMoves() const override { return false; }

  void judge(std::span<const series::Point> points, std::span<const double> /*moved*/,
             std::span<Verdict> verdicts) override {
    for (size_t i = 0; i < points.size(); ++i) verdicts[i] = next(points[i]);
  }

 private:
  Verdict next(const series::Point& point) {
    const bool known = point.present() && usable(point.value);
    if (!has_model_) return gather(point.value, known);
    if (since_fit_ == week_) fit();
    if (step_ == 0) state_.forecast(forecast_);
    const double prediction = forecast_[step_] + weekAgo();
    const double interval = scale_ * intervals_[step_];
    step_ = (step_ + 1) % kSteps;
    if (!known) {
      enter(prediction);
      return {State::kNoCoverage};
    }
    Verdict verdict{State::kOrdinary, point.value, std::max(0.0, prediction), interval / kDeviations};
    verdict.history = static_cast<uint32_t>(kWeeksNeeded * week_);
    verdict.state = stateOf(point.value, prediction, interval);
    enter(std::abs(point.value - prediction) > interval ? prediction : point.value);
    return verdict;
  }

  State stateOf(double value, double prediction, double interval) {
    const bool narrow = counts_ && interval < kLeastInterval;
    const double enter_below = std::max(0.0, prediction - (narrow ? kLeastInterval : interval));
    const double leave_at = narrow ? prediction : prediction - kLeaveShare * interval;
    if (counts_ && prediction < kLeastForecast) {
      open_ = false;
    } else {
      open_ = open_ ? value < leave_at : value < enter_below;
    }
    return open_ ? State::kLow : State::kOrdinary;
  }

  // Until there are four weeks: a hole is filled with what was a week or a bin before.
  Verdict gather(double value, bool known) {
    if (!known) {
      const double before = history_.empty() ? 0 : history_.back();
      history_.push_back(history_.size() < week_ ? before : weekAgo());
      was_known_.push_back(false);
    } else {
      history_.push_back(value);
      was_known_.push_back(true);
      ++known_;
    }
    if (history_.size() == kWeeksNeeded * week_) {
      if (static_cast<double>(known_) >= kKnownShare * static_cast<double>(history_.size())) {
        chooseOrder();
        fit();
      } else {
        forgetOldestWeek();
      }
    }
    return {known ? State::kNoHistory : State::kNoCoverage, known ? value : 0};
  }

  void forgetOldestWeek() {
    const auto week = static_cast<std::ptrdiff_t>(week_);
    known_ -= static_cast<size_t>(std::count(was_known_.begin(), was_known_.begin() + week, true));
    history_.erase(history_.begin(), history_.begin() + week);
    was_known_.erase(was_known_.begin(), was_known_.begin() + week);
  }

  // The last three weeks, less the weeks before.
  std::vector<double> differences() const {
    const auto now = history_.end();
    const auto week = static_cast<std::ptrdiff_t>(week_);
    std::vector<double> result(now - 3 * week, now);
    const auto before = history_.end() - 4 * week;
    for (size_t i = 0; i < result.size(); ++i) result[i] -= before[static_cast<std::ptrdiff_t>(i)];
    return result;
  }

  void chooseOrder() {
    const std::vector<double> all = differences();
    const size_t trained = 2 * week_;
    Trial best = tryOrder({}, all, trained);
    best.error = std::numeric_limits<double>::infinity();  // only where no order can be estimated
    order_ = {};
    for (size_t p = 0; p <= kMostParameters; ++p) {
      for (size_t q = p == 0 ? 1 : 0; p + q <= kMostParameters; ++q) {
        const auto model = fitArma(std::span(all).first(trained), p, q);
        if (!model) continue;
        const Trial trial = tryOrder(*model, all, trained);
        if (trial.error >= best.error) continue;
        best = trial;
        order_ = {p, q};
      }
    }
    intervals_ = best.intervals;
    weeks_of_order_ = 0;
  }

  // Estimates the shares from the three weeks that are kept, and drops what is older.
  void fit() {
    if (has_model_ && ++weeks_of_order_ >= kWeeksOfOrder) chooseOrder();
    const std::vector<double> all = differences();
    history_.erase(history_.begin(), history_.end() - static_cast<std::ptrdiff_t>(kWeeksNeeded * week_));
    state_.begin(fitArma(all, order_.p, order_.q).value_or(ArmaModel{}));
    for (const double value : all) state_.push(value);
    has_model_ = true;
    since_fit_ = step_ = 0;
  }

  void enter(double value) {
    state_.push(value - weekAgo());
    history_.push_back(value);
    ++since_fit_;
  }

  // The bin one week before the one that comes next.
  double weekAgo() const { return history_[history_.size() - week_]; }

  double scale_;
  bool counts_ = true;
  size_t week_ = 1;
  std::vector<double> history_;  // four to five weeks, holes and outliers painted over
  std::vector<bool> was_known_;  // while there is no model
  size_t known_ = 0;
  bool has_model_ = false;
  Order order_;
  Intervals intervals_{};
  ArmaState state_;
  std::array<double, kSteps> forecast_{};
  size_t step_ = 0;
  size_t since_fit_ = 0, weeks_of_order_ = 0;
  bool open_ = false;
};

}  // namespace

std::unique_ptr<Rule> makeChocolatineRule(const Parameters& parameters) {
  return std::make_unique<ChocolatineRule>(parameters);
}

}  // namespace nightjar::detect
