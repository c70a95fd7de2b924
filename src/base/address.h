// IP addresses and prefixes of both families, as values.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace nightjar {

enum class Family : uint8_t { kIpv4 = 4, kIpv6 = 6 };

// Bytes of an address: 4 or 16.
constexpr size_t addressSize(Family family) {
  return family == Family::kIpv4 ? 4 : 16;
}
// Bits of an address: 32 or 128.
constexpr uint8_t addressBits(Family family) {
  return family == Family::kIpv4 ? 32 : 128;
}

// An address in network order, left-aligned: IPv4 uses bytes[0..3] and leaves the rest zero.
struct Address {
  Family family = Family::kIpv4;
  std::array<uint8_t, 16> bytes{};

  // REQUIRES: from.size() <= addressSize(family). Missing trailing bytes are zero.
  static Address of(Family family, std::span<const uint8_t> from);
  static Address ipv4(uint32_t hostOrder);
  // Dotted quad, or RFC 4291 text (with :: and an embedded IPv4 tail). Fails with kInvalid.
  static Result<Address> parse(std::string_view text);

  // The first 32 (IPv4) or 64 (IPv6) bits as a number in host order.
  uint64_t high() const;
  // RFC 5952 text, as inet_ntop prints it.
  std::string text() const;
  auto operator<=>(const Address&) const = default;
};

// An address and a length; bits past the length are zero (canonical), so that equal prefixes compare equal.
struct Prefix {
  Address address;
  uint8_t length = 0;

  // Clears bits past `length`. REQUIRES: length <= addressBits(address.family).
  static Prefix of(Address address, uint8_t length);
  // "198.51.100.0/24". Fails with kInvalid, also when bits past the length are set.
  static Result<Prefix> parse(std::string_view text);

  bool contains(const Address& other) const;
  std::string text() const;
  auto operator<=>(const Prefix&) const = default;
};

}  // namespace nightjar
