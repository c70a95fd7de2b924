// The blocks of a bzip2 file, cut apart, so that several of them can be decoded side by side.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "routing/feed/source.h"

namespace nightjar::feed {

// bzip2 compresses at most 900 kB at a time into a block that stands alone. Blocks begin at any bit, with a
// magic number of 48 bits (bzip2's manual calls it pi). The same bits may occur inside a block by chance,
// once in 2^48 positions: then decoding fails, as it does for damage, and the whole has to be decoded in
// order (openFile()), which also knows what to say.
class Bzip2Blocks {
 public:
  // Empty where `path` is no regular file that begins as bzip2 does.
  static std::optional<Bzip2Blocks> open(const std::string& path);
  // The same over any bytes.
  static std::optional<Bzip2Blocks> of(Source source);

  // The next block, as a bzip2 stream of its own; empty after the last one of the last stream. Fails with
  // kInvalid where the file does not go on as it should, with kIo where it cannot be read.
  Result<std::optional<std::vector<uint8_t>>> next();

 private:
  explicit Bzip2Blocks(Source source) : source_(std::move(source)) {}

  Result<bool> load(size_t bits);
  uint64_t bits(size_t at, size_t count) const;
  Result<bool> beginStream();
  Result<bool> endStream();
  Result<size_t> findMagic(size_t from);
  std::vector<uint8_t> cut(size_t end, uint32_t crc) const;

  Source source_;
  std::vector<uint8_t> window_;  // compressed bytes not yet used up
  size_t bit_ = 0;               // where the next block begins in the window
  uint8_t level_ = 0;            // '1' to '9': the block size; 0 between streams
  uint32_t crc_ = 0;             // of the stream so far
};

// The bytes of one such block. Fails with kInvalid on damage, kLimit without memory. May be called by several
// threads.
Result<std::vector<uint8_t>> decodeBzip2Block(const std::vector<uint8_t>& block);

}  // namespace nightjar::feed
