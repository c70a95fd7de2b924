// Builds incidents from falls: the numbers of each signal, the kind, the phases, the children.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "detect/incident/incident.h"
#include "detect/incident/judge.h"
#include "detect/incident/place.h"

namespace nightjar::detect {

// "EG-20110127-2210": the entity's code, date and time (UTC) of its first anomaly.
std::string incidentId(const Entity& entity, Time first);

// A network's fall among those of a cluster (clusters.h).
struct NetworkFall {
  const Place* place;
  const PlaceOutcome* outcome;
  PlaceFall fall;
};

class IncidentBuilder {
 public:
  // Keeps references to the reader, of which it asks names and the series of places that fell, and to the
  // options. `counts_moves`: the rule took what only moved to other origins as not lost, and so do the
  // levels.
  IncidentBuilder(SeriesReader& reader, const JudgeOptions& options, bool counts_moves)
      : reader_(reader), options_(options), parameters_(options.joining), counts_moves_(counts_moves) {}

  // Without children; finish() comes last.
  Result<Incident> incident(const Place& place, const PlaceFall& fall, const PlaceOutcome& outcome);

  // Of networks that fell together in a country whose own series stand. `whole`: the fall of all of them
  // together, for its hours if it recurs; its signals are not looked at.
  Result<Incident> ofNetworks(const Place& country, const PlaceOutcome& outcome,
                              std::span<const NetworkFall> networks, const PlaceFall& whole);

  // What it lost before `earliest` is no onset of a child, as far as it was little.
  Result<Child> child(const Place& place, const PlaceFall& fall, const PlaceOutcome& outcome, Time earliest);

  // What the children say of the whole: their order, an early phase, the access, the hint at the cause; and
  // the levels of the phases. `onsets`: of all falls of the place.
  Result<void> finish(const Place& place, Incident& incident, std::span<const Time> onsets);

 private:
  Result<std::vector<SignalFall>> signals(const Place& place, const PlaceFall& fall, size_t speaker,
                                          Time until);
  Result<std::optional<SignalFall>> told(const Entity& entity, const SignalInfo& signal, Time onset_earliest,
                                         Time onset, std::optional<Time> end, Time until);
  // The levels of `falls` in each of the phases.
  Result<void> fillLevels(const Place& place, std::span<const SignalFall> falls, Time until,
                          std::vector<Phase>& phases);
  Result<void> fillOthers(Incident& incident);
  void fillTimes(const PlaceFall& fall, Incident& incident) const;
  void name(Incident& incident) const;
  static void prependEarly(Incident& incident, const JoiningParameters& parameters);

  SeriesReader& reader_;
  const JudgeOptions& options_;
  const JoiningParameters& parameters_;
  bool counts_moves_;
};

}  // namespace nightjar::detect
