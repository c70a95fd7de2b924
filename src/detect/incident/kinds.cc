#include "detect/incident/kinds.h"

#include <algorithm>

namespace nightjar::detect {
namespace {

// The depth of the anomaly, of another fall, in which this one begins; empty if there is none.
std::optional<double> depthAt(const JudgedSignal& judged, Time onset) {
  const auto anomaly =
      std::partition_point(judged.anomalies.begin(), judged.anomalies.end(),
                           [&](const Anomaly& one) { return one.end.value_or(Time::max()) <= onset; });
  if (anomaly == judged.anomalies.end() || anomaly->onset > onset) return std::nullopt;
  return anomaly->depth();
}

bool allSpeak(Kind kind) {
  return kind == Kind::kThrottled || kind == Kind::kTrafficDown || kind == Kind::kSitesBlocked;
}

void see(PlaneVerdict& plane, PlaneVerdict verdict) {
  // In the order of the enumeration: what fell outweighs what stands, and that what cannot be told.
  plane = std::max(plane, verdict);
}

}  // namespace

Seen seenDuring(const PlaceFall& fall, const PlaceOutcome& outcome, const JoiningParameters& parameters) {
  Seen seen;
  const Time from = fall.onset();
  const Time until = std::min(fall.restored(), outcome.until);
  const bool major = fall.voice() != SignalInfo::Voice::kLast;
  for (const JudgedSignal& judged : outcome.signals) {
    const auto sees = static_cast<size_t>(judged.signal->sees);
    PlaneVerdict& plane = seen.planes[static_cast<size_t>(judged.signal->traits.plane)];
    seen.measured[sees] = true;
    const auto own = std::find_if(fall.signals.begin(), fall.signals.end(),
                                  [&](const SignalFalls& one) { return one.signal == judged.signal; });
    const auto depth = own != fall.signals.end() ? std::optional(own->depth()) : depthAt(judged, from);
    if (depth) {
      seen.depth[sees] = std::max(seen.depth[sees].value_or(0), *depth);
      seen.judged[sees] = true;
      // IPv4 speaks, unless IPv6 alone fell.
      const bool v6 = judged.signal->sees == Sees::kSpace6 || judged.signal->sees == Sees::kHosts6;
      if (!major || !v6) see(plane, PlaneVerdict::kFell);
      continue;
    }
    const double share = judged.judgedShare(from, until);
    const bool stands = share >= parameters.stands_share;
    if (stands) seen.judged[sees] = true;
    see(plane, stands ? PlaneVerdict::kStands : PlaneVerdict::kCannotTell);
    seen.others.push_back({.signal = judged.signal->name, .stands = stands, .judged_share = share});
  }
  return seen;
}

Kind kindOf(const Seen& seen, const JoiningParameters& parameters) {
  const auto depth = [&](Sees what) { return seen.depth[static_cast<size_t>(what)].value_or(0); };
  const auto fell = [&](Sees what) { return seen.depth[static_cast<size_t>(what)].has_value(); };
  const auto judged = [&](Sees what) { return seen.judged[static_cast<size_t>(what)]; };
  // A place without IPv4 is told by its IPv6.
  const Sees space = seen.measured[static_cast<size_t>(Sees::kSpace)] ? Sees::kSpace : Sees::kSpace6;
  // What is of unknown kind speaks for the hosts where nobody counted them.
  const Sees counted = seen.measured[static_cast<size_t>(Sees::kHosts)] ? Sees::kHosts : Sees::kHosts6;
  const Sees hosts = judged(counted) ? counted : Sees::kOther;

  if (depth(space) >= parameters.withdrawn_depth) return Kind::kWithdrawn;
  if (depth(hosts) >= parameters.dark_depth) {
    const bool gone = depth(space) >= parameters.withdrawn_share * depth(hosts);
    if (gone) return depth(hosts) >= parameters.withdrawn_depth ? Kind::kWithdrawn : Kind::kPartial;
    return judged(space) && hosts == counted ? Kind::kAnnouncedDark : Kind::kDark;
  }
  const double gone = std::max({depth(space), depth(counted), depth(Sees::kOther)});
  if (fell(Sees::kQuality) && gone < parameters.throttled_most) return Kind::kThrottled;
  if (gone > 0 || fell(Sees::kSpace6) || fell(Sees::kHosts6)) return Kind::kPartial;
  return fell(Sees::kSites) ? Kind::kSitesBlocked : Kind::kTrafficDown;
}

Time onsetOf(const PlaceFall& fall, Kind kind, const JoiningParameters& parameters) {
  if (fall.occurrences.size() > 1) {
    return onsetOf(fall.between(fall.occurrences[0], fall.occurrences[1]), kind, parameters);
  }
  const auto voice = fall.voice();
  const auto speaks = [&](const SignalFalls& falls) {
    return allSpeak(kind) || falls.signal->voice() == voice;
  };
  double worst = 0;
  for (const SignalFalls& falls : fall.signals) {
    if (speaks(falls)) worst = std::max(worst, falls.depth());
  }
  Time onset = Time::max();
  for (const SignalFalls& falls : fall.signals) {
    if (speaks(falls) && falls.depth() >= parameters.early_share * worst) {
      onset = std::min(onset, mainOnset(falls, parameters));
    }
  }
  return onset;
}

Time endOf(const PlaceFall& fall, Kind kind) {
  return allSpeak(kind) ? fall.end() : fall.restored();
}

size_t speakerOf(const PlaceFall& fall, Kind kind) {
  const auto preferred = [kind](Sees sees) {
    switch (kind) {
      case Kind::kWithdrawn:
        return sees == Sees::kSpace;
      case Kind::kAnnouncedDark:
        return sees == Sees::kHosts;
      case Kind::kThrottled:
        return sees == Sees::kQuality;
      case Kind::kSitesBlocked:
        return sees == Sees::kSites;
      case Kind::kTrafficDown:
        return sees == Sees::kTraffic;
      case Kind::kDark:
      case Kind::kPartial:
        break;
    }
    return sees == Sees::kSpace || sees == Sees::kHosts || sees == Sees::kOther;
  };
  // The deepest of the preferred; without one the first, as loss comes before delay by its name.
  std::optional<size_t> best;
  for (size_t i = 0; i < fall.signals.size(); ++i) {
    if (!preferred(fall.signals[i].signal->sees)) continue;
    const bool deeper =
        best && kind != Kind::kThrottled && fall.signals[i].depth() > fall.signals[*best].depth();
    if (!best || deeper) best = i;
  }
  return best.value_or(0);
}

}  // namespace nightjar::detect
