// The belief and what is learnt, by examples worked out by hand.
#include "probing/blocks/block.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "probing/blocks/turn.h"

namespace nightjar::blocks {
namespace {

constexpr std::chrono::microseconds kRound = std::chrono::minutes(10);
const Time kBegin(std::chrono::hours(24 * 19'000));

TEST(Slots, OrderVisitsEachOnce) {
  Slots seen;
  for (uint32_t position = 0; position < 256; ++position) {
    const uint8_t slot = slotAt(static_cast<uint8_t>(position));
    EXPECT_FALSE(seen.has(slot));
    EXPECT_EQ(positionOf(slot), position);
    seen.put(slot);
  }
  EXPECT_EQ(seen.count(), 256U);
}

TEST(Shares, MoveTowardsWhatAnswers) {
  Shares shares({shareOf(0.5), shareOf(0.1), shareOf(0.9), shareOf(0.2)});
  shares.setCount(11);
  const auto of = [&](Kind kind) { return probabilityOf(shares.of(kind)); };
  shares.learn(Kind::kMissed, false, 5, 0);
  EXPECT_NEAR(of(Kind::kMissed), 0.9 * 31 / 32, 0.001);
  // 19 of 20 answer: steps of 1/128 of what is left are less than the smallest number, and count all the
  // same.
  for (int i = 0; i < 20'000; ++i) shares.learn(Kind::kSteady, i % 20 != 0, 7, mixBits(i));
  EXPECT_NEAR(of(Kind::kSteady), 0.95, 0.01);
  for (int i = 0; i < 2000; ++i) shares.learn(Kind::kFirm, true, 7, mixBits(i));
  EXPECT_GT(of(Kind::kFirm), 0.998);
  // Their neighbours have stayed.
  EXPECT_NEAR(of(Kind::kMissed), 0.9 * 31 / 32, 0.001);
  EXPECT_NEAR(of(Kind::kEver), 0.2, 0.001);
  // One of eight bits only, and beside it the count.
  for (int i = 0; i < 20'000; ++i) shares.learn(Kind::kEver, i % 10 == 0, 6, mixBits(i));
  EXPECT_NEAR(of(Kind::kEver), 0.1, 0.06);
  shares.set(Kind::kEver, shareOf(0.4));
  EXPECT_NEAR(of(Kind::kEver), 0.4, 0.001);
  EXPECT_EQ(shares.count(), 11U);
  shares.setCount(16);
  EXPECT_EQ(shares.count(), Shares::kMostCounted);
}

class BlockTest : public testing::Test {
 protected:
  // One probe, in the round `round` since the beginning.
  Settled ask(uint8_t slot, bool reply, int round, int second = 0) {
    const Moment moment = Moment::of(kBegin + round * kRound + std::chrono::seconds(second), kRound);
    block_.sent(moment);
    return block_.outcome(slot, reply, moment, kRound);
  }
  void learnFrom(std::initializer_list<uint8_t> slots, double availability) {
    History history;
    for (const uint8_t slot : slots) history.everActive[slot] = true;
    history.availability = availability;
    block_.learnFrom(history);
  }

  Block block_{0x0a0001};
};

TEST_F(BlockTest, IsUnknownUntilItAnswers) {
  EXPECT_EQ(block_.state(), State::kUnknown);
  EXPECT_EQ(block_.standing(), Standing::kLearning);
  // That an address never seen stays silent says nothing.
  EXPECT_EQ(ask(7, false, 0).after, State::kUnknown);
  EXPECT_FALSE(block_.silent());
  const Settled settled = ask(9, true, 1);
  EXPECT_EQ(settled.before, State::kUnknown);
  EXPECT_EQ(settled.after, State::kUp);
  EXPECT_EQ(block_.everActive(), 1U);
  EXPECT_EQ(block_.sinceSeconds(Moment::of(kBegin, kRound), kRound),
            Moment::of(kBegin + kRound, kRound).seconds);
}

TEST_F(BlockTest, GoesDownBySilenceAndUpByOneReply) {
  learnFrom({1, 2, 3, 4, 5, 6, 7, 8}, 1);
  for (int round = 0; round < 24; ++round) ask(static_cast<uint8_t>(1 + round % 6), true, round);
  const double before = block_.recentAvailability();
  int asked = 0;
  Settled settled;
  for (; block_.state() != State::kDown; ++asked) {
    ASSERT_LT(asked, 20);
    settled = ask(static_cast<uint8_t>(1 + asked % 8), false, 24, 3 * asked);
  }
  EXPECT_GT(asked, 4) << "a few lost probes must not do";
  EXPECT_EQ(settled.after, State::kDown);
  // From the first probe that was not answered, to a tick of 10 seconds.
  const auto down = Moment::of(kBegin + 24 * kRound + std::chrono::seconds(3 * asked), kRound);
  const auto first = Moment::of(kBegin + 24 * kRound, kRound).seconds;
  EXPECT_NEAR(block_.sinceSeconds(down, kRound), first, 10);
  // Nothing but the first of them has taught anything.
  EXPECT_NEAR(block_.recentAvailability(), before * 31 / 32, 0.001);
  EXPECT_NEAR(block_.belief(), 0.01, 0.001);

  for (int round = 25; round < 500; ++round) ask(1, false, round);
  EXPECT_NEAR(block_.recentAvailability(), before * 31 / 32, 0.001) << "an outage has poisoned it";
  EXPECT_EQ(ask(2, true, 500).after, State::kUp);
  EXPECT_DOUBLE_EQ(block_.belief(), 0.99);
}

// Who answers again, or answers after one miss, tells of losses; who has left, and comes back, does not.
TEST_F(BlockTest, TellsWhatWasLostOnTheWay) {
  learnFrom({7, 8}, 1);
  for (int round = 0; round < 8; ++round) {
    EXPECT_EQ(ask(8, true, round).passage, round < 4 ? Passage::kNothing : Passage::kAgain) << round;
    ask(7, true, round, 9);
  }
  // One of them is lost.
  EXPECT_EQ(ask(7, false, 8).passage, Passage::kNothing);
  EXPECT_EQ(ask(8, true, 8, 9).passage, Passage::kAgain);
  EXPECT_EQ(ask(7, true, 8, 18).passage, Passage::kMissedOnce);
  EXPECT_EQ(ask(7, true, 9).passage, Passage::kAgain);
  // It has left.
  ask(8, true, 10);
  for (const int second : {9, 18}) EXPECT_EQ(ask(7, false, 10, second).passage, Passage::kNothing);
  ask(8, true, 11);
  EXPECT_EQ(ask(7, true, 11, 9).passage, Passage::kNothing);
}

TEST_F(BlockTest, WhatWasMissedInAnOutageWasNotLost) {
  learnFrom({1, 2, 3, 4, 5, 6}, 1);
  for (int round = 0; round < 48; ++round) ask(static_cast<uint8_t>(1 + round % 6), true, round);
  for (int asked = 0; block_.state() != State::kDown; ++asked) {
    ASSERT_LT(asked, 20);
    ask(static_cast<uint8_t>(1 + asked % 6), false, 48, 9 * asked);
  }
  EXPECT_EQ(ask(1, true, 50).passage, Passage::kNothing);
  for (uint8_t slot = 2; slot <= 6; ++slot) {
    EXPECT_EQ(ask(slot, true, 50, 9 * slot).passage, Passage::kNothing) << int{slot};
    EXPECT_EQ(ask(slot, true, 51, 9 * slot).passage, Passage::kAgain) << int{slot};
  }
}

// A block whose silences go deep, and are no outages, is judged more strictly, for some days.
TEST_F(BlockTest, RemembersHowDeepItsSilencesCome) {
  learnFrom({1, 2, 3, 4, 5, 6}, 1);
  int round = 0;
  for (; round < 48; ++round) ask(static_cast<uint8_t>(1 + round % 6), true, round);
  EXPECT_EQ(block_.depth(), 0);
  for (uint8_t slot = 1; block_.silence() < kDepths[0]; ++slot) ask(slot, false, round, 9 * slot);
  const Depth depth = depthOf(block_.silence());
  ASSERT_GE(depth, 1);
  EXPECT_EQ(block_.depth(), 0) << "it may be an outage";
  ask(6, true, round, 60);
  EXPECT_EQ(block_.depth(), depth);
  std::array<uint8_t, Block::kStateBytes> bytes{};
  block_.save(bytes);
  Block read(block_.number());
  ASSERT_TRUE(read.load(bytes));
  EXPECT_EQ(read.depth(), depth);
  for (int i = 0; i < 12'000; ++i) ask(static_cast<uint8_t>(1 + i % 6), true, ++round);
  EXPECT_EQ(block_.depth(), 0);
  // An outage says nothing of what is deep.
  for (int i = 0; i < 12; ++i) ask(static_cast<uint8_t>(1 + i % 6), false, round + 1, 9 * i);
  ASSERT_EQ(block_.state(), State::kDown);
  ask(1, true, round + 3);
  EXPECT_EQ(block_.depth(), 0);
}

// Whoever fell silent with the block, and answers long after, had not left: that was an outage, if a missed
// one.
TEST_F(BlockTest, AnOutageThatWasMissedWasNoDeepSilence) {
  learnFrom({1, 2, 3, 4, 5, 6}, 1);
  int round = 0;
  for (; round < 48; ++round) ask(static_cast<uint8_t>(1 + round % 6), true, round);
  for (int again = 0; again < 2; ++again) ask(1, false, round, 9 * again);
  for (uint8_t slot = 2; block_.silence() < kDepths[0]; ++slot) ask(slot, false, round, 9 * slot);
  ASSERT_NE(block_.state(), State::kDown);
  const Depth depth = depthOf(block_.silence());
  const Block silent = block_;
  const auto depthAfter = [&](uint8_t slot, int later, int second) {
    block_ = silent;
    ask(slot, true, round + later, second);
    return block_.depth();
  };
  EXPECT_EQ(depthAfter(1, 1, 0), 0);
  EXPECT_EQ(depthAfter(1, 0, 120), depth) << "probes that were lost, and a host that was there";
  EXPECT_EQ(depthAfter(2, 1, 0), depth) << "it missed but once";
  EXPECT_EQ(depthAfter(6, 1, 0), depth) << "it was not asked";
}

TEST_F(BlockTest, RanksItsAddresses) {
  const auto rank = [&](uint8_t slot) -> int {
    for (size_t i = 0; i < block_.rankedCount(); ++i) {
      if (block_.rankedSlot(i) == slot) return block_.rank(i);
    }
    return 0;
  };
  for (int round = 0; round < 3; ++round) ask(7, true, round);
  EXPECT_EQ(rank(7), 4);
  EXPECT_EQ(block_.kindOf(7), Kind::kRanked) << "three answers are not long";
  ask(7, true, 3);
  EXPECT_EQ(block_.kindOf(7), Kind::kSteady);
  for (int round = 4; round < 20; ++round) ask(7, true, round);
  EXPECT_EQ(rank(7), 7);
  // One miss may be a lost probe, two in a row are two steps.
  ask(9, true, 20);
  ask(7, false, 20, 3);
  EXPECT_EQ(rank(7), 7);
  EXPECT_EQ(block_.kindOf(7), Kind::kMissed);
  ask(7, false, 20, 6);
  EXPECT_EQ(rank(7), 5);
  ask(7, false, 20, 9);
  ask(7, false, 20, 12);
  EXPECT_EQ(rank(7), 1);
  ask(7, false, 20, 15);
  EXPECT_EQ(rank(7), 0);
  EXPECT_EQ(rank(9), 2) << "it has kept its place";
  // Of a block that is silent no rank changes.
  for (int round = 21; round < 40; ++round) ask(9, false, round);
  EXPECT_EQ(rank(9), 2);
}

// In a silence each further miss of the same address says less, and its rank stays.
TEST_F(BlockTest, TellsHowOftenASteadyOneMissed) {
  for (int round = 0; round < 5; ++round) ask(7, true, round);
  EXPECT_EQ(block_.kindOf(7), Kind::kSteady);
  ask(7, true, 5);
  EXPECT_EQ(block_.kindOf(7), Kind::kFirm);
  const Kind kinds[] = {Kind::kMissed, Kind::kTwice, Kind::kTwice};
  double expected = 1;
  for (int i = 0; i < 3; ++i) {
    const double now = ask(7, false, 6, 9 * i).expected;
    EXPECT_TRUE(i == 2 || now < expected);
    expected = now;
    EXPECT_EQ(block_.kindOf(7), kinds[i]);
  }
  EXPECT_LT(block_.share(Kind::kTwice), block_.share(Kind::kMissed));
  std::array<uint8_t, Block::kStateBytes> bytes{};
  block_.save(bytes);
  Block copy(block_.number());
  ASSERT_TRUE(copy.load(bytes));
  EXPECT_EQ(copy.kindOf(7), Kind::kTwice);
  ask(7, true, 7);
  EXPECT_EQ(block_.kindOf(7), Kind::kFirm);
  EXPECT_EQ(block_.rank(0), kHighestRank);
}

TEST_F(BlockTest, TrustsNobodyAfterAPause) {
  for (int round = 0; round < 10; ++round) ask(7, true, round);
  ask(7, true, 15);
  EXPECT_EQ(block_.kindOf(7), Kind::kSteady);
  const double steady = ask(7, true, 16).expected;
  EXPECT_LT(ask(7, false, 70).expected, steady) << "nine hours later its host may have left";
  ask(7, true, 71);
  EXPECT_EQ(block_.kindOf(7), Kind::kSteady) << "it has not";
}

TEST_F(BlockTest, GivesTheLowestPlaceToANewAddress) {
  for (uint8_t slot = 1; slot <= 6; ++slot) {
    for (int round = 0; round < (slot == 3 ? 1 : 9); ++round) ask(slot, true, round, slot);
  }
  ask(77, true, 10);
  EXPECT_EQ(block_.rankedCount(), kRankedSlots);
  EXPECT_NE(block_.rankedSlot(2), 77) << "whoever answered last stays";
  ask(3, false, 10, 3);
  ask(77, true, 10, 6);
  EXPECT_EQ(block_.rankedSlot(2), 77);
}

// Else a block near to what it takes would be counted as up, and not, and as up again.
TEST_F(BlockTest, IsTrustedUntilItHasFarLessThanThat) {
  learnFrom({1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16, 17, 18, 19}, 1);
  ASSERT_EQ(block_.standing(), Standing::kTrusted);
  int round = 0;
  const auto forgetUntil = [&](uint32_t left) {
    for (; block_.everActive() > left; ++round) {
      ask(static_cast<uint8_t>(1 + round % 6), true, round);
      ask(static_cast<uint8_t>(11 + round % 9), false, round, 3);
    }
  };
  forgetUntil(10);
  EXPECT_EQ(block_.standing(), Standing::kTrusted);
  std::array<uint8_t, Block::kStateBytes> bytes{};
  block_.save(bytes);
  Block copy(block_.number());
  ASSERT_TRUE(copy.load(bytes));
  EXPECT_EQ(copy.standing(), Standing::kTrusted);
  forgetUntil(9);
  EXPECT_EQ(block_.standing(), Standing::kSparse);
  for (uint8_t slot = 101; block_.everActive() < 14; ++slot) ask(slot, true, round, 9);
  EXPECT_EQ(block_.standing(), Standing::kSparse) << "to be trusted again takes as much as the first time";
  ask(120, true, round, 12);
  EXPECT_EQ(block_.standing(), Standing::kTrusted);
}

TEST_F(BlockTest, IsTrustedUntilFarFewerAnswer) {
  History history;
  for (size_t slot = 1; slot <= 80; ++slot) history.everActive[slot] = true;
  history.availability = 0.2;
  block_.learnFrom(history);
  ASSERT_EQ(block_.standing(), Standing::kTrusted);
  const auto watch = [&](int from, int steady) {
    for (int round = from; round < from + 600; ++round) {
      for (int i = 0; i < 3; ++i) ask(static_cast<uint8_t>(1 + round % steady), true, round, 9 * i);
      ask(static_cast<uint8_t>(21 + round % 20), false, round, 30);
    }
  };
  watch(0, 6);
  EXPECT_LT(block_.availability(), 0.1);
  EXPECT_EQ(block_.standing(), Standing::kTrusted);
  for (int round = 600; block_.rankedCount() > 2; ++round) {
    ask(1, true, round);
    for (uint8_t slot = 3; slot <= 6; ++slot) ask(slot, false, round, 3 * slot);
  }
  EXPECT_LT(block_.availability(), 0.05);
  EXPECT_EQ(block_.standing(), Standing::kSparse);
}

// Of 60 addresses the first ones are always there, and the others never.
class Veterans : public BlockTest {
 protected:
  void watch(uint8_t steady, int rounds = 300) {
    History history;
    for (size_t slot = 1; slot <= 60; ++slot) history.everActive[slot] = true;
    history.availability = 0.05;
    block_.learnFrom(history);
    for (int i = 0; i < rounds; ++i, ++round_) ask(static_cast<uint8_t>(1 + i % steady), true, round_);
  }
  // So many probes without an answer, each of another address.
  void fallSilent(int probes) {
    for (int i = 0; i < probes; ++i) ask(static_cast<uint8_t>(1 + i), false, round_, 8 * i);
  }

  struct Everyone : Allowed {
    bool operator()(uint8_t) const override { return true; }
    bool asNew(uint8_t) const override { return true; }
  };

  int round_ = 0;
};

TEST_F(Veterans, AreTwoOrThreeThatHaveBeenThereForLong) {
  watch(1);
  EXPECT_EQ(block_.veterans(), 0U) << "one says no more than others";
  for (int i = 0; i < 5; ++i) ask(2, true, ++round_);
  EXPECT_EQ(block_.rank(1), kHighestRank - 1);
  EXPECT_EQ(block_.veterans(), 0U) << "the other has been there for an hour";
  for (int i = 0; i < 200; ++i) ask(2, true, ++round_);
  EXPECT_EQ(block_.veterans(), 2U);
  for (int i = 0; i < 200; ++i) ask(3, true, ++round_);
  EXPECT_EQ(block_.veterans(), 3U);
  EXPECT_EQ(ask(1, true, ++round_).after, State::kUp);
  // The others answer, and say enough.
  const Block before = block_;
  for (int i = 0; i < 60; ++i) ask(static_cast<uint8_t>(5 + i % 50), true, round_, 8 + i);
  EXPECT_EQ(block_.veterans(), 0U);
  block_ = before;
  // A fourth one is steady: there are enough without them.
  for (int i = 0; i < 200; ++i) ask(4, true, ++round_);
  EXPECT_EQ(block_.veterans(), 0U);
}

TEST_F(Veterans, AreNoneAnyMoreOnceTheyHaveLeft) {
  watch(2);
  ASSERT_EQ(block_.veterans(), 2U);
  const auto miss = [&](int times) {
    for (int i = 0; i < times; ++i) {
      ask(2, true, ++round_);
      ask(1, false, round_, 9);
    }
  };
  miss(2);
  EXPECT_EQ(block_.veterans(), 0U) << "it has left, it seems";
  ask(1, true, ++round_);
  EXPECT_EQ(block_.veterans(), 2U) << "it had not: its probes were lost";
  miss(5);
  EXPECT_EQ(block_.rankedCount(), 1U);
  for (int i = 0; i < 6; ++i) ask(1, true, ++round_);
  EXPECT_EQ(block_.rankedSlot(0), 2) << "it must begin anew, behind the other";
  EXPECT_EQ(block_.veterans(), 0U);
}

TEST_F(Veterans, TakeTheirBlockDownTogether) {
  watch(2);
  ASSERT_EQ(block_.veterans(), 2U);
  fallSilent(3);
  EXPECT_NE(block_.state(), State::kDown) << "a few probes are not enough, whoever was asked";
  for (int i = 3; i < 8; ++i) ask(static_cast<uint8_t>(1 + i), false, round_, 8 * i);
  EXPECT_EQ(block_.state(), State::kDown);
}

TEST_F(Veterans, OneAloneTakesNothingDown) {
  watch(1);
  fallSilent(15);
  EXPECT_NE(block_.state(), State::kDown);
  // Nor if it is asked as often as it may be.
  for (int i = 0; i < 3; ++i) ask(1, false, round_, 130 + 8 * i);
  EXPECT_NE(block_.state(), State::kDown);
}

// Where probes are lost, each further miss of both says as much as the first. Of one that is asked over and
// over, while the other missed once, they do not.
TEST_F(Veterans, AreAskedByTurnsWhereProbesAreLost) {
  watch(2);
  ASSERT_EQ(block_.veterans(), 2U);
  // Three of ten steady ones miss, and every second of them answers the next time; 0.05 of the others do.
  std::array<uint8_t, Block::kStateBytes> bytes{};
  block_.save(bytes);
  constexpr std::array<uint8_t, 6> kShares{0xb3, 0x3b, 0x33, 0x80, 0x00, 0xd0};
  constexpr size_t kSharesAt = 50;
  std::copy(kShares.begin(), kShares.end(), bytes.begin() + kSharesAt);
  ASSERT_TRUE(block_.load(bytes));
  const Block before = block_;
  std::array<int, 256> asked{};
  for (int i = 0; block_.state() != State::kDown; ++i) {
    ASSERT_LT(i, 8);
    const Moment now = Moment::of(kBegin + round_ * kRound + std::chrono::seconds(8 * i), kRound);
    block_.turnTo(now);
    const auto slot = nextSlot(block_, i == 0 ? Asks::kInTurn : Asks::kFurther, now, {}, Everyone());
    ASSERT_TRUE(slot);
    ++asked[*slot];
    ask(*slot, false, round_, 8 * i);
  }
  EXPECT_GE(asked[1], 3);
  EXPECT_GE(asked[2], 3);
  const Silence ofBoth = block_.silence();
  block_ = before;
  ask(2, false, round_);
  for (int i = 1; i < asked[1] + asked[2]; ++i) ask(1, false, round_, 8 * i);
  EXPECT_LT(block_.silence(), ofBoth - kNat);
  EXPECT_NE(block_.state(), State::kDown);
}

TEST_F(Veterans, AreToldByTheState) {
  watch(2);
  ASSERT_EQ(block_.veterans(), 2U);
  std::array<uint8_t, Block::kStateBytes> bytes{};
  block_.save(bytes);
  Block copy(block_.number());
  ASSERT_TRUE(copy.load(bytes));
  EXPECT_EQ(copy.veterans(), 2U);
  EXPECT_EQ(copy.sentInHour(), block_.sentInHour());
  constexpr size_t kRoundAt = 44;
  bytes[kRoundAt] |= 0x60U;
  EXPECT_FALSE(copy.load(bytes)) << "three veterans of two";
}

TEST_F(BlockTest, LearnsWhatAnswers) {
  learnFrom({1, 2, 3, 4, 5, 6}, 1);
  for (int round = 0; round < 1000; ++round) ask(static_cast<uint8_t>(1 + round % 6), round % 5 != 0, round);
  // Each silent round is followed by one that answers; four of five do. What is asked while a silence is
  // open does not count, and so the share is that of the rounds that open one: 3 of 4.
  EXPECT_NEAR(block_.recentAvailability(), 0.75, 0.1);
}

TEST_F(BlockTest, RelearnsWhenItHasMoved) {
  learnFrom({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}, 1);
  for (int round = 0; round < 200; ++round) ask(static_cast<uint8_t>(1 + round % 6), true, round);
  EXPECT_EQ(block_.standing(), Standing::kTrusted);
  for (int second = 0; second < 60; second += 3)
    ask(static_cast<uint8_t>(1 + second / 3 % 16), false, 200, second);
  ASSERT_EQ(block_.state(), State::kDown);
  for (int round = 201; round < 400; ++round) ask(1, false, round);
  // A day later, one that never answered before.
  EXPECT_EQ(ask(77, true, 400).after, State::kUp);
  EXPECT_EQ(block_.everActive(), 1U);
  EXPECT_EQ(block_.standing(), Standing::kLearning);
}

TEST_F(BlockTest, KeepsWhatItHasWhenItComesBackSoon) {
  learnFrom({1, 2, 3, 4, 5, 6, 7, 8}, 1);
  for (int round = 0; round < 8; ++round) ask(static_cast<uint8_t>(1 + round % 6), true, round);
  for (int second = 0; second < 60; second += 3)
    ask(static_cast<uint8_t>(1 + second / 3 % 8), false, 8, second);
  ASSERT_EQ(block_.state(), State::kDown);
  ask(77, true, 20);
  EXPECT_EQ(block_.everActive(), 9U);
}

TEST_F(BlockTest, ForgetsAddressesThatNeverAnswerAgain) {
  learnFrom({1, 100}, 1);
  for (int round = 0; round < 3000; ++round) {
    ask(1, true, round);
    ask(100, false, round, 3);
  }
  EXPECT_EQ(block_.everActive(), 1U);
  EXPECT_EQ(block_.state(), State::kUp);
}

TEST_F(BlockTest, CountsProbesOverSixRounds) {
  EXPECT_EQ(block_.sentInHour(), 5U) << "a turn of each round is kept free";
  for (int second = 0; second < 30; second += 3) ask(1, true, 0, second);
  EXPECT_EQ(block_.sentThisRound(), 10U);
  EXPECT_EQ(block_.sentInHour(), 15U);
  ask(1, true, 1);
  EXPECT_EQ(block_.sentInHour(), 1U + 10 + 4);
  for (int round = 2; round < 6; ++round) ask(1, true, round);
  EXPECT_EQ(block_.sentInHour(), 5U + 10);
  ask(1, true, 6);
  EXPECT_EQ(block_.sentInHour(), 6U);
  // The clock was set back by an hour: that is a new round, not an hour's budget.
  for (int second = 0; second < 30; second += 3) ask(1, true, 7, second);
  ask(1, true, 1);
  EXPECT_EQ(block_.sentInHour(), 1U + 10 + 4);
}

TEST_F(BlockTest, StateComesBackFromBytes) {
  learnFrom({1, 2, 3, 200}, 0.5);
  for (int round = 0; round < 30; ++round) ask(static_cast<uint8_t>(round % 7), round % 3 != 0, round);
  std::array<uint8_t, Block::kStateBytes> bytes{};
  block_.save(bytes);
  Block copy(block_.number());
  ASSERT_TRUE(copy.load(bytes));
  std::array<uint8_t, Block::kStateBytes> again{};
  copy.save(again);
  EXPECT_EQ(again, bytes);
  EXPECT_EQ(copy.state(), block_.state());
  EXPECT_EQ(copy.everActive(), block_.everActive());
}

TEST(Moment, CountsTicksAndRounds) {
  const Moment a = Moment::of(kBegin, kRound);
  const Moment b = Moment::of(kBegin + kRound, kRound);
  EXPECT_EQ(static_cast<uint8_t>(b.round - a.round), 1);
  EXPECT_EQ(static_cast<uint16_t>(b.tick - a.tick), 64);
  EXPECT_EQ(b.seconds - a.seconds, 600U);
}

}  // namespace
}  // namespace nightjar::blocks
