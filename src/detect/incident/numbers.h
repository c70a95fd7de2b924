// The numbers of one signal in an incident.
#pragma once

#include <vector>

#include "detect/incident/incident.h"
#include "detect/incident/place.h"

namespace nightjar::detect {

// Of a judged signal. Health is turned back into what was measured.
SignalFall fallOf(const SignalFalls& falls);

// The usable values of a series in [from, until).
class Part {
 public:
  Part(const series::Series& series, const series::SignalTraits& traits, Time from, Time until,
       float min_coverage);

  bool empty() const { return values_.empty(); }
  double worst() const { return worst_; }
  Time worstAt() const { return worst_at_; }
  double last() const { return values_.back(); }
  double median();  // the lower one of two

 private:
  std::vector<double> values_;
  double worst_ = 0;
  Time worst_at_;
};

// Adds to what is visible how far `moved` grew since `onset`, as far as the baseline: told as it was judged.
void addMoves(series::Series& visible, const series::Series& moved, Time onset, double baseline);

}  // namespace nightjar::detect
