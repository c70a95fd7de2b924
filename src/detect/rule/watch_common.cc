#include "detect/rule/watch_common.h"

#include <algorithm>

#include "detect/rule/past_losses.h"
#include "series/signal_traits.h"

namespace nightjar::detect {
namespace {

size_t binsIn(Seconds span, BinWidth width) {
  return std::max<size_t>(1, static_cast<size_t>((span + width.length() - Seconds(1)) / width.length()));
}

Parameters forSignal(const Parameters& given, const series::SignalTraits& traits) {
  Parameters parameters = given;
  if (traits.sense == series::Sense::kSlowness)
    parameters.min_depth = std::max(given.min_depth, given.min_slowing);
  return parameters;
}

}  // namespace

WatchCommon::WatchCommon(const Parameters& given, std::string_view signal, BinWidth bin_width)
    : parameters(forSignal(given, series::traitsOf(signal))),
      width(bin_width),
      counts(series::traitsOf(signal).counts),
      hour(binsIn(std::chrono::hours(1), width)),
      day(binsIn(std::chrono::hours(24), width)),
      confirm(binsIn(given.confirm, width)),
      settle(binsIn(given.settle_time, width)),
      forget(binsIn(given.forget_after, width)),
      min_history(binsIn(given.min_history, width)),
      history_needed(std::max(min_history, given.min_history_bins)),
      level(std::max(binsIn(given.level_window, width), history_needed)),
      week_hours(static_cast<size_t>(given.week_window / std::chrono::hours(1))),
      suspect_limit(binsIn(given.suspect_limit, width)),
      weak(binsIn(given.weak_time, width)),
      slot(binsIn(given.slot, width)),
      slope(binsIn(given.slope_time, width)),
      slope_step(binsIn(given.slope_step, width)),
      recurring(binsIn(given.recurring_time, width)),
      first_scale(0) {
  while (PastLosses::windowOf(first_scale + 1) <= confirm) ++first_scale;
}

}  // namespace nightjar::detect
