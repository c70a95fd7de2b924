#include "base/time.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <optional>

namespace nightjar {
namespace {

using std::chrono::microseconds;

constexpr Time kEarliest{};
constexpr Time kLatest = std::chrono::sys_days{std::chrono::year{2200} / 1 / 1};

// Takes exactly `digits` decimal digits from the front of `text`.
std::optional<int> takeDigits(std::string_view& text, size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  for (size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<microseconds> takeFraction(std::string_view& text) {
  int64_t value = 0;
  size_t digits = 0;
  for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1), ++digits) {
    if (digits < 6) value = value * 10 + (text.front() - '0');
  }
  if (digits == 0) return std::nullopt;
  for (; digits < 6; ++digits) value *= 10;
  return microseconds(value);
}

// "hh:mm[:ss[.fraction]]"
std::optional<microseconds> takeClock(std::string_view& text) {
  const auto hour = takeDigits(text, 2);
  if (!hour || *hour > 23 || !take(text, ':')) return std::nullopt;
  const auto minute = takeDigits(text, 2);
  if (!minute || *minute > 59) return std::nullopt;
  microseconds clock = std::chrono::hours(*hour) + std::chrono::minutes(*minute);
  if (!take(text, ':')) return clock;
  const auto second = takeDigits(text, 2);
  if (!second || *second > 59) return std::nullopt;
  clock += std::chrono::seconds(*second);
  if (!take(text, '.')) return clock;
  const auto fraction = takeFraction(text);
  if (!fraction) return std::nullopt;
  return clock + *fraction;
}

// "Z", "+hh:mm", "-hh:mm" or nothing: what to subtract to come to UTC.
std::optional<microseconds> takeZone(std::string_view& text) {
  if (text.empty() || take(text, 'Z') || take(text, 'z')) return microseconds(0);
  const int sign = text.front() == '-' ? -1 : 1;
  if (!take(text, '+') && !take(text, '-')) return std::nullopt;
  const auto hour = takeDigits(text, 2);
  if (!hour || *hour > 23 || !take(text, ':')) return std::nullopt;
  const auto minute = takeDigits(text, 2);
  if (!minute || *minute > 59) return std::nullopt;
  return sign * (std::chrono::hours(*hour) + std::chrono::minutes(*minute));
}

std::optional<Time> readTime(std::string_view text) {
  const auto year = takeDigits(text, 4);
  if (!year || !take(text, '-')) return std::nullopt;
  const auto month = takeDigits(text, 2);
  if (!month || !take(text, '-')) return std::nullopt;
  const auto day = takeDigits(text, 2);
  if (!day) return std::nullopt;
  const auto date = std::chrono::year{*year} / *month / *day;
  if (!date.ok()) return std::nullopt;
  Time time = std::chrono::sys_days(date);
  if (text.empty()) return time;
  if (!take(text, 'T') && !take(text, 't') && !take(text, ' ')) return std::nullopt;
  const auto clock = takeClock(text);
  if (!clock) return std::nullopt;
  const auto zone = takeZone(text);
  if (!zone || !text.empty()) return std::nullopt;
  return time + *clock - *zone;
}

}  // namespace

std::string formatTime(Time time) {
  const auto days = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(days);
  const std::chrono::hh_mm_ss clock(time - days);
  std::string text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", int(date.year()),
                                 unsigned(date.month()), unsigned(date.day()), clock.hours().count(),
                                 clock.minutes().count(), clock.seconds().count());
  if (clock.subseconds().count() != 0) text += fmt::format(".{:06}", clock.subseconds().count());
  return text + "Z";
}

Result<Time> parseTime(std::string_view text) {
  const auto time = readTime(text);
  if (!time || *time < kEarliest || *time > kLatest) {
    return fail(ErrorKind::kInvalid,
                fmt::format("'{}' is not a time such as 2022-01-05T10:45:00Z (years 1970 to 2199)", text));
  }
  return *time;
}

Result<Seconds> parseDuration(std::string_view text) {
  int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view unit(end, static_cast<size_t>(text.data() + text.size() - end));
  constexpr int64_t kMost = 1'000'000;
  if (error == std::errc() && count > 0 && count <= kMost) {
    if (unit == "s") return Seconds(count);
    if (unit == "m") return std::chrono::minutes(count);
    if (unit == "h") return std::chrono::hours(count);
    if (unit == "d") return std::chrono::days(count);
  }
  return fail(ErrorKind::kInvalid, fmt::format("'{}' is not a duration such as 90s, 5m, 1h or 2d", text));
}

std::string formatDuration(Seconds duration) {
  if (duration.count() < 0) return "-" + formatDuration(-duration);
  constexpr std::array<std::pair<int64_t, char>, 4> kUnits{{{86400, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}}};
  int64_t left = duration.count();
  for (size_t i = 0; i < kUnits.size(); ++i) {
    const auto [size, name] = kUnits[i];
    if (left < size) continue;
    std::string text = fmt::format("{}{}", left / size, name);
    left %= size;
    if (i + 1 < kUnits.size() && left >= kUnits[i + 1].first) {
      text += fmt::format(" {}{}", left / kUnits[i + 1].first, kUnits[i + 1].second);
    }
    return text;
  }
  return "0s";
}

Result<BinWidth> BinWidth::of(Seconds length) {
  constexpr Seconds kHour = std::chrono::hours(1);
  if (length < std::chrono::minutes(1) || length > kHour || kHour.count() % length.count() != 0) {
    return fail(ErrorKind::kInvalid,
                fmt::format("a bin of {} does not fit: take 1m to 1h, a whole number to the hour",
                            formatDuration(length)));
  }
  return BinWidth(length);
}

}  // namespace nightjar
