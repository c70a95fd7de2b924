// From readings to the bins of a store.
#pragma once

#include <vector>

#include "imports/intake.h"
#include "series/series.h"

namespace nightjar::imports {

// The largest width of which `common` is a whole number; 1 minute where none is. REQUIRES: common > 0.
BinWidth dividingWidth(Seconds common);

// For a new store: the largest width of which every step and every usual offset of regular series is a whole
// number, 1 minute where none fits. If there are only sampled series, the smallest width that is no finer
// than their usual distances; 1 hour where none is. REQUIRES: settled, at least one reading.
BinWidth fittingWidth(const std::vector<ReadSeries>& all);

// How many bins a reading fills. REQUIRES: settled.
double binsOfReading(const ReadSeries& series, BinWidth width);

// Fails with kLimit where the readings would fill more bins than can be handled at once: long steps and
// narrow bins, over centuries.
Result<void> checkBins(const std::vector<ReadSeries>& all, BinWidth width);

struct BinnedPoint {
  Bin bin;
  series::Point point;
};

// A reading of a regular series holds from its time for one step, or until the next reading where that comes
// sooner. A bin's value is the mean of what holds in it, by time; its coverage is the share of it in which
// something holds, times the coverage of that. So a long step fills all its bins, and short ones are
// averaged.
//
// A reading of a sampled series says what was at its moment. A bin's value is the mean of the readings in it,
// each alike however long after it the next one comes; each covers as much of the bin as a step is of it, so
// that one reading never looks like two bins of readings. In bins without one the last reading goes on for
// the rest of its step.
//
// In the order of time; bins in which nothing holds are left out. REQUIRES: settled.
std::vector<BinnedPoint> binned(const ReadSeries& series, BinWidth width);

}  // namespace nightjar::imports
