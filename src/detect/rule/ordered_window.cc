#include "detect/rule/ordered_window.h"

#include <algorithm>
#include <cmath>

namespace nightjar::detect {

void OrderedWindow::reset(size_t capacity) {
  capacity_ = capacity;
  ring_.clear();
  oldest_ = 0;
  runs_.clear();
  count_ = mark_ = below_ = 0;
}

void OrderedWindow::push(double value) {
  if (ring_.size() < capacity_) {
    ring_.push_back(value);
    insert(value);
    return;
  }
  const double gone = ring_[oldest_];
  ring_[oldest_] = value;
  if (++oldest_ == capacity_) oldest_ = 0;
  if (gone == value) return;
  remove(gone);
  insert(value);
}

void OrderedWindow::repeat(size_t times) {
  const size_t added = std::min(times, capacity_ - ring_.size());  // a full window stays as it is
  ring_.insert(ring_.end(), added, runs_[0].value);
  runs_[0].count += added;
  count_ += added;
}

void OrderedWindow::insert(double value) {
  if (std::isnan(value)) return;
  ++count_;
  if (count_ > 1 && runs_[mark_].value == value) {
    ++runs_[mark_].count;
    moveMark();
    return;
  }
  const auto at = std::lower_bound(runs_.begin(), runs_.end(), value,
                                   [](const Run& run, double wanted) { return run.value < wanted; });
  const auto index = static_cast<size_t>(at - runs_.begin());
  if (at != runs_.end() && at->value == value) {
    ++at->count;
    if (index < mark_) ++below_;
  } else {
    const bool before_mark = index <= mark_ && !runs_.empty();
    runs_.insert(at, {value, 1});
    if (before_mark) {
      ++mark_;
      ++below_;
    }
  }
  moveMark();
}

void OrderedWindow::remove(double value) {
  if (std::isnan(value)) return;
  const auto at = std::lower_bound(runs_.begin(), runs_.end(), value,
                                   [](const Run& run, double wanted) { return run.value < wanted; });
  const auto index = static_cast<size_t>(at - runs_.begin());
  --count_;
  if (index < mark_) --below_;
  if (--at->count == 0) {
    runs_.erase(at);
    if (index < mark_) --mark_;
  }
  if (runs_.empty()) {
    mark_ = below_ = 0;
    return;
  }
  if (mark_ == runs_.size()) {
    --mark_;
    below_ -= runs_[mark_].count;
  }
  moveMark();
}

void OrderedWindow::moveMark() {
  const size_t rank = (count_ - 1) / 2;
  while (below_ > rank) below_ -= runs_[--mark_].count;
  while (below_ + runs_[mark_].count <= rank) below_ += runs_[mark_++].count;
}

}  // namespace nightjar::detect
