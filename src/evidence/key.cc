#include "evidence/key.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <span>
#include <system_error>
#include <utility>
#include <vector>

namespace nightjar::evidence {
namespace {

constexpr std::string_view kHeader = "nightjar secret key, Ed25519\n";
constexpr size_t kReadAtOnce = size_t{1} << 20;

Error ioError(const std::string& path) {
  return {ErrorKind::kIo, std::generic_category().message(errno), path};
}

// Whole or not at all, and never in place of another.
Result<void> writeNew(const std::string& path, std::string_view text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0) return std::unexpected(ioError(path));
  const bool written = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const bool kept = written && ::fsync(file) == 0;
  Error error = ioError(path);
  ::close(file);
  if (kept) return {};
  ::unlink(path.c_str());
  return std::unexpected(std::move(error));
}

}  // namespace

std::string toHex(std::span<const uint8_t> bytes) {
  std::string text;
  for (const uint8_t byte : bytes) fmt::format_to(std::back_inserter(text), "{:02x}", byte);
  return text;
}

Result<void> fromHex(std::string_view text, std::span<uint8_t> bytes) {
  size_t length = 0;
  const int bad =
      sodium_hex2bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &length, nullptr);
  if (bad != 0 || length != bytes.size() || text.size() != 2 * bytes.size()) {
    return fail(ErrorKind::kInvalid, fmt::format("is not {} hexadecimal digits", 2 * bytes.size()));
  }
  return {};
}

Result<SecretKey> SecretKey::open(const std::string& path) {
  if (sodium_init() < 0) return fail(ErrorKind::kLimit, "libsodium cannot be used on this machine");
  SecretKey key;
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    PublicKey unused;
    crypto_sign_keypair(unused.data(), key.bytes_.data());
    if (const auto kept = writeNew(path, std::string(kHeader) + toHex(key.bytes_) + "\n"); !kept) {
      return std::unexpected(kept.error());
    }
    return key;
  }
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return std::unexpected(Error{ErrorKind::kInvalid, "others may read this secret key; chmod 600 it", path});
  }
  std::ifstream in(path, std::ios::binary);
  std::string text(kHeader.size() + 2 * key.bytes_.size() + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  const bool whole = in.gcount() == static_cast<std::streamsize>(text.size()) && text.starts_with(kHeader);
  const auto read =
      whole ? fromHex(std::string_view(text).substr(kHeader.size(), 2 * key.bytes_.size()), key.bytes_)
            : Result<void>(fail(ErrorKind::kInvalid, ""));
  sodium_memzero(text.data(), text.size());
  if (!read) return std::unexpected(Error{ErrorKind::kInvalid, "is not a secret key of Nightjar's", path});
  return key;
}

SecretKey::~SecretKey() {
  sodium_memzero(bytes_.data(), bytes_.size());
}

SecretKey::SecretKey(SecretKey&& other) noexcept : bytes_(other.bytes_) {
  sodium_memzero(other.bytes_.data(), other.bytes_.size());
}

PublicKey SecretKey::publicKey() const {
  PublicKey key;
  crypto_sign_ed25519_sk_to_pk(key.data(), bytes_.data());
  return key;
}

Signature SecretKey::sign(std::string_view text) const {
  Signature signature;
  crypto_sign_detached(signature.data(), nullptr, reinterpret_cast<const unsigned char*>(text.data()),
                       text.size(), bytes_.data());
  return signature;
}

bool isSignedBy(const PublicKey& key, std::string_view text, const Signature& signature) {
  return crypto_sign_verify_detached(signature.data(), reinterpret_cast<const unsigned char*>(text.data()),
                                     text.size(), key.data()) == 0;
}

std::string sha256(std::string_view content) {
  std::array<uint8_t, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(content.data()), content.size());
  return toHex(hash);
}

Result<std::string> sha256OfFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::unexpected(ioError(path));
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);
  std::vector<char> buffer(kReadAtOnce);
  while (in) {
    in.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    crypto_hash_sha256_update(&state, reinterpret_cast<const unsigned char*>(buffer.data()),
                              static_cast<unsigned long long>(in.gcount()));
  }
  if (in.bad()) return std::unexpected(Error{ErrorKind::kIo, "cannot be read", path});
  std::array<uint8_t, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256_final(&state, hash.data());
  return toHex(hash);
}

}  // namespace nightjar::evidence
