// What all series of one kind have in common for the rule `nightjar`: the parameters, and their times as
// numbers of bins.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/time.h"
#include "detect/rule/parameters.h"

namespace nightjar::detect {

struct WatchCommon {
  WatchCommon(const Parameters& given, std::string_view signal, BinWidth bin_width);

  Parameters parameters;
  BinWidth width;
  bool counts;  // of whole things (series/signal_traits.h)
  size_t hour, day, confirm, settle, forget, min_history, history_needed, level, week_hours, suspect_limit,
      weak, slot, slope, slope_step, recurring;
  size_t first_scale;  // of the means (past_losses.h) that are long enough to confirm a fall
};

// A usable bin, as it will enter the history if it turns out to be ordinary.
struct UsableBin {
  double value;
  double moved;  // what was seen elsewhere in the same bin
  size_t tick;   // bins since the beginning
  double loss;   // share of the baseline that is missing
};

}  // namespace nightjar::detect
