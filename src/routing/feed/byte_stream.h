// Bytes of a file, decompressed on the way.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/result.h"

namespace nightjar::feed {

// A forward-only stream of decompressed bytes. Not thread-safe; one thread at a time may use it.
class ByteStream {
 public:
  virtual ~ByteStream() = default;

  // Fills the front of `out` and returns how many bytes it wrote; 0 only at the end of the data (or for an
  // empty `out`). Memory use does not depend on the data. A failure carries the offset in the compressed file
  // near which the damage lies; bytes that were decoded before the damage have been returned by earlier
  // calls. After a failure the stream is at its end.
  virtual Result<size_t> read(std::span<uint8_t> out) = 0;
};

// Opens a file and tells its compression by its first bytes: gzip (RFC 1952, also several members in a row),
// bzip2 (also several streams), xz, zstd; anything else is passed on as it is.
// Fails with kIo when the file cannot be opened or read, kInvalid when it is empty or is an HTML page.
Result<std::unique_ptr<ByteStream>> openFile(const std::string& path);

}  // namespace nightjar::feed
