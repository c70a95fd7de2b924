// Judges the series of one place.
#pragma once

#include <span>
#include <vector>

#include "detect/incident/judge.h"
#include "detect/incident/place.h"
#include "detect/rule/recorder.h"
#include "detect/rule/rule.h"

namespace nightjar::detect {

// Judges places for judge(). One thread asks.
class PlaceWatcher {
 public:
  virtual ~PlaceWatcher() = default;
  // The places that judge() will be asked for, in that order, if nothing fails. They stay where they are
  // until finish(), which comes last, whatever happens.
  virtual void expect(std::span<const Place* const>) {}
  virtual void finish() {}
  // Every series whose signal is judged. A series without points is left out.
  virtual Result<PlaceOutcome> judge(const Place& place) = 0;
};

class PlaceJudge final : public PlaceWatcher {
 public:
  // Keeps references to the reader and the rule.
  PlaceJudge(SeriesReader& reader, Rule& rule, const Parameters& parameters);

  Result<PlaceOutcome> judge(const Place& place) override;

 private:
  Result<void> judgeSeries(const Place& place, const SignalInfo& signal, PlaceOutcome& outcome);

  SeriesReader& reader_;
  Rule& rule_;
  Recorder recorder_;
  std::vector<Verdict> verdicts_;  // of one piece of a series
};

// The series that judging a place may read.
std::vector<series::SeriesKey> seriesOf(const Place& place);

// Turns what was measured into health, where the two differ.
void toHealth(series::Series& series, const series::SignalTraits& traits);

// For each bin of `series`, the last value that `moved` had until then; 0 before its first: it is written
// once it is not zero.
std::vector<double> alignMoved(const series::Series& moved, const series::Series& series);

}  // namespace nightjar::detect
