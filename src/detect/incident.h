// An incident: the anomalies of one place and of what belongs to it, joined. docs/incidents.md describes
// every field as it is printed.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/entity.h"
#include "base/time.h"
#include "detect/anomaly.h"

namespace nightjar::detect {

// What a judgement of routing alone can say.
enum class Kind : uint8_t {
  kWithdrawn,  // nearly all of the place's space lost its routes
  kPartial,    // a part of it
};
std::string_view kindName(Kind kind);

enum class PhaseKind : uint8_t {
  kOnset,     // the fall, until a level held
  kFloor,     // a level with at least three quarters of the worst loss
  kReturn,    // a level above that (or all of it back), and then it fell again
  kRecovery,  // the way back
  kRestored,  // from here on ordinary
};
std::string_view phaseName(PhaseKind kind);

// The same thing told by one signal.
struct SignalFall {
  series::Signal signal;
  bool judged = false;  // false: only told (prefixes); its numbers are read in the span of the judged ones
  Time onset;
  std::optional<Time> end;
  double baseline = 0;
  double floor = 0;
  Time floor_at;
  Level opened = Level::kWarning;
  Level worst = Level::kWarning;
  std::optional<Time> critical_since;
  double depth() const { return baseline > 0 ? 1 - floor / baseline : 0; }
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
};

// A network in the country, a region of it, or a country's part of a network.
struct Child {
  Entity entity;
  std::string name;
  Time onset;
  std::optional<Time> end;
  double lost = 0;  // /24s, or /48s when it has no fall in IPv4
  std::vector<SignalFall> signals;
};

struct Incident {
  // Entity and onset, such as EG-20110127-2210. Stays when later bins arrive: an anomaly's onset never moves.
  std::string id;
  Entity entity;
  std::string name;
  Kind kind = Kind::kPartial;
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
  std::vector<SignalFall> signals;  // judged ones first, IPv4 before IPv6
  std::vector<Phase> phases;
  std::vector<Child> children;  // the largest loss first

  bool open() const { return !end.has_value(); }
  Seconds duration() const { return std::chrono::duration_cast<Seconds>(end.value_or(last_bin_end) - onset); }
};

// A burst of updates while the space stood: worth telling, no outage.
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

// Bins of which nothing can be said, and the places this holds for.
struct CannotTell {
  UntoldSpan span;
  series::Signal signal;
  std::vector<Entity> entities;
};

}  // namespace nightjar::detect
