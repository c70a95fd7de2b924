// The interface of a detection rule: a state machine that reads one series, bin by bin, and says of each bin
// what the bins before it allow to say. No rule looks ahead.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "detect/rule/parameters.h"
#include "series/series.h"

namespace nightjar::detect {

enum class State : uint8_t {
  kNoCoverage,  // cannot tell: no value, or too little of the instrument was healthy
  kNoHistory,   // cannot tell: not enough usable bins before this one
  kOrdinary,
  kSuspect,    // low, not long enough yet: becomes part of an anomaly if the next say kLow
  kLow,        // an anomaly is open, level `warning`
  kCritical,   // an anomaly is open, level `critical`
  kReturning,  // an anomaly is open and the value is back, not long enough yet: its end, if kOrdinary follows
};

// What a rule says of one bin.
struct Verdict {
  State state = State::kNoCoverage;
  // The value that was judged: what was measured, plus what only moved to another origin.
  double value = 0;
  // What the value was held against. 0 without history.
  double baseline = 0;
  // The standard deviation of ordinary bins about their baselines; 0 where the rule does not ask.
  double noise = 0;
  // How much usable history the baseline stands on, in bins; 0 where the rule does not say.
  uint32_t history = 0;
  // kLow and kCritical after kSuspect: how many of the suspect bins just before belong to the anomaly.
  uint32_t suspects = UINT32_MAX;
  // The level stands still while an anomaly is open, so that nothing but the hour's rhythm moves the
  // baseline.
  bool holds_level = false;
};

// One series at a time. Not for use by several threads. Rules judge health (series/signal_traits.h): the
// caller has turned signals that go bad by rising, and less is worse for every one.
class Rule {
 public:
  virtual ~Rule() = default;

  // Forgets everything; the next points are those of another series.
  virtual void begin(std::string_view signal, BinWidth width) = 0;

  // Whether judge() looks at `moved`.
  virtual bool countsMoves() const = 0;

  // Judges the bins that follow those already given; in whatever pieces they come, the verdicts are the same.
  // `moved`, if not empty, tells for each point how much of the series' space is visible from other origins
  // only (signals routing.moved24 and 48): its growth is no loss. Both spans and `verdicts` have one length.
  // A value that is not finite, negative or over 2^53 counts as absent.
  virtual void judge(std::span<const series::Point> points, std::span<const double> moved,
                     std::span<Verdict> verdicts) = 0;
};

// The names that makeRule knows: "nightjar", and the rules of the field that it is measured against ("ioda",
// "chocolatine", "richter", "sigma").
std::span<const std::string_view> ruleNames();

// Fails with kUsage for a name it does not know.
Result<std::unique_ptr<Rule>> makeRule(std::string_view name, const Parameters& parameters = {});

}  // namespace nightjar::detect
