#include "detect/plateaus.h"

#include <algorithm>
#include <cmath>

namespace nightjar::detect {

void PlateauFinder::begin(BinWidth width, double baseline, double noise) {
  width_ = width;
  least_step_ = std::max(parameters_.step_floor * baseline, parameters_.step_noise * noise);
  bins_needed_ = std::max<size_t>(1, static_cast<size_t>(parameters_.plateau_time / width.length()));
  plateaus_.clear();
  candidate_bins_ = 0;
}

bool PlateauFinder::same(double value, double level) const {
  return std::abs(value - level) <= std::max(parameters_.step_share * level, least_step_);
}

void PlateauFinder::add(Time start, double value) {
  const Time end = start + width_.length();
  if (!plateaus_.empty() && same(value, plateaus_.back().value)) {
    plateaus_.back().end = end;
    candidate_bins_ = 0;
    return;
  }
  if (candidate_bins_ == 0 || !same(value, candidate_.value)) {
    candidate_ = {start, end, value};
    candidate_bins_ = 0;
  }
  candidate_.end = end;
  if (++candidate_bins_ < bins_needed_) return;
  candidate_bins_ = 0;
  if (plateaus_.size() < parameters_.max_plateaus) {
    plateaus_.push_back(candidate_);
  } else {
    plateaus_.back().end = end;
  }
}

std::vector<Plateau> PlateauFinder::until(Time end) const {
  std::vector<Plateau> result = plateaus_;
  while (!result.empty() && result.back().start >= end) result.pop_back();
  if (!result.empty()) result.back().end = std::min(result.back().end, end);
  return result;
}

}  // namespace nightjar::detect
