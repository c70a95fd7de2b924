#include "serve/find_place.h"

#include "serve/parameters.h"

namespace nightjar::serve {

std::expected<const CatalogEntry*, Response> findPlace(const Api& api, std::string_view code) {
  const auto entity = readEntity(code);
  if (!entity) return std::unexpected(errorResponse(entity.error()));
  const CatalogEntry* entry = api.catalog().find(entity->code());
  if (entry == nullptr) {
    return std::unexpected(errorResponse(404, "nothing was measured of this place"));
  }
  return entry;
}

}  // namespace nightjar::serve
