#include "detect/season.h"

#include <algorithm>
#include <cmath>

namespace nightjar::detect {
namespace {

bool departs(float value) {
  return value != 0 && !std::isnan(value);
}

}  // namespace

void Season::reset(const Parameters& parameters, BinWidth width) {
  bins_per_day_ = static_cast<size_t>(std::chrono::days(1) / width.length());
  weeks_kept_ = parameters.weeks_kept;
  weeks_needed_ = parameters.weeks_needed;
  days_kept_ = parameters.days_kept;
  days_needed_ = parameters.days_needed;
  capacity_ = std::max({size_t{1}, 7 * weeks_kept_, days_kept_}) * bins_per_day_;
  ring_.clear();
  pushed_ = departures_ = 0;
}

double Season::estimate() const {
  if (departures_ == 0) return 0;
  double result = 0;
  if (median(7 * bins_per_day_, weeks_kept_, weeks_needed_, &result)) return result;
  if (median(bins_per_day_, days_kept_, days_needed_, &result)) return result;
  return 0;
}

bool Season::median(size_t stride, size_t kept, size_t needed, double* result) const {
  if (needed == 0 || needed * stride > pushed_) return false;
  std::vector<float> found;
  for (size_t back = stride; back <= pushed_ && back <= stride * kept; back += stride) {
    const float value = ring_[(pushed_ - back) % capacity_];
    if (!std::isnan(value)) found.push_back(value);
  }
  if (found.size() < needed) return false;
  const auto middle = found.begin() + static_cast<std::ptrdiff_t>((found.size() - 1) / 2);
  std::nth_element(found.begin(), middle, found.end());
  *result = *middle;
  return true;
}

void Season::pushFlat(size_t times) {
  const size_t added = std::min(times, capacity_ - ring_.size());
  ring_.insert(ring_.end(), added, 0);
  pushed_ += added;
  for (size_t left = times - added; left > 0;) {
    const size_t at = pushed_ % capacity_;
    const size_t n = std::min(left, capacity_ - at);
    std::fill_n(ring_.begin() + static_cast<std::ptrdiff_t>(at), n, 0.0F);
    pushed_ += n;
    left -= n;
  }
}

void Season::push(double departure) {
  const auto value = static_cast<float>(departure);
  if (ring_.size() < capacity_) {
    ring_.push_back(value);
  } else {
    float& oldest = ring_[pushed_ % capacity_];
    if (departs(oldest)) --departures_;
    oldest = value;
  }
  if (departs(value)) ++departures_;
  ++pushed_;
}

}  // namespace nightjar::detect
