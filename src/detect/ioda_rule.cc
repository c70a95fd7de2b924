#include "detect/ioda_rule.h"

#include <algorithm>
#include <limits>

#include "detect/ordered_window.h"
#include "detect/usable.h"

namespace nightjar::detect {
namespace {

struct Thresholds {
  std::string_view family;
  Seconds history;
  double warning;
  double critical;
};

constexpr Thresholds kTable[] = {
    {"routing.", std::chrono::hours(24), 0.99, 0.50},
    {"probing.", std::chrono::hours(7 * 24), 0.80, 0.50},
    {"telescope.", std::chrono::hours(7 * 24), 0.25, 0.10},
};
constexpr Seconds kWarmUp = std::chrono::hours(1);

const Thresholds& thresholdsOf(std::string_view signal) {
  for (const Thresholds& row : kTable) {
    if (signal.starts_with(row.family)) return row;
  }
  return kTable[0];
}

class IodaRule final : public Rule {
 public:
  void begin(std::string_view signal, BinWidth width) override {
    thresholds_ = thresholdsOf(signal);
    history_.reset(static_cast<size_t>(thresholds_.history / width.length()));
    warm_up_ = static_cast<size_t>(kWarmUp / width.length());
  }

  void judge(std::span<const series::Point> points, std::span<const double> /*moved*/,
             std::span<Verdict> verdicts) override {
    for (size_t i = 0; i < points.size(); ++i) verdicts[i] = next(points[i]);
  }

  bool countsMoves() const override { return false; }

 private:
  Verdict next(const series::Point& point) {
    if (!point.present() || !usable(point.value)) {
      history_.push(std::numeric_limits<double>::quiet_NaN());
      return {State::kNoCoverage};
    }
    Verdict verdict{State::kNoHistory, point.value};
    if (history_.count() >= warm_up_) {
      verdict.baseline = history_.median();
      verdict.state = stateOf(verdict.value, verdict.baseline);
    }
    history_.push(point.value);
    return verdict;
  }

  State stateOf(double value, double baseline) const {
    if (value < thresholds_.critical * baseline) return State::kCritical;
    if (value < thresholds_.warning * baseline) return State::kLow;
    return State::kOrdinary;
  }

  Thresholds thresholds_ = kTable[0];
  size_t warm_up_ = 1;
  OrderedWindow history_;
};

}  // namespace

std::unique_ptr<Rule> makeIodaRule() {
  return std::make_unique<IodaRule>();
}

}  // namespace nightjar::detect
