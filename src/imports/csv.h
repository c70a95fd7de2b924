// Any CSV of times and values, with a mapping on the command line.
#pragma once

#include "imports/importer.h"

namespace nightjar::imports {

// Needs a time column, at least one value column, and a place (for all, or by column).
Result<void> readCsv(std::string_view text, const ImportOptions& options, Intake& intake);

}  // namespace nightjar::imports
