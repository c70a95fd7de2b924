// From readings as they came to series that know their steps.
#pragma once

#include <optional>

#include "imports/intake.h"

namespace nightjar::imports {

// Puts the readings of every series in the order of time, finds the steps that no file told and how the times
// lie, and names what does not fit: of several values for one time the last one wins, and where they differ
// the others are dropped; a step that changes and irregular times are told.
//
// A series is regular if most distances between its times are one step, and most times lie alike in it; if a
// file or `step` told the step, if most are whole steps. That step is the most frequent distance, or what was
// told. Where another distance comes three times in a row (twelve times, if it is whole steps) the step
// changes, and the series has parts. An irregular series has the median distance, unless told; a series of
// one value the step of most other series. Fails with kInvalid where no series has a step.
Result<void> settle(Intake& intake, std::optional<Seconds> step);

}  // namespace nightjar::imports
