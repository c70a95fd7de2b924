#include "routing/feed/source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace nightjar::feed {
namespace {

// Large enough that system calls do not count, small enough to stay in a core's cache.
constexpr size_t kBufferSize = size_t{256} << 10;

Error ioError(const std::string& path) {
  return {ErrorKind::kIo, std::generic_category().message(errno), path};
}

}  // namespace

Result<Source> Source::ofFile(const std::string& path) {
  Source source;
  source.name_ = path;
  source.fd_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (source.fd_ < 0) return std::unexpected(ioError(path));
  struct stat status {};
  if (::fstat(source.fd_, &status) != 0) return std::unexpected(ioError(path));
  if (S_ISDIR(status.st_mode))
    return std::unexpected(Error{ErrorKind::kIo, "is a directory, not a file", path});
  source.buffer_ = std::make_unique_for_overwrite<uint8_t[]>(kBufferSize);
  return source;
}

Source Source::ofMemory(Bytes bytes, std::string name, size_t chunk) {
  Source source;
  source.name_ = std::move(name);
  source.pending_ = bytes;
  source.chunk_ = chunk;
  return source;
}

Source::Source(Source&& other) noexcept
    : name_(std::move(other.name_)),
      fd_(std::exchange(other.fd_, -1)),
      buffer_(std::move(other.buffer_)),
      pending_(other.pending_),
      chunk_(other.chunk_),
      rest_(std::exchange(other.rest_, {})),
      offset_(other.offset_) {}

Source::~Source() {
  if (fd_ >= 0) ::close(fd_);
}

void Source::consume(size_t count) {
  rest_ = rest_.subspan(count);
  offset_ += count;
}

Result<bool> Source::refill() {
  if (!buffer_) {
    rest_ = pending_.first(std::min(chunk_, pending_.size()));
    pending_ = pending_.subspan(rest_.size());
    return !rest_.empty();
  }
  const auto got = readFile(buffer_.get(), kBufferSize);
  if (!got) return std::unexpected(got.error());
  rest_ = {buffer_.get(), *got};
  return *got > 0;
}

Result<Bytes> Source::peek(size_t count) {
  if (!buffer_) {
    if (rest_.size() < count) {  // rest_ and pending_ are neighbours
      const size_t more = std::min(count - rest_.size(), pending_.size());
      rest_ = {rest_.empty() ? pending_.data() : rest_.data(), rest_.size() + more};
      pending_ = pending_.subspan(more);
    }
    return rest_.first(std::min(count, rest_.size()));
  }
  while (rest_.size() < count) {
    if (!rest_.empty()) std::memmove(buffer_.get(), rest_.data(), rest_.size());
    const auto got = readFile(buffer_.get() + rest_.size(), kBufferSize - rest_.size());
    if (!got) return std::unexpected(got.error());
    rest_ = {buffer_.get(), rest_.size() + *got};
    if (*got == 0) break;
  }
  return rest_.first(std::min(count, rest_.size()));
}

// One read; a pipe may give less than asked for. 0 at the end.
Result<size_t> Source::readFile(uint8_t* to, size_t count) {
  for (;;) {
    const ssize_t got = ::read(fd_, to, count);
    if (got >= 0) return static_cast<size_t>(got);
    if (errno == EINTR) continue;
    Error error = ioError(name_);
    error.offset = offset_ + rest_.size();
    return std::unexpected(std::move(error));
  }
}

}  // namespace nightjar::feed
