// Secrets stand neither in the configuration nor on the command line, but in files or the environment.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace nightjar::alerts {

// "file:PATH" or "env:NAME".
bool isSecretPlace(std::string_view place);

// What is there, without white space at its end. Fails with kIo, and with kInvalid where it is empty or
// longer than 4 KiB, or others than the owner may read the file. Empty for an empty place.
Result<std::string> secretAt(std::string_view place);

}  // namespace nightjar::alerts
