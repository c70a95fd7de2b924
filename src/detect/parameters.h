// Every number of the judgement, with its source or its reason. A change of any of them changes verdicts:
// raise kParametersVersion with it.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/time.h"

namespace nightjar::detect {

inline constexpr std::string_view kParametersVersion = "1";

struct Parameters {
  // Every rule multiplies the loss at which it opens an anomaly by this. 1, except in the benchmark
  // (bench/judge), which moves it to draw the curve of events found against false alarms.
  double threshold_scale = 1;

  // --- Which bins may be judged -------------------------------------------------------------------------
  // A bin with less coverage is not judged and enters no history. A route is visible when over half of the
  // full-feed peers have it; with under half of the peers healthy that majority is not the one that the
  // baseline was made with.
  float min_coverage = 0.5F;

  // --- What is ordinary ---------------------------------------------------------------------------------
  // The level is the median of the last ordinary bins, a day of them: IODA's history for routing.
  Seconds level_window = std::chrono::hours(24);
  // ... but not above the median of the last week (one level an hour): space that was there for a day or two
  // only (a leak, a hijack, a test) is not missed when it goes.
  Seconds week_window = std::chrono::hours(7 * 24);
  // Before so much usable history nothing is said. IODA's sample warms up for 1 h, Chocolatine for 4 weeks.
  // 6 h outlast a maintenance window and a peer's slow start, and leave a day-long archive 18 h to judge.
  Seconds min_history = std::chrono::hours(6);
  size_t min_history_bins = 12;  // for long bins: fewer make neither a median nor a scale
  // A hole in the data of that length ends the history, unless an anomaly is open: what was ordinary before
  // may be no more. The longest time for which IODA's sample fills holes.
  Seconds forget_after = std::chrono::hours(7 * 24);
  // Rhythm: the median departure from the level in the same bin of the past weeks (at least 3 of 4), before
  // that of the past days (at least 7 of 14), before that none. Chocolatine: one week is the season, 4 weeks
  // are needed, 3 are kept.
  size_t weeks_kept = 4, weeks_needed = 3;
  size_t days_kept = 14, days_needed = 7;

  // --- When it is a fall --------------------------------------------------------------------------------
  // All must hold: loss >= noise_factor standard deviations of the series' own noise (1.4826 times the median
  // distance of a day of ordinary bins from their baselines) ...
  // Chocolatine takes 3. With 80,000 networks x 2,016 bins a week and two bins in a row, Gaussian noise alone
  // gives some 290 openings at 3 and none at 5.
  double noise_factor = 5;
  // ... loss >= min_depth of the baseline. IODA's 1 % warns about every change of hands; the smallest of the
  // real shutdowns that the tests hold is 22 %, and an operator that falls alone is seen by its own series.
  double min_depth = 0.05;
  // ... loss >= min_step units, or nothing left: of three /24s one may go for many reasons.
  double min_step = 2;
  // ... for so long without a break. Withdrawals converge in minutes, at worst about 15 (Labovitz et al.,
  // SIGCOMM 2000); a single bin may be that.
  Seconds confirm = std::chrono::minutes(10);
  // It ends when the loss is under end_share of what opens it, for the time `confirm`; after a fall of
  // deep_fall or more, when it is under all of what opens it. Or, after such a fall, when it was under
  // settle_loss for settle_time: the last tenth need not come back. The end is where that began.
  double end_share = 0.5;
  double deep_fall = 0.2;
  double settle_loss = 0.1;
  Seconds settle_time = std::chrono::hours(24);
  // Under this share of the baseline the level is `critical`: IODA's mark for routing.
  double critical_share = 0.5;

  // --- Phases -------------------------------------------------------------------------------------------
  // A level that held for plateau_time is a step of its own when it differs from the one before by more than
  // step_share of that one, step_floor of the baseline, and step_noise standard deviations of ordinary bins.
  Seconds plateau_time = std::chrono::minutes(15);
  double step_share = 0.1;
  double step_floor = 0.005;
  double step_noise = 3;
  size_t max_plateaus = 64;  // per anomaly; after that the last one goes on

  // --- Joining ------------------------------------------------------------------------------------------
  // Falls of one place are one incident when the return between them is no longer than the time it was down
  // before, at least join_gap_least and at most join_gap. Kazakhstan 2022 had returns of up to 7.5 h inside
  // one blackout, each after a longer darkness; Myanmar's nights (8 h) were 16 h apart, the exam hours in
  // Iraq and Syria (4 h) 20 h: those are told one by one.
  Seconds join_gap = std::chrono::hours(12);
  Seconds join_gap_least = std::chrono::hours(1);
  // A network or region that fell so much before its country belongs to it: Iran 2019 and Kazakhstan 2022
  // went operator by operator for hours.
  Seconds child_lead = std::chrono::hours(3);
  // IPv6 that fell so much before IPv4 belongs to it: Iran 2026 withdrew IPv6 hours before the rest. A longer
  // lead is another story (one withdrawn /20 can be most of a country's IPv6, for good).
  Seconds family_lead = std::chrono::hours(24);
  // `withdrawn` from this depth, `partial` below. Egypt 2011 lost 0.88, Syria 2023 0.97; Iran 2019 0.33,
  // Iraq's exams 2023 0.22 to 0.66. Nothing known lies between 0.66 and 0.88.
  double withdrawn_depth = 0.8;
  // Networks and regions (and a country's IPv6) with a smaller baseline give no incident of their own: IODA's
  // sample says nothing below 20. They are still told inside a country's incident.
  double min_own_baseline = 20;

  // --- Bursts of updates --------------------------------------------------------------------------------
  // A burst has, all at once: burst_ratio times the median of the last day, burst_noise times its scale above
  // it, burst_peak times the largest bin of that day (it is rare), burst_min messages, and sound coverage:
  // a session that comes back sends its whole table, and lowers the coverage first.
  double burst_ratio = 10;
  double burst_noise = 10;
  double burst_peak = 3;
  double burst_min = 100;
  float burst_coverage = 0.9F;
  // Bursts nearer to each other are one. So near to an incident of the place they are part of it.
  Seconds burst_gap = std::chrono::minutes(30);
  Seconds burst_near_incident = std::chrono::hours(1);
  // More countries than that with their peak in the same bin say something about the collectors or about a
  // leak elsewhere, not about each of these countries.
  size_t burst_max_countries = 10;
};

}  // namespace nightjar::detect
