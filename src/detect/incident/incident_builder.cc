#include "detect/incident/incident_builder.h"

#include <fmt/format.h>

#include <algorithm>

#include "detect/incident/confidence.h"
#include "detect/incident/kinds.h"
#include "detect/incident/numbers.h"
#include "detect/incident/parts.h"
#include "detect/incident/phases.h"
#include "detect/incident/recurrence.h"

namespace nightjar::detect {
namespace {

std::optional<Time> ended(Time end) {
  return end == Time::max() ? std::nullopt : std::optional(end);
}

// Of how much in whole things the fall is; IPv6 where nothing else fell.
std::optional<double> lostIn(const PlaceFall& fall) {
  std::optional<double> lost;
  std::optional<double> lost6;
  for (const SignalFalls& falls : fall.signals) {
    if (!falls.signal->traits.blocks) continue;
    if (falls.signal->major()) lost = std::max(lost.value_or(0), falls.lost());
    if (falls.signal->sees == Sees::kSpace6) lost6 = falls.lost();
  }
  return lost ? lost : lost6;
}

std::optional<double> confidenceOfOne(const PlaceFall& fall) {
  std::vector<const Anomaly*> all;
  for (const SignalFalls& falls : fall.signals) {
    for (const Anomaly& anomaly : falls.anomalies) all.push_back(&anomaly);
  }
  return incidentProbability(all);
}

// One that recurs is an outage unless each of its falls was a whim.
std::optional<double> confidenceOf(const PlaceFall& fall) {
  if (fall.occurrences.empty()) return confidenceOfOne(fall);
  std::vector<double> each;
  for (size_t i = 0; i < fall.occurrences.size(); ++i) {
    const Time next = i + 1 < fall.occurrences.size() ? fall.occurrences[i + 1] : Time::max();
    if (const auto one = confidenceOfOne(fall.between(fall.occurrences[i], next))) each.push_back(*one);
  }
  return anyOf(each);
}

}  // namespace

std::string incidentId(const Entity& entity, Time first) {
  const std::string time = formatTime(first);  // 2011-01-27T22:10:00Z
  return fmt::format("{}-{}{}{}-{}{}", entity.code(), time.substr(0, 4), time.substr(5, 2), time.substr(8, 2),
                     time.substr(11, 2), time.substr(14, 2));
}

void IncidentBuilder::name(Incident& incident) const {
  incident.name = reader_.name(incident.entity);
  incident.access = reader_.access(incident.entity);
}

Result<Incident> IncidentBuilder::incident(const Place& place, const PlaceFall& fall,
                                           const PlaceOutcome& outcome) {
  Incident incident{.id = incidentId(place.entity, fall.first()), .entity = place.entity};
  name(incident);
  Seen seen = seenDuring(fall, outcome, parameters_);
  incident.kind = kindOf(seen, parameters_);
  incident.planes = seen.planes;
  incident.others = std::move(seen.others);
  incident.last_bin_end = outcome.until;
  fillTimes(fall, incident);
  const size_t speaker = speakerOf(fall, incident.kind);
  const SignalFalls& speaks = fall.signals[speaker];
  incident.depth = speaks.depth();
  incident.severity_hours = speaks.lostHours();
  if (fall.hours) {
    incident.recurrence = recurrenceOf(fall, speaks.signal, outcome, parameters_);
  } else {
    incident.phases =
        phasesOf(speaks.anomalies, fall.first(), incident.onset, incident.end, outcome.until, parameters_);
  }
  auto falls = signals(place, fall, speaker, outcome.until);
  if (!falls) return std::unexpected(falls.error());
  incident.signals = std::move(*falls);
  if (auto filled = fillOthers(incident); !filled) return std::unexpected(filled.error());
  return incident;
}

void IncidentBuilder::fillTimes(const PlaceFall& fall, Incident& incident) const {
  incident.onset = incident.onset_earliest = onsetOf(fall, incident.kind, parameters_);
  incident.end = incident.end_earliest = ended(endOf(fall, incident.kind));
  incident.coverage_min = 1;
  double coverage_sum = 0;
  size_t bins = 0;
  for (const SignalFalls& falls : fall.signals) {
    for (const Anomaly& anomaly : falls.anomalies) {
      if (anomaly.onset == incident.onset) {
        incident.onset_earliest = std::min(incident.onset_earliest, anomaly.onset_earliest);
      }
      if (incident.end && anomaly.end == incident.end) {
        incident.end_earliest = std::min(incident.end_earliest, anomaly.end_earliest);
      }
      incident.coverage_min = std::min(incident.coverage_min, anomaly.coverage_min);
      coverage_sum += anomaly.coverage_sum;
      bins += anomaly.bins;
      incident.untold_bins += anomaly.untold_bins;
    }
  }
  incident.coverage_mean = bins == 0 ? 0 : coverage_sum / static_cast<double>(bins);
  incident.confidence = confidenceOf(fall);
}

Result<Child> IncidentBuilder::child(const Place& place, const PlaceFall& fall, const PlaceOutcome& outcome,
                                     Time earliest) {
  Child child{.entity = place.entity, .name = reader_.name(place.entity)};
  child.access = reader_.access(place.entity);
  child.kind = kindOf(seenDuring(fall, outcome, parameters_), parameters_);
  child.first = fall.first();
  child.onset = Time::max();
  for (const SignalFalls& falls : fall.signals) {
    for (const Anomaly& anomaly : falls.anomalies) {
      child.onset = std::min(child.onset, partOnset(anomaly, earliest, parameters_));
    }
  }
  child.end = ended(endOf(fall, child.kind));
  child.lost = lostIn(fall);
  const size_t speaker = speakerOf(fall, child.kind);
  child.depth = fall.signals[speaker].depth();
  auto falls = signals(place, fall, speaker, outcome.until);
  if (!falls) return std::unexpected(falls.error());
  child.signals = std::move(*falls);
  child.phases = phasesOf(fall.signals[speaker].anomalies, child.onset, child.onset, child.end, outcome.until,
                          parameters_);
  auto filled = fillLevels(place, std::span(child.signals).first(1), outcome.until, child.phases);
  if (!filled) return std::unexpected(filled.error());
  return child;
}

Result<std::vector<SignalFall>> IncidentBuilder::signals(const Place& place, const PlaceFall& fall,
                                                         size_t speaker, Time until) {
  std::vector<SignalFall> falls;
  falls.push_back(fallOf(fall.signals[speaker]));
  for (size_t i = 0; i < fall.signals.size(); ++i) {
    if (i != speaker) falls.push_back(fallOf(fall.signals[i]));
  }
  for (const SignalInfo* info : place.signals) {
    if (info->traits.role != series::Role::kTold) continue;
    const auto with = std::find_if(fall.signals.begin(), fall.signals.end(),
                                   [&](const SignalFalls& one) { return one.signal->sees == info->sees; });
    if (with == fall.signals.end()) continue;
    auto one = told(place.entity, *info, with->anomalies.front().onset_earliest, with->onset(),
                    ended(with->end()), until);
    if (!one) return std::unexpected(one.error());
    if (*one) falls.push_back(std::move(**one));
  }
  return falls;
}

Result<std::optional<SignalFall>> IncidentBuilder::told(const Entity& entity, const SignalInfo& signal,
                                                        Time onset_earliest, Time onset,
                                                        std::optional<Time> end, Time until) {
  const Time usual_from = onset_earliest - parameters_.told_window;
  const Time last = end.value_or(until);
  const auto series = reader_.readSpan({signal.name, entity}, usual_from, last);
  if (!series) return std::unexpected(series.error());
  const float coverage = options_.parameters.min_coverage;
  Part before(*series, signal.traits, usual_from, onset_earliest, coverage);
  Part during(*series, signal.traits, onset, last, coverage);
  if (before.empty() || during.empty()) return std::nullopt;
  SignalFall fall{.signal = signal.name, .plane = signal.traits.plane, .onset = onset, .end = end};
  fall.baseline = before.median();
  fall.floor = during.worst();
  fall.floor_at = during.worstAt();
  const double usual = signal.traits.health(fall.baseline);
  fall.depth = usual > 0 ? 1 - signal.traits.health(fall.floor) / usual : 0;
  return fall;
}

Result<void> IncidentBuilder::fillLevels(const Place& place, std::span<const SignalFall> falls, Time until,
                                         std::vector<Phase>& phases) {
  if (phases.empty()) return {};
  for (const SignalFall& fall : falls) {
    const std::string_view explainer = explainerOf(fall.signal);
    const bool moves = counts_moves_ && fall.judged && !explainer.empty() && place.has(explainer);
    const series::SeriesKey key{fall.signal, place.entity};
    // What moved before counts as well.
    auto series = moves ? reader_.read(key)
                        : reader_.readSpan(key, phases.front().start, phases.back().end.value_or(until));
    if (!series) return std::unexpected(series.error());
    if (moves) {
      const auto moved = reader_.read({std::string(explainer), place.entity});
      if (!moved) return std::unexpected(moved.error());
      addMoves(*series, *moved, fall.onset, fall.baseline);
    }
    const series::SignalTraits traits = series::traitsOf(fall.signal);
    for (Phase& phase : phases) {
      Part part(*series, traits, phase.start, phase.end.value_or(until), options_.parameters.min_coverage);
      if (part.empty()) continue;
      // A level that holds is told by its median, one on the move by where it came to.
      const bool on_the_move = phase.kind == PhaseKind::kOnset || phase.kind == PhaseKind::kRecovery;
      phase.levels.push_back({fall.signal, on_the_move ? part.last() : part.median()});
    }
  }
  return {};
}

Result<void> IncidentBuilder::fillOthers(Incident& incident) {
  for (StandingSignal& other : incident.others) {
    const Time usual_from = incident.onset - parameters_.told_window;
    const Time last = incident.end.value_or(incident.last_bin_end);
    const auto series = reader_.readSpan({other.signal, incident.entity}, usual_from, last);
    if (!series) return std::unexpected(series.error());
    const series::SignalTraits traits = series::traitsOf(other.signal);
    other.plane = traits.plane;
    const float coverage = options_.parameters.min_coverage;
    Part before(*series, traits, usual_from, incident.onset, coverage);
    Part during(*series, traits, incident.onset, last, coverage);
    if (!before.empty()) other.usual = before.median();
    if (!during.empty()) other.worst = during.worst();
  }
  return {};
}

}  // namespace nightjar::detect
