// A folder for what is needed for a while.
#pragma once

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "base/result.h"

namespace nightjar::app {

// Goes, with all that is in it, when it is left.
class ScratchFolder {
 public:
  // A new one, that only its owner may read, where the system keeps such. Fails with kIo.
  // Its name begins with `nightjar-PURPOSE-`.
  static Result<ScratchFolder> make(const std::string& purpose) {
    std::error_code ignored;
    std::string name =
        (std::filesystem::temp_directory_path(ignored) / ("nightjar-" + purpose + "-XXXXXX")).string();
    if (::mkdtemp(name.data()) == nullptr) {
      return std::unexpected(Error{ErrorKind::kIo, std::generic_category().message(errno), name});
    }
    return ScratchFolder(std::move(name));
  }
  ScratchFolder(ScratchFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  ScratchFolder& operator=(ScratchFolder&&) = delete;
  ~ScratchFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  explicit ScratchFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

}  // namespace nightjar::app
