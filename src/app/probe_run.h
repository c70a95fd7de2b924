// A prober from its start to its end.
#pragma once

#include "app/probe_options.h"
#include "app/probe_plan.h"
#include "base/result.h"

namespace nightjar::app {

// Probes until a signal or the end of --for; returns the exit status. Fails when it cannot begin: no right to
// open sockets, no place for the results.
Result<int> runProber(const ProbeArguments& arguments, const ProbePlan& plan);

}  // namespace nightjar::app
