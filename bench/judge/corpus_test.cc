// The corpus is the same wherever it is made, and its parts share nothing.
#include "corpus.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace nightjar::bench {
namespace {

constexpr const char* kNowhere = "/nowhere";
constexpr const char* kShared = NIGHTJAR_SHARED_DATA "/series";

Corpus made(Part part, uint64_t seed, double weeks = 200) {
  return {kNowhere, {.part = part, .seed = seed, .weeks = weeks}};
}

TEST(Corpus, IsTheSameInWhateverOrderItIsMade) {
  const Corpus one = made(Part::kTest, 1), other = made(Part::kTest, 1);
  ASSERT_EQ(one.size(), other.size());
  const Sample late = one.make(7);
  for (size_t which : {7, 0, 3}) {
    const Sample a = one.make(which), b = other.make(which);
    EXPECT_EQ(a.series.key, b.series.key);
    EXPECT_EQ(a.series.points, b.series.points);
    ASSERT_EQ(a.events.size(), b.events.size());
  }
  EXPECT_EQ(late.series.points, other.make(7).series.points);
}

TEST(Corpus, OtherSeedsAndOtherPartsAreOtherSeries) {
  const Sample one = made(Part::kTest, 1).make(0);
  EXPECT_NE(one.series.points, made(Part::kTest, 2).make(0).series.points);
  EXPECT_NE(one.series.points, made(Part::kTuning, 1).make(0).series.points);
}

TEST(Corpus, HasAtLeastTheWeeksThatWereAskedFor) {
  const Corpus corpus = made(Part::kTest, 1);
  double weeks = 0;
  for (size_t i = 0; i < corpus.size(); ++i) weeks += corpus.make(i).weeks();
  EXPECT_GE(weeks, 200);
  EXPECT_LT(weeks, 220);
  EXPECT_TRUE(corpus.synthetic());
}

TEST(Corpus, OutagesLieInTheSeriesOneAfterTheOther) {
  const Corpus corpus = made(Part::kTuning, 3, 1500);
  size_t events = 0, quiet = 0, of_60_days = 0;
  std::set<Shape> shapes;
  for (size_t i = 0; i < corpus.size(); ++i) {
    const Sample sample = corpus.make(i);
    if (sample.events.empty()) ++quiet;
    size_t last = 0;
    for (const Event& event : sample.events) {
      EXPECT_GT(event.from, last) << "there is a quiet bin before it";
      EXPECT_GT(event.bins(), 0U);
      EXPECT_LT(event.until, sample.series.points.size()) << "and one after it";
      EXPECT_GE(event.depth, 0.03);
      EXPECT_LE(event.depth, 1);
      last = event.until;
      shapes.insert(event.shape);
      ++events;
      const Seconds lasts = static_cast<int64_t>(event.bins()) * sample.series.width.length();
      if (lasts >= std::chrono::hours(60 * 24)) ++of_60_days;
    }
  }
  EXPECT_GT(events, 500U);
  EXPECT_GT(quiet, corpus.size() / 4);
  EXPECT_GT(of_60_days, 0U);
  EXPECT_EQ(shapes.size(), 5U);
}

TEST(Corpus, AnOutageTakesItsDepth) {
  const Corpus corpus = made(Part::kTest, 5, 1500);
  size_t looked_at = 0;
  for (size_t i = 0; i < corpus.size(); ++i) {
    const Sample sample = corpus.make(i);
    for (const Event& event : sample.events) {
      if (event.depth < 1 || event.shape != Shape::kCliff) continue;
      ++looked_at;
      for (size_t bin = event.from; bin < event.until; ++bin) {
        EXPECT_EQ(sample.series.points[bin].value, 0) << "sample " << i << " bin " << bin;
      }
    }
  }
  EXPECT_GT(looked_at, 20U);
}

TEST(Corpus, APlaceIsSeenBySeveralSignalsAtOneTime) {
  const Corpus corpus = made(Part::kTuning, 1);
  size_t several = 0;
  for (size_t i = 0; i < corpus.size(); ++i) {
    const std::vector<Sample> place = corpus.makePlace(i);
    ASSERT_FALSE(place.empty());
    if (place.size() > 1) ++several;
    for (const Sample& sample : place) {
      EXPECT_EQ(sample.series.first, place.front().series.first);
      EXPECT_EQ(sample.series.points.size(), place.front().series.points.size());
      EXPECT_LE(sample.events.size(), place.front().events.size());
    }
  }
  EXPECT_GT(several, corpus.size() / 3);
}

TEST(Donor, KeepsTheNoiseOfTheStepsItIsGiven) {
  QuietSeries quiet{.name = "a", .signal = "routing.visible24", .step = std::chrono::hours(1)};
  for (int i = 0; i < 200; ++i) quiet.values.emplace_back(1000 + i % 7);
  quiet.values[150].reset();
  const auto first = makeDonor(quiet, 0, 100), second = makeDonor(quiet, 100);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->residuals(), 100U);
  EXPECT_EQ(second->residuals(), 99U);
  EXPECT_EQ(second->runs.size(), 2U) << "the hole cuts it in two";
  EXPECT_EQ(first->level, second->level);
}

TEST(Donor, PartsOfTheRealMeasurementsShareNoNoise) {
  const auto tuning = realDonors(kShared, Part::kTuning), test = realDonors(kShared, Part::kTest);
  if (tuning.empty()) GTEST_SKIP() << "the shared measurements are not here: " << kShared;
  ASSERT_EQ(tuning.size(), test.size());
  for (size_t i = 0; i < tuning.size(); ++i) {
    std::set<std::string> places;
    for (const Donor& donor : tuning[i].donors) places.insert(donor.name);
    for (const Donor& donor : test[i].donors) {
      if (!places.contains(donor.name)) continue;
      // The same place is in both only where its one series is cut in the middle.
      ASSERT_EQ(tuning[i].donors.size(), 1U) << donor.name;
      EXPECT_NE(donor.runs.front(), tuning[i].donors.front().runs.front()) << donor.name;
    }
  }
}

TEST(Donor, RoundsAsItsInstrumentDoes) {
  EXPECT_EQ(roundTo(Grain::kTens, 87), 90);
  EXPECT_EQ(roundTo(Grain::kTens, 6.6), 7);
  EXPECT_EQ(roundTo(Grain::kWhole, 2.4), 2);
  EXPECT_DOUBLE_EQ(roundTo(Grain::kFifths, 1.27), 1.2);
  EXPECT_EQ(roundTo(Grain::kNone, 1.27), 1.27);
}

}  // namespace
}  // namespace nightjar::bench
