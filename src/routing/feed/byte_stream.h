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

  // Fills the front of `out` and returns how many bytes it wrote: as many as `out` holds, fewer only before
  // the end of the data or before damage, 0 only at the end (or for an empty `out`). Memory use does not
  // depend on the data. A failure carries the offset in the compressed file near which the damage lies; bytes
  // that were decoded before the damage have been returned by earlier calls. After a failure the stream is at
  // its end.
  virtual Result<size_t> read(std::span<uint8_t> out) = 0;
};

// Opens a file and tells its compression by its first bytes: gzip (RFC 1952, also several members in a row),
// bzip2 (also several streams), xz, zstd (RFC 8878); anything else is passed on as it is.
// Fails with kIo when the file cannot be opened or read, kInvalid when it is empty or is an HTML page.
//
// read() fails with kTruncated where a compressed file ends in the middle of a member, kInvalid on damage, a
// wrong checksum, or foreign bytes after the last member (zeros there are padding and are ignored), and
// kLimit where decoding would need more than 128 MiB for its dictionary.
Result<std::unique_ptr<ByteStream>> openFile(const std::string& path);

// The same over bytes in memory, which must outlive the stream. `name` stands for the path in errors; the
// decoder gets at most `chunk` (> 0) bytes at a time, as from a slow pipe.
Result<std::unique_ptr<ByteStream>> openBytes(std::span<const uint8_t> bytes, std::string name,
                                              size_t chunk = SIZE_MAX);

}  // namespace nightjar::feed
