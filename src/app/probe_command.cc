#include "app/probe_command.h"

#include <fmt/format.h>

#include "app/command.h"
#include "app/options.h"
#include "app/probe_options.h"
#include "app/probe_plan.h"
#include "app/probe_run.h"

namespace nightjar::app {
namespace {

void tellManners(const ProbeArguments& arguments, const ProbePlan& plan) {
  const auto targets = static_cast<double>(plan.selection.blocks.size() + plan.selection.hosts6.size());
  if (targets / static_cast<double>(arguments.round.count()) > arguments.rate) {
    fmt::print(stderr,
               "{} probes a second do not reach {} targets in {}: raise --rate, or some are left out\n",
               arguments.rate, targets, formatDuration(arguments.round));
  }
  if (arguments.round < std::chrono::minutes(10)) {
    fmt::print(stderr,
               "with rounds of {} a block may get more than 20 probes an hour: for networks of your own\n",
               formatDuration(arguments.round));
  }
  if (arguments.references.empty()) {
    fmt::print(
        stderr,
        "no reference target is named (--reference): whether this machine's own line is up is judged by "
        "the world as a whole\n");
  }
}

}  // namespace

int probeCommand(int argc, char** argv) {
  return runWith(parseProbeArguments(argc, argv), [](ProbeArguments arguments) -> Result<int> {
    if (arguments.payload.empty()) {
      arguments.payload =
          fmt::format("nightjar measures whether networks are reachable; prober {}", arguments.prober);
    }
    const auto plan = planProbing(arguments);
    if (!plan) return std::unexpected(plan.error());
    if (arguments.dryRun) return doneOr(writeOutput(describePlan(*plan, arguments, arguments.all)));
    tellManners(arguments, *plan);
    return runProber(arguments, *plan);
  });
}

}  // namespace nightjar::app
