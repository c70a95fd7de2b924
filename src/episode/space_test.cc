#include "episode/space.h"

#include <gmock/gmock.h>

#include <set>

namespace nightjar::episode {
namespace {

using testing::ElementsAre;

std::vector<std::string> texts(const std::vector<Block>& blocks) {
  std::vector<std::string> result;
  result.reserve(blocks.size());
  for (const Block& block : blocks) result.push_back(block.prefix().text());
  return result;
}

Prefix prefix(std::string_view text) {
  return Prefix::parse(text).value();
}

TEST(Block, IsAPrefixInUnits) {
  for (const char* text :
       {"41.32.0.0/12", "198.51.100.0/24", "2a00:12f8::/32", "2001:db8:1:0::/48", "0.0.0.0/0"}) {
    EXPECT_EQ(Block::of(prefix(text)).prefix(), prefix(text)) << text;
  }
  EXPECT_EQ(Block::of(prefix("0.0.3.0/24")).first, 3U);
}

TEST(CoverUnits, TakesTheFewestBlocks) {
  EXPECT_THAT(texts(coverUnits(Family::kIpv4, 3, 10)), ElementsAre("0.0.3.0/24", "0.0.4.0/22", "0.0.8.0/23"));
  EXPECT_TRUE(coverUnits(Family::kIpv4, 5, 5).empty());
}

TEST(Pool, HandsOutAlignedBlocksOnce) {
  Pool pool({Block::of(prefix("5.0.0.0/21"))});  // 8 units
  EXPECT_THAT(texts(pool.take(5).value()), ElementsAre("5.0.0.0/22", "5.0.4.0/24"));
  EXPECT_THAT(texts(pool.take(2).value()), ElementsAre("5.0.6.0/23"));
  EXPECT_FALSE(pool.take(1));
}

TEST(Pool, PublicSpaceLeavesOutWhatIsSpecialOrTaken) {
  const Block taken = Block::of(prefix("11.1.0.0/16"));
  Pool pool = Pool::ofPublic(Family::kIpv4, {&taken, 1});
  std::set<int> seen;
  for (auto block = pool.take(1U << 16); block; block = pool.take(1U << 16)) {
    seen.insert(block->front().prefix().address.bytes[0]);
  }
  for (const int octet : {0, 10, 11, 100, 127, 169, 172, 192, 198, 203, 224, 255})
    EXPECT_FALSE(seen.contains(octet));
  EXPECT_TRUE(seen.contains(1) && seen.contains(223));
}

TEST(Partition, CutsTheSameSpaceFinerOrCoarser) {
  const std::vector<Block> space{Block::of(prefix("5.0.0.0/22")), Block::of(prefix("5.0.4.0/24"))};
  EXPECT_THAT(texts(partition(space, 2)), ElementsAre("5.0.0.0/22", "5.0.4.0/24"));
  EXPECT_THAT(texts(partition(space, 3)), ElementsAre("5.0.0.0/23", "5.0.2.0/23", "5.0.4.0/24"));
  EXPECT_THAT(texts(partition(space, 4)),
              ElementsAre("5.0.0.0/24", "5.0.1.0/24", "5.0.2.0/23", "5.0.4.0/24"));
  EXPECT_EQ(partition(space, 5).size(), 5U);
}

}  // namespace
}  // namespace nightjar::episode
