// What is wrong or doubtful in imported files, on standard error.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"
#include "imports/intake.h"

namespace nightjar::app {

// "2 rows or values dropped"
std::string droppedWords(uint64_t dropped);

// One line of standard error each, and how many there were in all.
uint64_t tellFindings(const std::vector<imports::ReadFile>& files);

// Where one value becomes several bins, and a single wrong one would be taken for as many. `chosen`: the
// width was chosen here, as the regular series among them need it.
void tellFills(const std::vector<imports::ReadSeries>& all, BinWidth width, bool chosen);

}  // namespace nightjar::app
