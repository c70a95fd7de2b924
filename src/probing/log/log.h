// The log of a prober: every outcome that its block engine took into account, so that a replay gives the same
// states and the same series. docs/blocks.md has the format as bytes.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/byte_reader.h"
#include "base/result.h"
#include "base/time.h"
#include "probing/blocks/outcome.h"

namespace nightjar::probe_log {

struct Header {
  std::string prober;      // the vantage point's name
  std::string program;     // "nightjar 0.1.0"
  std::string simulation;  // a sentence if this was not measured but made up; empty for real
  Time begun;
  Address source;  // that the probes were sent from
  // Of the block engine (Parameters): whoever applies the log needs the same. Whole seconds.
  std::chrono::microseconds round = std::chrono::minutes(10);
  auto operator<=>(const Header&) const = default;
};

// Whether a file that begins with these bytes (8 or more) is a probing log.
bool isLog(Bytes head);

// One of the two is filled.
struct Chunk {
  uint64_t offset = 0;  // in the file
  // Outcomes that were settled in [from, until), by time of sending, then target. A span of which there are
  // many comes as several chunks, one after the other.
  Time from, until;
  std::vector<blocks::Outcome> outcomes;
  // A piece of the block engine's state (Engine::save), as it stood when the log had come this far.
  std::vector<uint8_t> state;
};

// Appends to a log. What append() and appendState() have returned ok for survives kill -9 and power loss.
// After a failure (a full disk) the log is as before the call, and the call may be tried again.
class LogWriter {
 public:
  // Makes a new log. Fails with kConflict where a file of that name exists; kIo.
  static Result<LogWriter> create(const std::string& path, const Header& header);
  // Goes on with a log; a torn tail is cut off. Fails with kConflict when another writer has it open, or what
  // create() and LogReader::open() fail with.
  static Result<LogWriter> resume(const std::string& path);

  LogWriter(LogWriter&&) noexcept;
  LogWriter& operator=(LogWriter&&) noexcept;
  ~LogWriter();

  // REQUIRES: from < until. The outcomes may come in any order; they are sorted by time of sending, then by
  // target, and rounded (blocks::rounded).
  Result<void> append(Time from, Time until, std::span<const blocks::Outcome> outcomes);
  Result<void> appendState(Bytes piece);

  const Header& header() const;
  // Where resume() found a torn tail, and cut it off.
  std::optional<uint64_t> tornAt() const;

 private:
  struct Impl;
  explicit LogWriter(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Reads a log from its start. Holds one chunk at a time.
class LogReader {
 public:
  // Fails with kIo, kInvalid (not a probing log), kTruncated (ends within its header), kUnsupported.
  static Result<LogReader> open(const std::string& path);
  // The same over bytes in memory, which must outlive the reader; `name` stands for the path in errors.
  static Result<LogReader> open(Bytes bytes, std::string name);

  LogReader(LogReader&&) noexcept;
  LogReader& operator=(LogReader&&) noexcept;
  ~LogReader();

  const Header& header() const;
  // The next chunk; nothing at the end. Fails with kInvalid at a damaged chunk; the call after that goes on
  // behind the damage.
  Result<std::optional<Chunk>> next();
  // Once next() has returned nothing: where the log ends within a chunk, as a killed writer leaves it.
  std::optional<uint64_t> tornAt() const;
  // Where the next chunk begins.
  uint64_t position() const;

 private:
  struct Impl;
  explicit LogReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace nightjar::probe_log
