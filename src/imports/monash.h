// The hourly connectivity that the Monash IP Observatory publishes, 0 to 100 (or 0 to 10) by state or county:
// https://github.com/sodalabsio/shared_data, Monash-IP-Observatory.
#pragma once

#include "imports/importer.h"

namespace nightjar::imports {

// Columns iso (alpha-3), id_1, name_1, for counties also id_2, name_2, the time (time_e_utc or time_e) and
// connectivity. time_e is local time that is written as if it were UTC: options.zone says which.
//
// Each unit becomes the series monash.connectivity of a region: as options.entity_map says for its name, else
// a state by its name (regionByName), else by the file's own number (regionByNumber). The mean over the units
// that reported, all alike, is the nation's series; its coverage is their share of all units in the file.
Result<void> readMonash(std::string_view text, const ImportOptions& options, Intake& intake);

}  // namespace nightjar::imports
