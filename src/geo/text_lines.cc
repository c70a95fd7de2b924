#include "geo/text_lines.h"

#include <fmt/format.h>

#include <algorithm>

namespace nightjar::geo {

Result<bool> LineReader::next(Line& line) {
  if (at_ == text_.size()) return false;
  const std::string_view rest = text_.substr(at_);
  const size_t end = std::min(rest.find('\n'), rest.size());
  line = {rest.substr(0, end), at_, ++number_};
  if (end > kMaxLine) return failAt(line, fmt::format("is longer than {} bytes", kMaxLine));
  if (line.text.ends_with('\r')) line.text.remove_suffix(1);
  at_ += std::min(end + 1, rest.size());
  return true;
}

std::unexpected<Error> failAt(const Line& line, std::string_view message) {
  return fail(ErrorKind::kInvalid, fmt::format("line {}: {}", line.number, message), line.offset);
}

std::string_view takeField(std::string_view& rest, char separator) {
  const size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view field = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return field;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t";
  const size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

}  // namespace nightjar::geo
