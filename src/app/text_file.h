// A file as one text.
#pragma once

#include <string>

#include "base/result.h"

namespace nightjar::app {

// Reads a whole file, decompressed; "-" is standard input. Fails with kIo and as decompression does, and with
// kLimit above imports::kMostText.
Result<std::string> readText(const std::string& path);

}  // namespace nightjar::app
