#include "app/input_hash.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <compare>
#include <memory>
#include <system_error>
#include <utility>

namespace nightjar::app {
namespace {

constexpr size_t kBufferSize = size_t{256} << 10;

struct CloseFile {
  explicit CloseFile(int descriptor) : number(descriptor) {}
  CloseFile(const CloseFile&) = delete;
  CloseFile& operator=(const CloseFile&) = delete;
  ~CloseFile() {
    if (number >= 0) ::close(number);
  }
  int number;
};

std::unexpected<Error> ioError(const std::string& path) {
  return std::unexpected(Error{ErrorKind::kIo, std::generic_category().message(errno), path});
}

// What changes when a file is written to or replaced.
struct Look {
  ino_t inode = 0;
  off_t size = -1;
  int64_t seconds = 0, nanoseconds = 0;
  bool operator==(const Look&) const = default;
};
Look lookAt(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return {};
  return {status.st_ino, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

}  // namespace

// OpenSSL's, which uses the processor's own instructions for it: 1.9 GB/s where libsodium's takes 0.4.
Result<InputHash> hashFile(const std::string& path) {
  const CloseFile file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.number < 0) return ioError(path);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  if (!context || EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) != 1)
    return fail(ErrorKind::kLimit, "SHA-256 cannot be had of OpenSSL");
  const auto buffer = std::make_unique_for_overwrite<uint8_t[]>(kBufferSize);
  InputHash hash;
  for (;;) {
    const ssize_t got = ::read(file.number, buffer.get(), kBufferSize);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ioError(path);
    if (got == 0) break;
    EVP_DigestUpdate(context.get(), buffer.get(), static_cast<size_t>(got));
    hash.bytes += static_cast<uint64_t>(got);
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_DigestFinal_ex(context.get(), digest.data(), &size);
  for (unsigned i = 0; i < size; ++i) hash.sha256 += fmt::format("{:02x}", digest[i]);
  return hash;
}

InputHashes::InputHashes(std::vector<std::string> paths) {
  std::vector<std::pair<std::string, Look>> files;
  for (std::string& path : paths) {
    const Look look = lookAt(path);
    files.emplace_back(std::move(path), look);
  }
  thread_ = std::jthread([this, files = std::move(files)](const std::stop_token& stop) {
    for (const auto& [path, look] : files) {
      if (stop.stop_requested()) return;
      auto hash = hashFile(path);
      if (!hash || lookAt(path) != look) continue;
      const std::scoped_lock lock(mutex_);
      hashes_.emplace(path, std::move(*hash));
    }
  });
}

std::optional<InputHash> InputHashes::of(const std::string& path) {
  if (thread_.joinable()) thread_.join();
  const std::scoped_lock lock(mutex_);
  const auto known = hashes_.find(path);
  return known == hashes_.end() ? std::nullopt : std::optional(known->second);
}

}  // namespace nightjar::app
