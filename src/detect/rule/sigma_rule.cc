#include "detect/rule/sigma_rule.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "detect/rule/usable.h"

namespace nightjar::detect {
namespace {

constexpr double kSigmas = 3;
constexpr Seconds kWindow = std::chrono::hours(7 * 24);
constexpr Seconds kNeeded = std::chrono::hours(24);

class SigmaRule final : public Rule {
 public:
  explicit SigmaRule(const Parameters& parameters) : sigmas_(kSigmas * parameters.threshold_scale) {}

  void begin(std::string_view /*signal*/, BinWidth width) override {
    capacity_ = static_cast<size_t>(kWindow / width.length());
    needed_ = static_cast<size_t>(kNeeded / width.length());
    values_.clear();
    oldest_ = 0;
    sum_ = squares_ = origin_ = 0;
  }

  bool countsMoves() const override { return false; }

  void judge(std::span<const series::Point> points, std::span<const double> /*moved*/,
             std::span<Verdict> verdicts) override {
    for (size_t i = 0; i < points.size(); ++i) verdicts[i] = next(points[i]);
  }

 private:
  Verdict next(const series::Point& point) {
    if (!point.present() || !usable(point.value)) return {State::kNoCoverage};
    Verdict verdict{State::kNoHistory, point.value};
    if (values_.size() >= needed_) {
      const auto count = static_cast<double>(values_.size());
      const double mean = sum_ / count;
      verdict.baseline = origin_ + mean;
      verdict.noise = std::sqrt(std::max(0.0, squares_ / count - mean * mean));
      verdict.history = static_cast<uint32_t>(values_.size());
      const bool low = point.value < verdict.baseline - sigmas_ * verdict.noise;
      verdict.state = low ? State::kLow : State::kOrdinary;
    }
    push(point.value);
    return verdict;
  }

  // Sums are of distances from the first value: squares of large counts would drown the variance.
  void push(double value) {
    if (values_.empty()) origin_ = value;
    const double distance = value - origin_;
    if (values_.size() < capacity_) {
      values_.push_back(distance);
    } else {
      const double gone = std::exchange(values_[oldest_], distance);
      oldest_ = (oldest_ + 1) % capacity_;
      sum_ -= gone;
      squares_ -= gone * gone;
    }
    sum_ += distance;
    squares_ += distance * distance;
  }

  double sigmas_;
  size_t capacity_ = 1, needed_ = 1;
  std::vector<double> values_;  // distances from origin_
  size_t oldest_ = 0;
  double origin_ = 0, sum_ = 0, squares_ = 0;
};

}  // namespace

std::unique_ptr<Rule> makeSigmaRule(const Parameters& parameters) {
  return std::make_unique<SigmaRule>(parameters);
}

}  // namespace nightjar::detect
