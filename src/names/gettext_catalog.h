// Reads compiled translations, "MO files" (GNU gettext manual, section 10.3).
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"

namespace nightjar::names {

// From the original text to the translated one, both UTF-8. Fails with kInvalid: not an MO file of this
// machine's byte order, or its tables lie outside of it.
Result<std::unordered_map<std::string, std::string>> readGettextCatalog(std::string_view bytes);

}  // namespace nightjar::names
