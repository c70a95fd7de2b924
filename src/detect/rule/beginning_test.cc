#include "detect/rule/beginning.h"

#include <gtest/gtest.h>

namespace nightjar::detect {
namespace {

using std::chrono::hours;

Verdict ordinary(double value, double baseline) {
  return {State::kOrdinary, value, baseline};
}

// A series of hours, and what is told of it last.
class Hours {
 public:
  std::optional<Beginning::Low> say(size_t times, const Verdict& verdict) {
    std::optional<Beginning::Low> told;
    for (size_t i = 0; i < times; ++i, ++at_) {
      const auto one = beginning_.next(time(at_), time(at_ + 1), verdict);
      if (one) told = one;
    }
    return told;
  }
  static Time time(int hour) { return Time(Seconds(1577836800)) + hours(hour); }

 private:
  Beginning beginning_{Parameters()};
  int at_ = 0;
};

TEST(Beginning, LowUntilItHeldThreeTimesAsMuchForADay) {
  Hours series;
  EXPECT_FALSE(series.say(3, {State::kNoCoverage}));
  EXPECT_FALSE(series.say(6, {State::kNoHistory, 10}));
  EXPECT_FALSE(series.say(40, ordinary(12, 10)));
  EXPECT_FALSE(series.say(23, ordinary(30, 10)));
  const auto low = series.say(1, ordinary(30, 10));
  ASSERT_TRUE(low);
  EXPECT_EQ(low->from, Hours::time(3));
  EXPECT_EQ(low->until, Hours::time(49));
  EXPECT_FALSE(series.say(100, ordinary(900, 30))) << "once";
}

TEST(Beginning, AnHourBelowBreaksTheRise) {
  Hours series;
  series.say(6, {State::kNoHistory, 10});
  series.say(10, ordinary(10, 10));
  EXPECT_FALSE(series.say(23, ordinary(30, 10)));
  EXPECT_FALSE(series.say(1, ordinary(29, 10)));
  EXPECT_FALSE(series.say(23, ordinary(30, 10)));
}

TEST(Beginning, WhatWasHighBeforeWasNotDarkAtFirst) {
  Hours series;
  series.say(6, {State::kNoHistory, 100});
  series.say(100, ordinary(100, 100));
  series.say(100, {State::kCritical, 5, 100});
  EXPECT_FALSE(series.say(48, ordinary(100, 100)));
  EXPECT_FALSE(series.say(48, ordinary(100, 10)));
}

TEST(Beginning, NothingForMonthsWasNotThere) {
  Hours series;
  series.say(6, {State::kNoHistory, 1});
  series.say(61 * 24, ordinary(1, 1));
  EXPECT_FALSE(series.say(48, ordinary(100, 1)));
}

TEST(Beginning, FromNothingAtAll) {
  Hours series;
  series.say(6, {State::kNoHistory, 0});
  EXPECT_FALSE(series.say(100, ordinary(0, 0)));
  EXPECT_TRUE(series.say(24, ordinary(1, 0)));
}

TEST(Beginning, WhenTheRuleHasForgottenItBeginsAnew) {
  Hours series;
  series.say(6, {State::kNoHistory, 100});
  series.say(20, ordinary(100, 100));
  series.say(200, {State::kNoCoverage});
  series.say(6, {State::kNoHistory, 10});
  series.say(20, ordinary(10, 10));
  const auto low = series.say(24, ordinary(100, 10));
  ASSERT_TRUE(low);
  EXPECT_EQ(low->from, Hours::time(226));
}

}  // namespace
}  // namespace nightjar::detect
