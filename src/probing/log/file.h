// A file as the log needs it: bytes at an offset, and failures that name it.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/byte_reader.h"
#include "base/result.h"

namespace nightjar::probe_log {

// Owns a descriptor. Failures are kIo with the path.
class File {
 public:
  File() = default;
  static Result<File> open(const std::string& path, int flags);

  File(File&& other) noexcept;
  File& operator=(File&& other) noexcept;
  ~File();

  // After it was renamed.
  void setPath(std::string path) { path_ = std::move(path); }
  // Fewer bytes than `out` holds only at the end of the file.
  Result<size_t> readAt(uint64_t offset, std::span<uint8_t> out) const;
  Result<void> writeAt(uint64_t offset, Bytes bytes) const;
  Result<void> truncate(uint64_t size) const;
  Result<void> sync() const;
  Result<uint64_t> size() const;
  // An advisory lock for as long as the file is open. Fails with kConflict when another has it.
  Result<void> lock() const;

 private:
  File(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  std::unexpected<Error> failed(const char* what) const;

  std::string path_;
  int descriptor_ = -1;
};

// Makes the name of a file in its folder durable.
Result<void> syncFolderOf(const std::string& path);
// Gives the file `from` the name `to`: `replace` puts it in the place of what has that name, else that is
// kConflict. Durable when it returns.
Result<void> rename(const std::string& from, const std::string& to, bool replace);

}  // namespace nightjar::probe_log
