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
  explicit StoreWatch(std::string path) : path_(std::move(path)), last_(look()) {}
  bool hasChanged() {
    const auto now = look();
    return std::exchange(last_, now) != now;
  }

 private:
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
  Look last_;
};

}  // namespace nightjar::app
