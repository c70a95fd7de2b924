#include "probing/blocks/outcome.h"

#include <bit>

namespace nightjar::blocks {

Outcome rounded(Outcome outcome) {
  outcome.sent = std::chrono::floor<SentResolution>(outcome.sent);
  const auto rtt = static_cast<uint64_t>(outcome.rtt.count() > 0 ? outcome.rtt.count() : 0);
  const int excess = static_cast<int>(std::bit_width(rtt)) - kRttBits;
  if (excess > 0) {
    const uint64_t half = uint64_t{1} << (excess - 1);
    outcome.rtt = std::chrono::microseconds((rtt + half) >> excess << excess);
  } else {
    outcome.rtt = std::chrono::microseconds(rtt);
  }
  return outcome;
}

}  // namespace nightjar::blocks
