// The clock that gives the stamps in probes, and its relation to UTC.
#pragma once

#include <time.h>

#include <algorithm>
#include <cstdint>

#include "base/time.h"
#include "probing/packet/codec.h"

namespace nightjar::link {

inline int64_t readClock(clockid_t clock) {
  timespec t{};
  clock_gettime(clock, &t);
  return int64_t{t.tv_sec} * 1'000'000 + t.tv_nsec / 1000;
}
inline Time utcNow() {
  return Time(std::chrono::microseconds(readClock(CLOCK_REALTIME)));
}

// Microseconds since it was made (plus a second, so that nothing on it is negative): steps of the system's
// clock do not move it, and probes do not tell for how long the machine has been up.
class StampClock {
 public:
  StampClock() : base_(readClock(CLOCK_MONOTONIC) - 1'000'000) {}
  uint64_t now() const { return static_cast<uint64_t>(readClock(CLOCK_MONOTONIC) - base_); }

 private:
  int64_t base_;
};

// Turns the kernel's UTC time stamps of arrived packets into round-trip times. The kernel stamps a packet a
// few milliseconds before it is read; when the system's clock steps in between, the offset of a moment ago is
// right and the present one is not.
class ArrivalClock {
 public:
  explicit ArrivalClock(StampClock clock) : clock_(clock) {
    update();
    before_ = offset_;
  }

  // Before packets are read.
  void update() {
    before_ = offset_;
    // Read between two readings of the other clock that lie close together, or the offset would be wrong by
    // as long as another process ran in between.
    for (int attempt = 0; attempt < 4; ++attempt) {
      const uint64_t first = clock_.now();
      const int64_t utc = readClock(CLOCK_REALTIME);
      now_ = clock_.now();
      offset_ = utc - static_cast<int64_t>(now_);
      if (now_ - first <= 5) break;
    }
  }

  // From the stamp of a probe until the reply arrived at `utc`; at least 1.
  std::chrono::microseconds since(const packet::Stamp& stamp, Time utc) const {
    for (const int64_t offset : {offset_, before_}) {
      const int64_t arrived = utc.time_since_epoch().count() - offset;
      if (arrived < 0 || arrived > static_cast<int64_t>(now_) + kSlack) continue;
      const auto rtt = stamp.until(static_cast<uint64_t>(arrived));
      if (rtt.count() >= -kJitter) return std::max(rtt, std::chrono::microseconds(1));
    }
    return std::max(stamp.until(now_), std::chrono::microseconds(1));
  }

 private:
  static constexpr int64_t kSlack = 20'000;  // packets that arrive while others are read
  static constexpr int64_t kJitter = 10;     // of the offset

  StampClock clock_;
  uint64_t now_ = 0;
  int64_t offset_ = 0;
  int64_t before_ = 0;
};

}  // namespace nightjar::link
