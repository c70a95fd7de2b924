#include "detect/rule/season.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace nightjar::detect {
namespace {

constexpr size_t kMostKept = 8;

// Sorted without a branch: this is done for each slot of each turn.
float lowerMedian(const float* values, size_t n) {
  std::array<float, kMostKept> sorted;
  for (size_t i = 0; i < n; ++i) {
    float value = values[i];
    for (size_t j = 0; j < i; ++j) {
      const float less = std::min(sorted[j], value);
      value = std::max(sorted[j], value);
      sorted[j] = less;
    }
    sorted[i] = value;
  }
  return sorted[(n - 1) / 2];
}

}  // namespace

void Cycle::reset(size_t period, size_t slot, size_t kept, size_t needed) {
  slots_ = period / slot;
  slot_bins_ = slot;
  kept_ = std::min(kept, kMostKept);
  needed_ = needed;
  kept_values_.clear();
  turns_.clear();
  usual_.clear();
  departures_ = moving_slots_ = 0;
  sum_ = 0;
  bins_ = open_until_ = 0;
  position_ = {};
}

double Cycle::usual(size_t bin) const {
  if (moving_slots_ == 0) return 0;
  const auto& [same, slot, in_slot] = position(bin);
  if (slot_bins_ == 1) return usual_[slot];
  // Half way through the slot its own value holds, at its edges the mean with its neighbour's.
  const double at = (static_cast<double>(in_slot) + 0.5) / static_cast<double>(slot_bins_) - 0.5;
  const size_t before = slot == 0 ? slots_ - 1 : slot - 1;
  const size_t after = slot + 1 == slots_ ? 0 : slot + 1;
  const size_t next = at < 0 ? before : after;
  if (turns_[next] == 0) return usual_[slot];
  const double share = at < 0 ? -at : at;
  return usual_[slot] * (1 - share) + usual_[next] * share;
}

double Cycle::secondSteepest() const {
  double steepest = 0, second = 0;
  for (size_t slot = 0; slot < turns_.size(); ++slot) {
    const size_t next = (slot + 1) % slots_;
    if (turns_[slot] == 0 || turns_[next] == 0) continue;
    const double step = std::abs(static_cast<double>(usual_[next]) - usual_[slot]);
    second = std::max(second, std::min(steepest, step));
    steepest = std::max(steepest, step);
  }
  return second;
}

void Cycle::enterSlotOf(size_t bin) {
  const size_t slot = bin / slot_bins_;
  if (open_until_ == 0) {
    first_slot_ = slot;
  } else {
    fold();
  }
  open_slot_ = slot;
  open_until_ = (slot + 1) * slot_bins_;
}

void Cycle::learnStill(size_t first, size_t bins) {
  if (kept_values_.empty() && sum_ == 0 && bins > 2 * slot_bins_) {  // nothing to fold
    const size_t whole = bins - bins % slot_bins_ - slot_bins_;
    enter(first);
    bins_ = 0;
    first += whole;
    bins -= whole;
  }
  while (bins > 0) {
    enter(first);
    const size_t n = std::min(bins, slot_bins_ - first % slot_bins_);
    bins_ += n;
    first += n;
    bins -= n;
  }
}

void Cycle::fold() {
  if (bins_ == 0) return;
  const auto mean = static_cast<float>(sum_ / static_cast<double>(bins_));
  sum_ = 0;
  bins_ = 0;
  if (kept_values_.empty()) {
    if (mean == 0) return;
    kept_values_.assign(slots_ * kept_, 0);
    usual_.assign(slots_, 0);
    turns_.resize(slots_);
    for (size_t slot = 0; slot < slots_; ++slot) {
      // how often the cycle came past this slot before
      const size_t since = open_slot_ - first_slot_;
      const size_t ahead = (slot + slots_ - first_slot_ % slots_) % slots_;
      const size_t turns = since <= ahead ? 0 : (since - ahead - 1) / slots_ + 1;
      turns_[slot] = static_cast<uint16_t>(std::min(turns, kept_));
    }
  }
  const size_t slot = open_slot_ % slots_;
  float* const kept = kept_values_.data() + slot * kept_;
  float& place = kept[turns_[slot] % kept_];
  const bool same = turns_[slot] >= kept_ && place == mean;
  // Turns above `kept` only count the place that is the oldest.
  turns_[slot] = static_cast<uint16_t>(turns_[slot] + 1U < 2 * kept_ ? turns_[slot] + 1U : kept_);
  if (same) return;
  if (place != 0) --departures_;
  if (mean != 0) ++departures_;
  place = mean;
  if (usual_[slot] != 0) --moving_slots_;
  usual_[slot] = lowerMedian(kept, std::min<size_t>(turns_[slot], kept_));
  if (usual_[slot] != 0) ++moving_slots_;
}

}  // namespace nightjar::detect
