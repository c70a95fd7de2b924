// Where on a map a country is pointed at.
#pragma once

#include <optional>
#include <string_view>

namespace nightjar::geo {

struct MapPoint {
  double latitude = 0;   // degrees north, WGS 84
  double longitude = 0;  // degrees east
};

// A point inside the country's largest part, as far from its borders as can be, to a tenth of a degree; of
// countries(). Drawn from Natural Earth's 1:50m countries (public domain); what has no shape of its own there
// (overseas departments, small islands) is pointed at by hand. No statement on borders.
std::optional<MapPoint> countryPoint(std::string_view code);

}  // namespace nightjar::geo
