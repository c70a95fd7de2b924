#include "detect/incident/groups.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace nightjar::detect {
namespace {

void put(std::map<std::string, Group>& groups, Place place) {
  std::sort(place.signals.begin(), place.signals.end(), [](const SignalInfo* a, const SignalInfo* b) {
    return std::tie(a->sees, a->name) < std::tie(b->sees, b->name);
  });
  Group& group = groups[std::string(place.entity.countryCode())];
  if (place.entity.kind() == EntityKind::kCountry) {
    group.country = std::move(place);
  } else {
    group.parts.push_back(std::move(place));
  }
}

}  // namespace

Result<std::map<std::string, Group>> readGroups(SeriesReader& reader, SignalTable& table) {
  auto keys = reader.keys();
  if (!keys) return std::unexpected(keys.error());
  std::sort(keys->begin(), keys->end(), [](const series::SeriesKey& a, const series::SeriesKey& b) {
    return std::tie(a.entity, a.signal) < std::tie(b.entity, b.signal);
  });
  std::map<std::string, Group> groups;
  std::optional<Place> place;
  for (const series::SeriesKey& key : *keys) {
    if (!place || place->entity != key.entity) {
      if (place) put(groups, std::move(*place));
      place = Place{.entity = key.entity};
    }
    place->signals.push_back(&table.of(key.signal));
  }
  if (place) put(groups, std::move(*place));
  return groups;
}

}  // namespace nightjar::detect
