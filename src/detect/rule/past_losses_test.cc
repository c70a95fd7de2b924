#include "detect/rule/past_losses.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace nightjar::detect {
namespace {

const BinWidth kHour = BinWidth::of(std::chrono::hours(1)).value();

class PastLossesTest : public testing::Test {
 protected:
  void SetUp() override { past_.reset(parameters_, kHour); }
  void learn(double loss) { past_.learn(loss, loss); }

  Parameters parameters_;
  PastLosses past_;
};

// With ten windows the highest tenth is one of them; with fewer it is less than one.
TEST_F(PastLossesTest, FewLossesSayLessThanManyButNeverLessThanTheDeepest) {
  double deepest = 0;
  for (int i = 0; i < 24; ++i) {
    const double loss = 0.01 * (1 + i * 7 % 10);
    deepest = std::max(deepest, loss);
    learn(loss);
    for (size_t scale = 0; scale < past_.scales(); ++scale) {
      EXPECT_GE(past_.unheardOf(scale), scale == 0 ? deepest - 0.01 : 0.01) << i << " " << scale;
    }
  }
}

TEST_F(PastLossesTest, WhatIsDeepForAnHourHoldsForNone) {
  for (int i = 0; i < 240; ++i) learn(i % 24 == 13 ? 0.4 : 0);
  EXPECT_GE(past_.unheardOf(0), 0.4);
  EXPECT_GT(past_.unheardOf(1), 0.15);
  EXPECT_GE(past_.unheardOf(0, PastLosses::kLeast), 0.4);
  EXPECT_EQ(past_.unheardOf(1, PastLosses::kLeast), 0);
  for (int i = 0; i < 240; ++i) learn(i % 24 < 5 ? 0.3 : 0);
  EXPECT_GE(past_.unheardOf(2, PastLosses::kLeast), 0.29);
  EXPECT_EQ(past_.unheardOf(4, PastLosses::kLeast), 0);
}

// As after a day that was held for ordinary, and was none.
TEST_F(PastLossesTest, RisesAreNoNoiseOfFalls) {
  for (int i = 0; i < 240; ++i) learn(i % 10 == 0 ? 0.2 : 0.05);
  past_.refreshIfDue();
  const double before = past_.deviation();
  PastLosses falls = past_;
  for (int i = 0; i < 24; ++i) {
    learn(-1);
    falls.learn(1, 1);
  }
  EXPECT_GT(falls.deviation(), 1.3 * before);
  EXPECT_LT(past_.deviation(), 1.25 * before);
}

TEST_F(PastLossesTest, ManyStillBinsAreLearntAtOnce) {
  PastLosses one_by_one;
  one_by_one.reset(parameters_, kHour);
  const auto both = [&](double loss) {
    learn(loss);
    one_by_one.learn(loss, loss);
  };
  for (int i = 0; i < 100; ++i) both(i % 3 == 0 ? 0.1 : 0.05);
  for (int i = 0; i < 64; ++i) both(0);
  ASSERT_TRUE(past_.still());
  past_.learnStill(37);
  for (int i = 0; i < 37; ++i) one_by_one.learn(0, 0);
  for (int i = 0; i < 50; ++i) both(0.2);
  for (const auto measure : {PastLosses::kMean, PastLosses::kLeast}) {
    for (size_t scale = 0; scale < past_.scales(); ++scale) {
      EXPECT_EQ(past_.unheardOf(scale, measure), one_by_one.unheardOf(scale, measure)) << scale;
    }
  }
}

}  // namespace
}  // namespace nightjar::detect
