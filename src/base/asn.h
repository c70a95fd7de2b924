// Autonomous system numbers.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace nightjar {

// A four-octet AS number (RFC 6793). 0 is reserved (RFC 7607) and stands for "unknown" here.
struct Asn {
  uint32_t number = 0;
  auto operator<=>(const Asn&) const = default;
};

// What a two-octet speaker sees in place of a larger number (RFC 6793, section 9).
inline constexpr Asn kAsTrans{23456};

}  // namespace nightjar

template <>
struct std::hash<nightjar::Asn> {
  size_t operator()(nightjar::Asn asn) const noexcept { return std::hash<uint32_t>()(asn.number); }
};
