#include "detect/rule/richter_rule.h"

#include <algorithm>
#include <limits>

#include "detect/rule/sliding_least.h"
#include "detect/rule/usable.h"
#include "series/signal_traits.h"

namespace nightjar::detect {
namespace {

constexpr double kAlpha = 0.5;
constexpr double kBeta = 0.8;
constexpr Seconds kWindow = std::chrono::hours(168);
constexpr Seconds kUnsteadyAtMost = std::chrono::hours(2 * 168);
constexpr double kLeastCounted = 40;

class RichterRule final : public Rule {
 public:
  explicit RichterRule(const Parameters& parameters) : scale_(parameters.threshold_scale) {}

  void begin(std::string_view signal, BinWidth width) override {
    window_ = static_cast<size_t>(kWindow / width.length());
    unsteady_at_most_ = static_cast<size_t>(kUnsteadyAtMost / width.length());
    least_baseline_ = series::traitsOf(signal).counts ? kLeastCounted : 0;
    least_.reset(window_);
    unsteady_ = steady_run_ = 0;
  }

  bool countsMoves() const override { return false; }

  void judge(std::span<const series::Point> points, std::span<const double> /*moved*/,
             std::span<Verdict> verdicts) override {
    for (size_t i = 0; i < points.size(); ++i) verdicts[i] = next(points[i]);
  }

 private:
  Verdict next(const series::Point& point) {
    if (!point.present() || !usable(point.value)) {
      least_.skip();
      if (unsteady_ > 0) ++unsteady_;
      return {State::kNoCoverage};
    }
    Verdict verdict{State::kNoHistory, point.value};
    if (least_.pushed() >= window_ && !least_.empty()) {
      if (unsteady_ == 0) baseline_ = least_.least();
      verdict.baseline = baseline_;
      verdict.history = static_cast<uint32_t>(window_);
      if (baseline_ >= least_baseline_) verdict.state = stateOf(point.value);
    }
    least_.push(point.value);
    return verdict;
  }

  State stateOf(double value) {
    const double alpha = 1 - std::min(1.0, scale_ * (1 - kAlpha));
    const bool low = value < alpha * baseline_;
    if (unsteady_ == 0 && !low) return State::kOrdinary;
    steady_run_ = value >= kBeta * baseline_ ? steady_run_ + 1 : 0;
    if (++unsteady_ > unsteady_at_most_ || steady_run_ >= window_) unsteady_ = 0;
    // The published mark of a disruption is the smaller of alpha and beta.
    return low ? State::kLow : State::kOrdinary;
  }

  double scale_;
  size_t window_ = 1, unsteady_at_most_ = 1;
  double least_baseline_ = 0;
  SlidingLeast least_;
  double baseline_ = 0;    // stands while unsteady
  size_t unsteady_ = 0;    // bins since the first low one
  size_t steady_run_ = 0;  // bins in a row at or over beta
};

}  // namespace

std::unique_ptr<Rule> makeRichterRule(const Parameters& parameters) {
  return std::make_unique<RichterRule>(parameters);
}

}  // namespace nightjar::detect
