// A bzip2 file, several blocks of it decoded side by side.
#pragma once

#include <memory>
#include <string>

#include "routing/feed/byte_stream.h"

namespace nightjar::app {

// feed::openFile(), but a bzip2 file is decoded by `threads` threads. The bytes and the errors are the same:
// from the first block that is not as it should be, the file is read anew in order.
Result<std::unique_ptr<feed::ByteStream>> openInParallel(const std::string& path, unsigned threads);

}  // namespace nightjar::app
