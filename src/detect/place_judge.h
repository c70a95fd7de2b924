// Judges the series of one place.
#pragma once

#include <optional>
#include <vector>

#include "detect/judge.h"
#include "detect/place.h"
#include "detect/recorder.h"
#include "detect/rule.h"

namespace nightjar::detect {

// An entity, and which of the signals below have a series of it.
struct Place {
  Entity entity;
  bool visible24 = false;
  bool visible48 = false;
  bool moved24 = false;
  bool moved48 = false;
  bool updates = false;
};

struct PlaceOutcome {
  PlaceAnomalies anomalies;
  std::vector<UntoldSpan> untold4;
  std::vector<UntoldSpan> untold6;
  size_t series = 0;
  // The bins that were looked at; equal when there were none.
  Time from;
  Time until;
};

class PlaceJudge {
 public:
  // Keeps references to the reader and the rule.
  PlaceJudge(SeriesReader& reader, Rule& rule, const Parameters& parameters)
      : reader_(reader), rule_(rule), recorder_(parameters) {}

  Result<PlaceOutcome> judge(const Place& place);

 private:
  Result<std::vector<Anomaly>> judgeSeries(const Entity& entity, std::string_view signal,
                                           std::string_view moved_signal, PlaceOutcome& outcome);

  SeriesReader& reader_;
  Rule& rule_;
  Recorder recorder_;
  std::vector<Verdict> verdicts_;
};

// For each bin of `series`, the last value that `moved` had until then; 0 before its first: it is written
// once it is not zero.
std::vector<double> alignMoved(const series::Series& moved, const series::Series& series);

}  // namespace nightjar::detect
