#include "imports/written_time.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>

#include "base/printable.h"
#include "imports/csv_reader.h"
#include "imports/words.h"

namespace nightjar::imports {
namespace {

using std::chrono::microseconds;

constexpr std::array<std::string_view, 12> kMonths{"january",   "february", "march",    "april",
                                                   "may",       "june",     "july",     "august",
                                                   "september", "october",  "november", "december"};
constexpr std::array<std::string_view, 7> kWeekdays{"sunday",   "monday", "tuesday", "wednesday",
                                                    "thursday", "friday", "saturday"};

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}
bool isLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Its place in the list, for the whole word or a front of it of three letters and more.
template <size_t kCount>
std::optional<unsigned> wordIn(const std::array<std::string_view, kCount>& words, std::string_view text) {
  const std::string low = lowered(text);
  if (low.size() < 3) return std::nullopt;
  for (unsigned i = 0; i < kCount; ++i) {
    if (words[i].starts_with(low)) return i;
  }
  return std::nullopt;
}

// The parts of a time, as far as they were named.
struct Parts {
  int year = -1, month = -1, day = -1;
  int hour = 0, minute = 0, second = 0;
  microseconds fraction{};
  std::optional<bool> afternoon;
  std::optional<unsigned> weekday;
  std::optional<Seconds> zone;  // as the text itself says
  std::optional<Seconds> epoch;
};

class Text {
 public:
  explicit Text(std::string_view rest) : rest_(rest) {}

