// The rule `chocolatine`: Guillot, Fontugne, Winter, Merindol, King, Dainotti, Pelsser, "Chocolatine: Outage
// Detection for Internet Background Radiation", TMA 2019 (arXiv 1906.04426), as IODA runs it
// (InetIntel/chocolatine).
#pragma once

#include <memory>

#include "detect/rule/rule.h"

namespace nightjar::detect {

// Seasonal ARMA: the series less itself one week before, forecast 12 bins ahead.
// - Four weeks are needed: one to subtract, two to estimate each order (p, q) with 0 < p + q <= 3, one to
//   forecast; the order with the least root mean square error stays for 60 days, and three weeks of
//   differences are kept, from which its shares are estimated anew every week.
// - For each of the 12 steps the interval is 3 x 1.4826 x the median absolute error of that step in the week
//   of trial, and at least 1 where things are counted. Under forecast less interval an anomaly opens; it ends
//   over forecast less a quarter of the interval.
// - What lies outside the interval on either side, or is absent, enters the history as the forecast.
// - Where less than 1 is forecast nothing is judged low; with under 75 % of four weeks known, nothing at all.
// The published detector estimates by maximum likelihood and cleans its training weeks with up to 15 weeks
// before them; here the estimate is fitArma()'s, from the weeks as they are.
std::unique_ptr<Rule> makeChocolatineRule(const Parameters& parameters);

}  // namespace nightjar::detect
