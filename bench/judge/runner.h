// Runs rules over a corpus on all processors.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "scoring.h"

namespace nightjar::bench {

using Tallies = std::map<std::string, Tally>;  // by kind of series; "" is all of them

// One rule with its thresholds times `scale`; with least_probability > 0 only those of its anomalies that are
// said to be outages with at least that probability (detect/confidence.h). The same whatever the number of
// processors.
Tallies runRule(const Corpus& corpus, const std::string& name, double scale, double least_probability = 0);

// Events that are told apart in the tables.
struct EventClass {
  std::string name;
  bool (*holds)(const EventScore&);
};
const std::vector<EventClass>& eventClasses();
// The class of that name. REQUIRES: there is one.
const EventClass& eventClass(std::string_view name);

inline constexpr std::string_view kMiddleDepth = "depth 5-20 %";
inline constexpr std::string_view kDeepAndLong = "depth >= 20 %, >= 3 bins";
inline constexpr std::string_view kMiddleAfterWeeks = "after 4 weeks, 5-20 %";
inline constexpr std::string_view kClear = "... and >= 5 x the noise";

}  // namespace nightjar::bench
