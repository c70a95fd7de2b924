// Notices that a store was written to.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace nightjar::app {

// What changes when the store is written: the time and size of the file and of its log.
class StoreWatch {
 public:
  explicit StoreWatch(std::string path) : path_(std::move(path)), inode_(inode()), last_(look()) {}
  bool hasChanged() {
    const auto now = look();
    return std::exchange(last_, now) != now;
  }
  // Whether the name still means the file that it meant at first.
  bool isThere() const { return inode_ == inode(); }

 private:
  std::pair<dev_t, ino_t> inode() const {
    struct stat status {};
    return ::stat(path_.c_str(), &status) == 0 ? std::pair(status.st_dev, status.st_ino)
                                               : std::pair<dev_t, ino_t>();
  }
  using Look = std::vector<int64_t>;
  Look look() const {
    Look seen;
    for (const char* ending : {"", "-wal"}) {
      struct stat status {};
      if (::stat((path_ + ending).c_str(), &status) != 0) continue;
      seen.insert(seen.end(), {status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_size});
    }
    return seen;
  }
  std::string path_;
  std::pair<dev_t, ino_t> inode_;
  Look last_;
};

}  // namespace nightjar::app
