// How much one unanswered probe says, in whole numbers, so that every machine comes to the same state.
#pragma once

#include <algorithm>
#include <array>
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

// Silence is counted in 1/20 of a natural logarithm of the odds, rounded down. More than 254 changes nothing:
// so it is never enough after three probes (downAfter), whatever they say.
using Silence = uint8_t;
inline constexpr Silence kMostSilence = 254;
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
// How deep the silences of a block that is up have come of late: 0 for less than the first of these, and so
// on.
using Depth = uint8_t;
inline constexpr std::array<Silence, 3> kDepths{60, 85, 110};
inline constexpr Depth kDeepest = 3;
constexpr Depth depthOf(Silence silence) {
  Depth depth = 0;
  while (depth < kDeepest && silence >= kDepths[depth]) ++depth;
  return depth;
}

// The silence at which a block is called down, after so many unanswered probes. Chosen on simulated blocks.
//
// Who stops at the first probe that will do is wrong in as many rounds as he has set himself (Ville's
// inequality: a likelihood ratio that is a martingale with mean 1 ever reaches c with a probability of at
// most 1 / c), mostly after three or four that were lost, while others would have answered. An outage loses
// nothing by more probes, for it stays silent. So it takes nearly all that can be counted after few, and less
// after as many as a round has: of a block whose silences end early, 5.5 nats (Trinocular: 6.8); of one whose
// silences have gone deep while it was up, 11.25, which chance brings about less than once in 77,000 rounds.
inline constexpr uint32_t kFewProbes = 3, kManyProbes = 12;
inline constexpr uint32_t kLeastDown = 110, kLeastDownOfDeep = 225;
constexpr Silence downAfter(uint32_t probes, Depth depth) {
  constexpr uint32_t kMost = 255;
  const uint32_t least = kLeastDown + (kLeastDownOfDeep - kLeastDown) * depth / kDeepest;
  const uint32_t counted = std::clamp(probes, kFewProbes, kManyProbes) - kFewProbes;
  return static_cast<Silence>(kMost - (kMost - least) * counted / (kManyProbes - kFewProbes));
}

// What one unanswered probe adds, where P(reply | up) is `availability`:
// ln(P(silence | down) / P(silence | up)), never under 0.
Silence silenceOf(Share availability);
// The same, but what is under half a logarithm is rounded up or down by chance (`random`), so that many who
// say little are not nothing together.
Silence silenceOf(Share availability, uint64_t random);

// The same of a veteran beside another one: up to 6.2 nats.
Silence silenceOfVeteran(Share availability);
// P(reply | up) of a veteran that missed so often in a row, where so many probes are lost: it has left for
// good, which happens to it once in a thousand times, or every probe of it was lost.
Share shareOfVeteran(Share lost, uint32_t misses);

// B(up) after such a silence, by Bayes from kMostBelief.
double beliefAfter(Silence silence);

}  // namespace nightjar::blocks
