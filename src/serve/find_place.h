// One place of the catalog.
#pragma once

#include <expected>
#include <string_view>

#include "serve/api.h"

namespace nightjar::serve {

// The place of that code; else what to answer: that it is no code, or that nothing was measured there. Valid
// until Api::show().
std::expected<const CatalogEntry*, Response> findPlace(const Api& api, std::string_view code);

}  // namespace nightjar::serve
