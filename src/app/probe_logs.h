// The logs of probers as files: where a prober writes, and how what was written is counted again.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "probing/blocks/engine.h"
#include "probing/log/log.h"
#include "probing/tally/instrument.h"

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

struct LogRead {
  probe_log::Header header;
  std::optional<Time> from, until;  // of what was settled
  uint64_t outcomes = 0;
};

// Applies a log to `engine` and counts it into `instrument`, up to `until`; `intake`: whether blocks that the
// engine does not know are added. Damage is told and stepped over.
// Fails as LogReader::open() and the instrument's sink do.
Result<LogRead> countLog(const std::string& path, blocks::Engine& engine, tally::Instrument& instrument,
                         blocks::Engine::Intake intake, std::optional<Time> until,
                         const std::function<void(const Error&)>& onTrouble);

}  // namespace nightjar::app
