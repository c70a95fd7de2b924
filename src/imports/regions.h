// Regions by the names that other people's files use.
#pragma once

#include <optional>
#include <string_view>

#include "base/entity.h"

namespace nightjar::imports {

// The region of `country` (alpha-2) by its name, without regard to case, accents and hyphens: "Anzoátegui" in
// VE is VE-B. Known are the regions of the countries whose files were met so far: IQ, IR, MM, VE. Codes are
// those of ISO 3166-2 as of November 2020; the names are those of Natural Earth, which IODA and the Monash IP
// Observatory use. Nothing for a name that is not known: no other is taken for it.
std::optional<Entity> regionByName(std::string_view country, std::string_view name);

// A region by the number that a file gives it: "IR" and 7 is IR-007. Three digits, so that it is not taken
// for a code of ISO 3166-2, of which those of most countries are letters or one or two digits. Nothing above
// 999.
std::optional<Entity> regionByNumber(std::string_view country, std::string_view number);

}  // namespace nightjar::imports
