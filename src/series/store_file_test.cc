// What only a store in a file can do: last, and be read beside its writer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "series/store_for_tests.h"

namespace nightjar::series {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(StoreFile, KeepsIdsAcrossOpenings) {
  const TemporaryFolder folder;
  const std::string path = folder.file("s");
  std::vector<SeriesId> ids;
  for (int round = 0; round < 3; ++round) {
    auto store = openStore(path).value();
    for (int i = 0; i <= round * 200; ++i) {
      const auto id = store->idOf(visible("AS" + std::to_string(i + 1))).value();
      if (static_cast<size_t>(i) < ids.size()) {
        EXPECT_EQ(id, ids[static_cast<size_t>(i)]);
      } else {
        ids.push_back(id);
      }
      EXPECT_EQ(id.number, static_cast<uint32_t>(i));
    }
    ASSERT_TRUE(store->append(kStart, std::vector{Sample{ids.back(), {1, 1}}}));
  }
}

TEST(StoreFile, HasOneBinWidth) {
  const TemporaryFolder folder;
  const std::string path = folder.file("s");
  const auto hour = BinWidth::of(std::chrono::hours(1)).value();
  EXPECT_EQ(openStore(path, hour).value()->width(), hour);
  EXPECT_EQ(openStore(path).value()->width(), hour);
  EXPECT_EQ(openStoreForReading(path).value()->width(), hour);
  const auto other = openStore(path, BinWidth());
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().kind, ErrorKind::kConflict);
  EXPECT_THAT(other.error().describe(), HasSubstr("its bins are 1h wide, not 5m"));
  EXPECT_EQ(openStore(":memory:", hour).value()->width(), hour);
}

TEST(StoreFile, AReaderSeesWhatTheWriterCommits) {
  const TemporaryFolder folder;
  auto writer = openStore(folder.file("s")).value();
  auto reader = openStoreForReading(folder.file("s")).value();
  const Sample sample{writer->idOf(visible("KZ")).value(), {1, 1}};
  ASSERT_TRUE(writer->append(kStart, {&sample, 1}));
  EXPECT_THAT(valuesOf(reader->read(visible("KZ"), kStart, kStart + 2).value()), ElementsAre(1, -1));
  ASSERT_TRUE(writer->begin());
  ASSERT_TRUE(writer->append(kStart + 1, {&sample, 1}));
  EXPECT_THAT(valuesOf(reader->read(visible("KZ"), kStart, kStart + 2).value()), ElementsAre(1, -1));
  // The writer itself reads its open batch.
  EXPECT_THAT(valuesOf(writer->read(visible("KZ"), kStart, kStart + 2).value()), ElementsAre(1, 1));
  ASSERT_TRUE(writer->commit());
  EXPECT_THAT(valuesOf(reader->read(visible("KZ"), kStart, kStart + 2).value()), ElementsAre(1, 1));
}

TEST(StoreFile, AReaderDoesNotWrite) {
  const TemporaryFolder folder;
  ASSERT_TRUE(openStore(folder.file("s")));
  auto reader = openStoreForReading(folder.file("s")).value();
  const auto kind = [](const auto& result) { return result ? ErrorKind::kIo : result.error().kind; };
  EXPECT_EQ(kind(reader->idOf(visible("KZ"))), ErrorKind::kUsage);
  EXPECT_EQ(kind(reader->append(kStart, {})), ErrorKind::kUsage);
  EXPECT_EQ(kind(reader->begin()), ErrorKind::kUsage);
  EXPECT_EQ(kind(reader->addSource({})), ErrorKind::kUsage);
  EXPECT_EQ(kind(reader->putIncident({"a", 0, "", Entity::country("KZ"), Time(), {}, ""})),
            ErrorKind::kUsage);
}

}  // namespace
}  // namespace nightjar::series
