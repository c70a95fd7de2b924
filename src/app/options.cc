#include "app/options.h"

#include <fmt/format.h>

#include <charconv>
#include <string_view>

namespace nightjar::app {

Result<BinWidth> readBinWidth(const char* text) {
  const auto length = parseDuration(text);
  if (!length) return std::unexpected(length.error());
  return BinWidth::of(*length);
}

Result<unsigned> readCount(const char* text, unsigned least, unsigned most) {
  const std::string_view digits(text);
  unsigned count = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
  if (error != std::errc() || end != digits.data() + digits.size() || count < least || count > most) {
    return fail(ErrorKind::kUsage,
                fmt::format("'{}' is not a whole number from {} to {}", text, least, most));
  }
  return count;
}

}  // namespace nightjar::app
