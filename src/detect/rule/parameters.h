// Every number of the rules, with its source or its reason; joining_parameters.h has those of the joining. A
// change of any of them changes verdicts: raise kParametersVersion with it.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/time.h"

namespace nightjar::detect {

inline constexpr std::string_view kParametersVersion = "16";

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
  // A level that from one day to the next is more than new_level times the old one is another series: what it
  // lost against the old one says nothing of it, and it is learnt anew. Chosen, not fitted: the drift and the
  // trends of the benchmark stay far below, the return from a blackout (Iran 2026: 28 times) far above.
  double new_level = 3;
  // A series that from the beginning lay under 1 / new_level of what it then held for new_level_time may have
  // been dark before the data begin: of the bins before nothing can be told, if they are no more than
  // longest_dark, the longest outage of the benchmark.
  Seconds new_level_time = std::chrono::hours(24);
  Seconds longest_dark = std::chrono::hours(60 * 24);
  // Rhythm: how far each half hour of the day, and of the week, lay from the level, the median of the last
  // days and weeks. It counts in where it has made the losses of ordinary bins smaller by least_gain on
  // average, over min_history at least. Chocolatine: one week is the season, 4 weeks are needed, 3 are kept.
  Seconds slot = std::chrono::minutes(30);
  size_t days_kept = 7, weeks_kept = 4;
  // One past week is no rule yet: where it was loud, the next one would seem to have lost. Until a time of
  // the week was there so often, the days tell what is usual. (Four series of Google's traffic without an
  // outage, begun at each of their hours, had three times the alarms in the second week.)
  size_t weeks_needed = 2;
  double least_gain = 0.15;

