// Numbers and addresses as text, written where the caller says: each function writes at `p` and returns the
// end. None checks for room; the k...Room constants say how much each needs.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/address.h"

namespace nightjar::print {

inline constexpr size_t kU32Room = 10;
inline constexpr size_t kU64Room = 20;
inline constexpr size_t kIpv4Room = 16;  // "255.255.255.255" and one character of slack
inline constexpr size_t kAddressRoom = 46;
inline constexpr size_t kPrefixRoom = kAddressRoom + 4;

inline char* put(char* p, std::string_view text) {
  return p + text.copy(p, text.size());
}

namespace detail {

// The decimal text of each octet, left-aligned, and its length in the last byte.
inline constexpr auto kOctets = [] {
  std::array<std::array<char, 4>, 256> table{};
  for (size_t i = 0; i < table.size(); ++i) {
    size_t at = 0;
    if (i >= 100) table[i][at++] = static_cast<char>('0' + i / 100);
    if (i >= 10) table[i][at++] = static_cast<char>('0' + i / 10 % 10);
    table[i][at++] = static_cast<char>('0' + i % 10);
    table[i][3] = static_cast<char>(at);
  }
  return table;
}();

inline constexpr auto kPairs = [] {
  std::array<char, 200> table{};
  for (size_t i = 0; i < 100; ++i) {
    table[2 * i] = static_cast<char>('0' + i / 10);
    table[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return table;
}();

inline char* putPair(char* p, uint32_t value) {
  std::memcpy(p, &kPairs[size_t{2} * value], 2);
  return p + 2;
}

}  // namespace detail

// REQUIRES: room for 4 characters, though it may use fewer.
inline char* putOctet(char* p, uint8_t value) {
  std::memcpy(p, detail::kOctets[value].data(), 4);
  return p + detail::kOctets[value][3];
}

// REQUIRES: value < 10000.
inline char* putBelow10000(char* p, uint32_t value) {
  if (value < 100) {
    if (value >= 10) return detail::putPair(p, value);
    *p = static_cast<char>('0' + value);
    return p + 1;
  }
  const uint32_t high = value / 100;
  if (high >= 10) {
    p = detail::putPair(p, high);
  } else {
    *p++ = static_cast<char>('0' + high);
  }
  return detail::putPair(p, value % 100);
}

// Four digits with leading zeros. REQUIRES: value < 10000.
inline char* putFourDigits(char* p, uint32_t value) {
  return detail::putPair(detail::putPair(p, value / 100), value % 100);
}

inline char* putU32(char* p, uint32_t value) {
  if (value < 10000) return putBelow10000(p, value);
  if (value < 100'000'000) return putFourDigits(putBelow10000(p, value / 10000), value % 10000);
  p = putBelow10000(p, value / 100'000'000);
  value %= 100'000'000;
  return putFourDigits(putFourDigits(p, value / 10000), value % 10000);
}

inline char* putU64(char* p, uint64_t value) {
  if (value <= UINT32_MAX) return putU32(p, static_cast<uint32_t>(value));
  p = putU64(p, value / 100'000'000);
  const auto rest = static_cast<uint32_t>(value % 100'000'000);
  return putFourDigits(putFourDigits(p, rest / 10000), rest % 10000);
}

// Six digits with leading zeros, as microseconds stand behind the point. REQUIRES: value < 1,000,000.
inline char* putSixDigits(char* p, uint32_t value) {
  return putFourDigits(detail::putPair(p, value / 10000), value % 10000);
}

inline char* putIpv4(char* p, const uint8_t* address) {
  for (int i = 0; i < 3; ++i) {
    p = putOctet(p, address[i]);
    *p++ = '.';
  }
  return putOctet(p, address[3]);
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
  return putOctet(p, prefix.length);
}

}  // namespace nightjar::print
