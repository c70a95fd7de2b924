// Counts src/detect/incident/cause_priors.h from IODA's curated outages, and tells what the hint is worth on
// other years.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "detect/incident/cause.h"

namespace nightjar::bench {

struct LabelledOutage {
  detect::CauseFeatures features;
  detect::Cause cause;
  int year = 0;
};

// Those of the file whose cause is known and is one of ours. Empty where the file is not here or cannot be
// read.
std::vector<LabelledOutage> readLabelledOutages(const std::string& folder);

detect::CauseModel countCauses(const std::vector<LabelledOutage>& outages, double trust);

// Rows are the true cause, columns what the likeliest one was said to be.
using Confusion = std::array<std::array<size_t, detect::kCauses>, detect::kCauses>;

// Prints accuracy and confusion on held-out years; writes the header if `header` is not empty. False where
// the file is not here or something cannot be written.
bool causes(const std::string& folder, const std::string& header);

}  // namespace nightjar::bench
