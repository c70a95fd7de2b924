// Builds incidents from joined anomalies: the numbers of each signal, phases, children.
#pragma once

#include <optional>
#include <string>

#include "detect/incident.h"
#include "detect/judge.h"
#include "detect/place.h"

namespace nightjar::detect {

// "EG-20110127-2210": the entity's code, date and time (UTC) of the onset.
std::string incidentId(const Entity& entity, Time onset);

class IncidentBuilder {
 public:
  // Keeps a reference to the reader, of which it asks names and the series of places that fell.
  // `counts_moves`: the rule took what only moved to other origins as not lost, and so do the levels.
  IncidentBuilder(SeriesReader& reader, const Parameters& parameters, bool counts_moves)
      : reader_(reader), parameters_(parameters), counts_moves_(counts_moves) {}

  // `anomalies` is one group of joinPlace, not empty; `stands4`: the place has space in IPv4 that was judged
  // (without a fall in it, the fall of IPv6 alone is partial). `until` is the end of the place's data.
  Result<Incident> incident(const Entity& entity, const PlaceAnomalies& anomalies, bool stands4, Time until);

  Result<Child> child(const Entity& entity, const PlaceAnomalies& anomalies, Time until);

  // Largest loss first; IPv4 before IPv6, as a /48 weighs nothing against a /24.
  static void sortChildren(std::vector<Child>& children);

 private:
  Result<std::vector<SignalFall>> signals(const Entity& entity, const PlaceAnomalies& anomalies, Time until);
  Result<std::optional<SignalFall>> told(const Entity& entity, std::string_view signal,
                                         const std::vector<Anomaly>& anomalies, Time until);
  Result<void> fillLevels(Incident& incident);

  SeriesReader& reader_;
  const Parameters& parameters_;
  bool counts_moves_;
};

}  // namespace nightjar::detect
