#include "detect/rule/plateaus.h"

#include <gtest/gtest.h>

namespace nightjar::detect {
namespace {

class Plateaus : public testing::Test {
 protected:
  Plateaus() { finder_.begin(BinWidth(), 18, 0.1); }

  void add(double value, size_t bins) {
    for (size_t i = 0; i < bins; ++i, at_ += BinWidth().length()) finder_.add(at_, value);
  }

  Parameters parameters_;
  PlateauFinder finder_{parameters_};
  Time at_ = parseTime("2022-01-04T14:45:00Z").value();
};

TEST_F(Plateaus, AreLevelsThatHeld) {
  add(16, 6);
  add(9, 1);  // too brief
  add(4, 6);
  const auto levels = finder_.until(at_);
  ASSERT_EQ(levels.size(), 2U);
  EXPECT_EQ(levels[0].value, 16);
  EXPECT_EQ(levels[1].value, 4);
  EXPECT_EQ(levels[1].end, at_);
}

// What is passed on the way down is no level: noise is so large here that 6, 3 and 0 are the same.
TEST_F(Plateaus, AreTheMeanOfTheirBins) {
  finder_.begin(BinWidth(), 17, 2.85);
  for (const double value : {16, 12, 8, 6, 3}) add(value, 1);
  add(0, 1000);
  const auto levels = finder_.until(at_);
  ASSERT_FALSE(levels.empty());
  EXPECT_NEAR(levels.back().value, 0, 0.1);
}

// Traffic whose rhythm is not known yet: the nights make half of the level noise.
TEST_F(Plateaus, TellNothingFromMostWhateverTheNoise) {
  finder_.begin(BinWidth(), 17, 8);
  add(0, 20);
  add(12, 20);
  const auto levels = finder_.until(at_);
  ASSERT_EQ(levels.size(), 2U);
  EXPECT_EQ(levels[0].value, 0);
  EXPECT_EQ(levels[1].value, 12);
}

TEST_F(Plateaus, KeepTheGreatFallWhenTheLevelGoesToAndFro) {
  for (size_t i = 0; i < 2 * parameters_.max_plateaus; ++i) add(i % 2 == 0 ? 16 : 14, 4);
  const Time fall = at_;
  add(0, 1000);
  add(18, 4);
  const auto levels = finder_.until(at_);
  EXPECT_LE(levels.size(), parameters_.max_plateaus);
  ASSERT_GE(levels.size(), 2U);
  const Plateau& floor = levels[levels.size() - 2];
  EXPECT_EQ(floor.value, 0);
  EXPECT_EQ(floor.start, fall);
  EXPECT_EQ(floor.end, fall + 1000 * BinWidth().length());
  for (size_t i = 0; i + 2 < levels.size(); ++i) {
    EXPECT_GE(levels[i].value, 14);
    EXPECT_LE(levels[i].value, 16);
  }
}

}  // namespace
}  // namespace nightjar::detect
