// Whether a series may have been dark before its data begin: it lay low from its first bin on, and then rose
// to many times as much.
#pragma once

#include <optional>

#include "base/time.h"
#include "detect/rule/parameters.h"
#include "detect/rule/rule.h"

namespace nightjar::detect {

class Beginning {
 public:
  explicit Beginning(const Parameters& parameters) : parameters_(parameters) {}

  // The next verdicts are those of another series.
  void begin() { *this = Beginning(parameters_); }

  struct Low {
    Time from;
    Time until;  // it rose here
  };
  // What was said of the bin [start, end). Tells of the low bins of the beginning when it is known that they
  // were low: once at most, after begin() or after the rule has forgotten the series.
  std::optional<Low> next(Time start, Time end, const Verdict& verdict);
  // Nothing comes of ordinary bins any more.
  bool decided() const { return decided_; }

 private:
  std::optional<Low> afterOrdinary(Time start, Time end, const Verdict& verdict);

  Parameters parameters_;
  bool decided_ = false;
  std::optional<Time> first_;  // of the bins with a value
  double highest_ = 0;         // baseline of all bins before the rise
  bool known_ = false;         // there was a baseline
  std::optional<Time> risen_;
};

}  // namespace nightjar::detect
