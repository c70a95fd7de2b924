// The daily and weekly rhythm of one series: how far a bin of the day or week usually lies from the level.
#pragma once

#include <cstddef>
#include <vector>

#include "base/time.h"
#include "detect/parameters.h"

namespace nightjar::detect {

class Season {
 public:
  // Forgets everything.
  void reset(const Parameters& parameters, BinWidth width);

  // How far the bin that comes next is expected to lie from the level; 0 while too little is known.
  double estimate() const;

  // How far that bin did lie from it; NaN if nobody knows.
  void push(double departure);

  // No bin that is remembered lay off the level.
  bool flat() const { return departures_ == 0; }
  // push(0), so many times. REQUIRES: flat().
  void pushFlat(size_t times);

 private:
  // The median departure of the bins `stride` apart before this one, at most `kept`; nothing if fewer than
  // `needed` are known.
  bool median(size_t stride, size_t kept, size_t needed, double* result) const;

  size_t bins_per_day_ = 1;
  size_t weeks_kept_ = 0, weeks_needed_ = 0, days_kept_ = 0, days_needed_ = 0;
  size_t capacity_ = 0;
  std::vector<float> ring_;  // grows to capacity_, then turns
  size_t pushed_ = 0;
  size_t departures_ = 0;  // entries that are neither 0 nor unknown: most series have none, ever
};

}  // namespace nightjar::detect
