// A sliding window over numbers that knows its least.
#pragma once

#include <cstddef>
#include <deque>
#include <utility>

namespace nightjar::detect {

// Keeps only values that may still become the least: each is smaller than all that came after it.
class SlidingLeast {
 public:
  // Empties the window. REQUIRES: capacity > 0.
  void reset(size_t capacity) {
    capacity_ = capacity;
    pushed_ = 0;
    candidates_.clear();
  }

  void push(double value) {
    while (!candidates_.empty() && candidates_.back().second >= value) candidates_.pop_back();
    candidates_.emplace_back(pushed_, value);
    skip();
  }

  // A place without a value.
  void skip() {
    ++pushed_;
    while (!candidates_.empty() && candidates_.front().first + capacity_ < pushed_) candidates_.pop_front();
  }

  size_t pushed() const { return pushed_; }  // places since the reset
  bool empty() const { return candidates_.empty(); }
  double least() const { return candidates_.front().second; }  // REQUIRES: !empty()

 private:
  size_t capacity_ = 1;
  size_t pushed_ = 0;
  std::deque<std::pair<size_t, double>> candidates_;
};

}  // namespace nightjar::detect