  // --- When it is a fall --------------------------------------------------------------------------------
  // Losses are held against the series' own past at several lengths of time at once: the mean loss of the
  // last 1, 2, 4, ... bins, up to longest_mean, against the means of as many ordinary bins before. A mean is
  // believed from least_windows past ones on that do not overlap, and with few of them less is believed: what
  // it needs is multiplied by 1 + few_windows / windows. Where it is not believed, and wherever it would need
  // more, it needs as much as the mean of half its length.
  Seconds longest_mean = std::chrono::hours(24);
  double least_windows = 5;
  double few_windows = 1;
  // Past losses are remembered for one to two generations.
  Seconds generation = std::chrono::hours(7 * 24);
  // The loss without precedent: the tail of the past losses is drawn on, as an exponential one through its
  // tail_low and tail_high (shares of the past that were worse), until chance alone exceeds it
  // false_alarms_a_week times; but not beyond precedent_factor times tail_high, and not under scale_shrink of
  // that for half the time (independent noise shrinks by 0.71 from any length to its double).
  // Real tails are heavier: on the benchmark twenty times as many alarms are false.
  double tail_low = 0.1, tail_high = 0.002;
  double false_alarms_a_week = 0.0005;
  double precedent_factor = 2.5;
  // ... for means of long_bins and more, which are nearer to Gaussian, less.
  size_t long_bins = 4;
  double long_factor = 1.7;
  double scale_shrink = 0.6;
  // Noise that comes in single bins, however deep, hides no loss that holds: the least loss of the last 2, 4,
  // ... bins is held against the least losses of as many bins before, as the mean is against the means. It
  // needs held_factor times what a mean would, held_noise standard deviations, and held_step of it at a
  // stroke.
  double held_factor = 0.7;
  double held_noise = 3.7;
  double held_step = 0.8;
  // Whoever has not seen a whole day does not know its night: at first it needs young_factor times as much,
  // less with every hour that is known, and that at a stroke (young_step thresholds in the step it begins
  // with): nights fall slowly. A fall in an hour of the day that never was ordinary (of the week, in a series
  // with a rhythm) must begin with more than the steepest step that was ever seen, at first with young_steps
  // of it: it may be the night or weekend. And until days_known are seen, or a rhythm, it must be a fall
  // against the same hours of the days before, too.
  double young_factor = 2;
  double young_step = 1;
  double young_steps = 4;
  // Of a rhythm the second steepest step counts, and steep_margin times that: no night falls just as the one
  // before.
  double steep_margin = 1.15;
  size_t days_known = 3;
  // A series with a rhythm needs in its first week weekend_factor times as much: nobody knows its weekend.
  double weekend_factor = 1.5;
  // A night falls within slope_time. To whom values come every slope_step or more seldom each of its steps
  // looks like a stroke: then stroke_share of all that was lost since the highest value of that time must
  // have come at one, and more than one value must say so. (Chosen on traffic that came every two hours, and
  // falls from 13.5 by 8.5 and 4.3 to 2.2.)
  Seconds slope_time = std::chrono::hours(4), slope_step = std::chrono::minutes(30);
  double stroke_share = 0.75;
  // An instrument may repeat its values for several bins (hourly numbers in bins of half an hour), if
  // held_changes of at least least_changes changes fall on one bin of as many: then it is the values that are
  // counted.
  size_t least_changes = 5;
  double held_changes = 0.98;
  // Each alarm in the last week asks for so much more of the next: a series that often cries is not believed.
  double weary = 0.17;
  // What begins at the time of day of an anomaly of the last week, give or take recurring_time, and is as
  // deep to recurring_depth, is likely to be the same again: it needs recurring_share of what others need.
  Seconds recurring_time = std::chrono::minutes(30);
  double recurring_depth = 0.7;
  double recurring_share = 0.6;
  // An anomaly that was nowhere more than weak_factor beyond what was heard of, or had no more than
  // brief_bins, may have been a whim; if it was over within weak_time, it counts as heard of.
  double weak_factor = 1.5;
  size_t brief_bins = 3;
  Seconds weak_time = std::chrono::hours(24);
  // What fell in hours of the day that were never ordinary, so many days, is a rhythm that began as a fall;
  // if it came slowly: the first eighth of it less than slow_share as deep as its middle.
  size_t nights_needed = 3;
  double slow_share = 0.75;
  // What was not seen in n bins may still come once in some n: a single bin needs whim_after / n of the
  // baseline (at most whim_depth), the mean of k bins a k-th of that. But no more than whim_noise standard
  // deviations, or whim_grains of the smallest changes where these are more and known: routes that never
  // moved by 0.1 % have no whims of 10 %.
  double whim_after = 24;
  double whim_depth = 0.5;
  double whim_noise = 20;
  double whim_grains = 5;
  // The level must have wandered less: wander_factor standard deviations of its change from day to day.
  double wander_factor = 4;
  // An outage begins with a step, drift does not: the mean loss and the step it began with, between the
  // quarter of it before and after the onset, must together be two thresholds, and step_needed times what is
  // without precedent; step_enough is enough (a total loss from a noisy level: a mean of 0.9 that began with
  // half of it).
  double step_needed = 1.5;
  double step_enough = 1.3;
  // A bin that stands alone (bins of `confirm` or longer) needs lone_factor times as much, and lone_depth.
  double lone_factor = 1.5;
  double lone_depth = 0.5;
  // Of a loss of total_loss a past that has not seen half of that cannot say that it is ordinary, unless it
  // is within total_noise standard deviations. And whatever the past has seen: where that much is gone of the
  // lowest ordinary values (the lowest 24th of the last day aside), at one stroke, in two values and for an
  // hour, the place fell silent. Nights come down to a tenth at no stroke.
  double total_loss = 0.9, total_noise = 5;
  // All that is needed is needed at least as min_depth of the baseline. IODA's 1 % warns about every change
  // of hands.
  double min_depth = 0.04;
  // ... and of a delay at least as min_slowing, which is a quarter more: by as much it grows whenever a route
  // takes another way. (Chosen, not fitted: an evening of 109 ms after weeks of 100 is no throttling.)
  double min_slowing = 0.2;
  // ... and as min_grains of the smallest change that the series ever showed (if under grain_limit of the
  // baseline): an instrument that rounds to tens says little with one step.
  double min_grains = 1.5;
  double grain_limit = 0.15;
  // ... and min_step units of what is counted in whole things, or all of them: of three /24s one may go for
  // many reasons.
  double min_step = 2;
  // ... for so long without a break. Withdrawals converge in minutes, at worst about 15 (Labovitz et al.,
  // SIGCOMM 2000); a single bin may be that.
  Seconds confirm = std::chrono::minutes(10);
  // Bins are suspect while their losses add up, each less an allowance: half of min_depth, or allowance_noise
  // standard deviations; until half of that sum is gone, or calm_bins in a row lost nothing, or for half of
  // the history that is known: who has seen little may not put off for long what is ordinary. After
  // suspect_limit they are an anomaly if they lost day_share of the least that is without precedent, and more
  // than the level wanders.
  double allowance_noise = 0.25;
  size_t calm_bins = 3;
  Seconds suspect_limit = std::chrono::hours(24);
  double day_share = 0.7;
  // It is on its way back where the loss is under return_loss (IODA's mark for probing is 80 % of the
  // baseline) or half of the deepest, and ends there if it then stays under end_share of what is without
  // precedent, after a fall of deep_fall or more under min_depth at least, for the time `confirm` or as long
  // as it takes to tell. Or when it was under settle_loss, and settle_share of the deepest, for settle_time:
  // the last tenth need not come back. Nor does it after an anomaly of settle_time: for as long again a loss
  // within these bounds is ordinary.
  double return_loss = 0.2;
  double return_noise = 4;  // standard deviations that the evidence of a return may add up to
  double end_share = 0.5;
  double deep_fall = 0.2;
  double settle_loss = 0.1, settle_share = 0.33;
  Seconds settle_time = std::chrono::hours(24);
  // Under this share of the baseline the level is `critical`: IODA's mark for routing.
  double critical_share = 0.5;

  // --- Phases -------------------------------------------------------------------------------------------
  // A level that held for plateau_time is a step of its own when it differs from the one before by more than
  // step_share of that one, step_floor of the baseline, and step_noise standard deviations of ordinary bins;
  // step_most of the baseline is a step whatever the noise: from nothing at all to that it is back.
  Seconds plateau_time = std::chrono::minutes(15);
  double step_share = 0.1;
  double step_floor = 0.005;
  double step_noise = 3;
  double step_most = 0.5;
  // How low it was is told to floor_precision of the baseline: as the lowest mean of as many bins in a row as
  // that takes, floor_bins at most, and no more than one and a floor_part-th of the anomaly: short ones are
  // slopes for the most part. In a series with a standard deviation of a tenth the lowest of 100 bins is a
  // quarter too low. And from floor_part bins on, if
  // they are shorter than plateau_time, two in a row must have come down to it: one reading that failed makes
  // no blackout of a loss of a third.
  double floor_precision = 0.07;
  size_t floor_bins = 8;
  size_t floor_part = 16;
  size_t max_plateaus = 64;  // per anomaly; beyond that, the two neighbours that are most alike become one
};

}  // namespace nightjar::detect
