#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "probing/log/file.h"
#include "probing/log/log.h"
#include "probing/log/record.h"

namespace nightjar::probe_log {

struct LogReader::Impl {
  std::string name;
  File file;
  Bytes bytes;  // instead of the file, where `inMemory`
  bool inMemory = false;
  uint64_t position = 0;
  Header header;
  std::optional<uint64_t> torn;
  bool ended = false;

  Result<size_t> readAt(uint64_t offset, std::span<uint8_t> out) const {
    if (!inMemory) return file.readAt(offset, out);
    if (offset >= bytes.size()) return 0;
    const size_t count = std::min<size_t>(out.size(), bytes.size() - offset);
    std::copy_n(bytes.begin() + static_cast<ptrdiff_t>(offset), count, out.begin());
    return count;
  }
  std::unexpected<Error> failAt(ErrorKind kind, std::string message, uint64_t offset) const {
    return std::unexpected(Error{kind, std::move(message), name, offset});
  }

  Result<void> begin();
  Result<std::optional<uint64_t>> headBehind(uint64_t offset) const;
  Result<std::optional<Chunk>> tear();
};

Result<void> LogReader::Impl::begin() {
  std::array<uint8_t, kMagic.size() + kHeadBytes> start{};
  const auto got = readAt(0, start);
  if (!got) return std::unexpected(got.error());
  const Bytes read = Bytes(start).first(*got);
  if (!isLog(read)) return failAt(ErrorKind::kInvalid, "it is not a probing log", 0);
  if (read[kMagic.size() - 1] != kMagic.back()) {
    return failAt(ErrorKind::kUnsupported,
                  fmt::format("the log's format is version {}; this program knows version {}",
                              read[kMagic.size() - 1], kMagic.back()),
                  kMagic.size() - 1);
  }
  if (*got < start.size()) return failAt(ErrorKind::kTruncated, "the log ends within its header", *got);
  const auto head = readHead(read.subspan(kMagic.size()));
  if (!head || head->kind != RecordKind::kHeader) {
    return failAt(ErrorKind::kInvalid, "the log's header is damaged", kMagic.size());
  }
  std::vector<uint8_t> body(head->length);
  const auto filled = readAt(start.size(), body);
  if (!filled) return std::unexpected(filled.error());
  if (*filled < body.size()) {
    return failAt(ErrorKind::kTruncated, "the log ends within its header", start.size() + *filled);
  }
  if (crc32c(body) != head->checksum) {
    return failAt(ErrorKind::kInvalid, "the log's header is damaged", start.size());
  }
  auto unpacked = unpackHeader(body);
  if (!unpacked) return failIn(name, unpacked.error());
  header = std::move(*unpacked);
  position = start.size() + body.size();
  return {};
}

// Where the next head begins, at `offset` or behind it.
Result<std::optional<uint64_t>> LogReader::Impl::headBehind(uint64_t offset) const {
  std::vector<uint8_t> window(64 << 10);
  for (;;) {
    const auto got = readAt(offset, window);
    if (!got) return std::unexpected(got.error());
    if (*got < kHeadBytes) return std::nullopt;
    const size_t places = *got - kHeadBytes + 1;
    for (size_t i = 0; i < places; ++i) {
      if (readHead(Bytes(window).subspan(i, kHeadBytes))) return offset + i;
    }
    offset += places;
  }
}

Result<std::optional<Chunk>> LogReader::Impl::tear() {
  torn = position;
  ended = true;
  return std::nullopt;
}

bool isLog(Bytes head) {
  return head.size() >= kMagic.size() && std::equal(kMagic.begin(), kMagic.end() - 1, head.begin());
}

LogReader::LogReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
LogReader::LogReader(LogReader&&) noexcept = default;
LogReader& LogReader::operator=(LogReader&&) noexcept = default;
LogReader::~LogReader() = default;

Result<LogReader> LogReader::open(const std::string& path) {
  auto file = File::open(path, O_RDONLY);
  if (!file) return std::unexpected(file.error());
  auto impl = std::make_unique<Impl>();
  impl->name = path;
  impl->file = std::move(*file);
  if (auto begun = impl->begin(); !begun) return std::unexpected(begun.error());
  return LogReader(std::move(impl));
}

Result<LogReader> LogReader::open(Bytes bytes, std::string name) {
  auto impl = std::make_unique<Impl>();
  impl->name = std::move(name);
  impl->bytes = bytes;
  impl->inMemory = true;
  if (auto begun = impl->begin(); !begun) return std::unexpected(begun.error());
  return LogReader(std::move(impl));
}

const Header& LogReader::header() const {
  return impl_->header;
}
std::optional<uint64_t> LogReader::tornAt() const {
  return impl_->torn;
}
uint64_t LogReader::position() const {
  return impl_->position;
}

Result<std::optional<Chunk>> LogReader::next() {
  Impl& log = *impl_;
  if (log.ended) return std::nullopt;
  const uint64_t start = log.position;
  std::array<uint8_t, kHeadBytes> bytes{};
  const auto got = log.readAt(start, bytes);
  if (!got) return std::unexpected(got.error());
  if (*got == 0) {
    log.ended = true;
    return std::nullopt;
  }
  const auto head = *got == bytes.size() ? readHead(bytes) : std::nullopt;
  if (!head) {
    const auto behind = log.headBehind(start + 1);
    if (!behind) return std::unexpected(behind.error());
    if (!*behind) return log.tear();
    log.position = **behind;
    return log.failAt(ErrorKind::kInvalid,
                      fmt::format("the log is damaged; it goes on at byte {}", log.position), start);
  }
  std::vector<uint8_t> body(head->length);
  const auto filled = log.readAt(start + kHeadBytes, body);
  if (!filled) return std::unexpected(filled.error());
  if (*filled < body.size()) return log.tear();
  const uint64_t end = start + kHeadBytes + body.size();
  if (crc32c(body) != head->checksum) {
    // A tail of which the end was written and the middle was not: as after a loss of power.
    std::array<uint8_t, 1> more{};
    const auto behind = log.readAt(end, more);
    if (behind && *behind == 0) return log.tear();
    log.position = end;
    return log.failAt(ErrorKind::kInvalid, "a chunk of the log is damaged", start);
  }
  log.position = end;
  if (head->kind == RecordKind::kHeader) {
    return log.failAt(ErrorKind::kInvalid, "a second header in the log", start);
  }
  auto chunk = unpackChunk(head->kind, body);
  if (!chunk) return log.failAt(chunk.error().kind, chunk.error().message, start);
  chunk->offset = start;
  return std::optional(std::move(*chunk));
}

}  // namespace nightjar::probe_log
