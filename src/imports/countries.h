// Countries by the names and codes that other people's files use.
#pragma once

#include <optional>
#include <string_view>

namespace nightjar::imports {

// The ISO 3166-1 alpha-2 code for an alpha-2 or alpha-3 code in capitals ("IR", "IRN"), or for a name without
// regard to case ("Iran", "Myanmar/Burma", "Swaziland"). Nothing for what is no country.
std::optional<std::string_view> countryOf(std::string_view text);

}  // namespace nightjar::imports
