#include "detect/incident/bursts.h"

#include <algorithm>
#include <cmath>

#include "detect/rule/ordered_window.h"
#include "detect/rule/usable.h"

namespace nightjar::detect {
namespace {

constexpr double kDeviationsPerMad = 1.4826;

class Past {
 public:
  Past(const JoiningParameters& parameters, BinWidth width) : parameters_(parameters) {
    const auto day = static_cast<size_t>(parameters.burst_history / width.length());
    needed_ = std::max(static_cast<size_t>(parameters.burst_history_least / width.length()),
                       parameters.burst_history_bins);
    values_.reset(std::max(day, needed_));
    deviations_.reset(std::max(day, needed_));
  }

  bool known() const { return values_.count() >= needed_; }
  double median() const { return values_.median(); }

  // A burst that goes on need not top its own first bins.
  bool isBurst(double value, bool goes_on) const {
    const double median = values_.median();
    const double scale = kDeviationsPerMad * deviations_.median();
    return value >= parameters_.burst_min && value >= parameters_.burst_ratio * median &&
           value >= median + parameters_.burst_noise * scale &&
           (goes_on || value >= parameters_.burst_peak * values_.largest());
  }

  void learn(double value) {
    deviations_.push(values_.count() == 0 ? 0 : std::abs(value - values_.median()));
    values_.push(value);
  }

 private:
  const JoiningParameters& parameters_;
  size_t needed_ = 1;
  OrderedWindow values_;
  OrderedWindow deviations_;
};

}  // namespace

std::vector<Burst> findBursts(const series::Series& updates, const JoiningParameters& parameters) {
  std::vector<Burst> bursts;
  Past past(parameters, updates.width);
  Bin bin = updates.first;
  for (const series::Point& point : updates.points) {
    const Time start = bin.start(updates.width);
    bin = bin.next();
    if (point.coverage < parameters.burst_coverage || !usable(point.value)) continue;
    const bool near = !bursts.empty() && start - bursts.back().end <= parameters.burst_gap;
    const bool burst = past.known() && past.isBurst(point.value, near);
    if (burst && !near) bursts.push_back({.start = start, .baseline = past.median()});
    past.learn(point.value);
    if (!burst) continue;
    Burst& last = bursts.back();
    last.end = bin.start(updates.width);
    if (point.value > last.peak) {
      last.peak = point.value;
      last.peak_at = start;
    }
    last.total += point.value;
    last.coverage_min = std::min(last.coverage_min, point.coverage);
  }
  return bursts;
}

}  // namespace nightjar::detect
