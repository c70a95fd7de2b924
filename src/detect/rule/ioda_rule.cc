#include "detect/rule/ioda_rule.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "detect/rule/chocolatine_rule.h"
#include "detect/rule/ordered_window.h"
#include "detect/rule/usable.h"
#include "series/signal_traits.h"

namespace nightjar::detect {
namespace {

constexpr double kAbsent = std::numeric_limits<double>::quiet_NaN();

struct Thresholds {
  Seconds history;
  double warning;
  double critical;
};

constexpr Thresholds kRoutes = {std::chrono::hours(24), 0.99, 0.50};
constexpr Thresholds kHosts = {std::chrono::hours(7 * 24), 0.80, 0.50};
constexpr Thresholds kTelescope = {std::chrono::hours(7 * 24), 0.25, 0.10};

constexpr Seconds kWarmUp = std::chrono::hours(1);
constexpr double kLeastPrediction = 20;
constexpr double kPaintBelow = 0.8;
constexpr double kPaintAbove = 2;
constexpr Seconds kPaintAtMost = std::chrono::hours(7 * 24);

const Thresholds& thresholdsOf(const series::SignalTraits& traits) {
  if (traits.plane == series::Plane::kControl) return kRoutes;
  return traits.plane == series::Plane::kTraffic ? kTelescope : kHosts;
}

class IodaRule final : public Rule {
 public:
  explicit IodaRule(const Parameters& parameters)
      : scale_(parameters.threshold_scale), traffic_rule_(makeChocolatineRule(parameters)) {}

  void begin(std::string_view signal, BinWidth width) override {
    const series::SignalTraits traits = series::traitsOf(signal);
    is_traffic_ = traits.plane == series::Plane::kTraffic && !traits.counts;
    if (is_traffic_) return traffic_rule_->begin(signal, width);
    thresholds_ = thresholdsOf(traits);
    least_prediction_ = traits.counts ? kLeastPrediction : 0;
    history_bins_ = static_cast<size_t>(thresholds_.history / width.length());
    history_.reset(history_bins_);
    warm_up_ = static_cast<size_t>(kWarmUp / width.length());
    paint_at_most_ = static_cast<size_t>(kPaintAtMost / width.length());
    painted_over_.clear();
    painting_ = false;
  }

  void judge(std::span<const series::Point> points, std::span<const double> moved,
             std::span<Verdict> verdicts) override {
    if (is_traffic_) return traffic_rule_->judge(points, moved, verdicts);
    for (size_t i = 0; i < points.size(); ++i) verdicts[i] = next(points[i]);
  }

  bool countsMoves() const override { return false; }

 private:
  Verdict next(const series::Point& point) {
    if (!point.present() || !usable(point.value)) {
      enter(kAbsent, kAbsent);
      return {State::kNoCoverage};
    }
    if (history_.count() < warm_up_ || history_.count() == 0) {
      enter(point.value, point.value);
      return {State::kNoHistory, point.value};
    }
    if (painted_over_.size() >= paint_at_most_) forgetPaint();
    const double prediction = history_.median();
    const bool extreme =
        prediction > 0 && (point.value < kPaintBelow * prediction || point.value > kPaintAbove * prediction);
    Verdict verdict{stateOf(point.value, prediction), point.value, prediction};
    verdict.history = static_cast<uint32_t>(history_.count());
    if (!extreme) painted_over_.clear();
    painting_ = extreme;
    enter(extreme ? prediction : point.value, point.value);
    return verdict;
  }

  State stateOf(double value, double prediction) const {
    if (prediction < least_prediction_) return State::kNoHistory;
    const auto under = [&](double mark) { return value < (1 - scale_ * (1 - mark)) * prediction; };
    if (under(thresholds_.critical)) return State::kCritical;
    if (under(thresholds_.warning)) return State::kLow;
    return State::kOrdinary;
  }

  void enter(double painted, double measured) {
    history_.push(painted);
    if (painting_) painted_over_.push_back(measured);
  }

  // The extreme is the new ordinary.
  void forgetPaint() {
    history_.reset(history_bins_);
    for (const double value : painted_over_) history_.push(value);
    painted_over_.clear();
    painting_ = false;
  }

  double scale_;
  std::unique_ptr<Rule> traffic_rule_;
  bool is_traffic_ = false;
  Thresholds thresholds_ = kRoutes;
  double least_prediction_ = 0;
  size_t history_bins_ = 1, warm_up_ = 1, paint_at_most_ = 1;
  OrderedWindow history_;
  std::vector<double> painted_over_;  // what was measured while the median stood in for it
  bool painting_ = false;
};

}  // namespace

std::unique_ptr<Rule> makeIodaRule(const Parameters& parameters) {
  return std::make_unique<IodaRule>(parameters);
}

}  // namespace nightjar::detect
