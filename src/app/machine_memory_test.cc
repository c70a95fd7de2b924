#include "app/machine_memory.h"

#include <gtest/gtest.h>

namespace nightjar::app {
namespace {

constexpr std::string_view kMeminfo =
    "MemTotal:       24689764 kB\nMemFree:        21430108 kB\nMemAvailable:   1000000 kB\nBuffers: 1 kB\n";

TEST(MemoryToTake, IsWhatIsAvailable) {
  EXPECT_EQ(memoryToTake(kMeminfo, ""), 1'024'000'000U);
  EXPECT_EQ(memoryToTake(kMeminfo, "max\n"), 1'024'000'000U);
}

TEST(MemoryToTake, IsNoMoreThanTheContainerMayHave) {
  EXPECT_EQ(memoryToTake(kMeminfo, "536870912\n"), 536'870'912U);
  EXPECT_EQ(memoryToTake(kMeminfo, "99999999999\n"), 1'024'000'000U);
  EXPECT_EQ(memoryToTake("MemAvailable: 18446744073709551615 kB\n", "5\n"), 5U);
}

TEST(MemoryToTake, OfWhatNobodyKnowsNothing) {
  EXPECT_EQ(memoryToTake("", "max\n"), 0U);
  EXPECT_EQ(memoryToTake("MemAvailable: many kB\n", "max\n"), 0U);
}

TEST(MemoryToTake, IsKnownOnThisMachine) {
  EXPECT_GT(memoryToTake(), 0U);
}

}  // namespace
}  // namespace nightjar::app
