#include "detect/rule/plateaus.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace nightjar::detect {

void PlateauFinder::begin(BinWidth width, double baseline, double noise) {
  width_ = width;
  least_step_ = std::max(parameters_.step_floor * baseline,
                         std::min(parameters_.step_noise * noise, parameters_.step_most * baseline));
  bins_needed_ = std::max<size_t>(1, static_cast<size_t>(parameters_.plateau_time / width.length()));
  plateaus_.clear();
  candidate_bins_ = 0;
}

bool PlateauFinder::same(double value, double level) const {
  return std::abs(value - level) <= std::max(parameters_.step_share * level, least_step_);
}

void PlateauFinder::lengthen(Plateau& level, size_t& bins, Time end, double value) {
  ++bins;
  level.value += (value - level.value) / static_cast<double>(bins);
  level.end = end;
}

void PlateauFinder::add(Time start, double value) {
  const Time end = start + width_.length();
  if (!plateaus_.empty() && same(value, plateaus_.back().value)) {
    lengthen(plateaus_.back(), level_bins_, end, value);
    candidate_bins_ = 0;
    return;
  }
  if (candidate_bins_ == 0 || !same(value, candidate_.value)) {
    candidate_ = {start, end, value};
    candidate_bins_ = 0;
  }
  lengthen(candidate_, candidate_bins_, end, value);
  if (candidate_bins_ < bins_needed_) return;
  level_bins_ = std::exchange(candidate_bins_, 0);
  plateaus_.push_back(candidate_);
  if (plateaus_.size() > parameters_.max_plateaus) joinMostAlike();
}

// A level that goes to and fro for days must not leave a later fall without a place.
void PlateauFinder::joinMostAlike() {
  const auto apart = [](const Plateau& a, const Plateau& b) { return std::abs(a.value - b.value); };
  size_t at = 0;
  for (size_t i = 1; i + 1 < plateaus_.size(); ++i) {
    if (apart(plateaus_[i], plateaus_[i + 1]) < apart(plateaus_[at], plateaus_[at + 1])) at = i;
  }
  Plateau& first = plateaus_[at];
  const Plateau& second = plateaus_[at + 1];
  const auto length = [](const Plateau& one) { return static_cast<double>((one.end - one.start).count()); };
  const double share = length(first) / (length(first) + length(second));
  first.value = share * first.value + (1 - share) * second.value;
  first.end = second.end;
  plateaus_.erase(plateaus_.begin() + static_cast<std::ptrdiff_t>(at) + 1);
}

std::vector<Plateau> PlateauFinder::until(Time end) const {
  std::vector<Plateau> result = plateaus_;
  while (!result.empty() && result.back().start >= end) result.pop_back();
  if (!result.empty()) result.back().end = std::min(result.back().end, end);
  return result;
}

}  // namespace nightjar::detect
