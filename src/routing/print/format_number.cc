#include "routing/print/format_number.h"

#include "base/byte_reader.h"

namespace nightjar::print {
namespace {

using Groups = std::array<uint16_t, 8>;

char* putHex(char* p, uint16_t value) {
  constexpr char kDigits[] = "0123456789abcdef";
  for (int shift = value > 0xfff ? 12 : value > 0xff ? 8 : value > 0xf ? 4 : 0; shift >= 0; shift -= 4) {
    *p++ = kDigits[value >> shift & 0xf];
  }
  return p;
}

struct Run {
  size_t start = Groups().size();
  size_t length = 0;
};

// The longest run of zero groups, the first of equals.
Run longestZeroRun(const Groups& groups) {
  Run best;
  for (size_t i = 0; i < groups.size(); ++i) {
    size_t length = 0;
    while (i + length < groups.size() && groups[i + length] == 0) ++length;
    if (length > best.length) best = {i, length};
    i += length;
  }
  return best;
}

// Whether the last four bytes are written as a dotted quad. `zeros` is the longest run.
bool endsInQuad(const Groups& groups, Run zeros, Ipv6Style style) {
  if (zeros.start != 0) return false;
  if (zeros.length == 5 && groups[5] == 0xffff) return true;  // IPv4-mapped, RFC 4291, section 2.5.5.2
  if (style == Ipv6Style::kRfc5952) return zeros.length == 6;
  return zeros.length >= 6 && zeros.length < groups.size() && (groups[6] != 0 || groups[7] > 1);
}

}  // namespace

char* putU64(char* p, uint64_t value) {
  if (value < 1'000'000) return putBelowMillion(p, static_cast<uint32_t>(value));
  return putSixDigits(putU64(p, value / 1'000'000), static_cast<uint32_t>(value % 1'000'000));
}

char* putIpv6(char* p, const uint8_t* address, Ipv6Style style) {
  Groups groups;
  for (size_t i = 0; i < groups.size(); ++i) groups[i] = loadU16(address + 2 * i);
  Run zeros = longestZeroRun(groups);
  if (endsInQuad(groups, zeros, style))
    return putIpv4(put(p, groups[5] == 0 ? "::" : "::ffff:"), address + 12);
  if (zeros.length == 1 && style == Ipv6Style::kRfc5952) zeros = {};
  for (size_t i = 0; i < groups.size(); ++i) {
    if (i == zeros.start) {
      p = put(p, i == 0 ? "::" : ":");
      i += zeros.length - 1;
      continue;
    }
    p = putHex(p, groups[i]);
    if (i + 1 < groups.size()) *p++ = ':';
  }
  return p;
}

}  // namespace nightjar::print
