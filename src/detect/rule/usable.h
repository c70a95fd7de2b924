// Which values a rule may reckon with.
#pragma once

namespace nightjar::detect {

// Counts up to 2^53 are exact in a double; anything else (NaN, infinite, negative, larger) is no count of
// address space or of messages, and is treated as absent.
inline bool usable(double value) {
  constexpr double kLargestExactCount = 9007199254740992.0;
  return value >= 0 && value <= kLargestExactCount;
}

}  // namespace nightjar::detect
