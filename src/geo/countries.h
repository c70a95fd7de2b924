// The countries that results name: ISO 3166-1, 249 codes, and Kosovo.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace nightjar::geo {

struct Country {
  std::string_view code;  // ISO 3166-1 alpha-2
  std::string_view name;  // the usual English short name, UTF-8
};

// Sorted by code. XK (Kosovo) is not in ISO 3166-1 but in its range for users, and in general use.
std::span<const Country> countries();

// "Kazakhstan" for "KZ"; empty when the code is not in countries().
std::string_view countryName(std::string_view code);

// "Kazakhstan (KZ)"; the code alone when it is not in countries().
std::string describeCountry(std::string_view code);

// Whether `region` can be an ISO 3166-2 code in `country`: "KZ", "KZ-ALA".
bool isRegionOf(std::string_view country, std::string_view region);

// What a code in a geolocation file means: a country of countries(), or empty for "unknown" ("??", "ZZ" or
// nothing). "UK", which ISO 3166/MA reserves for the United Kingdom, is "GB". Nothing when the code is none
// of these, such as "EU", "AP", "A1" or a country that has ceased to exist. Valid as long as `code` is.
std::optional<std::string_view> readCountryCode(std::string_view code);

}  // namespace nightjar::geo
