// How much one unanswered probe says, in whole numbers, so that every machine comes to the same state.
#pragma once

#include <cstdint>

namespace nightjar::blocks {

// A probability as a share of 65536.
using Share = uint16_t;
constexpr Share shareOf(double probability) {
  return probability <= 0   ? Share{0}
         : probability >= 1 ? Share{65535}
                            : static_cast<Share>(probability * 65535.5);
}
constexpr double probabilityOf(Share share) {
  return share / 65535.0;
}

// Silence is counted in 1/20 of a natural logarithm of the odds, rounded down. 255 of them fit: more changes
// nothing.
using Silence = uint8_t;
inline constexpr uint32_t kNat = 20;

// P(reply | down): a stray answer, one address of 256, 1 % lost (Trinocular, section 4.2).
inline constexpr double kReplyWhenDown = (1 - 0.01) / 256;
// The belief never leaves these bounds, so that it can turn with few probes (section 4.2).
inline constexpr double kMostBelief = 0.99;
inline constexpr double kLeastBelief = 0.01;

// Silence at which a belief of 0.99 has come down to 0.9 (no longer surely up): ln(99 / 9).
inline constexpr Silence kDoubt = 48;
// And to 0.1 (down, says Trinocular): ln(99 x 9).
inline constexpr Silence kDownByBelief = 136;
// And at which a block is called down here: ln(28,000). While a block is up, such a silence comes about less
// than once in 28,000 rounds (Ville's inequality: a likelihood ratio that is a martingale with mean 1 ever
// reaches c with a probability of at most 1 / c), and five times more seldom in the simulations, for what an
// address counts is the mean of its kind. Trinocular's belief of 0.1 would stand for once in 891.
inline constexpr Silence kDown = 205;

// What one unanswered probe adds, where P(reply | up) is `availability`:
// ln(P(silence | down) / P(silence | up)), never under 0.
Silence silenceOf(Share availability);

// B(up) after such a silence, by Bayes from kMostBelief.
double beliefAfter(Silence silence);

}  // namespace nightjar::blocks
