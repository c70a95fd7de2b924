// Compressed bytes, in order, from a file or from memory.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/byte_reader.h"
#include "base/result.h"

namespace nightjar::feed {

// A window that moves over the input: rest() shows what is loaded, consume() drops its front, refill() loads
// more once it is empty. Offsets count from the start of the input.
class Source {
 public:
  // Fails with kIo: missing, not readable, a directory.
  static Result<Source> ofFile(const std::string& path);
  // REQUIRES: chunk > 0; `bytes` outlive the source.
  static Source ofMemory(Bytes bytes, std::string name, size_t chunk);
  Source(Source&& other) noexcept;
  Source& operator=(Source&&) = delete;
  ~Source();

  const std::string& name() const { return name_; }
  // Of the first byte of rest().
  uint64_t offset() const { return offset_; }
  // Valid until the next call of peek() or refill().
  Bytes rest() const { return rest_; }
  // REQUIRES: count <= rest().size()
  void consume(size_t count);
  // Loads the next bytes; false at the end of the input. REQUIRES: rest().empty()
  Result<bool> refill();
  // The next `count` bytes, fewer only at the end of the input. REQUIRES: count <= kPeekLimit
  Result<Bytes> peek(size_t count);

  static constexpr size_t kPeekLimit = 4096;

 private:
  Source() = default;
  Result<size_t> readFile(uint8_t* to, size_t count);

  std::string name_;
  int fd_ = -1;  // -1: in memory
  std::unique_ptr<uint8_t[]> buffer_;
  Bytes pending_;  // in memory: what comes after rest_
  size_t chunk_ = 0;
  Bytes rest_;
  uint64_t offset_ = 0;
};

}  // namespace nightjar::feed
