// What a prober leaves behind: its log, and the bins of its store. Written by a thread of its own, so that a
// slow disk does not hold up the packets.
#pragma once

#include <condition_variable>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "app/probe_sink.h"
#include "base/result.h"
#include "base/time.h"
#include "probing/log/log.h"
#include "probing/tally/instrument.h"
#include "series/store.h"

namespace nightjar::app {

// What was settled in [from, until).
struct SettledChunk {
  Time from, until;
  std::vector<blocks::Outcome> outcomes;
};
// A piece of the block engine's state.
using StatePiece = std::vector<uint8_t>;
struct ClosedProbeBin {
  Bin bin;
  std::vector<tally::EntitySample> samples;
  std::optional<series::Note> standing = {};  // of the prober, at the end of the bin
};

// Keeps what it cannot write (a full disk) and tries again every second, in order; past kMostWaiting it drops
// the oldest, and says so. What was written survives kill -9 and power loss.
class ProbeRecorder {
 public:
  static constexpr size_t kMostWaiting = size_t{256} << 20;  // bytes, about

  // The log at any time: a log in a folder begins anew every day. Nothing: no log is written.
  using LogOf = std::function<Result<probe_log::LogWriter*>(Time)>;
  // `store` may be nullptr; it is used by the recorder's thread alone until finish().
  ProbeRecorder(LogOf logOf, series::Store* store);
  ~ProbeRecorder();
  ProbeRecorder(const ProbeRecorder&) = delete;
  ProbeRecorder& operator=(const ProbeRecorder&) = delete;

  void put(SettledChunk chunk);
  void put(StatePiece piece, Time at);
  void put(ClosedProbeBin bin);

  // Writes what waits, once more where it failed, and ends the thread. Fails when something could not be
  // written.
  Result<void> finish();

  struct Totals {
    uint64_t chunks = 0;
    uint64_t outcomes = 0;
    uint64_t bins = 0;
    uint64_t dropped = 0;  // outcomes that no log has: the disk was full for too long
    bool behind = false;   // something waits to be written
  };
  Totals totals() const;

 private:
  struct State {
    StatePiece piece;
    Time at;
  };
  using Job = std::variant<SettledChunk, State, ClosedProbeBin>;

  static size_t sizeOf(const Job& job);
  void add(Job job);
  void makeRoom();
  void run();
  Result<void> write(const Job& job);
  Result<void> write(const SettledChunk& chunk);
  Result<void> write(const State& state);
  Result<void> write(const ClosedProbeBin& bin);
  void tell(const Result<void>& written);

  LogOf logOf_;
  series::Store* store_;
  std::optional<ProbeSink> sink_;
  bool failing_ = false;  // of the thread: the last write failed, and that was told

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::list<Job> jobs_;
  size_t waiting_ = 0;  // bytes of jobs_
  bool busy_ = false;   // the first job is being written
  bool ending_ = false;
  std::optional<Error> error_;  // of the last write, while it fails
  Totals totals_;
  std::thread thread_;
};

}  // namespace nightjar::app
