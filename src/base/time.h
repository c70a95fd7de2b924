// UTC time and the bins that it is cut into.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace nightjar {

// A moment in UTC. MRT's extended header (RFC 6396, section 3) carries microseconds, so nothing finer is
// kept.
using Time = std::chrono::sys_time<std::chrono::microseconds>;
using Seconds = std::chrono::seconds;

// "2022-01-05T10:45:00Z"; with ".123456" only when the fraction is not zero (RFC 3339, UTC).
std::string formatTime(Time time);

// Reads RFC 3339: date, or date and time with optional seconds and fraction, with Z, an offset or nothing
// (UTC). Fails with kInvalid on anything else, on impossible dates, and outside 1970-01-01 to 2200-01-01.
Result<Time> parseTime(std::string_view text);

// "5m", "90s", "1h", "2d": a positive whole number and a unit. Fails with kInvalid.
Result<Seconds> parseDuration(std::string_view text);

// "5m", "1h", "1h 30m", "3d 4h": at most two units, the larger first.
std::string formatDuration(Seconds duration);

// A bin's length: 1 minute to 1 hour, and a whole number of them fills an hour, so that bins align to the
// epoch.
class BinWidth {
 public:
  constexpr BinWidth() = default;  // 5 minutes
  static Result<BinWidth> of(Seconds length);
  constexpr Seconds length() const { return length_; }
  auto operator<=>(const BinWidth&) const = default;

 private:
  explicit constexpr BinWidth(Seconds length) : length_(length) {}
  Seconds length_ = std::chrono::minutes(5);
};

// A half-open interval [start, start + width) of UTC time, counted from the epoch in widths.
struct Bin {
  int64_t index = 0;

  static Bin of(Time time, BinWidth width) {
    return {std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count() /
            width.length().count()};
  }
  Time start(BinWidth width) const { return Time(std::chrono::seconds(index * width.length().count())); }
  Time end(BinWidth width) const { return Bin{index + 1}.start(width); }
  Bin next() const { return {index + 1}; }
  auto operator<=>(const Bin&) const = default;
};

}  // namespace nightjar
