#include "episode/table_reader.h"

#include <algorithm>

namespace nightjar::episode {
namespace {

Time timeOf(const toml::date_time& value) {
  const std::chrono::year_month_day date{std::chrono::year(value.date.year),
                                         std::chrono::month(value.date.month),
                                         std::chrono::day(value.date.day)};
  const auto& clock = value.time;
  Time time = std::chrono::sys_days(date) + std::chrono::hours(clock.hour) +
              std::chrono::minutes(clock.minute) + std::chrono::seconds(clock.second) +
              std::chrono::microseconds(clock.nanosecond / 1000);
  if (value.offset) time -= std::chrono::minutes(value.offset->minutes);
  return time;
}

}  // namespace

Spot spotOf(const toml::node& node) {
  return {node.source().begin.line, node.source().begin.column};
}

void ErrorSlot::set(Spot spot, std::string_view where, std::string_view what, ErrorKind kind) {
  if (error_) return;
  error_ = Error{kind, fmt::format("line {}, column {}: {}{}{}", spot.line, spot.column, where,
                                   where.empty() ? "" : ": ", what)};
}

template <typename T>
const toml::value<T>* TableReader::typed(std::string_view key, std::string_view expected) {
  const toml::node* found = node(key);
  if (!found) return nullptr;
  const auto* value = found->as<T>();
  if (!value) complain(*found, key, fmt::format("must be {}", expected));
  return value;
}

const toml::node* TableReader::node(std::string_view key) {
  known_.emplace(key);
  return table_.get(key);
}

std::string TableReader::text(std::string_view key, size_t most) {
  const auto* value = typed<std::string>(key, "a text in quotes");
  if (!value) return {};
  if (value->get().size() > most) complain(*value, key, fmt::format("is longer than {} bytes", most));
  return value->get();
}

bool TableReader::flag(std::string_view key, bool otherwise) {
  const auto* value = typed<bool>(key, "true or false");
  return value ? value->get() : otherwise;
}

uint32_t TableReader::number(std::string_view key, uint64_t least, uint64_t most, uint32_t otherwise) {
  const auto* value = typed<int64_t>(key, "a whole number");
  if (!value) return otherwise;
  if (value->get() < static_cast<int64_t>(least) || value->get() > static_cast<int64_t>(most)) {
    complain(*value, key, fmt::format("must be {} to {}, not {}", least, most, value->get()));
  }
  return static_cast<uint32_t>(value->get());
}

double TableReader::share(std::string_view key, double otherwise) {
  const toml::node* found = node(key);
  return found ? shareOf(*found, key) : otherwise;
}

double TableReader::shareOf(const toml::node& found, std::string_view key) {
  const double value = found.value<double>().value_or(-1);
  if (!(value >= 0 && value <= 1)) complain(found, key, "must be a number from 0 to 1");
  return value;
}

std::chrono::milliseconds TableReader::milliseconds(std::string_view key) {
  return std::chrono::milliseconds(number(key, 0, 60'000));
}

Range TableReader::range(std::string_view key, double low, double high, Range otherwise) {
  std::vector<double> ends;
  each(key, "a list of two numbers",
       [&](const toml::node& element) { ends.push_back(element.value<double>().value_or(low - 1)); });
  if (ends.empty()) return otherwise;
  if (ends.size() != 2 || !(low <= ends[0] && ends[0] <= ends[1] && ends[1] <= high)) {
    complain(*node(key), key, fmt::format("must be [least, most], both from {} to {}", low, high));
    return otherwise;
  }
  return {ends[0], ends[1]};
}

Time TableReader::time(std::string_view key) {
  const auto* value = typed<toml::date_time>(key, "a time such as 2022-01-05T10:45:00Z");
  return value ? timeOf(value->get()) : Time{};
}

Seconds TableReader::duration(std::string_view key, Seconds otherwise) {
  const auto* value = typed<std::string>(key, "a duration in quotes such as \"90s\" or \"2h\"");
  if (!value) return otherwise;
  const auto parsed = parseDuration(value->get());
  if (!parsed) complain(*value, key, parsed.error().message);
  return parsed.value_or(otherwise);
}

std::optional<Address> TableReader::address(std::string_view key, std::optional<Family> family) {
  const auto* value = typed<std::string>(key, "an IP address in quotes");
  if (!value) return {};
  const auto parsed = Address::parse(value->get());
  if (!parsed) complain(*value, key, parsed.error().message);
  if (parsed && family && parsed->family != *family) complain(*value, key, "must be an IPv4 address");
  return parsed ? std::optional(*parsed) : std::nullopt;
}

size_t TableReader::word(std::string_view key, std::span<const std::string_view> words) {
  const auto* value = typed<std::string>(key, "a word in quotes");
  if (!value) return 0;
  const auto at = std::find(words.begin(), words.end(), value->get());
  if (at == words.end()) {
    complain(*value, key,
             fmt::format("'{}' is none of {}", value->get(), fmt::join(words.begin(), words.end(), ", ")));
    return 0;
  }
  return static_cast<size_t>(at - words.begin());
}

std::vector<std::string> TableReader::texts(std::string_view key) {
  std::vector<std::string> list;
  each(key, "a list of texts", [&](const toml::node& element) {
    const auto value = element.value_exact<std::string>();
    if (!value) return complain(element, key, "must hold texts in quotes");
    list.push_back(*value);
  });
  return list;
}

std::vector<Asn> TableReader::asns(std::string_view key) {
  std::vector<Asn> numbers;
  each(key, "a list of AS numbers", [&](const toml::node& element) {
    const auto value = element.value_exact<int64_t>();
    if (!value || *value < 1 || *value > 0xffffffff) return complain(element, key, "must hold AS numbers");
    numbers.push_back(Asn{static_cast<uint32_t>(*value)});
  });
  return numbers;
}

std::vector<Time> TableReader::times(std::string_view key) {
  std::vector<Time> list;
  each(key, "a list of times", [&](const toml::node& element) {
    const auto value = element.value_exact<toml::date_time>();
    if (!value) return complain(element, key, "must hold times such as 2022-01-05T08:00:00Z");
    list.push_back(timeOf(*value));
  });
  return list;
}

void TableReader::require(std::initializer_list<std::string_view> keys) {
  for (const auto key : keys) {
    if (!has(key)) errors_.set(spot(), where_, fmt::format("'{}' is missing", key));
  }
}

void TableReader::complain(const toml::node& node, std::string_view key, std::string_view what) {
  errors_.set(spotOf(node), where_, fmt::format("'{}' {}", key, what));
}

void TableReader::finish() {
  for (const auto& [key, value] : table_) {
    if (known_.contains(std::string(key.str()))) continue;
    errors_.set({key.source().begin.line, key.source().begin.column}, where_,
                fmt::format("unknown key '{}'; known here: {}", key.str(), fmt::join(known_, ", ")));
  }
}

}  // namespace nightjar::episode
