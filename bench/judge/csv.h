// Reads the shared measurements: comma-separated text with a header and quoted cells.
#pragma once

#include <algorithm>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace nightjar::bench {

class Csv {
 public:
  using Row = std::vector<std::string>;

  // Nothing if the file cannot be opened.
  static std::optional<Csv> open(const std::string& path) {
    std::ifstream in(path);
    if (!in) return std::nullopt;
    Csv csv;
    std::string line;
    std::getline(in, line);
    const Row names = split(line);
    for (size_t i = 0; i < names.size(); ++i) csv.columns_[names[i]] = i;
    while (std::getline(in, line)) {
      csv.rows_.push_back(split(line));
      csv.rows_.back().resize(std::max(names.size(), csv.rows_.back().size()));
    }
    return csv;
  }

  const std::vector<Row>& rows() const { return rows_; }
  const std::string& text(const Row& row, const std::string& column) const {
    return row.at(columns_.at(column));
  }
  std::optional<double> number(const Row& row, const std::string& column) const {
    const std::string& cell = text(row, column);
    char* end = nullptr;
    const double value = std::strtod(cell.c_str(), &end);
    if (cell.empty() || *end != 0 || !(value >= 0)) return std::nullopt;
    return value;
  }

 private:
  static Row split(const std::string& line) {
    Row row(1);
    bool quoted = false;
    for (const char c : line) {
      if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        row.emplace_back();
      } else if (c != '\r') {
        row.back() += c;
      }
    }
    return row;
  }

  std::map<std::string, size_t> columns_;
  std::vector<Row> rows_;
};

}  // namespace nightjar::bench
