// What was imported, into a store.
#pragma once

#include <cstddef>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "imports/intake.h"
#include "series/store.h"

namespace nightjar::app {

struct WrittenImport {
  struct Line {
    const imports::ReadSeries* series;
    size_t bins;
    double coverage;  // the mean from the first to the last of them; where none is, 0
    Bin first, last;
  };
  std::vector<Line> lines;
  series::Appended appended;
  BinWidth width;
};

// All of what was read, in one batch: all of it is kept, or nothing. The lines refer to the series of
// `intake`. Fails as the store does.
Result<WrittenImport> writeImport(series::Store& store, imports::Intake& intake);

}  // namespace nightjar::app
