#include "probing/log/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>

namespace nightjar::probe_log {
namespace {

std::unexpected<Error> systemError(const std::string& path, const char* what, int error) {
  return std::unexpected(
      Error{ErrorKind::kIo, fmt::format("cannot {}: {}", what, std::strerror(error)), path});
}

}  // namespace

std::unexpected<Error> File::failed(const char* what) const {
  return systemError(path_, what, errno);
}

Result<File> File::open(const std::string& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC, 0644);
  if (descriptor < 0) return systemError(path, "open it", errno);
  File file(path, descriptor);
  struct stat status {};
  if (fstat(descriptor, &status) != 0) return file.failed("read it");
  if (!S_ISREG(status.st_mode)) {
    return std::unexpected(Error{ErrorKind::kIo, "it is not an ordinary file", path});
  }
  return file;
}

File::File(File&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

File& File::operator=(File&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

File::~File() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<size_t> File::readAt(uint64_t offset, std::span<uint8_t> out) const {
  size_t done = 0;
  while (done < out.size()) {
    const ssize_t got =
        ::pread(descriptor_, out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("read it");
    if (got == 0) break;
    done += static_cast<size_t>(got);
  }
  return done;
}

Result<void> File::writeAt(uint64_t offset, Bytes bytes) const {
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t put =
        ::pwrite(descriptor_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return failed("write it");
    done += static_cast<size_t>(put);
  }
  return {};
}

Result<void> File::truncate(uint64_t size) const {
  if (::ftruncate(descriptor_, static_cast<off_t>(size)) != 0) return failed("shorten it");
  return {};
}

Result<void> File::sync() const {
  if (::fdatasync(descriptor_) != 0) return failed("sync it");
  return {};
}

Result<uint64_t> File::size() const {
  struct stat status {};
  if (fstat(descriptor_, &status) != 0) return failed("read it");
  return static_cast<uint64_t>(status.st_size);
}

Result<void> File::lock() const {
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return {};
  if (errno != EWOULDBLOCK) return failed("lock it");
  return std::unexpected(Error{ErrorKind::kConflict, "another process is writing it", path_});
}

Result<void> syncFolderOf(const std::string& path) {
  const auto parent = std::filesystem::path(path).parent_path();
  const std::string folder = parent.empty() ? std::string(1, '.') : parent.string();
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return systemError(folder, "open it", errno);
  const int synced = ::fsync(descriptor);
  const int error = errno;
  ::close(descriptor);
  if (synced != 0) return systemError(folder, "sync it", error);
  return {};
}

Result<void> rename(const std::string& from, const std::string& to, bool replace) {
  const int done = replace ? std::rename(from.c_str(), to.c_str()) : ::link(from.c_str(), to.c_str());
  if (done != 0) {
    if (errno != EEXIST) return systemError(to, "make it", errno);
    return std::unexpected(Error{ErrorKind::kConflict, "there is a file of that name", to});
  }
  if (!replace) ::unlink(from.c_str());
  return syncFolderOf(to);
}

}  // namespace nightjar::probe_log
