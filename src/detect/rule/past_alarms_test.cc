#include "detect/rule/past_alarms.h"

#include <gtest/gtest.h>

namespace nightjar::detect {
namespace {

constexpr size_t kHour = 12, kDay = 24 * kHour;

class PastAlarmsTest : public testing::Test {
 protected:
  // From `onset` on, for two hours.
  void had(size_t onset, double depth) {
    alarms_.add(onset + 2, onset);
    alarms_.end(depth);
  }

  WatchCommon common_{Parameters{}, "probe.up24", BinWidth()};
  PastAlarms alarms_{common_};
};

TEST_F(PastAlarmsTest, KnowsWhatComesAgainAtItsTimeOfDay) {
  EXPECT_FALSE(alarms_.hadOneAs(kDay, 0.5));
  had(20 * kHour, 0.5);
  EXPECT_TRUE(alarms_.hadOneAs(kDay + 20 * kHour, 0.5));
  EXPECT_TRUE(alarms_.hadOneAs(3 * kDay + 20 * kHour + 6, 0.4)) << "half an hour later, a fifth less";
  EXPECT_TRUE(alarms_.hadOneAs(kDay + 20 * kHour - 6, 0.7));
  EXPECT_FALSE(alarms_.hadOneAs(kDay + 20 * kHour + 7, 0.5)) << "later than that";
  EXPECT_FALSE(alarms_.hadOneAs(kDay + 8 * kHour, 0.5));
  EXPECT_FALSE(alarms_.hadOneAs(kDay + 20 * kHour, 0.34)) << "not as deep";
  EXPECT_FALSE(alarms_.hadOneAs(kDay + 20 * kHour, 0.72)) << "deeper";
}

TEST_F(PastAlarmsTest, MidnightIsNoEdge) {
  had(kDay - 2, 0.5);
  EXPECT_TRUE(alarms_.hadOneAs(2 * kDay + 2, 0.5));
  EXPECT_FALSE(alarms_.hadOneAs(2 * kDay + 5, 0.5));
}

TEST_F(PastAlarmsTest, WhatMayHaveBeenAWhimComesNotAgain) {
  alarms_.add(20 * kHour + 2, 20 * kHour);
  EXPECT_EQ(alarms_.count(), 1U);
  EXPECT_FALSE(alarms_.hadOneAs(kDay + 20 * kHour, 0.5));
}

TEST_F(PastAlarmsTest, RemembersAWeekAndEightAtMost) {
  for (size_t day = 0; day < 10; ++day) had(day * kDay, 0.5);
  EXPECT_EQ(alarms_.count(), 8U);
  EXPECT_EQ(alarms_.lastOpened(), 9 * kDay + 2);
  alarms_.forgetBefore(9 * kDay + 3);
  EXPECT_EQ(alarms_.count(), 7U) << "from the third day on";
  alarms_.forgetBefore(17 * kDay);
  EXPECT_TRUE(alarms_.empty());
}

}  // namespace
}  // namespace nightjar::detect
