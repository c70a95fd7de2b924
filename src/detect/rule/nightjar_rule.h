// The rule `nightjar`: a fall against the series' own past, and only against it. docs/rule.md tells how it
// judges, and what it finds.
#pragma once

#include <memory>
#include <optional>

#include "detect/rule/rule.h"
#include "detect/rule/series_watch.h"

namespace nightjar::detect {

// Most series are networks whose space never changes: of those only the value is kept, and how long it has
// stood. The first bin that differs makes a SeriesWatch, as if it had seen them all; when nothing is left of
// what happened, that goes again.
class NightjarRule final : public Rule {
 public:
  explicit NightjarRule(const Parameters& parameters) : parameters_(parameters) {}

  void begin(std::string_view signal, BinWidth width) override;
  bool countsMoves() const override { return true; }
  void judge(std::span<const series::Point> points, std::span<const double> moved,
             std::span<Verdict> verdicts) override;

  // Bytes that are kept of this series, without what all series of one kind have in common.
  size_t stateBytes() const { return sizeof(quiet_) + sizeof(watch_) + (watch_ ? watch_->bytes() : 0); }

 private:
  // A series that never moved.
  struct Quiet {
    double value = -1;  // under 0 before the first usable bin
    double moved = 0;
    size_t bins = 0;  // usable ones
    size_t tick = 0;  // all
    size_t gap = 0;   // unusable ones in a row
  };

  // Judges the first bins, as far as nothing moves, and says how many that were.
  size_t judgeQuiet(std::span<const series::Point> points, std::span<const double> moved,
                    std::span<Verdict> verdicts);
  size_t judgeWatched(std::span<const series::Point> points, std::span<const double> moved,
                      std::span<Verdict> verdicts);

  Parameters parameters_;
  std::optional<WatchCommon> common_;
  Quiet quiet_;
  std::unique_ptr<SeriesWatch> watch_;
};

std::unique_ptr<Rule> makeNightjarRule(const Parameters& parameters);

}  // namespace nightjar::detect
