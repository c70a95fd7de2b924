// Real outages with what is known of them: the shared measurements, held against what each rule says.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scoring.h"

namespace nightjar::bench {

// One real series; its events are labels, or what is known from elsewhere.
struct RealSeries {
  std::string set;    // "iraq-2023"
  std::string place;  // "Ahvaz"
  Sample sample;
};

struct RealSets {
  std::vector<RealSeries> series;
  std::vector<std::string> missing;  // files that are not here
};
RealSets readRealSets(const std::string& folder);

struct RealScore {
  const RealSeries* series = nullptr;
  std::string rule;
  Sayings sayings;
  SampleScore score;
};

// One of the targets that the judgement is held to.
struct Target {
  std::string name;
  std::string outcome;  // in words, with the figures
  bool met = false;
};
// Those on the real series, of what one rule said of all of them.
std::vector<Target> realTargets(const std::vector<RealScore>& scores);

}  // namespace nightjar::bench
