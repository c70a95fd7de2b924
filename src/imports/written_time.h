// Times as other people write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace nightjar::imports {

// Which way of writing a time was met; a file that changes it is told.
enum class TimeForm : uint8_t {
  kDates,         // RFC 3339 and what is close to it: 2023-08-20 01:05:00+00:00, 2023/08/20 1:05
  kSeconds,       // since the epoch, 1692493200 or 1692493200.0
  kMilliseconds,  // since the epoch, 1692493200000
  kMonthWords,    // 11-Nov-2019 00:00:00; Wednesday, March 17, 2021, 4:40:00 PM
  kDots,          // 17.03.2021 16:40
  kSlashes,       // 3/17/2021 4:40:00 PM
};
std::string_view nameOf(TimeForm form);

// What 3/4/2021 means.
enum class DayOrder : uint8_t { kUnknown, kMonthFirst, kDayFirst };

class TimeReader {
 public:
  // Local time is written that is `zone` ahead of UTC. A time that names its own offset (or Z, UTC, GMT)
  // keeps to that; one that counts from the epoch is taken as local time only because `zone` says so.
  explicit TimeReader(Seconds zone = Seconds(0), DayOrder order = DayOrder::kUnknown)
      : zone_(zone), order_(order) {}

  // Only this form, in the letters of strptime(3): %Y %y %m %d %b %B %H %I %M %S %p %z %s %a %A %f %%; other
  // characters stand for themselves, a space for any number of spaces. Fails with kUsage.
  static Result<TimeReader> withFormat(std::string format, Seconds zone = Seconds(0));

  // Fails with kInvalid where the text is no time, is an impossible one, can be read in two ways (3/4/2021
  // without an order), or names a weekday that is not its date's; and outside 1970 to 2199.
  Result<Time> read(std::string_view text);

  // The form of the last time that was read.
  TimeForm form() const { return form_; }

 private:
  Seconds zone_;
  DayOrder order_;
  std::string format_;
  TimeForm form_ = TimeForm::kDates;
};

// "+03:30", "-04:00", "+5", "Z", "UTC". Fails with kInvalid.
Result<Seconds> readZone(std::string_view text);

}  // namespace nightjar::imports
