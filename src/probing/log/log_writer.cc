#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "probing/log/file.h"
#include "probing/log/log.h"
#include "probing/log/record.h"

namespace nightjar::probe_log {

struct LogWriter::Impl {
  File file;
  Header header;
  uint64_t end = 0;
  std::optional<uint64_t> torn;

  // All of the records, or none.
  Result<void> put(Bytes records) {
    auto written = file.writeAt(end, records);
    if (written) written = file.sync();
    if (!written) {
      // What was written of them must not be taken for a tail that was torn later. If this fails too, it is.
      [[maybe_unused]] const auto cut = file.truncate(end);
      return written;
    }
    end += records.size();
    return {};
  }
};

LogWriter::LogWriter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
LogWriter::LogWriter(LogWriter&&) noexcept = default;
LogWriter& LogWriter::operator=(LogWriter&&) noexcept = default;
LogWriter::~LogWriter() = default;

Result<LogWriter> LogWriter::create(const std::string& path, const Header& header) {
  // Under another name until its header is there, so that a log is never found without one.
  const std::string unfinished = path + "-new";
  auto file = File::open(unfinished, O_RDWR | O_CREAT);
  if (!file) return std::unexpected(file.error());
  if (auto locked = file->lock(); !locked) return std::unexpected(locked.error());
  auto impl = std::make_unique<Impl>();
  impl->file = std::move(*file);
  impl->header = header;
  std::vector<uint8_t> start(kMagic.begin(), kMagic.end());
  putRecord(start, RecordKind::kHeader, packHeader(header));
  auto made = impl->file.truncate(0);
  if (made) made = impl->put(start);
  if (made) made = rename(unfinished, path, false);
  if (!made) {
    ::unlink(unfinished.c_str());
    return failIn(path, made.error());
  }
  impl->file.setPath(path);
  return LogWriter(std::move(impl));
}

Result<LogWriter> LogWriter::resume(const std::string& path) {
  auto file = File::open(path, O_RDWR);
  if (!file) return std::unexpected(file.error());
  if (auto locked = file->lock(); !locked) return std::unexpected(locked.error());
  auto reader = LogReader::open(path);
  if (!reader) return std::unexpected(reader.error());
  for (;;) {
    const auto chunk = reader->next();
    // What is damaged in the middle stays there, and what is behind it as well.
    if (!chunk && chunk.error().kind == ErrorKind::kIo) return std::unexpected(chunk.error());
    if (chunk && !*chunk) break;
  }
  auto impl = std::make_unique<Impl>();
  impl->header = reader->header();
  impl->end = reader->position();
  impl->torn = reader->tornAt();
  if (impl->torn) {
    if (auto cut = file->truncate(impl->end); !cut) return std::unexpected(cut.error());
  }
  impl->file = std::move(*file);
  return LogWriter(std::move(impl));
}

const Header& LogWriter::header() const {
  return impl_->header;
}
std::optional<uint64_t> LogWriter::tornAt() const {
  return impl_->torn;
}

Result<void> LogWriter::append(Time from, Time until, std::span<const blocks::Outcome> outcomes) {
  std::vector<blocks::Outcome> sorted(outcomes.size());
  std::transform(outcomes.begin(), outcomes.end(), sorted.begin(), blocks::rounded);
  std::sort(sorted.begin(), sorted.end());
  const Time epoch;
  if (from < epoch || until <= from || (!sorted.empty() && sorted.front().sent < epoch)) {
    return fail(ErrorKind::kUsage, "a chunk's span is none, or before 1970");
  }
  std::vector<uint8_t> records;
  size_t at = 0;
  do {
    const size_t count = std::min(kMostOutcomes, sorted.size() - at);
    putRecord(records, RecordKind::kOutcomes,
              packOutcomes(from, until, std::span(sorted).subspan(at, count)));
    at += count;
  } while (at < sorted.size());
  return impl_->put(records);
}

Result<void> LogWriter::appendState(Bytes piece) {
  std::vector<uint8_t> record;
  putRecord(record, RecordKind::kState, packState(piece));
  return impl_->put(record);
}

}  // namespace nightjar::probe_log
