// Numbers and addresses as text, written where the caller says: each function writes at `p` and returns the
// end. None checks for room; the k...Room constants say how much each needs, with the few characters behind
// the end that it may overwrite.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/address.h"

namespace nightjar::print {

inline constexpr size_t kU32Room = 10 + 1;
inline constexpr size_t kU64Room = 20 + 1;
inline constexpr size_t kIpv4Room = 15 + 3;
inline constexpr size_t kAddressRoom = 45 + 3;
inline constexpr size_t kPrefixRoom = kAddressRoom + 4 + 3;

inline char* put(char* p, std::string_view text) {
  return p + text.copy(p, text.size());
}

namespace detail {

// What the numbers below 1,000 look like: left-aligned, with the number of digits in the last byte, and with
// leading zeros. One load and one store for up to three digits.
struct ThreeDigits {
  std::array<std::array<char, 4>, 1000> plain{};
  std::array<std::array<char, 4>, 1000> padded{};
};
inline constexpr ThreeDigits kThreeDigits = [] {
  ThreeDigits table{};
  for (size_t i = 0; i < 1000; ++i) {
    const char digits[] = {static_cast<char>('0' + i / 100), static_cast<char>('0' + i / 10 % 10),
                           static_cast<char>('0' + i % 10)};
    const size_t skip = i >= 100 ? 0 : i >= 10 ? 1 : 2;
    for (size_t d = 0; d < 3; ++d) table.padded[i][d] = digits[d];
    for (size_t d = skip; d < 3; ++d) table.plain[i][d - skip] = digits[d];
    table.plain[i][3] = static_cast<char>(3 - skip);
  }
  return table;
}();

}  // namespace detail

// REQUIRES: value < 1,000.
inline char* putBelow1000(char* p, uint32_t value) {
  const auto& text = detail::kThreeDigits.plain[value];
  std::memcpy(p, text.data(), 4);
  return p + text[3];
}

// Three digits with leading zeros. REQUIRES: value < 1,000.
inline char* putThreeDigits(char* p, uint32_t value) {
  std::memcpy(p, detail::kThreeDigits.padded[value].data(), 4);
  return p + 3;
}

// Six digits with leading zeros, as microseconds stand behind the point. REQUIRES: value < 1,000,000.
inline char* putSixDigits(char* p, uint32_t value) {
  return putThreeDigits(putThreeDigits(p, value / 1000), value % 1000);
}

// REQUIRES: value < 1,000,000.
inline char* putBelowMillion(char* p, uint32_t value) {
  if (value < 1000) return putBelow1000(p, value);
  return putThreeDigits(putBelow1000(p, value / 1000), value % 1000);
}

char* putU64(char* p, uint64_t value);

inline char* putU32(char* p, uint32_t value) {
  if (value < 1'000'000) [[likely]]
    return putBelowMillion(p, value);
  return putU64(p, value);
}

inline char* putIpv4(char* p, const uint8_t* address) {
  for (int i = 0; i < 3; ++i) {
    p = putBelow1000(p, address[i]);
    *p++ = '.';
  }
  return putBelow1000(p, address[3]);
}

// The two ways in which IPv6 addresses are written. kRfc5952 is what inet_ntop prints (Address::text).
// kBgpdump also shortens a single zero group to "::", and writes ::2 and greater below ::1:0:0 with a dotted
// quad.
enum class Ipv6Style : uint8_t { kRfc5952, kBgpdump };

char* putIpv6(char* p, const uint8_t* address, Ipv6Style style);

inline char* putAddress(char* p, const Address& address, Ipv6Style style) {
  return address.family == Family::kIpv4 ? putIpv4(p, address.bytes.data())
                                         : putIpv6(p, address.bytes.data(), style);
}

inline char* putPrefix(char* p, const Prefix& prefix, Ipv6Style style) {
  p = putAddress(p, prefix.address, style);
  *p++ = '/';
  return putBelow1000(p, prefix.length);
}

}  // namespace nightjar::print
