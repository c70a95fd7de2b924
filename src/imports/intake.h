// Where importers put what they read: values by series, checked one by one.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "imports/findings.h"
#include "series/series.h"

namespace nightjar::imports {

// A value as it was read; it holds from its time on, for one step of its series.
struct Reading {
  Time time;
  double value = 0;
  float coverage = 1;  // of the step
  uint32_t place = 0;  // the line, or the number of the value, in its file
  uint32_t file = 0;   // Intake::files()
};

// How the times of a series lie.
enum class Timing : uint8_t {
  kRegular,    // a step apart, or whole steps where values are missing, at the edges of bins
  kChanging,   // regular in parts, each with a step of its own
  kOffGrid,    // the same, but at moments that no bin of a fair width begins at: hourly at 42 minutes past
  kIrregular,  // anyhow
};
std::string_view nameOf(Timing timing);  // "regular", "changing", "off-grid", "irregular"

struct ReadSeries {
  series::SeriesKey key;
  std::string name;  // what the file calls the place; may be empty
  Seconds step{0};   // how long a value holds, where it changes in the longest part; 0 until it is known
  // From settle() (imports/settling.h) on:
  Timing timing = Timing::kRegular;
  Seconds usual{0};  // the median distance of two values; the step where there is one value
  Seconds grid{0};   // step and usual offset are whole numbers of it
  // The parts of a changing series, at least two: each begins at that reading and goes to the next one.
  struct Part {
    size_t first = 0;
    Seconds step;
  };
  std::vector<Part> parts;
  std::vector<Reading> readings;

  // A reading says what was at its moment, and not what was all through an interval.
  bool sampled() const { return timing == Timing::kOffGrid || timing == Timing::kIrregular; }
  Seconds longestStep() const;
};

// What other people judged: kept beside the series under the name of who did (`rule`), never among Nightjar's
// own.
struct Judgement {
  std::string id;
  std::string rule;
  Entity entity;
  Time onset;
  std::optional<Time> end;
  std::string json;
};

struct ReadFile {
  std::string name;
  std::string place_word = "line";  // what Reading::place counts
  Findings findings;
  std::optional<Time> from, until;  // the first and the last time that was used
};

// A number as it is written in a text. Nothing for "", "null", "NA" and "N/A": absent is not zero. "12.5%" is
// 0.125, as the sign says. Fails with kInvalid on everything that is no finite number, in words that say what
// it is ("has a decimal comma").
Result<std::optional<double>> readNumber(std::string_view text);

class Intake {
 public:
  // Values that are kept at once, in all files together: 32 bytes each.
  static constexpr size_t kMostReadings = 20'000'000;
  // The largest value: sums over a bin stay finite.
  static constexpr double kLargest = 1e300;
  static constexpr size_t kMostSeries = 1'000'000;
  static constexpr size_t kMostJudgements = 1'000'000;

  // The following values and findings are of this file. REQUIRES: called before all else.
  void begin(std::string file);
  // What the numbers that are given as `place` count in this file.
  void placesAre(std::string word) { files_.back().place_word = std::move(word); }

  // The number of a series, for take().
  size_t seriesOf(const series::SeriesKey& key, std::string_view name = {});
  // How long a value of the series holds, as the file says. REQUIRES: step > 0.
  void setStep(size_t series, Seconds step) { series_[series].step = step; }

  // Keeps a value, or drops and names it: not finite, above kLargest, or negative (no signal is). `place` as
  // in Reading.
  void take(size_t series, Time time, double value, uint32_t place, float coverage = 1);

  void take(Judgement judgement);

  Findings& findings() { return files_.back().findings; }
  void drop(uint32_t place, std::string message) { findings().drop(placeOf(place), std::move(message)); }
  void note(uint32_t place, std::string message) { findings().note(placeOf(place), std::move(message)); }
  // "line 7"
  std::string placeOf(uint32_t place) const { return files_.back().place_word + " " + std::to_string(place); }

  // Whether a bound was passed: what came later was not kept.
  bool full() const { return full_; }

  std::vector<ReadFile>& files() { return files_; }
  std::vector<ReadSeries>& series() { return series_; }
  std::vector<Judgement>& judgements() { return judgements_; }

 private:
  std::vector<ReadFile> files_;
  std::vector<ReadSeries> series_;
  std::map<series::SeriesKey, size_t> index_;
  std::vector<Judgement> judgements_;
  size_t readings_ = 0;
  bool full_ = false;
  uint32_t unsortedIn_ = UINT32_MAX;  // the file in which times that run backwards were told
};

}  // namespace nightjar::imports
