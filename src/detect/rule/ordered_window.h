// A sliding window over numbers that knows its median at any moment.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace nightjar::detect {

// Equal values are kept once with their number, in order, with a mark at the median that moves with every
// change. A push costs a binary search over the distinct values, and next to nothing when the value that
// comes equals the one that goes: constant series are the common case in routing.
class OrderedWindow {
 public:
  // Empties the window. REQUIRES: capacity > 0.
  void reset(size_t capacity);

  // Adds a value, or an absent one (NaN) that only takes a place. In a full window the oldest goes.
  void push(double value);

  // Whether the window holds this value at least once, and nothing else.
  bool holdsOnly(double value) const {
    return runs_.size() == 1 && runs_[0].value == value && count_ == ring_.size();
  }
  // Pushes the only value that the window holds `times` times more. REQUIRES: holdsOnly() of some value.
  void repeat(size_t times);

  // Values in the window, without the absent ones.
  size_t count() const { return count_; }

  // The middle value, or the mean of the two in the middle. REQUIRES: count() > 0, as for largest().
  double median() const { return median_; }
  size_t bytes() const { return ring_.capacity() * sizeof(double) + runs_.capacity() * sizeof(Run); }
  // The value that was pushed last, or so many before it. REQUIRES: it is in the window.
  double last(size_t before) const { return ring_[(oldest_ + 2 * ring_.size() - 1 - before) % ring_.size()]; }
  double largest() const { return runs_.back().value; }
  // The smallest value but `rank` of them. REQUIRES: rank < count().
  double ranked(size_t rank) const;

 private:
  struct Run {
    double value;
    size_t count;
  };

  // The first run that is not less.
  size_t place(double value) const;
  void replace(double gone, double value);
  void insert(double value);
  void remove(double value);
  void moveMark();

  size_t capacity_ = 1;
  std::vector<double> ring_;
  size_t oldest_ = 0;
  std::vector<Run> runs_;
  size_t count_ = 0;
  size_t mark_ = 0;   // the run that holds the (lower) median
  size_t below_ = 0;  // values in the runs before it
  double median_ = 0;
};

}  // namespace nightjar::detect
