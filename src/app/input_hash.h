// SHA-256 of what was read: with it anyone can tell whether they have the same files.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "app/source_notes.h"
#include "base/result.h"

namespace nightjar::app {

// Of the bytes as they lie on disk, compressed ones as they are. Fails with kIo.
Result<InputHash> hashFile(const std::string& path);

// Hashes files on a thread of its own, beside those that read them: in another pass over what the system
// holds in memory anyhow, so that no reader need know of it.
class InputHashes {
 public:
  explicit InputHashes(std::vector<std::string> paths);
  // Waits until all are done. Nothing for a file that cannot be read, or was written to after the start.
  std::optional<InputHash> of(const std::string& path);

 private:
  std::mutex mutex_;
  std::map<std::string, InputHash> hashes_;
  std::jthread thread_;
};

}  // namespace nightjar::app
