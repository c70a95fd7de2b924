#include "probing/tally/uplink_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace nightjar::tally {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

const Time kStart{std::chrono::hours(24)};

// The windows, counted from the start, that were found failed.
std::vector<int64_t> failed(UplinkWatch& watch, Time now) {
  std::vector<int64_t> windows;
  while (const auto verdict = watch.judge(now)) {
    if (!verdict->healthy) windows.push_back(verdict->window - watch.windowOf(kStart));
  }
  return windows;
}

// Three references, asked in each of 20 windows; `answers` tells how many answer in a window.
std::vector<int64_t> withReferences(const std::map<int, int>& answers) {
  UplinkWatch watch({.references = true});
  for (int window = 0; window < 20; ++window) {
    const Time at = kStart + window * seconds(5) + seconds(1);
    const auto known = answers.find(window);
    for (int i = 0; i < 3; ++i) watch.referenceSent(at);
    for (int i = 0; i < (known == answers.end() ? 3 : known->second); ++i) watch.referenceAnswered(at);
  }
  return failed(watch, kStart + seconds(300));
}

TEST(References, TellAFailureFromTheWindowBefore) {
  EXPECT_THAT(withReferences({}), IsEmpty());
  EXPECT_THAT(withReferences({{7, 2}}), IsEmpty()) << "one of three is not the line";
  EXPECT_THAT(withReferences({{7, 0}, {8, 0}}), ElementsAre(6, 7, 8));
  EXPECT_THAT(withReferences({{7, 1}}), ElementsAre(6, 7));
}

TEST(References, AWindowIsJudgedOnceAllAnswersMayBeIn) {
  UplinkWatch watch({.references = true});
  watch.referenceSent(kStart);
  EXPECT_FALSE(watch.judge(kStart + seconds(12)));
  EXPECT_TRUE(watch.judge(kStart + seconds(13)));
  EXPECT_FALSE(watch.judge(kStart + seconds(100))) << "each is judged once";
}

TEST(Uplink, ASystemThatSendsNothingIsDown) {
  UplinkWatch watch({});
  watch.lineDown(kStart + seconds(6));
  EXPECT_THAT(failed(watch, kStart + seconds(60)), ElementsAre(1));
}

// Blocks of two countries, so many probes a window; each answers with 0.8 unless its country is down.
std::vector<int64_t> withTheWorld(int probes, int firstDown, int secondDown) {
  UplinkWatch watch({});
  for (int window = 0; window < 24; ++window) {
    for (int i = 0; i < probes; ++i) {
      const Time at = kStart + window * seconds(5) + i * seconds(5) / probes;
      for (const uint32_t country : {1U, 2U}) {
        watch.probeSent(at, country, 0.8);
        const bool down = window >= (country == 1 ? firstDown : secondDown) && window < 18;
        if (!down && i % 5 != 0) watch.probeAnswered(at, country, 0.8);
      }
    }
  }
  return failed(watch, kStart + seconds(300));
}

TEST(TheWorld, IsTheReferenceWhenThereIsNoOther) {
  EXPECT_THAT(withTheWorld(50, 99, 99), IsEmpty());
  EXPECT_THAT(withTheWorld(50, 12, 99), IsEmpty()) << "a country that goes dark is no failure of ours";
  EXPECT_THAT(withTheWorld(50, 12, 12), ElementsAre(12, 13, 14, 15, 16)) << "17 sees the world return";
}

TEST(TheWorld, SaysNothingWhereLittleIsAsked) {
  UplinkWatch watch({});
  for (int i = 0; i < 19; ++i) watch.probeSent(kStart + i * seconds(3), 1, 1.0);
  EXPECT_THAT(failed(watch, kStart + seconds(300)), IsEmpty());
}

TEST(Uplink, WhatComesTooLateChangesNoVerdict) {
  UplinkWatch watch({.references = true});
  size_t healthy = 0;
  for (int i = 0; i < 10'000; ++i) {
    const Time now = kStart + i * seconds(1);
    watch.referenceSent(now);
    watch.referenceAnswered(now);
    watch.referenceSent(now -
                        std::chrono::hours(2));  // of before it was started, or before the clock stepped
    while (const auto verdict = watch.judge(now)) healthy += verdict->healthy ? 1 : 0;
  }
  EXPECT_GT(healthy, 1990U);
}

}  // namespace
}  // namespace nightjar::tally
