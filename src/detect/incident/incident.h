// An incident: the anomalies of one place and of what belongs to it, joined. docs/incidents.md describes
// every field as it is printed.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/entity.h"
#include "base/time.h"
#include "detect/incident/cause.h"
#include "detect/incident/planes.h"
#include "detect/rule/anomaly.h"

namespace nightjar::detect {

enum class Kind : uint8_t {
  kWithdrawn,      // nearly all of the place's space lost its routes
  kAnnouncedDark,  // the routes stand, and at least half of the hosts fell silent
  kDark,           // at least half of what was measured is gone; of the routes nobody can tell
  kPartial,        // a part is gone
  kThrottled,      // hosts answer, but with loss or delay
  kTrafficDown,    // only less was sent from there
  kSitesBlocked,   // only sites could not be fetched
};
std::string_view kindName(Kind kind);

// What one plane saw of a place. In this order a later one outweighs an earlier.
enum class PlaneVerdict : uint8_t { kNotMeasured, kCannotTell, kStands, kFell };
std::string_view planeVerdictName(PlaneVerdict verdict);

// How people get to a network; kMixed is one that does both.
enum class Access : uint8_t { kUnknown, kMobile, kFixed, kMixed };
std::string_view accessName(Access access);  // "" for kUnknown

enum class PhaseKind : uint8_t {
  kEarly,     // before the place itself fell: networks, regions, or signs such as loss
  kOnset,     // the fall, until a level held
  kFloor,     // a level with at least three quarters of the worst loss
  kReturn,    // a level above that (or all of it back), and then it fell again
  kRecovery,  // the way back
  kRestored,  // from here on ordinary
};
std::string_view phaseName(PhaseKind kind);

// The same thing told by one signal. Numbers are what was measured, so that the floor of a loss or a delay is
// higher than its baseline.
struct SignalFall {
  series::Signal signal;
  bool judged = false;  // false: only told (prefixes); its numbers are read in the span of the judged ones
  series::Plane plane = series::Plane::kOther;
  Time onset;
  std::optional<Time> end;
  double baseline = 0;
  double floor = 0;
  Time floor_at;
  double depth = 0;  // share of the baseline that was gone; of loss and delay: of the health (SignalTraits)
  Level opened = Level::kWarning;
  Level worst = Level::kWarning;
  std::optional<Time> critical_since;
  std::optional<double> confidence;  // of its likeliest anomaly
};

// A judged signal of the place that did not fall with it.
struct StandingSignal {
  series::Signal signal;
  series::Plane plane = series::Plane::kOther;
  bool stands = false;      // false: too little of the time could be judged
  double judged_share = 0;  // of the time
  // The median of the day before, and the worst value during it; empty where nothing is known.
  std::optional<double> usual;
  std::optional<double> worst;
};

// The level of one signal in one phase.
struct PhaseLevel {
  series::Signal signal;
  double value = 0;
};

struct Phase {
  PhaseKind kind = PhaseKind::kOnset;
  Time start;
  std::optional<Time> end;  // empty: goes on
  std::vector<PhaseLevel> levels;
  std::vector<Entity> entities;  // of an early one: the networks and regions that had fallen
};

// One fall of a recurring incident.
struct Occurrence {
  Time onset;
  std::optional<Time> end;
  double depth = 0;
};

struct Recurrence {
  Seconds from{0};  // the usual hours, since midnight UTC
  Seconds to{0};    // under `from` where midnight lies between them
  bool daily = false;
  size_t days_seen = 0;    // days on which it came
  size_t days_untold = 0;  // days on which those hours could not be judged
  size_t days = 0;         // from the first to the last
  std::vector<Occurrence> occurrences;
};

// A burst of updates: beside an incident a part of it; while the space stood worth telling, and no outage.
struct Observation {
  Entity entity;
  std::string name;
  Time start;
  Time end;
  double baseline = 0;  // updates in an ordinary bin
  double peak = 0;      // in the largest bin
  Time peak_at;
  double total = 0;  // in all of them
  float coverage_min = 0;
  std::vector<Entity> networks;  // those that burst in the same bins, the largest first
};

// A network in the country, a region of it, or a country's part of a network.
struct Child {
  Entity entity;
  std::string name;
  Access access = Access::kUnknown;
  Kind kind = Kind::kPartial;
  Time first;  // its first anomaly, however long before the incident
  Time onset;
  std::optional<Time> end;
  std::optional<double> lost;  // /24s, or /48s when it fell in IPv6 only; empty where only shares are known
  double depth = 0;
  size_t falls = 1;                 // of a recurring incident: in how many of its occurrences it fell
  std::vector<SignalFall> signals;  // the one that speaks for the child first
  std::vector<Phase> phases;        // its own course, with levels of that signal; none where it recurs
};

struct Incident {
  // Entity and time of the place's first anomaly, such as EG-20110127-2210. Stays when later bins arrive.
  std::string id;
  Entity entity;
  std::string name;
  Kind kind = Kind::kPartial;
  Access access = Access::kUnknown;  // of a network; of a country: of all the networks that make up its fall
  Time onset;
  Time onset_earliest;
  std::optional<Time> end;
  std::optional<Time> end_earliest;
  Time last_bin_end;  // until where it was seen: the end, or the end of the data
  double depth = 0;   // of the first of `signals`
  // Hours of total loss that weigh the same: 10 h at a depth of 0.5 are 5.
  double severity_hours = 0;
  float coverage_min = 0;
  double coverage_mean = 0;
  size_t untold_bins = 0;
  std::optional<double> confidence;
  std::array<PlaneVerdict, kPlaneCount> planes{};  // by series::Plane
  std::vector<SignalFall> signals;     // judged ones first, the one that speaks for the place before all
  std::vector<StandingSignal> others;  // judged signals that did not fall
  std::vector<Phase> phases;           // of a recurring one none
  std::optional<Recurrence> recurrence;
  std::vector<Child> children;      // the largest loss first
  std::vector<Observation> bursts;  // of updates, during it or just before or after
  std::vector<CauseGuess> cause_hints;

  bool open() const { return !end.has_value(); }
  Seconds duration() const { return std::chrono::duration_cast<Seconds>(end.value_or(last_bin_end) - onset); }
  // When the first phase began; the onset where there is none.
  Time start() const { return phases.empty() ? onset : phases.front().start; }
};

// Bins of which nothing can be said, and the places this holds for.
struct CannotTell {
  UntoldSpan span;
  series::Signal signal;
  std::vector<Entity> entities;
};

}  // namespace nightjar::detect
