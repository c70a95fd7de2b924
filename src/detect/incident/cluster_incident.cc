// Incidents that are made of networks (IncidentBuilder::ofNetworks), and what children say of the whole.
#include <algorithm>
#include <tuple>

#include "detect/incident/incident_builder.h"
#include "detect/incident/kinds.h"
#include "detect/incident/numbers.h"
#include "detect/incident/parts.h"
#include "detect/incident/phases.h"
#include "detect/incident/recurrence.h"

namespace nightjar::detect {
namespace {

// Largest loss first; IPv4 before IPv6, as a /48 weighs nothing against a /24.
void sortChildren(std::vector<Child>& children) {
  const auto key = [](const Child& child) {
    const bool only_v6 = signalInfo(child.signals.front().signal).sees == Sees::kSpace6;
    return std::tuple(only_v6, -child.lost.value_or(0), -child.depth, child.onset,
                      std::string_view(child.entity.code()));
  };
  std::sort(children.begin(), children.end(),
            [&](const Child& a, const Child& b) { return key(a) < key(b); });
}

bool isNetwork(const Child& child) {
  return child.entity.asn().has_value();
}

// Of the networks that fell; kUnknown unless it is known of all that lost something to speak of.
Access accessOf(const std::vector<Child>& children) {
  double largest = 0;
  for (const Child& child : children) {
    if (isNetwork(child)) largest = std::max(largest, child.lost.value_or(0));
  }
  constexpr double kToSpeakOf = 0.05;
  std::optional<Access> all;
  for (const Child& child : children) {
    if (!isNetwork(child) || child.lost.value_or(0) < kToSpeakOf * largest) continue;
    if (child.access == Access::kUnknown) return Access::kUnknown;
    if (all && *all != child.access) return Access::kMixed;
    all = child.access;
  }
  return all.value_or(Access::kUnknown);
}

std::optional<bool> fell(PlaneVerdict verdict) {
  if (verdict == PlaneVerdict::kFell) return true;
  if (verdict == PlaneVerdict::kStands) return false;
  return std::nullopt;
}

// On how many other days the place fell at that hour, not too far away.
size_t sameHourDays(Time onset, std::span<const Time> onsets) {
  constexpr Seconds kDay = std::chrono::hours(24);
  std::vector<int64_t> days;
  for (const Time other : onsets) {
    const auto away = std::chrono::duration_cast<Seconds>(other - onset);
    const int64_t day = (away + (away.count() < 0 ? -kDay / 2 : kDay / 2)) / kDay;
    if (day == 0 || std::abs(day) > kRecurrenceDays) continue;
    if (std::chrono::abs(away - day * kDay) <= kSameHour) days.push_back(day);
  }
  std::sort(days.begin(), days.end());
  return static_cast<size_t>(std::unique(days.begin(), days.end()) - days.begin());
}

CauseFeatures featuresOf(const Incident& incident, std::span<const Time> onsets) {
  CauseFeatures features{.onset = incident.onset, .scope = incident.entity.kind()};
  features.lasted = incident.duration();
  features.open = incident.open();
  if (incident.recurrence) {
    const Occurrence& first = incident.recurrence->occurrences.front();
    features.lasted =
        std::chrono::duration_cast<Seconds>(first.end.value_or(incident.last_bin_end) - first.onset);
    features.open = !first.end;
  }
  const auto plane = [&](series::Plane of) { return fell(incident.planes[static_cast<size_t>(of)]); };
  features.control = plane(series::Plane::kControl);
  features.data = plane(series::Plane::kData);
  features.traffic = plane(series::Plane::kTraffic);
  features.same_hour_days = sameHourDays(incident.onset, onsets);
  for (const Child& child : incident.children) {
    if (!isNetwork(child)) continue;
    ++features.networks;
    if (std::chrono::abs(child.onset - incident.onset) <= kTogether) ++features.networks_together;
  }
  if (!incident.phases.empty()) features.steps_up = stepsUp(incident.phases);
  return features;
}

}  // namespace

void IncidentBuilder::prependEarly(Incident& incident, const JoiningParameters& parameters) {
  if (incident.phases.empty()) return;
  const auto early = [&](const Child& child) {
    return child.onset + parameters.early_least <= incident.onset;
  };
  Time first = incident.start();
  for (const Child& child : incident.children) {
    if (early(child)) first = std::min(first, child.onset);
  }
  if (incident.phases.front().kind == PhaseKind::kEarly) {
    incident.phases.front().start = first;
  } else {
    detect::prependEarly(incident.phases, first, parameters);
  }
  Phase& phase = incident.phases.front();
  if (phase.kind != PhaseKind::kEarly) return;
  for (const Child& child : incident.children) {
    if (early(child)) phase.entities.push_back(child.entity);
  }
}

Result<void> IncidentBuilder::finish(const Place& place, Incident& incident, std::span<const Time> onsets) {
  sortChildren(incident.children);
  if (incident.entity.kind() == EntityKind::kCountry) incident.access = accessOf(incident.children);
  prependEarly(incident, parameters_);
  incident.cause_hints = causeHint(featuresOf(incident, onsets));
  if (incident.recurrence) {
    for (Child& child : incident.children) child.phases.clear();
  }
  return fillLevels(place, incident.signals, incident.last_bin_end, incident.phases);
}

namespace {

// What the networks lost of the country in [from, until): whole things where they are counted, else the share
// of what the network has.
double lossOf(std::span<const NetworkFall> networks, Time from, Time until) {
  double sum = 0;
  for (const NetworkFall& network : networks) {
    double counted = 0;
    double share = 0;
    for (const SignalFalls& falls : network.fall.between(from, until).signals) {
      share = std::max(share, falls.depth());
      if (falls.signal->major() && falls.signal->traits.blocks) counted = std::max(counted, falls.lost());
    }
    sum += counted > 0 ? counted : share * network.fall.size.value_or(0);
  }
  return sum;
}

const NetworkFall& largest(std::span<const NetworkFall> networks) {
  return *std::max_element(networks.begin(), networks.end(), [](const NetworkFall& a, const NetworkFall& b) {
    return a.fall.size.value_or(0) < b.fall.size.value_or(0);
  });
}

}  // namespace

Result<Incident> IncidentBuilder::ofNetworks(const Place& country, const PlaceOutcome& outcome,
                                             std::span<const NetworkFall> networks, const PlaceFall& whole) {
  Incident incident{.id = incidentId(country.entity, whole.first()), .entity = country.entity};
  name(incident);
  incident.last_bin_end = outcome.until;
  const double size =
      std::max(1.0, outcome.sizeAt(whole.first(), options_.parameters.min_coverage).value_or(0));
  incident.depth = std::min(1.0, lossOf(networks, Time::min(), Time::max()) / size);
  incident.kind = Kind::kThrottled;
  for (const NetworkFall& network : networks) {
    auto one = child(*network.place, network.fall, *network.outcome, whole.first() - parameters_.child_lead);
    if (!one) return std::unexpected(one.error());
    if (one->kind != Kind::kThrottled) incident.kind = Kind::kPartial;
    one->falls = fallsIn(network.fall, whole, parameters_);
    const SignalFalls& speaker = network.fall.signals[speakerOf(network.fall, one->kind)];
    incident.severity_hours += speaker.lostHours() * std::min(1.0, network.fall.size.value_or(0) / size);
    const Seen seen = seenDuring(network.fall, *network.outcome, parameters_);
    for (size_t i = 0; i < kPlaneCount; ++i)
      incident.planes[i] = std::max(incident.planes[i], seen.planes[i]);
    incident.children.push_back(std::move(*one));
  }
  fillTimes(whole, incident);
  for (const SignalFalls& falls : whole.signals) {
    if (!country.has(falls.signal->name)) continue;
    auto one = told(country.entity, *falls.signal, incident.onset_earliest, incident.onset, incident.end,
                    outcome.until);
    if (!one) return std::unexpected(one.error());
    if (*one) incident.signals.push_back(std::move(**one));
  }
  const NetworkFall& leader = largest(networks);
  const size_t speaker = speakerOf(leader.fall, incident.kind);
  if (!whole.hours) {
    incident.phases = phasesOf(leader.fall.signals[speaker].anomalies, whole.first(), incident.onset,
                               incident.end, outcome.until, parameters_);
    return incident;
  }
  incident.recurrence = recurrenceOf(whole, whole.signals.front().signal, outcome, parameters_);
  for (size_t i = 0; i < whole.occurrences.size(); ++i) {
    const Time next = i + 1 < whole.occurrences.size() ? whole.occurrences[i + 1] : Time::max();
    incident.recurrence->occurrences[i].depth =
        std::min(1.0, lossOf(networks, whole.occurrences[i], next) / size);
  }
  return incident;
}

}  // namespace nightjar::detect
