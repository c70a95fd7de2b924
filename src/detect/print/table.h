// A report for people: a table, then sentences, at most 110 columns wide.
#pragma once

#include <string>

#include "detect/incident/judge.h"

namespace nightjar::detect {

struct TableOptions {
  bool colour = false;
  size_t max_networks = 12;  // named per incident; the others are counted
};

// Ends with a line feed. Says loudly when the data are a simulation.
std::string toTable(const Report& report, const TableOptions& options = {});

}  // namespace nightjar::detect
