// The file of those who do not want to be probed, read again whenever it changes.
#pragma once

#include <sys/stat.h>

#include <functional>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/result.h"

namespace nightjar::app {

class OptOutFile {
 public:
  explicit OptOutFile(std::string path) : path_(std::move(path)) {}

  // Reads it for the first time. Fails with kIo, kLimit, and with kInvalid at the first row that cannot be
  // read: it may be somebody's wish.
  Result<void> load();

  // Reads it again if it has changed since, or if `always`. True when there is something new. Trouble is
  // told; then everything that was opted out stays so, and what could be read is added.
  bool reload(bool always, const std::function<void(const Error&)>& onTrouble);

  const std::vector<Prefix>& prefixes() const { return prefixes_; }
  const std::string& path() const { return path_; }

 private:
  struct Version {
    timespec modified{};
    off_t size = 0;
    ino_t inode = 0;
    bool operator==(const Version& other) const {
      return modified.tv_sec == other.modified.tv_sec && modified.tv_nsec == other.modified.tv_nsec &&
             size == other.size && inode == other.inode;
    }
  };
  Version version() const;

  std::string path_;
  Version version_;
  std::vector<Prefix> prefixes_;
};

// All of a file of at most `most` bytes. Fails with kIo, kLimit.
Result<std::string> readWhole(const std::string& path, size_t most);

}  // namespace nightjar::app
