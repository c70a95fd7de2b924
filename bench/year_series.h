// A year of 5-minute bins as a day of routing and probing has them, for what measures the judgement.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <random>
#include <string_view>

#include "series/signals.h"

namespace nightjar::bench {

inline constexpr size_t kDay = 288;
inline constexpr size_t kYear = 365 * kDay;

enum class Kind : size_t { kConstant, kNearly, kStepping, kNoisy, kRhythm };
inline constexpr const char* kKindNames[] = {"never changes", "changes once a month", "steps every few hours",
                                             "noise", "noise with a rhythm"};

// Of a hundred series: networks that never change or hardly do, networks that step, blocks that answer, and
// traffic with a rhythm.
inline Kind kindOf(size_t which) {
  const size_t draw = which * 37 % 100;
  if (draw < 60) return Kind::kConstant;
  if (draw < 80) return Kind::kNearly;
  if (draw < 88) return Kind::kStepping;
  return draw < 95 ? Kind::kNoisy : Kind::kRhythm;
}

inline std::string_view signalOf(Kind kind) {
  if (kind == Kind::kNoisy) return series::kUp24;
  return kind == Kind::kRhythm ? "ioda.merit-nt" : series::kVisible24;
}

// One series, bin by bin. One outage of a day in every fifth year, or so.
class YearSeries {
 public:
  YearSeries(Kind kind, unsigned seed) : kind_(kind), random_(seed), level_(20 + random_() % 3000) {
    if (once(5)) outage_ = random_() % (kYear - kDay);
  }

  double next() {
    double value = level_;
    if (kind_ == Kind::kNearly && once(30 * kDay)) step_ = step_ == 0 ? 1 : 0;
    if (kind_ == Kind::kStepping && once(60)) step_ = static_cast<double>(random_() % 7);
    if (kind_ == Kind::kNoisy) value += std::round(0.02 * level_ * normal_(random_));
    if (kind_ == Kind::kRhythm) {
      const double hour = 2 * 3.14159265 * static_cast<double>(at_ % kDay) / kDay;
      value *= 1 + 0.3 * std::sin(hour) + 0.05 * normal_(random_);
      value = std::round(value);
    }
    value = std::max(0.0, value - step_);
    if (at_ >= outage_ && at_ - outage_ < kDay) value = std::round(0.1 * value);
    ++at_;
    return value;
  }

 private:
  bool once(unsigned bins) { return random_() % bins == 0; }

  Kind kind_;
  std::minstd_rand random_;
  std::normal_distribution<double> normal_;
  double level_, step_ = 0;
  size_t at_ = 0, outage_ = kYear;
};

}  // namespace nightjar::bench
