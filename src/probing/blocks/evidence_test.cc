// The evidence of silences, by examples worked out by hand.
#include "probing/blocks/evidence.h"

#include <gtest/gtest.h>

#include "base/mix.h"

namespace nightjar::blocks {
namespace {

TEST(Evidence, IsTheLogarithmOfTheOdds) {
  // ln((1 - 0.99/256) / (1 - A)) in twentieths, rounded down: A = 0.5 gives 0.6893 x 20 = 13.8.
  EXPECT_EQ(silenceOf(shareOf(0.5)), 13);
  EXPECT_EQ(silenceOf(shareOf(0.9)), 46);  // 2.2987 x 20 = 45.97, of the step of 1/256 that 0.9 lies in
  EXPECT_EQ(silenceOf(shareOf(0.1)), 2);   // 0.1015 x 20 = 2.03
  EXPECT_EQ(silenceOf(shareOf(0.0)), 0);
  EXPECT_EQ(silenceOf(shareOf(1.0)), silenceOf(shareOf(0.98)));  // nobody is trusted wholly
}

TEST(Evidence, OfLittleIsRoundedByChance) {
  // 0.05 lies in the step of 1/256 that is 0.0488 in its middle: 0.0462 x 20 = 0.92.
  uint32_t sum = 0;
  for (uint64_t i = 0; i < 1000; ++i) sum += silenceOf(shareOf(0.05), mixBits(i));
  EXPECT_NEAR(sum, 920, 30);
  for (uint64_t i = 0; i < 1000; ++i) {
    ASSERT_EQ(silenceOf(shareOf(0.9), mixBits(i)), silenceOf(shareOf(0.9))) << "and what says much is not";
  }
}

TEST(Evidence, MustBeMoreTheFewerWereAskedAndTheDeeperSilencesCome) {
  for (Depth depth = 0; depth <= kDeepest; ++depth) {
    for (uint32_t probes = 1; probes < 30; ++probes) {
      EXPECT_GE(downAfter(probes, depth), downAfter(probes + 1, depth));
      if (depth > 0) {
        EXPECT_GE(downAfter(probes, depth), downAfter(probes, depth - 1));
      }
    }
    EXPECT_GT(downAfter(3, depth), 3 * silenceOf(shareOf(1.0))) << "three are not enough, however steady";
    EXPECT_LT(downAfter(4, depth), 4 * silenceOf(shareOf(1.0)));
  }
  EXPECT_GT(downAfter(12, 0), silenceOf(shareOf(1.0))) << "nor is one with others that never say much";
  EXPECT_EQ(downAfter(12, 0), 110);
  EXPECT_EQ(downAfter(12, kDeepest), 225);
  EXPECT_EQ(depthOf(59), 0);
  EXPECT_EQ(depthOf(60), 1);
  EXPECT_EQ(depthOf(255), kDeepest);
}

TEST(Evidence, OfAVeteranIsThatItLeftOrThatAllWasLost) {
  const auto of = [](double lost, uint32_t misses) {
    return probabilityOf(shareOfVeteran(shareOf(lost), misses));
  };
  // It has left once in a thousand times. A first miss: 0.001 + 0.999 x 0.2 = 0.2008; a second one:
  // (0.001 + 0.999 x 0.04) / 0.2008 = 0.2040; a third one: (0.001 + 0.999 x 0.008) / 0.04096 = 0.2195.
  EXPECT_NEAR(of(0.2, 0), 1 - 0.2008, 0.0005);
  EXPECT_NEAR(of(0.2, 1), 1 - 0.2040, 0.0005);
  EXPECT_NEAR(of(0.2, 2), 1 - 0.2195, 0.0005);
  // Where nothing is lost, the first miss says all.
  EXPECT_NEAR(of(0, 0), 0.999, 0.0005);
  EXPECT_EQ(of(0, 1), 0);
  EXPECT_EQ(of(0, 2), 0);
  EXPECT_EQ(of(1, 0), 0);
  // ln(0.99613 / (0.5 / 256)) = 6.234, and 3.6 for who is none.
  EXPECT_EQ(silenceOfVeteran(shareOfVeteran(0, 0)), 124);
  EXPECT_EQ(silenceOf(shareOfVeteran(0, 0)), silenceOf(shareOf(1.0)));
  EXPECT_EQ(silenceOfVeteran(shareOf(0.5)), silenceOf(shareOf(0.5)));
}

TEST(Evidence, OfThreeIsNeverEnough) {
  EXPECT_GT(downAfter(kFewProbes, 0), kMostSilence);
  EXPECT_LT(downAfter(kFewProbes + 1, kDeepest), kMostSilence);
}

TEST(Evidence, TurnsIntoBelief) {
  EXPECT_DOUBLE_EQ(beliefAfter(0), 0.99);
  // Bayes from 0.99 with one unanswered probe of A = 0.5: 0.99 x 0.5 / (0.99 x 0.5 + 0.01 x 0.99613) =
  // 0.98027.
  EXPECT_NEAR(beliefAfter(silenceOf(shareOf(0.5))), 0.98027, 0.001);
  // Five of them: the odds 99 x (0.5 / 0.99613)^5 = 3.1544, that is 0.7593.
  EXPECT_NEAR(beliefAfter(static_cast<Silence>(5 * silenceOf(shareOf(0.5)))), 0.7593, 0.05);
  EXPECT_LE(beliefAfter(kDoubt), 0.9);
  EXPECT_GT(beliefAfter(kDoubt - 1), 0.9);
  EXPECT_LE(beliefAfter(kDownByBelief), 0.1);
  EXPECT_GT(beliefAfter(kDownByBelief - 1), 0.1);
  EXPECT_DOUBLE_EQ(beliefAfter(255), 0.01);
}

}  // namespace
}  // namespace nightjar::blocks
