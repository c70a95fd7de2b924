// Reads the regions of ISO 3166-2 as Debian's package iso-codes lists them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace nightjar::names {

struct Region {
  std::string code;  // "KZ-ALA"
  std::string name;  // in a language of the country, in Latin letters
};

// `json`: iso_3166-2.json, {"3166-2": [{"code": ..., "name": ...}, ...]}. What has no code or name is left
// out. Fails with kInvalid.
Result<std::vector<Region>> readRegions(std::string_view json);

}  // namespace nightjar::names
