// Lines and fields of text that lies in memory, each with its place in the file.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace nightjar::geo {

struct Line {
  std::string_view text;  // without its end (LF or CRLF)
  uint64_t offset = 0;    // of its first byte in the file
  uint32_t number = 0;    // the first is 1
};

// Hands out the lines of `text`, which it borrows.
class LineReader {
 public:
  // No line of any format that is read comes near this.
  static constexpr size_t kMaxLine = 4096;

  explicit LineReader(std::string_view text) : text_(text) {}

  // False at the end. Fails with kInvalid at a line of more than kMaxLine bytes.
  Result<bool> next(Line& line);

 private:
  std::string_view text_;
  size_t at_ = 0;
  uint32_t number_ = 0;
};

// Calls fn(line) for each line of `text` until one fails: fn gives a Result<void>.
template <class Fn>
Result<void> forEachLine(std::string_view text, const Fn& fn) {
  LineReader lines(text);
  for (Line line;;) {
    const auto more = lines.next(line);
    if (!more) return std::unexpected(more.error());
    if (!*more) return {};
    if (Result<void> done = fn(line); !done) return done;
  }
}

// What goes wrong in a line: "line 7: ..." at the line's byte.
std::unexpected<Error> failAt(const Line& line, std::string_view message);

// Cuts the part up to the next separator, or all that is left, off the front of `rest`.
std::string_view takeField(std::string_view& rest, char separator);

// Without spaces and tabs around it.
std::string_view trim(std::string_view text);

// Decimal digits, the whole of `text`.
template <class Number>
std::optional<Number> readNumber(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace nightjar::geo
