// The text language of the detector's test cases, in the spirit of promqltest. One file is one story:
//
//   # what it shows
//   load 5m routing.visible24 EG 2903x500 327x1500 2903x100
//   judge nightjar
//   expect incident EG-20200102-1740 withdrawn 500..2000 depth 0.89 ...
//
// `load WIDTH SIGNAL ENTITY POINTS...` makes a series from 2020-01-01T00:00:00Z on. POINTS are VALUExCOUNT,
// with VALUE one of
//   2903        a value
//   2903@0.4    with that coverage
//   _           no value
//   2903..2000  a straight line
//   2903+-5     noise: whole numbers, always the same ones; 0.01+-0.005 has four decimals
// and `[ POINTS... ]xCOUNT` repeats them. `name ENTITY WORDS` gives a place a name, `access ENTITY WORD` says
// that it is mobile, fixed or mixed. A line that ends in a backslash goes on in the next. `judge RULE
// [ENTITY]` judges all that was loaded before it; the `expect` lines that follow it are all that it has to
// say, in that order. Bins are counted from 0.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "detect/incident/memory_reader.h"

namespace nightjar::detect {

struct CaseCheck {
  std::string judge;  // the line
  JudgeOptions options;
  Report report;
  std::vector<std::string> expected;
  std::vector<std::string> found;
};

// What a case loads, without judging it.
struct LoadedCase {
  std::unique_ptr<MemoryReader> reader;
  BinWidth width;  // of the series loaded last
  Time from;
  Time until;  // end of the longest series
};
Result<LoadedCase> loadCase(std::string_view text);

// Reads a case and runs it. Fails with kInvalid and the line's number.
Result<std::vector<CaseCheck>> runCase(std::string_view text);

}  // namespace nightjar::detect
