// The hint at the cause.
#include "detect/incident/cause.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace nightjar::detect {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

Time at(const char* text) {
  return parseTime(text).value_or(Time());
}

// Four hours on the hour on many mornings of August, all signals.
CauseFeatures examMorning() {
  CauseFeatures features{.onset = at("2023-08-21T01:00:00Z"), .lasted = hours(4)};
  features.control = features.data = features.traffic = true;
  features.same_hour_days = 7;
  return features;
}

TEST(Cause, MorningsOfFourHoursLookLikeExams) {
  const auto guesses = causeHint(examMorning());
  ASSERT_EQ(guesses.size(), kCauses);
  EXPECT_EQ(guesses.front().cause, Cause::kExam);
  double sum = 0;
  for (const CauseGuess& one : guesses) sum += one.probability;
  EXPECT_NEAR(sum, 1, 1e-9);
  EXPECT_TRUE(std::is_sorted(guesses.begin(), guesses.end(), [](const CauseGuess& a, const CauseGuess& b) {
    return a.probability > b.probability;
  }));
}

TEST(Cause, AnOddMinuteOnOneDayLooksLikeNoOrder) {
  CauseFeatures features{
      .onset = at("2023-11-21T14:17:00Z"), .lasted = hours(4), .scope = EntityKind::kRegion};
  features.control = true;
  features.data = true;
  features.traffic = false;
  features.same_hour_days = 0;
  const auto guesses = causeHint(features);
  ASSERT_EQ(guesses.size(), kCauses);
  for (const CauseGuess& one : guesses) {
    if (one.cause == Cause::kOrdered || one.cause == Cause::kExam) {
      EXPECT_LT(one.probability, 0.1);
    }
  }
}

TEST(Cause, EvidenceSpeaksForOrAgainst) {
  const auto guesses = causeHint(examMorning());
  ASSERT_FALSE(guesses.empty());
  const auto& evidence = guesses.front().evidence;
  const auto hour = std::find_if(evidence.begin(), evidence.end(),
                                 [](const CauseEvidence& one) { return one.what == "starts on the hour"; });
  ASSERT_NE(hour, evidence.end());
  EXPECT_GT(hour->ratio, 1.5);
  for (size_t i = 1; i < evidence.size(); ++i) {
    EXPECT_GE(std::abs(std::log(evidence[i - 1].ratio)), std::abs(std::log(evidence[i].ratio)));
  }
}

TEST(Cause, WhatLabelsDoNotTellIsToldAndNotWeighed) {
  CauseFeatures features = examMorning();
  const auto before = causeHint(features);
  features.networks = 5;
  features.networks_together = 4;
  features.steps_down = 0;
  features.steps_up = 2;
  const auto after = causeHint(features);
  ASSERT_EQ(before.size(), after.size());
  EXPECT_EQ(before.front().probability, after.front().probability);
  std::vector<std::string> told;
  for (const CauseEvidence& one : after.front().evidence) {
    if (one.ratio == 1) told.push_back(one.what);
  }
  EXPECT_EQ(told, (std::vector<std::string>{"4 of its 5 networks within 15 min", "fell at once",
                                            "came back in 3 steps"}));
}

TEST(Cause, CannotTellWhatIsNotKnownYet) {
  CauseFeatures features = examMorning();
  features.open = true;
  EXPECT_FALSE(causeHint(features).empty()) << "it recurs";
  features.same_hour_days.reset();
  EXPECT_TRUE(causeHint(features).empty());
  features = examMorning();
  features.scope = EntityKind::kSite;
  EXPECT_TRUE(causeHint(features).empty());
}

TEST(Cause, AnOpenOneIsNotJudgedByItsLength) {
  CauseFeatures features = examMorning();
  features.open = true;
  const auto short_one = causeHint(features);
  features.lasted = hours(100);
  EXPECT_EQ(short_one.front().probability, causeHint(features).front().probability);
}

TEST(Cause, BucketsOfTheStart) {
  const auto minute = [](const char* onset) {
    return causeBuckets({.onset = at(onset)})[static_cast<size_t>(CauseFeature::kMinute)];
  };
  EXPECT_EQ(minute("2023-08-21T01:00:00Z"), 0U);
  EXPECT_EQ(minute("2023-08-21T01:05:00Z"), 0U) << "one bin later";
  EXPECT_EQ(minute("2023-08-21T00:55:00Z"), 0U) << "one bin before";
  EXPECT_EQ(minute("2023-08-21T01:30:00Z"), 1U);
  EXPECT_EQ(minute("2023-08-21T01:10:00Z"), 2U);
}

TEST(Cause, AgreementNeedsTwoPlanes) {
  const auto agreement = [](std::optional<bool> control, std::optional<bool> data) {
    CauseFeatures features{.onset = at("2023-08-21T01:00:00Z")};
    features.control = control;
    features.data = data;
    return causeBuckets(features)[static_cast<size_t>(CauseFeature::kAgreement)];
  };
  EXPECT_EQ(agreement(true, std::nullopt), std::nullopt);
  EXPECT_EQ(agreement(true, true), 0U);
  EXPECT_EQ(agreement(false, true), 1U) << "the routes stand";
  EXPECT_EQ(agreement(true, false), 2U) << "the hosts stand";
}

// Five of the labelled outages left the routes as they were, whatever made them.
TEST(Cause, WhatFewLabelledOutagesHaveIsToldAndNotWeighed) {
  CauseFeatures features = examMorning();
  features.traffic.reset();
  features.control.reset();
  const auto unknown = causeHint(features);
  features.control = false;
  const auto stand = causeHint(features);
  ASSERT_EQ(stand.size(), unknown.size());
  EXPECT_EQ(stand.front().probability, unknown.front().probability);
  const auto& evidence = stand.front().evidence;
  const auto routes = std::find_if(evidence.begin(), evidence.end(),
                                   [](const CauseEvidence& one) { return one.what == "the routes stand"; });
  ASSERT_NE(routes, evidence.end());
  EXPECT_EQ(routes->ratio, 1);
}

}  // namespace
}  // namespace nightjar::detect
