// A prefix as one number, in the units that visibility counts.
#pragma once

#include <algorithm>
#include <bit>
#include <compare>
#include <cstdint>
#include <optional>

#include "base/address.h"
#include "base/byte_reader.h"

namespace nightjar::view {

// Visibility counts IPv4 in /24s and IPv6 in /48s (field practice: IODA counts /24s, Cloudflare /48s; global
// tables carry hardly anything longer). Longer prefixes cover no whole unit and are not tracked.
inline constexpr uint8_t kUnitLength4 = 24;
inline constexpr uint8_t kUnitLength6 = 48;
// Shorter prefixes are default routes and leaks, not address space: IODA's bgpview takes IPv4 masks from /6
// on; in IPv6 the shortest prefix ever delegated or specially assigned and announced is a /16 (2002::/16, RFC
// 3056).
inline constexpr uint8_t kShortest4 = 6;
inline constexpr uint8_t kShortest6 = 16;

// The top 48 bits of the address (IPv4 left-aligned in them), the length, the family. Ordered by family, then
// address, then length: a prefix sorts before the ones that it contains.
class PrefixKey {
 public:
  constexpr PrefixKey() = default;

  // Nothing for prefixes that visibility does not track.
  static std::optional<PrefixKey> of(const Prefix& prefix) {
    const uint8_t* bytes = prefix.address.bytes.data();
    if (prefix.address.family == Family::kIpv4) {
      if (prefix.length < kShortest4 || prefix.length > kUnitLength4) return std::nullopt;
      return PrefixKey(Family::kIpv4, uint64_t{loadU32(bytes)} << 16, prefix.length);
    }
    if (prefix.length < kShortest6 || prefix.length > kUnitLength6) return std::nullopt;
    return PrefixKey(Family::kIpv6, uint64_t{loadU32(bytes)} << 16 | loadU16(bytes + 4), prefix.length);
  }
  // REQUIRES: `address48` has no bit set past `length`.
  constexpr PrefixKey(Family family, uint64_t address48, uint8_t length)
      : packed_((family == Family::kIpv6 ? kIpv6Bit : 0) | address48 << 8 | length) {}

  Family family() const { return packed_ & kIpv6Bit ? Family::kIpv6 : Family::kIpv4; }
  uint8_t length() const { return static_cast<uint8_t>(packed_); }
  uint64_t address48() const { return packed_ >> 8 & kAddressMask; }
  // The address space in units: [firstUnit, firstUnit + units).
  uint64_t units() const { return uint64_t{1} << (unitLength() - length()); }
  uint64_t firstUnit() const { return address48() >> (48 - unitLength()); }
  // Bit `at` of the address, counted from the left.
  unsigned bit(uint8_t at) const { return static_cast<unsigned>(address48() >> (47 - at)) & 1; }
  // The longest prefix that contains both. REQUIRES: same family.
  PrefixKey common(PrefixKey other) const {
    const uint64_t differing = address48() ^ other.address48();
    const int shared = differing == 0 ? 48 : std::countl_zero(differing) - 16;
    const auto shortest = std::min(length(), other.length());
    const auto length = static_cast<uint8_t>(std::min<int>(shared, shortest));
    const uint64_t mask = kAddressMask & ~(kAddressMask >> length);
    return {family(), address48() & mask, length};
  }
  Prefix prefix() const {
    Address address{family(), {}};
    for (int i = 0; i < 6; ++i)
      address.bytes[static_cast<size_t>(i)] = static_cast<uint8_t>(address48() >> (40 - 8 * i));
    return {address, length()};
  }
  uint64_t packed() const { return packed_; }
  auto operator<=>(const PrefixKey&) const = default;

 private:
  static constexpr uint64_t kIpv6Bit = uint64_t{1} << 63;
  static constexpr uint64_t kAddressMask = (uint64_t{1} << 48) - 1;

  uint8_t unitLength() const { return packed_ & kIpv6Bit ? kUnitLength6 : kUnitLength4; }

  uint64_t packed_ = 0;
};

}  // namespace nightjar::view
