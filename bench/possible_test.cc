// What is possible at most, worked out by hand.
#include "possible.h"

#include <gtest/gtest.h>

namespace nightjar::bench {
namespace {

using std::chrono::minutes;
using Model = blocks::SimulatedBlocks::Model;

TEST(Possible, FalseOnesAreSpentWhereSilenceIsRarest) {
  // One round has 1e-5 to spend. The first case takes 0.9 x 1e-6 of it; what is left, 9.1e-6, is the share
  // 0.0091 of the 0.1 x 0.01 that the second would take, which finds 0.00091.
  EXPECT_NEAR(possibleShare({{0.1, 0.01}, {0.9, 1e-6}}, 1), 0.90091, 1e-9);
  // Two rounds have 2e-5, less 0.9e-6: 0.0191, and so 0.00191.
  EXPECT_NEAR(possibleShare({{0.1, 0.01}, {0.9, 1e-6}}, 2), 0.90191, 1e-9);
}

TEST(Possible, AllIsFoundWhereSilenceIsRareEnough) {
  EXPECT_DOUBLE_EQ(possibleShare({{0.5, 1e-6}, {0.5, 1.8e-5}}, 1), 1);
  EXPECT_DOUBLE_EQ(possibleShare({{1, 0}}, 1), 1);
  EXPECT_LT(possibleShare({{0.5, 1e-6}, {0.5, 2e-5}}, 1), 1);
}

TEST(Possible, ProbesAreThoseOfTheRoundsAndTheHours) {
  EXPECT_EQ(probesWithin(1), 15);
  EXPECT_EQ(probesWithin(2), 30);
  EXPECT_EQ(probesWithin(3), 34);
  EXPECT_EQ(probesWithin(6), 34);
  EXPECT_EQ(probesWithin(7), 68);
}

TEST(Possible, HostsWithoutMemoryAreDice) {
  // Half of the probes goes unanswered: 15 with 2^-15 = 3.05e-5, of which 1e-5 a round is 32768 / 100000.
  const Model dice{.availability = 0.625, .session = minutes(0), .loss = 0.2};
  EXPECT_NEAR(possibleShare(dice, minutes(10), minutes(10)), 0.32768, 1e-9);
  // A second more, and it is two rounds: 2^-30 is nothing.
  EXPECT_EQ(possibleShare(dice, std::chrono::seconds(601), minutes(10)), 1);
}

TEST(Possible, HostsWithMemoryHideAnOutageOnlyWhenNoneIsOn) {
  // Two hosts with A = 0.2: 0.1 of them are always on, and of the others (0.2 - 0.1) / 0.9 = 1/9. None is on
  // with 0.8 x 0.8 = 0.64; then 15 probes, each heard with 1/9 x 0.5, are silent with (17/18)^15 = 0.42427.
  // One is on with 0.36, and the probes are lost with 2^-15: 0.36 x 2^-15 = 1.0986e-5 is more than there is
  // to spend, so that 0.36 / 1.0986 = 0.32768 is found, and nothing else.
  const Model two{.everActive = 2, .availability = 0.2, .loss = 0.5};
  EXPECT_NEAR(possibleShare(two, minutes(10), minutes(10)), 0.32768, 1e-9);
  // Without losses the 0.36 cost nothing, and 1e-5 / 0.42427 is added: 0.36 + 2.357e-5 and a little more, for
  // then each is heard with 1/9: (8/9)^15 = 0.17088, and 1e-5 / 0.17088 = 5.852e-5.
  const Model clear{.everActive = 2, .availability = 0.2, .loss = 0};
  EXPECT_NEAR(possibleShare(clear, minutes(10), minutes(10)), 0.36 + 5.852e-5, 1e-8);
}

TEST(Possible, ABlockOfManyHostsHidesNothing) {
  EXPECT_GT(possibleShare(Model{.availability = 0.1, .loss = 0.2}, minutes(10), minutes(10)), 0.9999);
}

}  // namespace
}  // namespace nightjar::bench
