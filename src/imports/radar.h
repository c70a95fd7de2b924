// Time series of Cloudflare Radar: the API's JSON (https://developers.cloudflare.com/api/resources/radar, the
// methods "timeseries") and CSV.
#pragma once

#include "imports/importer.h"

namespace nightjar::imports {

// The answer does not say which place it is of: options.entity does, or options.entity_map by the name of the
// series ("serie_0", "main", or what the request called it), or that name is a code itself.
//
// Signals: radar.http where the unit is requests, radar.netflows where it is bytes, else radar.traffic; as
// options.values says otherwise. Values are normalised by Radar, mostly so that the period's largest is 1.
Result<void> readRadar(std::string_view text, const ImportOptions& options, Intake& intake);

}  // namespace nightjar::imports
