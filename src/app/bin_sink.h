// Where the bins of a replay go, and how the judgement reads them back.
#pragma once

#include <algorithm>

#include "base/result.h"
#include "detect/incident/judge.h"
#include "routing/view/visibility.h"

namespace nightjar::app {

class BinSink {
 public:
  virtual ~BinSink() = default;
  // Takes one closed bin; bins come in ascending order, not always without holes. `counters` names its cells.
  virtual Result<void> take(const view::ClosedBin& closed, const view::Counters& counters) = 0;
  // No more bins come.
  virtual Result<void> finish() = 0;
};

// The coverage of a cell's series in a bin: that of its family; updates are of both families, the better
// counts.
inline float coverageOf(const view::ClosedBin& closed, view::Measure measure) {
  switch (measure) {
    case view::Measure::kSpace4:
    case view::Measure::kPrefixes4:
    case view::Measure::kMoved4:
      return closed.coverage[0];
    case view::Measure::kSpace6:
    case view::Measure::kPrefixes6:
    case view::Measure::kMoved6:
      return closed.coverage[1];
    case view::Measure::kUpdates:
      break;
  }
  return std::max(closed.coverage[0], closed.coverage[1]);
}

}  // namespace nightjar::app
