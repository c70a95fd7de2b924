#include "imports/csv_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "base/printable.h"
#include "imports/words.h"

namespace nightjar::imports {
namespace {

// Bytes that are looked at a second time, because quotes were out of step.
constexpr size_t kMostReread = size_t{64} << 20;

bool isBlank(char c) {
  return c == ' ' || c == '\t';
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && isBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && isBlank(text.back())) text.remove_suffix(1);
  return text;
}

// "#", "# words", "## words"; a header may begin with a '#', too: "#time,value".
bool isComment(std::string_view line) {
  if (!line.starts_with('#')) return false;
  return line.size() == 1 || isBlank(line[1]) || line[1] == '#' || line[1] == '\r' ||
         line.find_first_of(",;\t") == std::string_view::npos;
}

char separatorOf(std::string_view text) {
  constexpr std::array<char, 3> kSeparators{',', ';', '\t'};
  std::array<size_t, 3> counts{};
  bool quoted = false;
  for (const char c : text) {
    if (c == '"') quoted = !quoted;
    if (c == '\n' && !quoted) break;
    const auto* const found = std::find(kSeparators.begin(), kSeparators.end(), c);
    if (!quoted && found != kSeparators.end()) ++counts[static_cast<size_t>(found - kSeparators.begin())];
  }
  return kSeparators[static_cast<size_t>(std::max_element(counts.begin(), counts.end()) - counts.begin())];
}

}  // namespace

CsvReader::CsvReader(std::string_view text, Findings& findings) : text_(text), findings_(findings) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (text_.starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
  for (;;) {
    const size_t end = text_.find('\n', at_);
    if (end == std::string_view::npos || !isComment(text_.substr(at_, end - at_))) break;
    at_ = end + 1;
    ++line_;
  }
  separator_ = separatorOf(text_.substr(at_, kMaxField));
}

Result<bool> CsvReader::next(CsvRow& row) {
  if (text_.starts_with("\xff\xfe") || text_.starts_with("\xfe\xff")) {
    return fail(ErrorKind::kUnsupported, "is text in UTF-16; UTF-8 is read");
  }
  for (;;) {
    const auto taken = take(row);
    if (!taken) return std::unexpected(taken.error());
    if (*taken == Taken::kRow) return true;
    if (*taken == Taken::kNothing && at_ >= text_.size()) return false;
  }
}

// Names the row's first line and goes on behind it: where quotes are out of step, the lines after it need not
// be.
Result<CsvReader::Taken> CsvReader::dropLine(const CsvRow& row, size_t begin, const char* message) {
  findings_.drop(lineOf(row.line), message);
  const size_t end = text_.find('\n', begin);
  const size_t next = end == std::string_view::npos ? text_.size() : end + 1;
  if (at_ > next) reread_ += at_ - next;
  at_ = next;
  line_ = row.line + 1;
  if (reread_ > kMostReread) {
    return fail(ErrorKind::kLimit, fmt::format("{}: too many rows are damaged", lineOf(row.line)));
  }
  return Taken::kDamaged;
}

// The field up to its closing quote, which is passed; at_ is on the opening one. False where it does not end.
bool CsvReader::takeQuoted(std::string_view& field) {
  bool doubled = false;
  uint32_t lines = 0;
  const size_t begin = at_ + 1;
  const size_t limit = std::min(text_.size(), begin + kMaxField);
  for (size_t at = begin; at < limit; ++at) {
    if (text_[at] == '\n') ++lines;
    if (text_[at] != '"') continue;
    if (at + 1 < text_.size() && text_[at + 1] == '"') {
      doubled = true;
      ++at;
      continue;
    }
    field = text_.substr(begin, at - begin);
    if (doubled) {
      const size_t offset = unquoted_.size();
      for (size_t i = 0; i < field.size(); ++i) {
        unquoted_.push_back(field[i]);
        if (field[i] == '"') ++i;
      }
      field = field.substr(0, unquoted_.size() - offset);
      unquotedAt_.back().second = offset;
    } else {
      unquotedAt_.pop_back();
    }
    at_ = at + 1;
    line_ += lines;
    return true;
  }
  at_ = limit;
  return false;
}

Result<CsvReader::Taken> CsvReader::take(CsvRow& row) {
  row.fields.clear();
  unquoted_.clear();
  unquotedAt_.clear();
  if (at_ >= text_.size()) return Taken::kNothing;
  const size_t begin = at_;
  row.line = line_;
  for (;;) {
    while (at_ < text_.size() && isBlank(text_[at_]) && text_[at_] != separator_) ++at_;
    std::string_view field;
    if (at_ < text_.size() && text_[at_] == '"') {
      unquotedAt_.emplace_back(row.fields.size(), 0);
      if (!takeQuoted(field)) return dropLine(row, begin, "a quote is opened and not closed");
      while (at_ < text_.size() && (isBlank(text_[at_]) || text_[at_] == '\r') && text_[at_] != separator_) {
        ++at_;
      }
      if (at_ < text_.size() && text_[at_] != separator_ && text_[at_] != '\n') {
        return dropLine(row, begin, "something stands between a closing quote and the next separator");
      }
    } else {
      const size_t from = at_;
      while (at_ < text_.size() && text_[at_] != separator_ && text_[at_] != '\n') ++at_;
      field = text_.substr(from, at_ - from);
      if (field.ends_with('\r')) field.remove_suffix(1);
      field = trimmed(field);
    }
    if (row.fields.size() == kMaxFields) {
      return fail(ErrorKind::kLimit,
                  fmt::format("{}: has more than {} fields", lineOf(row.line), kMaxFields));
    }
    row.fields.push_back(field);
    if (at_ >= text_.size() || text_[at_] == '\n') break;
    ++at_;
  }
  const std::string_view whole = text_.substr(begin, at_ - begin);
  if (at_ < text_.size()) ++at_;
  ++line_;
  for (const auto& [index, offset] : unquotedAt_) {
    row.fields[index] = std::string_view(unquoted_).substr(offset, row.fields[index].size());
  }
  if (row.fields.size() == 1 && row.fields[0].empty()) return Taken::kNothing;
  if (whole.find('\0') != std::string_view::npos) {
    findings_.drop(lineOf(row.line), "holds a zero byte");
    return Taken::kDamaged;
  }
  return Taken::kRow;
}

std::optional<size_t> CsvColumns::find(std::string_view name) const {
  const std::string low = lowered(name);
  for (size_t i = 0; i < names_.size(); ++i) {
    if (lowered(names_[i]) == low) return i;
  }
  return std::nullopt;
}

Result<size_t> CsvColumns::at(std::string_view name) const {
  if (const auto found = find(name)) return *found;
  std::string there;
  constexpr size_t kMostNamed = 30;
  for (size_t i = 0; i < std::min(names_.size(), kMostNamed); ++i) {
    if (!names_[i].empty()) there += (there.empty() ? "" : ", ") + quote(names_[i]);
  }
  return fail(ErrorKind::kInvalid, fmt::format("there is no column {}; there are {}", quote(name),
                                               there.empty() ? "none" : there));
}

}  // namespace nightjar::imports
