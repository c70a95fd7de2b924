// The OpenAPI 3.1 document of every route.
#pragma once

#include <string_view>

namespace nightjar::serve {

// src/serve/openapi.json, as it lies there.
std::string_view openApiDocument();

}  // namespace nightjar::serve
