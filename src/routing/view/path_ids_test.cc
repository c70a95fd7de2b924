#include "routing/view/path_ids.h"

#include <gtest/gtest.h>

#include "routing/view/geo_for_tests.h"

namespace nightjar::view {
namespace {

constexpr Asn kOne{64500};
constexpr Asn kTwo{64501};

TEST(PathIds, TheLastPathIsTheRoute) {
  PathIds ids;
  const PrefixKey prefix = key("10.0.0.0/16");
  ids.announce(1, prefix, 7, kOne);
  ids.announce(1, prefix, 8, kTwo);
  ids.announce(2, prefix, 7, kTwo);
  EXPECT_EQ(ids.withdraw(1, prefix, 7), kTwo);
  EXPECT_EQ(ids.withdraw(1, prefix, 9), kTwo) << "an unknown path takes nothing";
  EXPECT_EQ(ids.withdraw(1, prefix, 8), std::nullopt);
  EXPECT_EQ(ids.size(), 1U);
}

TEST(PathIds, AnAnnouncementReplacesThePathOfItsId) {
  PathIds ids;
  ids.announce(1, key("10.0.0.0/16"), 7, kOne);
  ids.announce(1, key("10.0.0.0/16"), 7, kTwo);
  EXPECT_EQ(ids.size(), 1U);
  ids.clear(1);
  EXPECT_EQ(ids.size(), 0U);
  EXPECT_EQ(ids.withdraw(1, key("10.0.0.0/16"), 7), std::nullopt);
}

}  // namespace
}  // namespace nightjar::view
