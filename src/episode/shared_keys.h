// Keys that tables of several kinds have, and what they mean.
#pragma once

#include "episode/facts.h"
#include "episode/table_reader.h"

namespace nightjar::episode {

// `name`, where it becomes that of a folder or file: lower-case letters, digits, dots and hyphens.
std::string readFolderName(TableReader& reader);
// `country`: ISO 3166-1, or empty.
std::string readCountry(TableReader& reader);
// `access`.
Access readAccess(TableReader& reader);
// `network`, `group` or `country`.
Target readTarget(TableReader& reader);
// A target of hosts; it may be a part of what the tables above name.
Target readHostTarget(TableReader& reader);

}  // namespace nightjar::episode
