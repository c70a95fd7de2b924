// A rate limit. The clock is the caller's.
#pragma once

#include <algorithm>
#include <cstdint>

namespace nightjar::link {

// Gives out `rate` tokens a second, and after a pause at most `burst` at once. Times are microseconds of any
// clock that never goes back.
class TokenBucket {
 public:
  // REQUIRES: rate > 0, burst >= 1.
  TokenBucket(double rate, double burst, uint64_t now)
      : perMicrosecond_(rate * 1e-6), burst_(burst), tokens_(burst), filled_(now) {}

  bool take(uint64_t now) {
    if (now > filled_) {
      tokens_ = std::min(burst_, tokens_ + static_cast<double>(now - filled_) * perMicrosecond_);
      filled_ = now;
    }
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
  }
  // A token that was not used.
  void putBack() { tokens_ = std::min(burst_, tokens_ + 1); }
  // Microseconds until there are `tokens` of them, after take() said no. REQUIRES: 1 <= tokens <= burst.
  uint64_t wait(double tokens = 1) const {
    return static_cast<uint64_t>((tokens - tokens_) / perMicrosecond_) + 1;
  }

 private:
  double perMicrosecond_;
  double burst_;
  double tokens_;
  uint64_t filled_;
};

}  // namespace nightjar::link