  bool empty() const { return rest_.empty(); }
  char front() const { return rest_.empty() ? '\0' : rest_.front(); }
  std::string_view rest() const { return rest_; }
  bool take(char c) {
    if (front() != c || rest_.empty()) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void skipSpaces() {
    while (take(' ')) {
    }
  }
  std::optional<int> number(size_t least, size_t most) {
    size_t digits = 0;
    int value = 0;
    while (digits < most && digits < rest_.size() && isDigit(rest_[digits])) {
      value = value * 10 + (rest_[digits++] - '0');
    }
    if (digits < least) return std::nullopt;
    rest_.remove_prefix(digits);
    return value;
  }
  // How many digits stand at the front.
  size_t digits() const {
    return static_cast<size_t>(std::find_if_not(rest_.begin(), rest_.end(), isDigit) - rest_.begin());
  }
  std::string_view word() {
    const auto length =
        static_cast<size_t>(std::find_if_not(rest_.begin(), rest_.end(), isLetter) - rest_.begin());
    const std::string_view word = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return word;
  }

 private:
  std::string_view rest_;
};

// ".123"
bool takeFraction(Text& text, microseconds& fraction) {
  int64_t value = 0;
  int64_t unit = 1'000'000;
  size_t digits = 0;
  for (; isDigit(text.front()); ++digits) {
    const int digit = text.number(1, 1).value_or(0);
    if (unit > 1) {
      unit /= 10;
      value += digit * unit;
    }
  }
  fraction = microseconds(value);
  return digits > 0;
}

std::optional<Seconds> takeOffset(Text& text) {
  const int sign = text.front() == '-' ? -1 : 1;
  if (!text.take('+') && !text.take('-')) return std::nullopt;
  const bool joined = text.digits() == 4;
  const auto hour = text.number(1, 2);
  if (!hour || *hour > 14) return std::nullopt;
  int minute = 0;
  if (joined || text.take(':')) {
    const auto minutes = text.number(2, 2);
    if (!minutes || *minutes > 59) return std::nullopt;
    minute = *minutes;
  }
  return sign * (std::chrono::hours(*hour) + std::chrono::minutes(minute));
}

bool isUtcWord(std::string_view word) {
  const std::string low = lowered(word);
  return low == "z" || low == "utc" || low == "gmt";
}

// "16:40", "4:40:00 PM", "4:40: PM", "01:05:00.000+00:00", "16:40 UTC": all that is left.
bool takeClock(Text& text, Parts& parts) {
  const auto hour = text.number(1, 2);
  if (!hour || !text.take(':')) return false;
  const auto minute = text.number(1, 2);
  if (!minute) return false;
  parts.hour = *hour;
  parts.minute = *minute;
  if (text.take(':')) parts.second = text.number(1, 2).value_or(0);
  if (text.take('.') && !takeFraction(text, parts.fraction)) return false;
  text.skipSpaces();
  const std::string_view word = text.word();
  const std::string low = lowered(word);
  if (low == "am" || low == "pm") {
    parts.afternoon = low == "pm";
    text.skipSpaces();
    const std::string_view zone = text.word();
    if (!zone.empty() && !isUtcWord(zone)) return false;
    if (!zone.empty()) parts.zone = Seconds(0);
  } else if (isUtcWord(word)) {
    parts.zone = Seconds(0);
  } else if (!word.empty()) {
    return false;
  }
  text.skipSpaces();
  if (text.front() == '+' || text.front() == '-') {
    parts.zone = takeOffset(text);
    if (!parts.zone) return false;
  }
  return text.empty();
}

// What may stand between a date and its clock.
void passToClock(Text& text) {
  text.take(',');
  if (!text.take('T')) text.skipSpaces();
}

bool takeClockOrEnd(Text& text, Parts& parts) {
  passToClock(text);
  return text.empty() || takeClock(text, parts);
}

std::unexpected<Error> noTime(std::string_view text) {
  return fail(ErrorKind::kInvalid, fmt::format("{} is not a time that can be read", quote(text)));
}

Result<Time> timeOf(const Parts& parts, Seconds zone, std::string_view text) {
  if (parts.epoch) return Time(*parts.epoch - parts.zone.value_or(zone)) + parts.fraction;
  int hour = parts.hour;
  if (parts.afternoon) {
    // "17:00 PM" says the same twice; "23:40 AM" contradicts itself.
    if (hour > 12 && !*parts.afternoon) {
      return fail(ErrorKind::kInvalid, fmt::format("{} has an hour that is not before noon", quote(text)));
    }
    if (hour <= 12) hour = hour % 12 + (*parts.afternoon ? 12 : 0);
  }
  const auto date = std::chrono::year{parts.year} / parts.month / parts.day;
  if (!date.ok() || parts.day < 1 || hour > 23 || parts.minute > 59 || parts.second > 59) {
    return fail(ErrorKind::kInvalid, fmt::format("{} is no date of the calendar", quote(text)));
  }
  const std::chrono::sys_days day(date);
  if (parts.weekday && std::chrono::weekday(day).c_encoding() != *parts.weekday) {
    return fail(ErrorKind::kInvalid, fmt::format("{} is not on that day of the week", quote(text)));
  }
  return Time(day) + std::chrono::hours(hour) + std::chrono::minutes(parts.minute) + Seconds(parts.second) +
         parts.fraction - parts.zone.value_or(zone);
}

Result<Time> inRange(Result<Time> time, std::string_view text) {
  constexpr Time kLatest = std::chrono::sys_days{std::chrono::year{2200} / 1 / 1};
  if (time && (*time < Time{} || *time > kLatest)) {
    return fail(ErrorKind::kInvalid, fmt::format("{} is outside the years 1970 to 2199", quote(text)));
  }
  return time;
}

// Nine and ten digits are seconds (1973 to 2286), twelve and thirteen milliseconds.
std::optional<Parts> readEpoch(std::string_view whole, TimeForm& form) {
  Text text(whole);
  const size_t digits = text.digits();
  Parts parts;
  int64_t count = 0;
  std::from_chars(whole.data(), whole.data() + whole.size(), count);
  if (digits == 9 || digits == 10) {
    form = TimeForm::kSeconds;
    parts.epoch = Seconds(count);
    Text fraction(whole.substr(digits));
    if (fraction.take('.') && !takeFraction(fraction, parts.fraction)) return std::nullopt;
    return fraction.empty() ? std::optional(parts) : std::nullopt;
  }
  if ((digits != 12 && digits != 13) || digits != whole.size()) return std::nullopt;
  form = TimeForm::kMilliseconds;
  parts.epoch = Seconds(count / 1000);
  parts.fraction = microseconds(count % 1000 * 1000);
  return parts;
}

// Words and numbers with a month by name among them; the order of day, month and year is then plain.
bool takeWithMonthWord(Text& text, Parts& parts) {
  if (isLetter(text.front())) {
    const std::string_view first = text.word();
    if (!wordIn(kMonths, first)) {
      parts.weekday = wordIn(kWeekdays, first);
      if (!parts.weekday) return false;
      text.take(',');
      text.skipSpaces();
    } else {
      parts.month = static_cast<int>(*wordIn(kMonths, first)) + 1;
      text.take('.');
    }
  }
  const auto passMark = [&text] {
    if (!text.take('-') && !text.take('/')) text.take(',');
    text.skipSpaces();
  };
  passMark();
  if (parts.month < 0 && isLetter(text.front())) {  // Wednesday, March 17, 2021
    const auto month = wordIn(kMonths, text.word());
    if (!month) return false;
    parts.month = static_cast<int>(*month) + 1;
    passMark();
  }
  parts.day = text.number(1, 2).value_or(-1);
  passMark();
  if (parts.month < 0) {  // 11-Nov-2019
    const auto month = wordIn(kMonths, text.word());
    if (!month) return false;
    parts.month = static_cast<int>(*month) + 1;
    passMark();
  }
  if (text.digits() != 4) return false;
  parts.year = text.number(4, 4).value_or(-1);
  return takeClockOrEnd(text, parts);
}

// 2023-08-20, 2023/8/20, 17.03.2021, 3/17/2021.
bool takeNumbers(Text& text, Parts& parts, TimeForm& form, DayOrder order, bool& twoWays) {
  const bool yearFirst = text.digits() == 4;
  const int first = text.number(1, 4).value_or(-1);
  const char mark = text.front();
  if ((mark != '-' && mark != '/' && mark != '.') || !text.take(mark)) return false;
  const int second = text.number(1, 2).value_or(-1);
  if (!text.take(mark)) return false;
  if (yearFirst) {
    form = TimeForm::kDates;
    parts.year = first;
    parts.month = second;
    parts.day = text.number(1, 2).value_or(-1);
    return takeClockOrEnd(text, parts);
  }
  if (text.digits() != 4) return false;
  parts.year = text.number(4, 4).value_or(-1);
  form = mark == '/' ? TimeForm::kSlashes : TimeForm::kDots;
  bool monthFirst = order == DayOrder::kMonthFirst;
  if (mark == '.') monthFirst = false;  // nobody writes 3.17.2021
  if (mark != '.' && order == DayOrder::kUnknown) {
    monthFirst = second > 12;
    twoWays = first <= 12 && second <= 12 && first != second;
  }
  parts.month = monthFirst ? first : second;
  parts.day = monthFirst ? second : first;
  return takeClockOrEnd(text, parts);
}

// One letter of a format against the text.
bool takeByLetter(char letter, Text& text, Parts& parts) {
  const auto into = [&text](int& part, size_t most) {
    const auto number = text.number(1, most);
    if (number) part = *number;
    return number.has_value();
  };
  switch (letter) {
    case 'Y':
      return text.digits() >= 4 && into(parts.year, 4);
    case 'y': {
      int year = 0;
      if (text.digits() < 2 || !into(year, 2)) return false;
      parts.year = year + (year < 70 ? 2000 : 1900);  // as strptime(3) has it
      return true;
    }
    case 'm':
      return into(parts.month, 2);
    case 'd':
      return into(parts.day, 2);
    case 'H':
    case 'I':
      return into(parts.hour, 2);
    case 'M':
      return into(parts.minute, 2);
    case 'S':
      return into(parts.second, 2);
    case 'f':
      return takeFraction(text, parts.fraction);
    case 'b':
    case 'B': {
      const auto month = wordIn(kMonths, text.word());
      if (month) parts.month = static_cast<int>(*month) + 1;
      return month.has_value();
    }
    case 'a':
    case 'A':
      parts.weekday = wordIn(kWeekdays, text.word());
      return parts.weekday.has_value();
    case 'p': {
      const std::string word = lowered(text.word());
      parts.afternoon = word == "pm";
      return word == "am" || word == "pm";
    }
    case 'z':
      if (isLetter(text.front())) {
        parts.zone = Seconds(0);
        return isUtcWord(text.word());
      }
      parts.zone = takeOffset(text);
      return parts.zone.has_value();
    case 's': {
      if (text.digits() < 1 || text.digits() > 12) return false;
      int64_t count = 0;
      while (isDigit(text.front())) count = count * 10 + text.number(1, 1).value_or(0);
      parts.epoch = Seconds(count);
      return true;
    }
    default:
      return letter == '%' && text.take('%');
  }
}

std::optional<Parts> readByFormat(std::string_view format, std::string_view whole) {
  Text text(whole);
  Parts parts;
  for (size_t i = 0; i < format.size(); ++i) {
    if (format[i] == ' ') {
      text.skipSpaces();
    } else if (format[i] == '%' && i + 1 < format.size()) {
      if (!takeByLetter(format[++i], text, parts)) return std::nullopt;
    } else if (!text.take(format[i])) {
      return std::nullopt;
    }
  }
  return text.empty() ? std::optional(parts) : std::nullopt;
}

}  // namespace

std::string_view nameOf(TimeForm form) {
  switch (form) {
    case TimeForm::kDates:
      return "2021-03-17 16:40";
    case TimeForm::kSeconds:
      return "seconds since 1970";
    case TimeForm::kMilliseconds:
      return "milliseconds since 1970";
    case TimeForm::kMonthWords:
      return "17 March 2021 16:40";
    case TimeForm::kDots:
      return "17.03.2021 16:40";
    case TimeForm::kSlashes:
      return "17/03/2021 16:40";
  }
  return "";
}

Result<TimeReader> TimeReader::withFormat(std::string format, Seconds zone) {
  constexpr std::string_view kLetters = "YymdbBHIMSpzsaAf%";
  bool date = false;
  for (size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') continue;
    ++i;
    if (i == format.size() || kLetters.find(format[i]) == std::string_view::npos) {
      return fail(ErrorKind::kUsage,
                  fmt::format("{} is no time format: after % one of {}", quote(format), kLetters));
    }
    date = date || format[i] == 'd' || format[i] == 's';
  }
  if (!date)
    return fail(ErrorKind::kUsage, fmt::format("{} is no time format: it has no day", quote(format)));
  TimeReader reader(zone);
  reader.format_ = std::move(format);
  return reader;
}

Result<Time> TimeReader::read(std::string_view text) {
  Parts parts;
  bool twoWays = false;
  TimeForm form = TimeForm::kDates;
  if (!format_.empty()) {
    const auto read = readByFormat(format_, text);
    if (!read) {
      return fail(ErrorKind::kInvalid, fmt::format("{} is not written as {}", quote(text), quote(format_)));
    }
    parts = *read;
  } else if (const auto epoch = readEpoch(text, form)) {
    parts = *epoch;
  } else {
    Text numbers(text);
    if (!takeNumbers(numbers, parts, form, order_, twoWays)) {
      form = TimeForm::kMonthWords;
      parts = {};
      twoWays = false;
      Text words(text);
      if (!takeWithMonthWord(words, parts)) return noTime(text);
    }
  }
  if (twoWays) {
    return fail(ErrorKind::kInvalid,
                fmt::format("{} can be read in two ways: which is the month is not said", quote(text)));
  }
  auto time = inRange(timeOf(parts, zone_, text), text);
  if (time) form_ = form;
  return time;
}

Result<Seconds> readZone(std::string_view text) {
  if (isUtcWord(text)) return Seconds(0);
  Text rest(text);
  const auto zone = takeOffset(rest);
  if (!zone || !rest.empty()) {
    return fail(ErrorKind::kInvalid, fmt::format("{} is not a zone such as +03:30", quote(text)));
  }
  return *zone;
}

}  // namespace nightjar::imports
