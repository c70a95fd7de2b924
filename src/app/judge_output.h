// A judgement on standard output, as a table or as JSON.
#pragma once

#include <string_view>

#include "detect/incident/judge.h"

namespace nightjar::app {

Result<void> printReport(const detect::Report& report, bool json);

}  // namespace nightjar::app
