// The logs of probers as files: where a prober writes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "probing/log/log.h"

namespace nightjar::app {

inline constexpr std::string_view kProbingLogEnding = ".probes";

// The log of a prober that runs: one file, or a folder that gets a file for each UTC day
// (PROBER.2022-01-05.probes). Not thread-safe.
class ProbeLogs {
 public:
  // `path` is a folder if there is one of that name, or if it ends in a slash (the folder is then made).
  ProbeLogs(std::string path, probe_log::Header header);

  // The file for what is settled from `time` on.
  std::string fileAt(Time time) const;
  // Opens it: a new one begins with the header, an old one is gone on with. Fails as LogWriter does.
  Result<probe_log::LogWriter*> at(Time time);
  // The files from which the engine's state at `now` can be had again, in order.
  std::vector<std::string> toRecover(Time now) const;

 private:
  std::string path_;
  bool folder_;
  probe_log::Header header_;
  std::string open_;
  std::optional<probe_log::LogWriter> writer_;
};

}  // namespace nightjar::app
