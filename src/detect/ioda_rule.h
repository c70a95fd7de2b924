// The rule `ioda`: IODA's alerts as its help page publishes them, and nothing else.
#pragma once

#include <memory>

#include "detect/rule.h"

namespace nightjar::detect {

// A bin is held against the median of the bins of the last `history` before it (the sliding median of the
// help page, ioda.inetintel.cc.gatech.edu/help):
//
//   signals       history   warning below   critical below
//   routing.*     24 h      99 %            50 %
//   probing.*     7 d       80 %            50 %
//   telescope.*   7 d       25 %            10 %
//
// and other signals as routing. An anomaly opens and ends at once, at whichever mark is crossed first.
// What the page leaves open is kept plain: a bin without a value is not judged and takes no part in the
// median, any other is, whatever its coverage; nothing is said before 1 h of bins is known (the warm-up of
// IODA's sample configuration); moves are not looked at; and what lasts becomes ordinary, after half the
// history. IODA's sample fills dark bins in for up to 7 d, which the page does not mention.
std::unique_ptr<Rule> makeIodaRule();

}  // namespace nightjar::detect
