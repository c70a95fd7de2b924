// The rhythm of the day and of the week of one series: how far a time of the day or week usually lies from
// the level.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/time.h"
#include "detect/rule/parameters.h"

namespace nightjar::detect {

// The cycle is cut into slots. Of every past turn of the cycle a slot keeps the mean departure of its
// ordinary bins; what is usual is the median of the last of them, and in between slots it is interpolated.
class Cycle {
 public:
  // Forgets everything. `slot` divides `period`; both are in bins.
  void reset(size_t period, size_t slot, size_t kept, size_t needed);

  // Whether the time of that bin (counted from any fixed one) was there `needed` times before.
  bool knows(size_t bin) const { return !turns_.empty() && turns_[position(bin).slot] >= needed_; }
  // The usual departure then. REQUIRES: knows(bin).
  double usual(size_t bin) const;
  // The second largest change of the usual departure from one known slot to the next; the largest one of a
  // young rhythm is noise.
  double secondSteepest() const;
  // An ordinary bin. REQUIRES: bins come in order.
  void learn(size_t bin, double departure) {
    enter(bin);
    sum_ += departure;
    ++bins_;
  }
  // Learns that the bins from `first` on do not depart.
  void learnStill(size_t first, size_t bins);
  size_t bytes() const {
    return (kept_values_.capacity() + usual_.capacity()) * sizeof(float) +
           turns_.capacity() * sizeof(uint16_t);
  }
  // At no time is a departure usual, nor has the slot that is being learnt any.
  bool flat() const { return moving_slots_ == 0 && sum_ == 0; }
  // All that is remembered is that nothing departs.
  bool forgotten() const { return departures_ == 0 && sum_ == 0; }

 private:
  // Where a bin lies in the cycle: the slot, and the bin of that.
  struct Position {
    size_t bin = SIZE_MAX, slot = 0, in_slot = 0;
  };
  // The same bin, or the next, is asked for again and again: only others cost divisions.
  const Position& position(size_t bin) const {
    Position& known = position_;
    if (known.bin == bin) return known;
    if (known.bin + 1 != bin || bin == 0) {
      known = {bin, bin / slot_bins_ % slots_, bin % slot_bins_};
      return known;
    }
    known.bin = bin;
    if (++known.in_slot == slot_bins_) {
      known.in_slot = 0;
      if (++known.slot == slots_) known.slot = 0;
    }
    return known;
  }
  void enter(size_t bin) {
    if (bin >= open_until_) enterSlotOf(bin);
  }
  void enterSlotOf(size_t bin);
  void fold();

  size_t slots_ = 1, slot_bins_ = 1, kept_ = 1, needed_ = 1;
  std::vector<float>
      kept_values_;              // slots x kept, the newest over the oldest; empty: all that was known is 0
  std::vector<uint16_t> turns_;  // by slot: how often it was learnt
  std::vector<float> usual_;     // by slot
  size_t open_slot_ = 0;         // bin / slot_bins_ of the one that is being learnt
  size_t open_until_ = 0;        // its end; 0: none is open
  size_t first_slot_ = 0;        // of the first bin ever learnt
  size_t moving_slots_ = 0;      // with a usual departure
  size_t departures_ = 0;        // kept values other than 0
  double sum_ = 0;
  size_t bins_ = 0;
  mutable Position position_;
};

}  // namespace nightjar::detect
