// Reads geolocation files into a map. docs/geo.md describes the formats and the rules.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "geo/geo_map.h"
#include "geo/intake.h"

namespace nightjar::geo {

struct Loaded {
  GeoMap map;
  std::vector<Finding> findings;
  std::vector<std::string> files;  // that were read, in order
};

// Reads files, and the files of known kinds in folders, all of them of one kind, into one map. None given:
// tor's geoip and geoip6 where Debian's package tor-geoipdb puts them. The order does not matter.
// Fails with kIo when a path cannot be read, kUsage when kinds are mixed, kUnsupported for what is not a
// geolocation file, kInvalid for damage and contradictions, kLimit for what is too large. The error names the
// file, the line and the byte.
Result<Loaded> load(std::span<const std::string> paths);

// The same for one text that lies in memory: any kind but MaxMind DB. `where` names it in errors.
Result<Loaded> loadText(std::string_view text, const std::string& where);

}  // namespace nightjar::geo
