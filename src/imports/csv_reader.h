// Comma-separated text (RFC 4180) as other programs really write it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "imports/findings.h"

namespace nightjar::imports {

struct CsvRow {
  uint32_t line = 0;  // where it begins; the first line of the file is 1
  // Without the quotes around them, and without spaces and tabs at their ends. Valid until the next row is
  // read.
  std::vector<std::string_view> fields;
};

// Reads rows from `text`, which it borrows. Comments in front, lines that begin with '#' and are no header,
// are passed over. Lines end in LF or CRLF; a UTF-8 byte order mark is passed over; fields in double quotes
// may hold separators, line ends and doubled quotes. Empty lines are no rows.
//
// The separator is the one of comma, semicolon and tab that the first line behind them has most of, outside
// quotes.
class CsvReader {
 public:
  static constexpr size_t kMaxField = size_t{64} << 10;
  static constexpr size_t kMaxFields = 4096;

  // Damaged rows become findings, which are dropped rows.
  CsvReader(std::string_view text, Findings& findings);

  // The next sound row; false at the end. Fails with kUnsupported on UTF-16, with kLimit
  // where a row has more than kMaxFields fields or too many rows are damaged. A quoted field that
  // does not end within kMaxField drops the row's first line, and reading goes on at the next.
  Result<bool> next(CsvRow& row);

 private:
  enum class Taken : uint8_t { kRow, kNothing, kDamaged };
  Result<Taken> take(CsvRow& row);
  bool takeQuoted(std::string_view& field);
  Result<Taken> dropLine(const CsvRow& row, size_t begin, const char* message);

  std::string_view text_;
  Findings& findings_;
  size_t at_ = 0;
  uint32_t line_ = 1;
  char separator_ = ',';
  size_t reread_ = 0;
  std::string unquoted_;                               // the bytes of quoted fields with doubled quotes
  std::vector<std::pair<size_t, size_t>> unquotedAt_;  // which fields of the row lie there: field, offset
};

// The columns of a file by their names in the first row.
class CsvColumns {
 public:
  explicit CsvColumns(const CsvRow& header) : names_(header.fields.begin(), header.fields.end()) {}

  // Names are compared without regard to case. Of two columns with one name the first is meant.
  std::optional<size_t> find(std::string_view name) const;
  // Fails with kInvalid and the names that there are.
  Result<size_t> at(std::string_view name) const;

 private:
  std::vector<std::string> names_;
};

// The field, or nothing where the row ends before it.
inline std::optional<std::string_view> fieldOf(const CsvRow& row, size_t column) {
  if (column >= row.fields.size()) return std::nullopt;
  return row.fields[column];
}

inline std::string lineOf(uint32_t number) {
  return "line " + std::to_string(number);
}

}  // namespace nightjar::imports
