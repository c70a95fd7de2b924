// The rule `sigma`: under the mean of the last week by more than three standard deviations. What everybody
// tries first, and what the others have to beat.
#pragma once

#include <memory>

#include "detect/rule/rule.h"

namespace nightjar::detect {

// Every bin with a value is judged, from a day of them on, and enters the week, whatever it was.
std::unique_ptr<Rule> makeSigmaRule(const Parameters& parameters);

}  // namespace nightjar::detect
