#include "detect/rule/thresholds.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace nightjar::detect {
namespace {

// What was not seen in n values may still come once in some n; but hardly far beyond the noise that was seen.
double whimOf(const Ordinary& ordinary, const WatchCommon& common, double smallest_change) {
  const Parameters& parameters = common.parameters;
  const auto values = static_cast<double>(std::max<size_t>(1, ordinary.learnt() / ordinary.hold()));
  const double unseen = std::min(parameters.whim_depth, parameters.whim_after / values);
  const double grain = common.counts ? 1 : smallest_change;
  if (grain == 0) return unseen;
  return std::min(unseen, std::max(parameters.whim_noise * ordinary.noise(),
                                   parameters.whim_grains * grain / ordinary.level()));
}

// Whoever has not seen a whole day does not know its night, nor the weekend before the week is over; by then
// there has to be a rhythm at all.
double youthOf(const Ordinary& ordinary, const WatchCommon& common) {
  const Parameters& parameters = common.parameters;
  if (ordinary.unknownDay() > 0) return 1 + (parameters.young_factor - 1) * ordinary.unknownDay();
  return ordinary.hasRhythm() && ordinary.learnt() < 8 * common.day ? parameters.weekend_factor : 1;
}

// What the measures of one length of time have in common.
struct Length {
  Length(const Ordinary& ordinary, const WatchCommon& common, size_t scale);

  double window;  // in bins
  double spread;  // values in it
  double few;     // what so short a past asks for, as a factor
  bool calm;      // noise makes no total loss
};

Length::Length(const Ordinary& ordinary, const WatchCommon& common, size_t scale)
    : window(static_cast<double>(PastLosses::windowOf(scale))),
      spread(window / static_cast<double>(ordinary.hold())) {
  const Parameters& parameters = common.parameters;
  few = 1 + parameters.few_windows * std::max(1.0, 1 / spread) / ordinary.past().windows(scale);
  calm = parameters.total_noise * ordinary.noise() < parameters.total_loss * std::sqrt(std::max(1.0, spread));
}

// The thresholds of one measure, from the shortest window to the longest.
class Measured {
 public:
  Measured(Ordinary& ordinary, const WatchCommon& common, PastLosses::Measure measure, double whim,
           double doubt)
      : ordinary_(ordinary),
        common_(common),
        parameters_(common.parameters),
        measure_(measure),
        whim_(whim),
        doubt_(doubt),
        young_(youthOf(ordinary, common)) {}

  PastLosses::Measure measure() const { return measure_; }
  double unheardOf(size_t scale) const { return ordinary_.past().unheardOf(scale, measure_); }

  struct Both {
    double opening, beginning;
  };
  Both next(size_t scale, const Length& length) {
    const double spread = length.spread;
    const double asked = doubt_ * std::max(young_, length.few) * unheardOf(scale);
    // A longer window never shows more than the shorter ones that it is made of.
    least_opening_ = std::min(least_opening_, std::max(ordinary_.wander(), asked));
    least_step_ = std::min(least_step_, asked);
    const double floor = std::max(parameters_.min_depth, whim_ / std::max(1.0, spread));
    Both both{std::max(floor, least_opening_),
              std::max({floor, ordinary_.wander(), parameters_.step_needed * least_step_})};
    if (spread <= 1 && length.window * static_cast<double>(common_.width.length().count()) >
                           static_cast<double>(parameters_.confirm.count()))
      both.opening = std::max(parameters_.lone_factor * both.opening, parameters_.lone_depth);
    if (length.calm && ordinary_.past().seen(scale, measure_) < parameters_.total_loss / 2)
      both.opening = std::min(both.opening, parameters_.total_loss);
    if (length.calm) both.beginning = std::min(both.beginning, parameters_.step_enough / 2);
    if (measure_ == PastLosses::kLeast) askToHold(both, floor, spread);
    both.opening *= parameters_.threshold_scale;
    both.beginning *= parameters_.threshold_scale;
    return both;
  }

 private:
  static constexpr double kInfinite = std::numeric_limits<double>::infinity();

  // The least of one value is its mean.
  void askToHold(Both& both, double floor, double spread) const {
    both.opening = spread <= 1 ? kInfinite
                               : std::max({floor, parameters_.held_factor * both.opening,
                                           parameters_.held_noise * ordinary_.noise()});
    both.beginning = std::max(floor, parameters_.held_factor * both.beginning);
  }

  Ordinary& ordinary_;
  const WatchCommon& common_;
  const Parameters& parameters_;
  PastLosses::Measure measure_;
  double whim_, doubt_, young_;
  double least_opening_ = kInfinite;
  double least_step_ = kInfinite;  // a level wanders without steps
};

}  // namespace

void updateThresholds(Ordinary& ordinary, const WatchCommon& common, double grain, size_t alarms,
                      Thresholds& result) {
  const Parameters& parameters = common.parameters;
  const double whim = whimOf(ordinary, common, grain);
  const double doubt = 1 + parameters.weary * static_cast<double>(alarms);
  Measured mean(ordinary, common, PastLosses::kMean, whim, doubt);
  Measured least(ordinary, common, PastLosses::kLeast, whim, doubt);
  for (size_t scale = 0; scale < ordinary.past().scales(); ++scale) {
    const Length length(ordinary, common, scale);
    for (Measured* measured : {&mean, &least}) {
      const auto [opening, beginning] = measured->next(scale, length);
      result.opening[measured->measure()][scale] = opening;
      result.beginning[measured->measure()][scale] = beginning;
    }
    result.ordinary[scale] =
        parameters.threshold_scale * std::max(parameters.min_depth, mean.unheardOf(scale));
  }
}

}  // namespace nightjar::detect
