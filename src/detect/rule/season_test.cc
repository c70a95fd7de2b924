#include "detect/rule/season.h"

#include <gtest/gtest.h>

#include <array>

namespace nightjar::detect {
namespace {

TEST(Cycle, TellsItsSecondSteepestStep) {
  constexpr std::array<double, 6> kDay{0, -10, -13, -13, -7, 0};
  Cycle cycle;
  cycle.reset(6, 1, 7, 1);
  EXPECT_EQ(cycle.secondSteepest(), 0);
  for (size_t bin = 0; bin <= 18; ++bin) cycle.learn(bin, kDay[bin % 6]);
  EXPECT_EQ(cycle.secondSteepest(), 7) << "after the one by 10, up or down";
}

}  // namespace
}  // namespace nightjar::detect
