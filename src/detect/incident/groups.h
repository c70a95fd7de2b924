// The places that there are series of, country by country.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "detect/incident/judge.h"
#include "detect/incident/place.h"

namespace nightjar::detect {

// A country with its regions and networks; or, without a country, the networks of the world.
struct Group {
  std::optional<Place> country;
  std::vector<Place> parts;
};

// By country code; "" for what belongs to none. Signals are kept in `table`.
Result<std::map<std::string, Group>> readGroups(SeriesReader& reader, SignalTable& table);

}  // namespace nightjar::detect
