#include "app/names.h"

#include "geo/countries.h"

namespace nightjar::app {

std::string nameOf(const Entity& entity) {
  return entity.kind() == EntityKind::kCountry ? std::string(geo::countryName(entity.code())) : std::string();
}

}  // namespace nightjar::app
