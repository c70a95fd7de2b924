// An anomaly: one series' departure from its own baseline. Values are health (series/signal_traits.h): what
// was measured, turned where the signal goes bad by rising, so that a floor is always the worst.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "series/series.h"

namespace nightjar::detect {

enum class Level : uint8_t { kWarning, kCritical };
std::string_view levelName(Level level);

// A level that held for a while inside an anomaly.
struct Plateau {
  Time start;
  Time end;
  double value = 0;
};

// All times are starts of bins: `onset` is the start of the first low bin, `end` that of the first bin after
// the last low one.
struct Anomaly {
  series::SeriesKey key;
  BinWidth width;

  Time onset;
  // Earlier than `onset` when the bins just before it could not be judged: it began somewhere in between.
  Time onset_earliest;
  std::optional<Time> end;  // empty: still open where the data end
  // Earlier than `end` when the bins just before it could not be judged. Empty as `end` is.
  std::optional<Time> end_earliest;
  Time last_low;  // start of the last low bin

  Level opened = Level::kWarning;  // at its first bin
  Level worst = Level::kWarning;
  std::optional<Time> critical_since;  // first critical bin

  double baseline = 0;  // what was ordinary at the onset
  // The lowest value; where noise hides it, the lowest mean of the fewest bins that tell; in long ones a
  // level that two short bins in a row came down to. In a series with a rhythm each value counts as it would
  // have been at the hour of the onset, with as large a share missing.
  double floor = 0;
  Time floor_at;           // the start of these
  double lost_hours = 0;   // sum over its judged bins of (share of the baseline that was missing) x hours
  size_t bins = 0;         // low bins
  size_t untold_bins = 0;  // bins inside it that could not be judged
  float coverage_min = 1;  // over its low bins
  double coverage_sum = 0;

  // What it was told from: the noise of ordinary bins and the usable history behind the baseline, at the
  // onset.
  double noise = 0;
  Seconds history{0};
  // That it is an outage and no whim of the series (confidence.h); empty where the rule or the history is not
  // one that this was calibrated for.
  std::optional<double> probability;

  std::vector<Plateau> plateaus;  // likewise as at the onset

  double depth() const { return baseline > 0 ? 1 - floor / baseline : 0; }
  double lost() const { return baseline - floor; }
  double coverageMean() const { return bins == 0 ? 0 : coverage_sum / static_cast<double>(bins); }
  bool open() const { return !end.has_value(); }
};

// Why nothing is said of some bins.
enum class Untold : uint8_t {
  kCoverage,
  kHistory,
  kBeginning,  // it rose later to many times as much: it may have been dark before the data begin
};
std::string_view untoldName(Untold reason);

struct UntoldSpan {
  Time from;
  Time until;
  Untold reason = Untold::kCoverage;
  auto operator<=>(const UntoldSpan&) const = default;
};

}  // namespace nightjar::detect
