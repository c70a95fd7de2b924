#include "app/judge_output.h"

#include "app/command.h"
#include "detect/print/json.h"
#include "detect/print/table.h"

namespace nightjar::app {

Result<void> printReport(const detect::Report& report, bool json) {
  return writeOutput(json ? detect::toJson(report) : detect::toTable(report));
}

}  // namespace nightjar::app
