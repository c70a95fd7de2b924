#include "detect/print/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace nightjar::detect {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"January",   "February", "March",    "April",
                                                      "May",       "June",     "July",     "August",
                                                      "September", "October",  "November", "December"};

struct Parts {
  std::chrono::year_month_day date;
  std::chrono::hh_mm_ss<std::chrono::microseconds> clock;
};

Parts partsOf(Time time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  return {std::chrono::year_month_day(day), std::chrono::hh_mm_ss(time - day)};
}

std::string_view monthOf(const Parts& parts) {
  return kMonths[unsigned(parts.date.month()) - 1];
}

// Bytes 10xxxxxx continue a UTF-8 character.
bool startsCharacter(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
}

size_t characters(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), startsCharacter));
}

}  // namespace

std::string grouped(double value) {
  if (value < 10 && value != std::round(value)) return fmt::format("{:.1f}", value);
  if (value >= 999'999.5) return fmt::format("{:.1f} M", value / 1e6);
  const auto whole = static_cast<int64_t>(std::llround(std::max(0.0, value)));
  if (whole < 1000) return fmt::format("{}", whole);
  return fmt::format("{},{:03}", whole / 1000, whole % 1000);
}

std::string percent(double depth) {
  double hundredths = std::round(100 * depth);
  if (depth < 1 && hundredths == 100) hundredths = 99;
  return fmt::format("-{:.0f} %", std::max(0.0, hundredths));
}

std::string shortTime(Time time) {
  const std::string text = formatTime(time);  // 2011-01-27T22:10:00Z
  return fmt::format("{} {}", text.substr(0, 10), text.substr(11, 5));
}

std::string dayTime(Time time) {
  const Parts parts = partsOf(time);
  return fmt::format("{} {} {:02}:{:02}", unsigned(parts.date.day()), monthOf(parts).substr(0, 3),
                     parts.clock.hours().count(), parts.clock.minutes().count());
}

std::string longTime(Time time) {
  const Parts parts = partsOf(time);
  return fmt::format("{} {} {}, {:02}:{:02} UTC", unsigned(parts.date.day()), monthOf(parts),
                     int(parts.date.year()), parts.clock.hours().count(), parts.clock.minutes().count());
}

std::string clipped(std::string_view text, size_t width) {
  constexpr std::string_view kDots = "...";
  if (characters(text) <= width) return std::string(text);
  std::string result;
  size_t count = 0;
  for (const char c : text) {
    if (startsCharacter(c) && ++count + kDots.size() > width) break;
    result += c;
  }
  return result + std::string(kDots);
}

std::string cell(std::string_view text, size_t width) {
  std::string result = clipped(text, width);
  return result + std::string(width + 1 - std::min(width, characters(result)), ' ');
}

std::vector<std::string> wrap(std::string_view text, size_t width) {
  std::vector<std::string> lines(1);
  while (!text.empty()) {
    const size_t space = text.find(' ');
    const std::string word = clipped(text.substr(0, space), width);
    text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
    std::string& last = lines.back();
    if (last.empty()) {
      last = word;
    } else if (characters(last) + 1 + characters(word) <= width) {
      last += " " + word;
    } else {
      lines.push_back(word);
    }
  }
  return lines;
}

}  // namespace nightjar::detect
