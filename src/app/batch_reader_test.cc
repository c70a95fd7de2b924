#include "app/batch_reader.h"

#include "app/judged_store_for_tests.h"
#include "detect/print/json.h"

namespace nightjar::app {
namespace {

class BatchReaderTest : public JudgedStoreTest {};

TEST_F(BatchReaderTest, JudgesAStoreAsItIsJudgedSeriesBySeries) {
  StoreReader reader(*store_);
  const detect::JudgeOptions options;
  const auto alone = detect::judge(reader, options);
  ASSERT_TRUE(alone);
  const auto beside = series::openStoreForReading(path());
  ASSERT_TRUE(beside);
  BatchReader batches(**beside);
  ParallelPlaces places([&](auto some) { return batches.read(some); }, options, 2);
  const auto report = detect::judge(reader, options, places);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->series_judged, 3U);
  EXPECT_EQ(detect::toJson(*report), detect::toJson(*alone));
}

TEST_F(BatchReaderTest, TakesOnePlaceWhereNoMoreFit) {
  BatchReader batches(*store_, 1);
  const detect::SignalInfo routing = detect::signalInfo(series::kVisible24);
  const detect::Place first{Entity::country("KZ"), {&routing}};
  const detect::Place second{Entity::country("EG"), {&routing}};
  const std::vector<const detect::Place*> places{&first, &second};
  const auto batch = batches.read(places);
  ASSERT_TRUE(batch);
  EXPECT_EQ(batch->places, 1U);
  EXPECT_EQ(batch->series->keys().value().size(), 1U);
}

TEST_F(BatchReaderTest, ALargeFileIsReadInLargerParts) {
  constexpr uint64_t kMega = 1 << 20;
  constexpr uint64_t kMemory = 16'000 * kMega;
  EXPECT_EQ(StoreReader::mostBytesFor(0, kMemory), 64 * kMega);
  EXPECT_EQ(StoreReader::mostBytesFor(256 * kMega, kMemory), 64 * kMega);
  EXPECT_EQ(StoreReader::mostBytesFor(800 * kMega, kMemory), 200 * kMega);
  EXPECT_EQ(StoreReader::mostBytesFor(100'000 * kMega, kMemory), 1000 * kMega);
}

TEST_F(BatchReaderTest, AMachineWithLittleMemoryReadsMoreOften) {
  constexpr uint64_t kMega = 1 << 20;
  EXPECT_EQ(StoreReader::mostBytesFor(100'000 * kMega, 2048 * kMega), 128 * kMega);
  EXPECT_EQ(StoreReader::mostBytesFor(100'000 * kMega, 0), 64 * kMega);
}

TEST_F(BatchReaderTest, APlaceWithoutJudgedSeriesIsNoEndOfTheBatch) {
  BatchReader batches(*store_);
  const detect::Place none{Entity::country("KZ"), {}};
  const detect::Place unknown{Entity::country("RU"), {}};
  const std::vector<const detect::Place*> places{&none, &unknown};
  const auto batch = batches.read(places);
  ASSERT_TRUE(batch);
  EXPECT_EQ(batch->places, 2U);
  EXPECT_TRUE(batch->series->keys().value().empty());
}

}  // namespace
}  // namespace nightjar::app
