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
  if (!std::isnan(gone) && !std::isnan(value)) return replace(gone, value);
  remove(gone);
  insert(value);
}

// By a binary search without a branch: in noise each would be mispredicted half of the time.
size_t OrderedWindow::place(double value) const {
  const Run* at = runs_.data();
  size_t left = runs_.size();
  while (left > 1) {
    const size_t half = left / 2;
    at += half * static_cast<size_t>(at[half - 1].value < value);
    left -= half;
  }
  return static_cast<size_t>(at - runs_.data()) + static_cast<size_t>(left == 1 && at->value < value);
}

// The same as remove() and insert(), but what lies between the two is moved only, and once.
void OrderedWindow::replace(double gone, double value) {
  const double middle = runs_[mark_].value;
  const size_t from = place(gone);
  const size_t to = place(value);
  const bool leaves = --runs_[from].count == 0;
  const bool joins = to < runs_.size() && runs_[to].value == value;
  const auto run = [&](size_t index) { return runs_.begin() + static_cast<std::ptrdiff_t>(index); };
  if (joins) {
    ++runs_[to].count;
    if (leaves) runs_.erase(run(from));
  } else if (!leaves) {
    runs_.insert(run(to), {value, 1});
  } else if (from < to) {
    *std::move(run(from + 1), run(to), run(from)) = {value, 1};
  } else {
    *(std::move_backward(run(to), run(from), run(from + 1)) - 1) = {value, 1};
  }
  below_ += static_cast<size_t>(value < middle);
  below_ -= static_cast<size_t>(gone < middle);
  mark_ += static_cast<size_t>(value < middle && !joins);
  mark_ -= static_cast<size_t>(gone < middle && leaves);
  moveMark();
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
  const size_t index = place(value);
  const auto at = runs_.begin() + static_cast<std::ptrdiff_t>(index);
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
  const size_t index = place(value);
  const auto at = runs_.begin() + static_cast<std::ptrdiff_t>(index);
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
  moveMark();
}

double OrderedWindow::ranked(size_t rank) const {
  auto run = runs_.begin();
  for (; rank >= run->count; ++run) rank -= run->count;
  return run->value;
}

void OrderedWindow::moveMark() {
  if (mark_ == runs_.size()) below_ -= runs_[--mark_].count;
  const size_t rank = (count_ - 1) / 2;
  while (below_ > rank) below_ -= runs_[--mark_].count;
  while (below_ + runs_[mark_].count <= rank) below_ += runs_[mark_++].count;
  const double lower = runs_[mark_].value;
  const bool one = count_ % 2 == 1 || below_ + runs_[mark_].count > count_ / 2;
  median_ = one ? lower : lower + (runs_[mark_ + 1].value - lower) / 2;
}

}  // namespace nightjar::detect
