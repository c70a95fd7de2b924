// The logs of probers, counted again side by side.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "probing/blocks/engine.h"
#include "probing/log/log.h"
#include "probing/tally/instrument.h"

namespace nightjar::app {

// What was counted of a log.
struct LogRead {
  std::string path;
  probe_log::Header header;
  std::optional<Time> from, until;  // of what was settled
  uint64_t outcomes = 0;
};

// One prober's logs, one after the other, chunk by chunk: applied to its engine, and counted at its vantage
// point. Holds one chunk at a time. Damage, and a log that cannot be opened, is told and stepped over.
class LogPlayback {
 public:
  struct Place {
    blocks::Engine& engine;
    tally::Vantage& vantage;  // that of `engine`
    blocks::Engine::Intake intake = blocks::Engine::Intake::kAll;
  };
  using OnTrouble = std::function<void(const Error&)>;

  // What was settled from `until` on is left out. All of `place` must outlive the object.
  LogPlayback(std::vector<std::string> paths, const Place& place, std::optional<Time> until,
              OnTrouble onTrouble);

  // Of the next chunk: when it counts, never before the one that it follows; nothing: the logs are used up.
  std::optional<Time> time() const { return time_; }
  // It is a piece of the engine's state. REQUIRES: time().
  bool atState() const { return !chunk_.state.empty(); }
  // Applies and counts it, and goes on to the next one; `instrument` is that of the vantage point.
  // REQUIRES: time().
  void count(tally::Instrument& instrument);

  // The logs that were opened so far.
  const std::vector<LogRead>& reads() const { return reads_; }

 private:
  void fetch();
  bool open();
  void countOutcomes(tally::Instrument& instrument);

  std::vector<std::string> paths_;
  Place place_;
  std::optional<Time> until_;
  OnTrouble onTrouble_;
  size_t opened_ = 0;  // of paths_
  std::optional<probe_log::LogReader> reader_;
  std::vector<LogRead> reads_;
  Time reached_ = Time::min();  // by what was fetched
  std::optional<Time> time_;
  probe_log::Chunk chunk_;
};

// Counts all of them to their ends, in order of time. Of what counts at the same time, the first in
// `playbacks` goes first. Fails as the instrument's sink does.
Result<void> play(std::span<LogPlayback> playbacks, tally::Instrument& instrument);

}  // namespace nightjar::app
