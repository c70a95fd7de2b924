#include "series/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <map>
#include <random>

#include "series/store_for_tests.h"

namespace nightjar::series {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

INSTANTIATE_TEST_SUITE_P(Places, StoreTest, testing::Bool(),
                         [](const auto& place) { return place.param ? "File" : "Memory"; });

TEST_P(StoreTest, GivesBackWhatWasAppended) {
  append(kStart, {sample(visible("KZ"), 11000), sample(visible("AS9198@KZ"), 2.5)});
  append(kStart + 2, {sample(visible("KZ"), 10999, 0.5F)});
  const auto series = store_->read(visible("KZ"), kStart + -1, kStart + 4);
  ASSERT_TRUE(series);
  EXPECT_EQ(series->key, visible("KZ"));
  EXPECT_EQ(series->first, kStart + -1);
  EXPECT_EQ(series->end(), kStart + 4);
  EXPECT_THAT(valuesOf(*series), ElementsAre(-1, 11000, -1, 10999, -1));
  EXPECT_EQ(series->points[1].coverage, 1);
  EXPECT_NEAR(series->points[3].coverage, 0.5, 1.0 / 255);
  EXPECT_THAT(values(visible("AS9198@KZ"), kStart, kStart + 1), ElementsAre(2.5));
}

TEST_P(StoreTest, KnowsNothingOfAnUnknownSeries) {
  EXPECT_THAT(values(visible("KZ"), kStart, kStart + 3), ElementsAre(-1, -1, -1));
  EXPECT_THAT(values(visible("KZ"), kStart, kStart), IsEmpty());
  EXPECT_THAT(values(visible("KZ"), kStart + 3, kStart), IsEmpty());
  EXPECT_THAT(store_->list({}).value(), IsEmpty());
}

TEST_P(StoreTest, CountsWhatAnAppendDid) {
  const auto kz = sample(visible("KZ"), 1);
  const auto ru = sample(visible("RU"), 2);
  const auto first = append(kStart, {kz, ru});
  EXPECT_EQ(first.added, 2U);
  const auto again = append(kStart, {kz, sample(visible("RU"), 3), sample(visible("IR"), 4)});
  EXPECT_EQ(again.added, 1U);
  EXPECT_EQ(again.replaced, 1U);
  EXPECT_EQ(again.unchanged, 1U);
  EXPECT_THAT(values(visible("RU"), kStart, kStart + 1), ElementsAre(3));
}

TEST_P(StoreTest, TheLastOfTwoSamplesOfOneSeriesWins) {
  append(kStart, {sample(visible("KZ"), 1), sample(visible("KZ"), 2)});
  EXPECT_THAT(values(visible("KZ"), kStart, kStart + 1), ElementsAre(2));
}

TEST_P(StoreTest, ASampleWithoutCoverageChangesNothing) {
  append(kStart, {sample(visible("KZ"), 1)});
  const auto nothing = append(kStart, {sample(visible("KZ"), 0, 0)});
  EXPECT_EQ(nothing.added + nothing.replaced + nothing.unchanged, 0U);
  EXPECT_THAT(values(visible("KZ"), kStart, kStart + 1), ElementsAre(1));
}

TEST_P(StoreTest, AVerySmallCoverageIsNotNone) {
  append(kStart, {sample(visible("KZ"), 7, 0.0001F)});
  EXPECT_THAT(values(visible("KZ"), kStart, kStart + 1), ElementsAre(7));
}

TEST_P(StoreTest, NewestWinsInFoldedBinsToo) {
  const auto kz = store_->idOf(visible("KZ")).value();
  for (int i = 0; i < 300; ++i) append(kStart + i, {{kz, {double(i), 1}}});
  const auto late = append(kStart + 10, {{kz, {1000, 1}}});
  EXPECT_EQ(late.replaced, 1U);
  EXPECT_EQ(append(kStart + 11, {{kz, {11, 1}}}).unchanged, 1U);
  EXPECT_THAT(values(visible("KZ"), kStart + 9, kStart + 12), ElementsAre(9, 1000, 11));
  for (int i = 300; i < 600; ++i) append(kStart + i, {{kz, {double(i), 1}}});
  EXPECT_THAT(values(visible("KZ"), kStart + 9, kStart + 12), ElementsAre(9, 1000, 11));
}

// The store against a plain map, with bins in any order, gaps, late data, and enough of them to be folded
// often.
TEST_P(StoreTest, AgreesWithAMapWhateverTheOrder) {
  std::mt19937_64 random(7);
  std::map<std::pair<uint32_t, int64_t>, Point> expected;
  std::vector<SeriesKey> keys;
  keys.reserve(300);
  for (uint32_t i = 0; i < 300; ++i) keys.push_back(visible("AS" + std::to_string(i + 1)));
  for (const auto& key : keys) ASSERT_TRUE(store_->idOf(key));
  constexpr int64_t kSpan = 700;
  for (int i = 0; i < 900; ++i) {
    if (i % 30 == 0) {
      ASSERT_TRUE(store_->begin());
    }
    const int64_t at = i < 500 ? i : static_cast<int64_t>(random() % kSpan);
    std::vector<Sample> samples;
    for (uint32_t id = 0; id < keys.size(); ++id) {
      if (random() % 4 == 0) continue;
      const double value =
          id % 3 == 0 ? double(random() % 100) / 8 : double(uint64_t{id} * 10 + random() % 2);
      const Point point{value, random() % 5 == 0 ? 51.0F / 255 : 1.0F};
      samples.push_back({{id}, point});
      expected[{id, at}] = point;
    }
    append(kStart + at, samples);
    if (i % 30 == 29) {
      ASSERT_TRUE(store_->commit());
    }
  }
  if (inFile()) open();
  EXPECT_TRUE(store_->verify());
  for (uint32_t id = 0; id < keys.size(); ++id) {
    const auto series = store_->read(keys[id], kStart + -5, kStart + kSpan + 5);
    ASSERT_TRUE(series);
    for (int64_t i = 0; i < kSpan; ++i) {
      const auto known = expected.find({id, i});
      ASSERT_EQ(series->points[static_cast<size_t>(i + 5)], known == expected.end() ? Point{} : known->second)
          << "series " << id << " bin " << i;
    }
  }
  size_t visited = 0;
  auto walked = store_->forEach({}, kStart + 20, kStart + 90, [&](const Series& series) -> Result<void> {
    for (int64_t i = 0; i < 70; ++i) {
      const auto known = expected.find({static_cast<uint32_t>(series.key.entity.asn()->number - 1), i + 20});
      EXPECT_EQ(series.points[static_cast<size_t>(i)], known == expected.end() ? Point{} : known->second);
    }
    ++visited;
    return {};
  });
  EXPECT_TRUE(walked);
  EXPECT_EQ(visited, keys.size());
}

TEST_P(StoreTest, PacksWhatItReadsAsFarAsTheLimitAllows) {
  std::mt19937_64 random(9);
  std::vector<SeriesKey> keys;
  for (uint32_t i = 0; i < 300; ++i) keys.push_back(visible("AS" + std::to_string(i + 1)));
  for (int bin = 0; bin < 300; ++bin) {
    std::vector<Sample> samples;
    for (const SeriesKey& key : keys) {
      if (random() % 4 != 0) samples.push_back(sample(key, double(random() % 1000)));
    }
    append(kStart + bin, samples);
  }
  append(kStart + 3, {sample(keys[7], 4000)});  // lies in the tail, above its chunk
  if (inFile()) open();
  keys.push_back(visible("KZ"));  // nobody knows it
  std::shuffle(keys.begin(), keys.end(), random);

  const PackLimit limit{.most_bytes = 200'000, .least = 5};
  const Bin from = kStart + 2;
  const Bin until = kStart + 310;
  std::vector<size_t> sizes;
  for (size_t done = 0; done < keys.size(); done += sizes.back()) {
    const auto packed = store_->readPacked(std::span(keys).subspan(done), from, until, limit);
    ASSERT_TRUE(packed) << packed.error().describe();
    size_t bytes = 0;
    for (size_t i = 0; i < packed->size(); ++i) {
      const auto one = (*packed)[i].unpack();
      const auto read = store_->read(keys[done + i], from, until);
      ASSERT_TRUE(one && read);
      EXPECT_EQ(one->key, read->key);
      EXPECT_EQ(one->first, from);
      EXPECT_EQ(one->points, read->points);
      bytes += (*packed)[i].bytes();
    }
    EXPECT_LE(bytes, limit.most_bytes);
    sizes.push_back(packed->size());
  }
  EXPECT_GT(sizes.size(), 2U);
  EXPECT_GT(sizes.front(), 20U);
  const auto least = store_->readPacked(keys, from, until, {.most_bytes = 0, .least = 5});
  ASSERT_TRUE(least);
  EXPECT_THAT(*least, SizeIs(5));
  const auto nothing = store_->readPacked(keys, until, from, limit);
  ASSERT_TRUE(nothing);
  EXPECT_THAT(nothing->front().unpack().value().points, IsEmpty());
}

TEST_P(StoreTest, ReplayingTheSameChangesNothing) {
  const auto replay = [&] {
    Appended all;
    EXPECT_TRUE(store_->begin());
    for (int i = 0; i < 200; ++i) {
      std::vector<Sample> samples;
      for (int network = 1; network < 150; ++network) {
        const int size = network + i / 50;
        samples.push_back(sample(visible("AS" + std::to_string(network)), static_cast<double>(size), 0.3F));
      }
      const auto one = append(kStart + i, samples);
      all.added += one.added;
      all.replaced += one.replaced;
      all.unchanged += one.unchanged;
    }
    EXPECT_TRUE(store_->addSource({.input = "updates.gz", .collector = "rrc00"}));
    EXPECT_TRUE(store_->commit());
    return all;
  };
  EXPECT_EQ(replay().added, 200U * 149);
  const auto bytes = [&] {
    open();  // closing moves the log into the file
    store_.reset();
    std::ifstream in(path(), std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  const std::string before = inFile() ? bytes() : "";
  if (inFile()) open();
  const auto again = replay();
  EXPECT_EQ(again.unchanged, 200U * 149);
  EXPECT_EQ(again.added + again.replaced, 0U);
  if (!inFile()) return;
  EXPECT_TRUE(before == bytes()) << "the file is another one";
}

TEST_P(StoreTest, ListsSeriesWithTheirFirstAndLastBin) {
  const auto kz = sample(visible("KZ"), 1);
  const auto network = sample(visible("AS9198@KZ"), 1);
  const auto other = sample(visible("AS12389@RU"), 1);
  const auto updates = Sample{store_->idOf({Signal(kUpdates), Entity::country("KZ")}).value(), {1, 1}};
  ASSERT_TRUE(store_->idOf(visible("IR")));  // no value, so not listed
  for (int i = 0; i < 200; ++i) append(kStart + i, {kz});
  append(kStart + 50, {network});
  append(kStart + -50, {other, updates});

  const auto all = store_->list({}).value();
  ASSERT_THAT(all, SizeIs(4));
  EXPECT_EQ(all[0].key, visible("KZ"));
  EXPECT_EQ(all[0].id, kz.series);
  EXPECT_EQ(all[0].first, kStart);
  EXPECT_EQ(all[0].last, kStart + 199);
  EXPECT_EQ(all[1].first, kStart + 50);
  EXPECT_EQ(all[1].last, kStart + 50);

  const auto listed = [&](const SeriesFilter& filter) {
    std::vector<std::string> names;
    const auto infos = store_->list(filter).value();
    names.reserve(infos.size());
    for (const auto& info : infos) {
      names.push_back(info.key.signal + " " + info.key.entity.code());
    }
    return names;
  };
  EXPECT_THAT(listed({.kind = EntityKind::kNetworkInCountry, .country = "KZ"}),
              ElementsAre("routing.visible24 AS9198@KZ"));
  EXPECT_THAT(listed({.kind = EntityKind::kNetworkInCountry}),
              ElementsAre("routing.visible24 AS9198@KZ", "routing.visible24 AS12389@RU"));
  EXPECT_THAT(listed({.signal = Signal(kUpdates)}), ElementsAre("routing.updates KZ"));
  EXPECT_THAT(listed({.entity = Entity::country("KZ")}),
              ElementsAre("routing.visible24 KZ", "routing.updates KZ"));
}

TEST_P(StoreTest, WalksOnlySeriesWithValuesInTheRange) {
  append(kStart, {sample(visible("KZ"), 1)});
  append(kStart + 10, {sample(visible("RU"), 2)});
  std::vector<std::string> walked;
  const auto visit = [&](const Series& series) -> Result<void> {
    walked.push_back(series.key.entity.code());
    EXPECT_THAT(series.points, SizeIs(5));
    return {};
  };
  ASSERT_TRUE(store_->forEach({}, kStart + 7, kStart + 12, visit));
  EXPECT_THAT(walked, ElementsAre("RU"));
  const auto stopped = store_->forEach({}, kStart, kStart + 12, [](const Series&) -> Result<void> {
    return fail(ErrorKind::kLimit, "enough");
  });
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().message, "enough");
}

TEST_P(StoreTest, ABatchIsKeptWholeOrNotAtAll) {
  ASSERT_TRUE(store_->begin());
  EXPECT_FALSE(store_->begin());
  for (int i = 0; i < 100; ++i) append(kStart + i, {sample(visible("KZ"), i)});
  store_->rollback();
  EXPECT_THAT(store_->list({}).value(), IsEmpty());

  // Ids that were given out before the rollback stay good.
  ASSERT_TRUE(store_->begin());
  for (int i = 0; i < 100; ++i) append(kStart + i, {sample(visible("KZ"), i), sample(visible("RU"), i)});
  ASSERT_TRUE(store_->commit());
  EXPECT_FALSE(store_->commit());
  if (inFile()) open();
  EXPECT_THAT(store_->list({}).value(), SizeIs(2));
  EXPECT_THAT(values(visible("RU"), kStart + 98, kStart + 101), ElementsAre(98, 99, -1));
}

TEST_P(StoreTest, AFailedCallEndsItsBatch) {
  ASSERT_TRUE(store_->begin());
  append(kStart, {sample(visible("KZ"), 1)});
  EXPECT_FALSE(store_->append(kStart, std::vector{Sample{{99}, {1, 1}}}));
  EXPECT_FALSE(store_->commit());
  EXPECT_THAT(store_->list({}).value(), IsEmpty());
}

TEST_P(StoreTest, RefusesWrongCalls) {
  const auto id = store_->idOf(visible("KZ")).value();
  const auto refused = [&](Bin bin, const Sample& sample) {
    const auto appended = store_->append(bin, {&sample, 1});
    return !appended && appended.error().kind == ErrorKind::kUsage;
  };
  EXPECT_TRUE(refused(kStart, {{1}, {1, 1}}));
  EXPECT_TRUE(refused(kStart, {id, {std::nan(""), 1}}));
  EXPECT_TRUE(refused(kStart, {id, {std::numeric_limits<double>::infinity(), 1}}));
  EXPECT_TRUE(refused(kStart, {id, {1, 1.5F}}));
  EXPECT_TRUE(refused(kStart, {id, {1, -1}}));
  EXPECT_TRUE(refused(kStart, {id, {1, std::nanf("")}}));
  EXPECT_TRUE(refused({-1}, {id, {1, 1}}));
  EXPECT_TRUE(refused({int64_t{1} << 31}, {id, {1, 1}}));
  EXPECT_FALSE(refused({(int64_t{1} << 31) - 1}, {id, {1, 1}}));
  EXPECT_FALSE(refused({0}, {id, {1, 1}}));
  const auto tooMuch = store_->read(visible("KZ"), {std::numeric_limits<int64_t>::min()}, kStart);
  ASSERT_FALSE(tooMuch);
  EXPECT_EQ(tooMuch.error().kind, ErrorKind::kUsage);
  EXPECT_FALSE(store_->idOf({"", Entity::country("KZ")}));
}

}  // namespace
}  // namespace nightjar::series
