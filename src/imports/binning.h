// From readings to the bins of a store.
#pragma once

#include <vector>

#include "imports/intake.h"
#include "series/series.h"

namespace nightjar::imports {

// Puts the readings of every series in the order of time, finds the steps that no file told, and names what
// does not fit: of several values for one time the last one wins, and where they differ the others are
// dropped; a step that changes is told.
//
// A step that no file told is the most frequent distance between the times of a series, or `step` if given;
// for a series of one value, that of most other series. Fails with kInvalid where no series has a step.
Result<void> settle(Intake& intake, std::optional<Seconds> step);

// The largest width of which every step and every usual offset of its times is a whole number; 1 minute where
// none fits. REQUIRES: settled, at least one reading.
BinWidth fittingWidth(const std::vector<ReadSeries>& all);

// Fails with kLimit where the readings would fill more bins than can be handled at once: long steps and
// narrow bins, over centuries.
Result<void> checkBins(const std::vector<ReadSeries>& all, BinWidth width);

struct BinnedPoint {
  Bin bin;
  series::Point point;
};

// A reading holds from its time for one step, or until the next reading where that comes sooner. A bin's
// value is the mean of what holds in it, by time; its coverage is the share of it in which something holds,
// times the coverage of that. So a long step fills all its bins, and short ones are averaged.
// In the order of time; bins in which nothing holds are left out. REQUIRES: settled.
std::vector<BinnedPoint> binned(const ReadSeries& series, BinWidth width);

}  // namespace nightjar::imports
