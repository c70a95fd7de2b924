// Long series in few points, for charts.
#pragma once

#include <cstddef>
#include <vector>

#include "series/series.h"

namespace nightjar::serve {

// What one stretch of bins held.
struct Stretch {
  size_t present = 0;
  double mean = 0;
  double least = 0;
  double most = 0;
  double coverage = 0;  // mean over all bins of the stretch, absent ones as none
};

// Cuts the series into stretches of `bins` bins each (the last may be shorter), so that no minimum is lost.
std::vector<Stretch> downsample(const series::Series& series, size_t bins);

// The least whole number of bins by which `count` bins become at most `points` stretches.
size_t binsPerStretch(size_t count, size_t points);

}  // namespace nightjar::serve
