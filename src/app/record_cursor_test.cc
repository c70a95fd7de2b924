#include "app/record_cursor.h"

#include <gtest/gtest.h>

namespace nightjar::app {
namespace {

constexpr uint32_t kStart = 1641376800;

class PlausibleTimeTest : public testing::Test {
 protected:
  // The seconds that a record stamped so counts at.
  uint32_t count(uint32_t stamp) {
    wire::MrtRecord record;
    record.seconds = stamp;
    return static_cast<uint32_t>(
        std::chrono::floor<std::chrono::seconds>(plausible_.of(record)).time_since_epoch().count());
  }
  PlausibleTime plausible_{Time(std::chrono::seconds(kStart))};
};

TEST_F(PlausibleTimeTest, OneStrayKeepsItsPlace) {
  EXPECT_EQ(count(kStart + 60), kStart + 60);
  EXPECT_EQ(count(4294967295), kStart + 60);
  EXPECT_TRUE(plausible_.doubted());
  EXPECT_EQ(count(kStart + 120), kStart + 120);
  EXPECT_EQ(count(0), kStart + 120);
  EXPECT_EQ(count(4294967295), kStart + 120) << "two strays that do not agree confirm nothing";
  EXPECT_EQ(count(kStart + 60), kStart + 60) << "a little back is no stray";
}

TEST_F(PlausibleTimeTest, AJumpThatTheNextConfirmsIsReal) {
  EXPECT_EQ(count(kStart), kStart);
  EXPECT_EQ(count(kStart + 200000), kStart);
  EXPECT_EQ(count(kStart + 200001), kStart + 200001);
  EXPECT_FALSE(plausible_.doubted());
}

}  // namespace
}  // namespace nightjar::app
