// Tables of a TOML file, read key by key. No other file in this folder includes toml++, which throws:
// parseFacts catches it.
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <initializer_list>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <toml++/toml.h>

#include "base/address.h"
#include "base/asn.h"
#include "base/result.h"
#include "base/time.h"
#include "episode/facts.h"

namespace nightjar::episode {

Spot spotOf(const toml::node& node);

// The first error of the file; everything read after it is worthless and dropped.
class ErrorSlot {
 public:
  // The message says line and column, `where` if it is not empty, and `what`.
  void set(Spot spot, std::string_view where, std::string_view what, ErrorKind kind = ErrorKind::kInvalid);
  bool isSet() const { return error_.has_value(); }
  const Error& error() const { return *error_; }

 private:
  std::optional<Error> error_;
};

// One table of the file. Every key that is read is ticked off; finish() complains about the first that is
// not. A key that is missing gives `otherwise`, or an empty value. One that is wrong gives any value, and the
// slot has the error.
class TableReader {
 public:
  // `table` and `errors` must outlive the reader. `where` names the table in messages.
  TableReader(const toml::table& table, std::string where, ErrorSlot& errors)
      : table_(table), where_(std::move(where)), errors_(errors) {}

  Spot spot() const { return spotOf(table_); }
  bool has(std::string_view key) const { return table_.contains(key); }
  const toml::node* node(std::string_view key);

  std::string text(std::string_view key, size_t most = 200);  // bytes
  bool flag(std::string_view key, bool otherwise);
  uint32_t number(std::string_view key, uint64_t least, uint64_t most, uint32_t otherwise = 0);
  Asn asn(std::string_view key) { return Asn{number(key, 1, 0xffffffff)}; }
  // A share of a whole, 0 to 1.
  double share(std::string_view key, double otherwise);
  double shareOf(const toml::node& found, std::string_view key);
  // Whole milliseconds.
  std::chrono::milliseconds milliseconds(std::string_view key);
  // [least, most], both from `low` to `high`.
  Range range(std::string_view key, double low, double high, Range otherwise);
  Time time(std::string_view key);
  Seconds duration(std::string_view key, Seconds otherwise);
  std::optional<Address> address(std::string_view key, std::optional<Family> family = {});
  // One of `words`; the position of the word.
  size_t word(std::string_view key, std::span<const std::string_view> words);
  std::vector<std::string> texts(std::string_view key);
  std::vector<Asn> asns(std::string_view key);
  std::vector<Time> times(std::string_view key);

  // Calls `use` with a reader for each table of a list of tables ([[key]]).
  template <typename Use>
  void tables(std::string_view key, size_t most, Use use);
  // Calls `use` with a reader for the table `key`, if it is there.
  template <typename Use>
  void table(std::string_view key, Use use);
  // Calls `use(key, node)` for everything in this table.
  template <typename Use>
  void all(Use use);

  void require(std::initializer_list<std::string_view> keys);
  void complain(const toml::node& node, std::string_view key, std::string_view what);
  void finish();

 private:
  template <typename T>
  const toml::value<T>* typed(std::string_view key, std::string_view expected);
  template <typename Use>
  void each(std::string_view key, std::string_view expected, Use use);

  const toml::table& table_;
  std::string where_;
  ErrorSlot& errors_;
  std::set<std::string> known_;
};

template <typename Use>
void TableReader::tables(std::string_view key, size_t most, Use use) {
  size_t count = 0;
  each(key, "a list of tables", [&](const toml::node& element) {
    const auto* table = element.as_table();
    if (!table) return complain(element, key, "must be written as [[tables]]");
    if (++count > most) {
      return errors_.set(spotOf(element), where_, fmt::format("more than {} of [[{}]]", most, key),
                         ErrorKind::kLimit);
    }
    TableReader reader(*table, fmt::format("{} {}", key, count), errors_);
    use(reader);
    reader.finish();
  });
}

template <typename Use>
void TableReader::table(std::string_view key, Use use) {
  const toml::node* found = node(key);
  if (!found) return;
  if (!found->is_table()) return complain(*found, key, "must be a table");
  TableReader reader(*found->as_table(), where_.empty() ? std::string(key) : where_ + "." + std::string(key),
                     errors_);
  use(reader);
  reader.finish();
}

template <typename Use>
void TableReader::all(Use use) {
  for (const auto& [key, value] : table_) {
    known_.emplace(key.str());
    use(key.str(), value);
  }
}

template <typename Use>
void TableReader::each(std::string_view key, std::string_view expected, Use use) {
  const toml::node* found = node(key);
  if (!found) return;
  const auto* array = found->as_array();
  if (!array) return complain(*found, key, fmt::format("must be {}", expected));
  for (const toml::node& element : *array) {
    if (errors_.isSet()) return;
    use(element);
  }
}

}  // namespace nightjar::episode
