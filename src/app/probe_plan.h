// What a prober is about to do: its targets, placed, without those that must not be probed.
#pragma once

#include <string>
#include <vector>

#include "app/opt_out_file.h"
#include "app/probe_options.h"
#include "base/result.h"
#include "geo/geo_map.h"
#include "probing/targets/exclusions.h"
#include "probing/targets/origin_map.h"
#include "probing/targets/selection.h"
#include "series/store.h"

namespace nightjar::app {

struct ProbePlan {
  geo::GeoMap geo;
  std::vector<std::string> geoFiles;  // that it was read from
  targets::Origins origins;
  std::vector<series::NetworkName> networks;
  OptOutFile optOut{""};
  targets::Exclusions exclusions;
  targets::TargetList list;  // all lists as one
  targets::Selection selection;

  bool empty() const { return selection.blocks.empty() && selection.hosts6.empty(); }
};

// Reads the files that the arguments name. What is wrong in target lists is told on standard error; fails
// when a file cannot be read, a place is unknown, or nothing is left to be probed.
Result<ProbePlan> planProbing(const ProbeArguments& arguments);

// What would be sent, in words. `all`: each block, not just the first ones.
std::string describePlan(const ProbePlan& plan, const ProbeArguments& arguments, bool all);

}  // namespace nightjar::app
