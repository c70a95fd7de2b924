// The instance's signing key: Ed25519 (RFC 8032), by libsodium.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace nightjar::evidence {

using PublicKey = std::array<uint8_t, 32>;
using Signature = std::array<uint8_t, 64>;

// Lower-case hexadecimal digits, as keys and signatures are written.
std::string toHex(std::span<const uint8_t> bytes);
// Fails with kInvalid unless `text` is exactly so many bytes.
Result<void> fromHex(std::string_view text, std::span<uint8_t> bytes);

class SecretKey {
 public:
  // Reads the key's file; where there is none, makes one that only its owner may read. Fails with kIo, and
  // with kInvalid where the file is no key or others may read it.
  static Result<SecretKey> open(const std::string& path);
  ~SecretKey();
  SecretKey(SecretKey&& other) noexcept;
  SecretKey& operator=(SecretKey&&) = delete;

  PublicKey publicKey() const;
  Signature sign(std::string_view text) const;

 private:
  SecretKey() = default;
  std::array<uint8_t, 64> bytes_{};  // wiped when it goes
};

bool isSignedBy(const PublicKey& key, std::string_view text, const Signature& signature);

// SHA-256 (FIPS 180-4), in hexadecimal digits.
std::string sha256(std::string_view content);
Result<std::string> sha256OfFile(const std::string& path);

}  // namespace nightjar::evidence
