#include "series/sheet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "series/block_index.h"
#include "series/checksum.h"
#include "series/column.h"

namespace nightjar::series {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr int64_t kKey = 77;

std::vector<uint8_t> row(const std::vector<uint8_t>& content) {
  return sealRow(RowKind::kChunk, kKey, content);
}
std::string openError(const std::vector<uint8_t>& bytes) {
  Sheet sheet;
  const auto opened = sheet.open(RowKind::kChunk, kKey, bytes, 128);
  EXPECT_TRUE(opened || sheet.columns().empty());
  return opened ? "" : opened.error().message;
}

TEST(Checksum, IsThatOfGzip) {
  const std::string_view check = "123456789";
  EXPECT_EQ(Checksum().add(Bytes(reinterpret_cast<const uint8_t*>(check.data()), check.size())).value(),
            0xcbf43926U);
  EXPECT_NE(Checksum().add("ab").add("c").value(), Checksum().add("a").add("bc").value());
}

TEST(Sheet, GivesBackItsColumns) {
  const std::vector<Point> points{{1, 1}, {2, 1}};
  SheetWriter writer;
  EXPECT_TRUE(writer.empty());
  writer.add(3, points);
  writer.add(4, std::vector<Point>(2));  // nothing present: left out
  writer.add(5, Bytes());
  std::vector<uint8_t> column;
  encodeColumn(points, column);
  writer.add(127, Bytes(column));
  EXPECT_FALSE(writer.empty());
  const auto bytes = writer.finish(RowKind::kChunk, kKey);
  EXPECT_TRUE(writer.empty());

  Sheet sheet;
  ASSERT_TRUE(sheet.open(RowKind::kChunk, kKey, bytes, 128));
  ASSERT_EQ(sheet.columns().size(), 2U);
  EXPECT_EQ(sheet.columns()[0].number, 3U);
  EXPECT_EQ(sheet.columns()[1].number, 127U);
  for (const uint32_t number : {3U, 127U}) {
    std::vector<Point> decoded(2);
    ASSERT_TRUE(decodeColumn(sheet.column(number), decoded));
    EXPECT_EQ(decoded, points);
  }
  for (const uint32_t number : {0U, 4U, 5U, 128U}) EXPECT_TRUE(sheet.column(number).empty());
}

TEST(Sheet, KnowsItsKindItsPlaceAndEachOfItsBytes) {
  SheetWriter writer;
  writer.add(0, std::vector<Point>{{1, 1}, {2, 1}});
  const auto bytes = writer.finish(RowKind::kChunk, kKey);
  Sheet sheet;
  EXPECT_FALSE(sheet.open(RowKind::kBin, kKey, bytes, 128));
  EXPECT_FALSE(sheet.open(RowKind::kChunk, kKey + 1, bytes, 128));
  for (size_t i = 0; i < bytes.size() * 8; ++i) {
    auto damaged = bytes;
    damaged[i / 8] ^= static_cast<uint8_t>(1U << (i % 8));
    EXPECT_THAT(openError(damaged), HasSubstr("checksum")) << i;
  }
  EXPECT_THAT(openError({1, 2, 3}), HasSubstr("too short"));
}

TEST(Sheet, TellsAWrongDirectory) {
  EXPECT_EQ(openError(row({0})), "");
  EXPECT_THAT(openError(row({})), HasSubstr("length"));
  EXPECT_THAT(openError(row({1, 128, 1, 1, 0})), HasSubstr("directory"));  // column 128
  EXPECT_THAT(openError(row({1, 0, 0})), HasSubstr("directory"));          // an empty column
  EXPECT_THAT(openError(row({1, 0, 2, 0})), HasSubstr("length"));          // ends early
  EXPECT_THAT(openError(row({1, 0, 1, 0, 0})), HasSubstr("length"));       // ends late
  EXPECT_THAT(openError(row({0x81, 1, 0, 1})), HasSubstr("too many"));
  EXPECT_THAT(openError(row({2, 127, 1, 0, 1, 0, 0})), HasSubstr("directory"));
}

TEST(BlockIndex, JoinsWindows) {
  using Windows = BlockIndex::Windows;
  BlockIndex index;
  for (const int64_t window : {10, 12, 14, 13, 30, 11, 9, 10}) index.add(window);
  EXPECT_THAT(index.windows(), ElementsAre(Windows{9, 6}, Windows{30, 1}));
  EXPECT_TRUE(index.holds(9));
  EXPECT_TRUE(index.holds(14));
  EXPECT_FALSE(index.holds(15));
  EXPECT_FALSE(index.holds(8));
  index.add(0);
  EXPECT_THAT(index.windows(), ElementsAre(Windows{0, 1}, Windows{9, 6}, Windows{30, 1}));
}

TEST(BlockIndex, ComesBackAsItWas) {
  BlockIndex index;
  EXPECT_EQ(BlockIndex::decode(index.encode()).value(), index);
  for (const int64_t window : {0, 7, 8, 85'468}) index.add(window);
  index.extents()[0].include({5'470'000});
  index.extents()[5].include({kBinLimit - 1});
  index.extents()[5].include({0});
  index.extents()[127].include({5'470'001});
  EXPECT_EQ(BlockIndex::decode(index.encode()).value(), index);
}

TEST(BlockIndex, TellsWhatIsWrong) {
  const auto good = BlockIndex().encode();
  const auto error = [](const std::vector<uint8_t>& bytes) {
    const auto index = BlockIndex::decode(bytes);
    return index ? std::string() : index.error().message;
  };
  EXPECT_EQ(error(good), "");
  EXPECT_NE(error({}), "");
  EXPECT_NE(error({good.begin(), good.end() - 1}), "");
  auto longer = good;
  longer.push_back(0);
  EXPECT_NE(error(longer), "");
  const auto withWindows = [&](std::vector<uint8_t> windows) {
    windows.insert(windows.end(), good.begin() + 1, good.end());
    return error(windows);
  };
  EXPECT_EQ(withWindows({1, 5, 1}), "");
  EXPECT_THAT(withWindows({1, 5, 0}), HasSubstr("windows"));
  EXPECT_THAT(withWindows({2, 5, 1, 0, 1}), HasSubstr("windows"));
  EXPECT_THAT(withWindows({1, 0xff, 0xff, 0xff, 0xff, 0x0f, 1}), HasSubstr("windows"));
  std::vector<uint8_t> backwards{0, 1 + 4, 1};  // first 2, last -1
  backwards.insert(backwards.end(), good.begin() + 2, good.end());
  EXPECT_THAT(error(backwards), HasSubstr("first or last bin"));
}

}  // namespace
}  // namespace nightjar::series
