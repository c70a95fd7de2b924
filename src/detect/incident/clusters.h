// Networks of one country that fell together though the country's own series stand.
#pragma once

#include <functional>
#include <vector>

#include "detect/incident/judge.h"
#include "detect/incident/place.h"

namespace nightjar::detect {

// A network in a country, and its falls that belong to no incident of the country.
struct LonePart {
  Place place;
  PlaceOutcome outcome;  // without `counts`
  std::vector<PlaceFall> falls;
  Access access = Access::kUnknown;
};

struct Cluster {
  struct Member {
    size_t part;
    PlaceFall fall;
  };
  std::vector<Member> members;  // a network may be among them more than once until they are joined
  PlaceFall whole;              // the anomalies of all of them, for its hours
};

// Takes falls that make a cluster by JoiningParameters::cluster_* out of `parts`, by the time of their first
// ones. `country` has the country's counts. `mobile_size`: how large all networks of the country that are
// known to be mobile are together at a time; 0 if none is.
std::vector<Cluster> takeClusters(std::vector<LonePart>& parts, const PlaceOutcome& country,
                                  const std::function<double(Time)>& mobile_size,
                                  const JoiningParameters& parameters, float min_coverage);

// Makes one cluster of those that recur, and one member of all falls of a network.
std::vector<Cluster> joinRecurring(std::vector<Cluster> clusters, Time until,
                                   const JoiningParameters& parameters);

}  // namespace nightjar::detect
