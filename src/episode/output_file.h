// Packing and writing the files of an episode. The same bytes on every machine.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/byte_reader.h"
#include "base/result.h"

namespace nightjar::episode {

// zlib, level 6, without name or time in the header. Not ISA-L: its matches depend on the processor.
Result<std::vector<uint8_t>> gzip(Bytes bytes);

// libbz2, with blocks no larger than the data.
Result<std::vector<uint8_t>> bzip2(Bytes bytes);

// Creates or replaces the file. Fails with kIo and the path.
Result<void> writeFile(const std::string& path, Bytes bytes);

}  // namespace nightjar::episode
