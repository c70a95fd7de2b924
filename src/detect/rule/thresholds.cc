#include "detect/rule/thresholds.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace nightjar::detect {
namespace {

// What was not seen in n values may still come once in some n; but hardly far beyond the noise that was seen.
double whimOf(const Ordinary& ordinary, const WatchCommon& common) {
  const Parameters& parameters = common.parameters;
  const auto values = static_cast<double>(std::max<size_t>(1, ordinary.learnt() / ordinary.hold()));
  const double unseen = std::min(parameters.whim_depth, parameters.whim_after / values);
  const double grain = common.counts ? 1 : ordinary.grain();
  if (grain == 0) return unseen;
  return std::min(unseen, std::max(parameters.whim_noise * ordinary.noise(),
                                   parameters.whim_grains * grain / ordinary.level()));
}

// Whoever has not seen a whole day does not know its night, nor the weekend before the week is over; by then
// there has to be a rhythm at all.
double youthOf(const Ordinary& ordinary, const WatchCommon& common) {
  const Parameters& parameters = common.parameters;
  if (ordinary.learnt() < common.day) {
    const double unknown = 1 - static_cast<double>(ordinary.learnt()) / static_cast<double>(common.day);
    return 1 + (parameters.young_factor - 1) * unknown;
  }
  return ordinary.hasRhythm() && ordinary.learnt() < 8 * common.day ? parameters.weekend_factor : 1;
}

}  // namespace

Thresholds thresholdsOf(Ordinary& ordinary, const WatchCommon& common, size_t alarms) {
  const Parameters& parameters = common.parameters;
  PastLosses& past = ordinary.past();
  const auto hold = static_cast<double>(ordinary.hold());
  const double whim = whimOf(ordinary, common);
  const double doubt = 1 + parameters.weary * static_cast<double>(alarms);
  const double young = youthOf(ordinary, common);
  Thresholds result;
  double previous = std::numeric_limits<double>::infinity();
  double previous_step = previous;  // a level wanders without steps
  for (size_t scale = 0; scale < past.scales(); ++scale) {
    const size_t window = PastLosses::windowOf(scale);
    const double unheard_of = past.unheardOf(scale);
    const double spread = static_cast<double>(window) / hold;  // values in the mean
    const double floor = std::max(parameters.min_depth, whim / std::max(1.0, spread));
    const double few = 1 + parameters.few_windows * std::max(1.0, 1 / spread) / past.windows(scale);
    // A longer mean is never deeper than the shorter ones that it is made of.
    const double asked = doubt * std::max(young, few) * unheard_of;
    previous = std::min(previous, std::max(ordinary.wander(), asked));
    previous_step = std::min(previous_step, asked);
    double opening = std::max(floor, previous);
    double begin = std::max({floor, ordinary.wander(), parameters.step_needed * previous_step});
    if (window <= ordinary.hold() &&
        static_cast<int64_t>(window) * common.width.length() > parameters.confirm)
      opening = std::max(parameters.lone_factor * opening, parameters.lone_depth);
    const bool calm =
        parameters.total_noise * ordinary.noise() < parameters.total_loss * std::sqrt(std::max(1.0, spread));
    if (calm && past.seen(scale) < parameters.total_loss / 2)
      opening = std::min(opening, parameters.total_loss);
    if (calm) begin = std::min(begin, parameters.step_enough / 2);
    result.opening[scale] = parameters.threshold_scale * opening;
    result.beginning[scale] = parameters.threshold_scale * begin;
    result.ordinary[scale] = parameters.threshold_scale * std::max(parameters.min_depth, unheard_of);
  }
  // What is asked of a fall must not be clipped away.
  result.clip = std::max(2 * std::max(parameters.min_depth, whim),
                         parameters.clip_factor * std::max(result.opening[0], result.beginning[0]));
  return result;
}

}  // namespace nightjar::detect
