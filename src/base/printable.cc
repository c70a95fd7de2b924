#include "base/printable.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace nightjar {
namespace {

// RFC 3629, section 4: the first byte says how many follow, and what the second one may be.
struct Lead {
  uint8_t first, last;
  size_t length;
  uint8_t second_least = 0x80, second_most = 0xBF;
};
constexpr Lead kLeads[] = {
    {0x20, 0x7E, 1}, {0xC2, 0xC2, 2, 0xA0},  // below are the C1 control characters
    {0xC3, 0xDF, 2}, {0xE0, 0xE0, 3, 0xA0}, {0xE1, 0xEC, 3}, {0xED, 0xED, 3, 0x80, 0x9F},
    {0xEE, 0xEF, 3}, {0xF0, 0xF0, 4, 0x90}, {0xF1, 0xF3, 4}, {0xF4, 0xF4, 4, 0x80, 0x8F}};

// The bytes of the character that the text begins with; 0 if it cannot be printed.
size_t printableLength(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const auto lead = std::find_if(std::begin(kLeads), std::end(kLeads), [&](const Lead& one) {
    return one.first <= byte(0) && byte(0) <= one.last;
  });
  if (lead == std::end(kLeads) || lead->length > text.size()) return 0;
  for (size_t i = 1; i < lead->length; ++i) {
    const uint8_t least = i == 1 ? lead->second_least : 0x80;
    const uint8_t most = i == 1 ? lead->second_most : 0xBF;
    if (byte(i) < least || byte(i) > most) return 0;
  }
  return lead->length;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const size_t length = printableLength(text);
    result += length == 0 ? "?" : text.substr(0, length);
    text.remove_prefix(std::max<size_t>(1, length));
  }
  return result;
}

std::string quote(std::string_view text) {
  constexpr size_t kMost = 40;
  size_t end = 0;
  for (size_t count = 0; count < kMost && end < text.size(); ++count)
    end += std::max<size_t>(1, printableLength(text.substr(end)));
  return "'" + printable(text.substr(0, end)) + (end < text.size() ? "...'" : "'");
}

}  // namespace nightjar
