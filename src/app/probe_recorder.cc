#include "app/probe_recorder.h"

#include <fmt/format.h>

#include "app/command.h"

namespace nightjar::app {

ProbeRecorder::ProbeRecorder(LogOf logOf, series::Store* store) : logOf_(std::move(logOf)), store_(store) {
  if (store != nullptr) sink_.emplace(*store);
  thread_ = std::thread([this] { run(); });
}

ProbeRecorder::~ProbeRecorder() {
  if (!thread_.joinable()) return;
  if (const auto finished = finish(); !finished) complain(finished.error());
}

void ProbeRecorder::put(SettledChunk chunk) {
  if (logOf_) add(std::move(chunk));
}

void ProbeRecorder::put(StatePiece piece, Time at) {
  if (logOf_) add(State{std::move(piece), at});
}

void ProbeRecorder::put(ClosedProbeBin bin) {
  if (sink_) add(std::move(bin));
}

size_t ProbeRecorder::sizeOf(const Job& job) {
  constexpr size_t kJob = 64;
  if (const auto* chunk = std::get_if<SettledChunk>(&job)) {
    return kJob + chunk->outcomes.size() * sizeof(blocks::Outcome);
  }
  if (const auto* state = std::get_if<State>(&job)) return kJob + state->piece.size();
  return kJob + std::get<ClosedProbeBin>(job).samples.size() * (sizeof(tally::EntitySample) + kJob);
}

void ProbeRecorder::add(Job job) {
  const std::lock_guard lock(mutex_);
  waiting_ += sizeOf(job);
  jobs_.push_back(std::move(job));
  makeRoom();
  wake_.notify_one();
}

// REQUIRES: mutex_ is held.
void ProbeRecorder::makeRoom() {
  // A piece of state is not dropped: without it a log cannot be read, and there is a bounded number of them.
  auto job = jobs_.begin();
  if (busy_) ++job;
  while (waiting_ > kMostWaiting && job != jobs_.end()) {
    if (std::holds_alternative<State>(*job)) {
      ++job;
      continue;
    }
    if (const auto* chunk = std::get_if<SettledChunk>(&*job)) totals_.dropped += chunk->outcomes.size();
    waiting_ -= sizeOf(*job);
    job = jobs_.erase(job);
  }
}

void ProbeRecorder::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return ending_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    busy_ = true;
    const Job& job = jobs_.front();  // stays where it is: others are added behind, and dropped behind, it
    lock.unlock();
    const auto written = write(job);
    tell(written);
    lock.lock();
    busy_ = false;
    if (written) {
      error_.reset();
      waiting_ -= sizeOf(jobs_.front());
      jobs_.pop_front();
    } else {
      error_ = written.error();
      if (ending_) return;
      wake_.wait_for(lock, std::chrono::seconds(1), [this] { return ending_; });
    }
  }
}

void ProbeRecorder::tell(const Result<void>& written) {
  if (written.has_value() == !failing_) return;
  failing_ = !written;
  if (failing_) {
    Error error = written.error();
    error.message += "; what was measured is kept in memory, and written when that is possible";
    complain(error);
  } else {
    fmt::print(stderr, "what was measured is written again\n");
  }
}

Result<void> ProbeRecorder::write(const Job& job) {
  return std::visit([this](const auto& one) { return write(one); }, job);
}

Result<void> ProbeRecorder::write(const SettledChunk& chunk) {
  const auto log = logOf_(chunk.from);
  if (!log) return std::unexpected(log.error());
  if (const auto appended = (*log)->append(chunk.from, chunk.until, chunk.outcomes); !appended)
    return appended;
  const std::lock_guard lock(mutex_);
  ++totals_.chunks;
  totals_.outcomes += chunk.outcomes.size();
  return {};
}

Result<void> ProbeRecorder::write(const State& state) {
  const auto log = logOf_(state.at);
  if (!log) return std::unexpected(log.error());
  return (*log)->appendState(state.piece);
}

Result<void> ProbeRecorder::write(const ClosedProbeBin& bin) {
  if (const auto taken = sink_->take(bin.bin, bin.samples); !taken) return taken;
  if (bin.standing) {
    if (const auto noted = store_->putNotes({&*bin.standing, 1}); !noted) return noted;
  }
  const std::lock_guard lock(mutex_);
  ++totals_.bins;
  return {};
}

Result<void> ProbeRecorder::finish() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_one();
  thread_.join();
  if (error_) return std::unexpected(*error_);
  return {};
}

ProbeRecorder::Totals ProbeRecorder::totals() const {
  const std::lock_guard lock(mutex_);
  Totals totals = totals_;
  totals.behind = !jobs_.empty();
  return totals;
}

}  // namespace nightjar::app
