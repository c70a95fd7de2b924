// One archive file as a sequence of records with times that can be trusted.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "app/inputs.h"
#include "app/record_stream.h"
#include "base/time.h"
#include "routing/wire/mrt.h"

namespace nightjar::app {

// A record that is further than kLargestJump from the one before counts at that one's time, unless the next
// one confirms the jump.
class PlausibleTime {
 public:
  // `start`: the time around which the first record is expected.
  explicit PlausibleTime(Time start) : last_(start) {}

  // The time that the record counts at.
  Time of(const wire::MrtRecord& record);
  // Whether the last record's own time stamp was not believed.
  bool doubted() const { return doubted_; }

 private:
  Time last_;
  std::optional<Time> suspect_;
  bool doubted_ = false;
};

class RecordCursor {
 public:
  // What is wrong with the file; `lost` bytes of it were skipped (all the rest of it when `fatal`).
  struct Trouble {
    Error error;
    uint64_t lost = 0;
    bool fatal = false;
  };
  using OnTrouble = std::function<void(const Trouble&)>;

  RecordCursor(std::unique_ptr<RecordStream> stream, std::string path, Time start, OnTrouble onTrouble);

  // False when the file is used up.
  bool atEnd() const { return block_ == nullptr; }
  // REQUIRES: !atEnd(). Valid until advance().
  const wire::MrtRecord& record() const { return record_; }
  Time time() const { return time_; }
  void advance();
  // The file ended inside a record.
  bool truncated() const { return truncated_; }
  const std::string& path() const { return path_; }

 private:
  void nextBlock();
  void load();

  std::unique_ptr<RecordStream> stream_;
  std::string path_;
  PlausibleTime plausible_;
  OnTrouble onTrouble_;
  const RecordBlock* block_ = nullptr;
  size_t run_ = 0;
  size_t at_ = 0;  // in the run, of record_
  wire::MrtRecord record_;
  Time time_;
  bool truncated_ = false;
};

}  // namespace nightjar::app
