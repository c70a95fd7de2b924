// Every number of the joining of anomalies into incidents, with its source or its reason. As in parameters.h:
// a change of any of them changes verdicts, so raise kParametersVersion with it.
#pragma once

#include <cstddef>

#include "base/time.h"

namespace nightjar::detect {

struct JoiningParameters {
  // --- One place, one signal after another --------------------------------------------------------------
  // Falls of one signal are one incident when the return between them is no longer than the time it was down
  // before, at least join_gap_least and at most join_gap. Kazakhstan 2022 had five returns of 3.5 to 7.5 h
  // inside one blackout, after a first darkness of 7 h; Myanmar's nights (8 h) were 16 h apart, the exam
  // hours in Iraq and Syria (4 h) 20 h: those recur (below).
  Seconds join_gap = std::chrono::hours(12);
  Seconds join_gap_least = std::chrono::hours(1);
  // ... and when what comes after a return of more than join_gap_least is no mere ripple: it has at least
  // this share of the depth that the falls before had.
  double join_depth = 0.25;
  // Another signal of the place belongs to the incident if it falls while the first is down, or up to
  // join_gap_least later. It must begin within company_lead of the first, unless that is critical by then:
  // Iran 2026 withdrew IPv6 hours before the rest, but a small loss that has lasted for weeks is another
  // story than the blackout that comes then.
  Seconds company_lead = std::chrono::hours(24);

  // --- Networks and regions -----------------------------------------------------------------------------
  // One that fell so much before its country, and is down when it goes, belongs to it: Kazakhstan's mobile
  // networks were throttled about 20 h before the national cut of 2022.
  Seconds child_lead = std::chrono::hours(24);
  // What falls so much before the place itself is told as a phase of its own ("early").
  Seconds early_least = std::chrono::minutes(30);
  // ... and so does what the place itself lost before it really went: levels with less than this share of the
  // worst loss. The onset is when that was left behind. What Kazakhstan's blocks lost with the throttled
  // mobile networks of 2022 was a twentieth of it; the first of Iran's steps in 2019 a fifth.
  double early_share = 0.1;
  // Networks and regions (and a country's signals other than its IPv4 space) with fewer /24s, /48s or blocks
  // give no incident of their own: IODA's sample says nothing below 20. They are still told inside a
  // country's incident.
  double min_own_size = 20;
  // Networks of one country that fall within cluster_window of the first of them are one incident of the
  // country, though its own series stand: at least cluster_networks of them, with cluster_share of the
  // country (IODA's mark for a warning, 1 %) or, where it is known which networks are mobile, with
  // cluster_mobile_share of what the mobile networks have; and with cluster_of_loss of what the country lost
  // at that time. One operator after the other took from 20 to 60 minutes in Egypt 2011 and Kazakhstan 2022.
  Seconds cluster_window = std::chrono::hours(1);
  size_t cluster_networks = 2;
  double cluster_share = 0.01;
  double cluster_mobile_share = 0.5;
  double cluster_of_loss = 0.5;

  // --- Kinds --------------------------------------------------------------------------------------------
  // `withdrawn` from this loss of routes. Egypt 2011 lost 0.88, Syria 2023 0.97; Iran 2019 0.33, Iraq's exams
  // 2023 0.22 to 0.66. Nothing known lies between 0.66 and 0.88.
  double withdrawn_depth = 0.8;
  // Dark is a place in which half of the hosts fell silent: IODA's critical mark for probing. Kazakhstan 2022
  // kept 2 to 5 % (NetBlocks), Myanmar's nights 14 %.
  double dark_depth = 0.5;
  // ... and it was done by withdrawing routes if the routes that went are at least this share of that: then
  // more of the darkness is withdrawn than announced.
  double withdrawn_share = 0.5;
  // With loss or delay gone bad it is `throttled` as long as less than this of the hosts and routes is gone.
  double throttled_most = 0.2;
  // A signal stands if it was judged for that share of the incident; else nobody can tell.
  double stands_share = 0.5;

  // --- Doubt --------------------------------------------------------------------------------------------
  // An incident that is likelier a whim of the series than an outage, by its own confidence and by what the
  // signals of its children have, is told as a doubt: no incident, and nobody is alarmed. The even chance was
  // chosen, not fitted.
  double doubt_below = 0.5;

  // --- Phases -------------------------------------------------------------------------------------------
  // A level with at least this share of the worst loss counts as the floor, one above it as a way back.
  double floor_share = 0.75;
  // Told signals (prefix counts) are held against their median of so long before the onset.
  Seconds told_window = std::chrono::hours(24);

  // --- Recurring ----------------------------------------------------------------------------------------
  // Falls of a place at the same hours on so many days are one incident. The tolerance for the hours is a
  // quarter of the length, within these bounds and at least one bin, and twice that for the end: Myanmar's
  // nights of 2021 kept 18:30 to 02:30 to the minute, Iraq's and Syria's exams to half an hour.
  size_t recurring_days = 3;
  double recurring_tolerance = 0.25;
  Seconds recurring_tolerance_least = std::chrono::minutes(30);
  Seconds recurring_tolerance_most = std::chrono::minutes(90);
  // Longer falls are no hours of a day.
  Seconds recurring_longest = std::chrono::hours(16);
  // Exam days lie up to six days apart (Syria 2022: 30 May, 2, 6 and 12 June); after so many days without,
  // the same hours are a new story.
  int64_t recurring_pause_days = 14;
  // `daily` if it was seen on that share of the days that can be told; else `irregular`.
  double daily_share = 0.8;

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
  // The day that a burst is held against, and how much of it must be known.
  Seconds burst_history = std::chrono::hours(24);
  Seconds burst_history_least = std::chrono::hours(6);
  size_t burst_history_bins = 12;
};

}  // namespace nightjar::detect
