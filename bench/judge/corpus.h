// The generated corpus: quiet weeks made from donors, with outages of known onset, depth, length and shape
// put in. Nothing is stored: sample i of a part and seed is the same wherever and whenever it is made.
#pragma once

#include <string_view>
#include <vector>

#include "donor.h"
#include "random.h"
#include "series/series.h"

namespace nightjar::bench {

enum class Shape { kCliff, kStaircase, kSlow, kNightly, kFlapping };
std::string_view shapeName(Shape shape);

// An outage that was put in, or that a label tells of: the bins [from, until) of its series. Each night of a
// nightly one is an event of its own.
struct Event {
  size_t from = 0;
  size_t until = 0;
  double depth = 0;  // the share of the ordinary value that is gone at the deepest; 0 where no label says
  Shape shape = Shape::kCliff;
  size_t bins() const { return until - from; }
};

struct Sample {
  series::Series series;
  std::vector<Event> events;  // by time
  std::string kind;           // of its donor
  // By bin: the level with its rhythm, drift and trend, without noise and outages; empty for real series.
  std::vector<double> expected;
  double noise = 0;  // standard deviation of the quiet bins about what was expected, as a share of it
  double weeks() const;
};

struct CorpusOptions {
  Part part = Part::kTest;
  uint64_t seed = 1;
  double weeks = 5000;  // series-weeks, at least
};

class Corpus {
 public:
  // `folder`: the shared measurements' series; where they are missing, made-up noise stands in.
  Corpus(const std::string& folder, const CorpusOptions& options);

  bool synthetic() const { return synthetic_; }
  // How many samples there are.
  size_t size() const { return weeks_.size(); }
  // REQUIRES: which < size().
  Sample make(size_t which) const;
  // The same place and time seen by two or three kinds of signal, each with its own noise. The first has all
  // outages; each of the others shows three quarters of them, less deep or deeper. REQUIRES: which < size().
  std::vector<Sample> makePlace(size_t which) const;

 private:
  const DonorKind& drawKind(Random& random) const;

  CorpusOptions options_;
  std::vector<DonorKind> kinds_;
  bool synthetic_ = false;
  std::vector<int> weeks_;  // of each sample
};

}  // namespace nightjar::bench
