// What was decided and not yet delivered, and what was told: a SQLite file beside the store. What keep()
// returned ok for survives kill -9 and power loss.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "alerts/decide.h"
#include "alerts/message.h"
#include "series/sqlite.h"
#include "series/store_file.h"

namespace nightjar::alerts {

// A message that waits.
struct Waiting {
  int64_t number = 0;  // in the order in which they were kept
  Message message;
  unsigned attempts = 0;  // so far
  Time next_try;          // not before
};

class Outbox {
 public:
  // Makes the file if there is none. Fails with kConflict when another process has it open or it is no
  // outbox; kInvalid when it is damaged; kIo.
  static Result<std::unique_ptr<Outbox>> open(const std::string& path);
  // One that keeps nothing, with what the file at `path`, if there is one, remembers.
  static Result<Memory> memoryIn(const std::string& path);

  Result<Memory> memory();
  // Both or neither.
  Result<void> keep(const std::vector<Message>& messages, const Memory& changes);

  // The oldest waiting message of each channel.
  Result<std::vector<Waiting>> first();
  Result<int64_t> waiting();
  Result<void> delivered(int64_t number);
  Result<void> putOff(int64_t number, unsigned attempts, Time next_try);

 private:
  Outbox(series::WriterLock lock, std::unique_ptr<series::Database> database)
      : lock_(std::move(lock)), database_(std::move(database)) {}

  series::WriterLock lock_;
  std::unique_ptr<series::Database> database_;
};

}  // namespace nightjar::alerts
