// Bursts of update messages against a series' own past.
#pragma once

#include <vector>

#include "detect/incident/joining_parameters.h"
#include "series/series.h"

namespace nightjar::detect {

struct Burst {
  Time start;
  Time end;
  double baseline = 0;  // the median bin of the day before
  double peak = 0;
  Time peak_at;  // start of the largest bin
  double total = 0;
  float coverage_min = 1;
};

// Strong and rare bursts in a series of routing.updates, by JoiningParameters::burst_*. Judged from the past
// only, after burst_history_least. A change that stays is a burst only until the median has followed it.
std::vector<Burst> findBursts(const series::Series& updates, const JoiningParameters& parameters);

}  // namespace nightjar::detect
