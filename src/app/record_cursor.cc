#include "app/record_cursor.h"

#include <fmt/format.h>

#include <utility>

namespace nightjar::app {

Time PlausibleTime::of(const wire::MrtRecord& record) {
  const Time stamp(std::chrono::seconds(record.seconds) + std::chrono::microseconds(record.microseconds));
  const auto near = [stamp](Time other) { return std::chrono::abs(stamp - other) <= kLargestJump; };
  doubted_ = !near(last_) && !(suspect_ && near(*suspect_));
  suspect_.reset();
  if (doubted_) {
    suspect_ = stamp;
    return last_;
  }
  return last_ = stamp;
}

RecordCursor::RecordCursor(std::unique_ptr<RecordStream> stream, std::string path, Time start,
                           OnTrouble onTrouble)
    : stream_(std::move(stream)),
      path_(std::move(path)),
      plausible_(start),
      onTrouble_(std::move(onTrouble)) {
  nextBlock();
}

void RecordCursor::advance() {
  at_ += record_.raw.size();
  load();
}

// Makes record_ the one at at_, or the first of the next run or block that has one.
void RecordCursor::load() {
  while (run_ < block_->runs.size() && at_ == block_->runs[run_].bytes.size()) {
    ++run_;
    at_ = 0;
  }
  if (run_ == block_->runs.size()) return nextBlock();
  const RecordRun& run = block_->runs[run_];
  record_ = internal::recordAt(run.bytes.data() + at_, run.offset + at_);
  time_ = plausible_.of(record_);
  if (plausible_.doubted()) {
    onTrouble_({{ErrorKind::kInvalid,
                 fmt::format("time stamp {} is far from its neighbours; the record counts at {}",
                             record_.seconds, formatTime(time_)),
                 path_, record_.offset},
                0,
                false});
  }
}

void RecordCursor::nextBlock() {
  run_ = at_ = 0;
  const auto next = stream_->next();
  block_ = next ? *next : nullptr;
  if (!next) onTrouble_({next.error(), 0, true});
  if (block_ == nullptr) return;
  for (const wire::Finding& finding : block_->findings) {
    onTrouble_({{ErrorKind::kInvalid, finding.what, path_, finding.offset}, finding.length, false});
  }
  truncated_ = truncated_ || block_->truncatedTail.has_value();
  load();
}

}  // namespace nightjar::app
