// Joins the anomalies of one place, in both address families, into falls.
#pragma once

#include <optional>
#include <vector>

#include "detect/anomaly.h"
#include "detect/parameters.h"

namespace nightjar::detect {

// A place's anomalies in both address families, each in the order of time.
struct PlaceAnomalies {
  std::vector<Anomaly> v4;
  std::vector<Anomaly> v6;

  bool empty() const { return v4.empty() && v6.empty(); }
  // The family whose numbers speak for the place: IPv4 where it fell.
  const std::vector<Anomaly>& primary() const { return v4.empty() ? v6 : v4; }
  Time onset() const;
  // Empty while one of them is open.
  std::optional<Time> end() const;
};

// Cuts a place's anomalies into groups, each of which is one incident: IPv4 falls with short returns between
// them (Parameters::join_gap); the IPv6 falls that began within such a group or up to family_lead before it;
// the other IPv6 falls by themselves, joined likewise. In the order of onset.
std::vector<PlaceAnomalies> joinPlace(PlaceAnomalies anomalies, const Parameters& parameters);

// Takes out of `anomalies` (a network, a region) what began while `whole` (its country, its network) was down
// or up to child_lead before: of IPv4 during the fall in IPv4, of IPv6 during either.
PlaceAnomalies takePart(PlaceAnomalies& anomalies, const PlaceAnomalies& whole, const Parameters& parameters);

}  // namespace nightjar::detect
