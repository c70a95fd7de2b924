// Cuts the course of an anomaly into levels that held.
#pragma once

#include <vector>

#include "detect/rule/anomaly.h"
#include "detect/rule/parameters.h"

namespace nightjar::detect {

class PlateauFinder {
 public:
  explicit PlateauFinder(const Parameters& parameters) : parameters_(parameters) {}

  // `noise` is the standard deviation of ordinary bins.
  void begin(BinWidth width, double baseline, double noise);
  // The bins of the anomaly in the order of time; bins that cannot be judged are left out.
  void add(Time start, double value);
  // What was found so far, cut off at `end`.
  std::vector<Plateau> until(Time end) const;

 private:
  bool same(double value, double level) const;
  // By a bin; its value is the mean of its `bins`.
  static void lengthen(Plateau& level, size_t& bins, Time end, double value);
  void joinMostAlike();

  Parameters parameters_;
  BinWidth width_;
  double least_step_ = 0;
  size_t bins_needed_ = 1;
  std::vector<Plateau> plateaus_;
  size_t level_bins_ = 0;  // of the last one
  Plateau candidate_;
  size_t candidate_bins_ = 0;
};

}  // namespace nightjar::detect
