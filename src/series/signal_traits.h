// What a judgement may make of a signal, by its name alone: Nightjar's own and imported ones.
#pragma once

#include <cstdint>
#include <string_view>

namespace nightjar::series {

// What a signal sees of a place. Where two of them disagree, that is a finding (routes stand, hosts silent).
enum class Plane : uint8_t {
  kControl,  // routes in the tables of BGP peers
  kData,     // hosts that answer probes
  kTraffic,  // what people and machines there send: web traffic, telescope packets, speed tests
  kOther,    // imported, of an unknown kind
};

enum class Role : uint8_t {
  kJudged,    // its falls are anomalies
  kTold,      // shown beside a fall of another signal, never judged
  kExplains,  // enters the judgement of another signal (routing.moved24)
  kBursts,    // its rises are told (routing.updates)
};

// How the number goes bad.
enum class Sense : uint8_t {
  kFallIsBad,  // counts of what can be reached, connectivity in per cent, traffic
  kShareLost,  // a share in [0, 1] of what was lost: health is 1 - value
  kSlowness,   // a duration: health is 1000 / (1 + value)
};

struct SignalTraits {
  Plane plane = Plane::kOther;
  Role role = Role::kJudged;
  Sense sense = Sense::kFallIsBad;
  // Blocks of address space: they tell how large a place is, and how much of it was lost.
  bool blocks = false;
  // Things that are counted (blocks, or sources that a telescope sees): a fall by one of three says little.
  // False for shares, per cent, durations and traffic.
  bool counts = blocks;

  // Rules judge health, of which less is worse whatever the signal; reports show what was measured. The two
  // functions are each other's inverse. `measured` of 0 or less gives what cannot be worse (a share of 1, an
  // endless duration) as a finite number.
  double health(double measured) const;
  double measured(double health) const;
};

// Known are Nightjar's own signals, those that the importers write (`ioda.bgp`, `monash.connectivity`,
// `radar.netflows`, ...), and by their last word imported ones that end in loss, latency, rtt or delay.
// Everything else is kOther, judged, and bad when it falls.
SignalTraits traitsOf(std::string_view signal);

}  // namespace nightjar::series
