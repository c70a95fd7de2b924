// Opens the file of a store: tells whether it is one, makes a new one whole, and keeps writers apart.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "series/sqlite.h"

namespace nightjar::series {

// An advisory lock (flock) on a file beside the store, which goes when the lock does. The store's own file is
// not used for it: closing any descriptor of a file drops SQLite's locks on it (fcntl(2), "Record locking").
class WriterLock {
 public:
  WriterLock() = default;
  // Fails with kConflict when another handle, in this process or another, holds it; kIo.
  static Result<WriterLock> take(const std::string& storePath);

  WriterLock(WriterLock&& other) noexcept;
  WriterLock& operator=(WriterLock&& other) noexcept;
  ~WriterLock();

 private:
  WriterLock(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}

  std::string path_;
  int descriptor_ = -1;
};

// An open file that is a store of this version. Members in the order in which they must come and go.
struct StoreFile {
  WriterLock lock;  // not held by a reader
  std::unique_ptr<Database> database;
  BinWidth width;
};

// See openStore and openStoreForReading in store.h.
Result<StoreFile> openFileForWriting(const std::string& path, std::optional<BinWidth> width);
Result<StoreFile> openFileForReading(const std::string& path);

}  // namespace nightjar::series
