// The rule `ioda`: IODA's alerts, from its help page and its published detector.
#pragma once

#include <memory>

#include "detect/rule/rule.h"

namespace nightjar::detect {

// A bin is held against the median of the bins of the last `history` before it (thresholds and histories: the
// help page, ioda.inetintel.cc.gatech.edu/help):
//
//   what the signal sees       history   warning below   critical below
//   routes                     24 h      99 %            50 %
//   hosts, and anything else   7 d       80 %            50 %
//   counted sources (telescope) 7 d      25 %            10 %
//   traffic                    the rule `chocolatine`: IODA judges Google's traffic by it
//
// An anomaly opens and ends at once, at whichever mark is crossed first. From IODA's published detector
// (InetIntel/watchtower-sentry, filters/MovingStat.py and sentry-sample.yaml):
// - nothing is said before 1 h of bins is known, nor where under 20 of what is counted are ordinary;
// - in-painting: a bin under 0.8 or over 2 times the median enters the history as the median, for at most 7
// d;
//   then what was painted over becomes the history, so that no outage lasts longer.
// A bin without a value is not judged and takes no part in the median; any other is, whatever its coverage;
// moves are not looked at.
std::unique_ptr<Rule> makeIodaRule(const Parameters& parameters);

}  // namespace nightjar::detect
