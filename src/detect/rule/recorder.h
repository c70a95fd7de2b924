// Turns a rule's verdicts on one series into anomalies and spans of which nothing can be said.
#pragma once

#include <deque>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "detect/rule/anomaly.h"
#include "detect/rule/beginning.h"
#include "detect/rule/parameters.h"
#include "detect/rule/plateaus.h"
#include "detect/rule/rule.h"

namespace nightjar::detect {

class Recorder {
 public:
  explicit Recorder(const Parameters& parameters)
      : parameters_(parameters), plateaus_(parameters), beginning_(parameters) {}

  // Forgets everything; the next verdicts are those of another series.
  void begin(const series::SeriesKey& key, BinWidth width, Bin first);

  // The verdicts on the bins that follow, and the points they were given for. In whatever pieces they come,
  // the outcome is the same.
  void add(std::span<const Verdict> verdicts, std::span<const series::Point> points);

  // What the bins so far say; an anomaly that has no end yet comes last.
  std::vector<Anomaly> anomalies() const;
  // By time, none overlaps another.
  const std::vector<UntoldSpan>& untold() const { return untold_; }
  // The end of the last bin.
  Time until() const { return next_.start(width_); }

 private:
  struct Suspect {
    Verdict verdict;
    float coverage;
    Bin bin;
    size_t gap;
  };
  struct Return {
    Time start;
    Time earliest;
  };

  void low(const Verdict& verdict, const series::Point& point);
  void add(const Suspect& low);
  void deepen(Time start, double value);
  double asAtOnset(const Verdict& verdict) const;
  Anomaly told(Anomaly anomaly, Time end) const;
  void open(const Suspect& first);
  void ordinary();
  void cannotTell(Untold reason);
  void cannotTell(const Beginning::Low& low);
  Return returnHere() const;
  Time binStart() const { return next_.start(width_); }
  Time before(Bin bin, size_t bins) const {
    return bin.start(width_) - static_cast<int64_t>(bins) * width_.length();
  }

  Parameters parameters_;
  series::SeriesKey key_{{}, Entity::country("ZZ")};
  BinWidth width_;
  Bin next_;
  size_t gap_ = 0;  // bins just before this one of which nothing could be told
  std::vector<Anomaly> closed_;
  std::optional<Anomaly> current_;
  std::vector<Suspect> suspects_;  // bins just before this one that may become part of an anomaly
  std::optional<Return> return_;   // the end of current_, if no low bin follows
  struct Low {
    Time start;
    double value = 0;
  };
  std::deque<Low> lowest_;  // the last low bins, lowest_bins_ at most
  size_t lowest_bins_ = 1;
  Low level_;         // their mean
  Low floor_, held_;  // the lowest of them all, and the lowest that two in a row came down to
  PlateauFinder plateaus_;
  Beginning beginning_;
  std::vector<UntoldSpan> untold_;
};

}  // namespace nightjar::detect
