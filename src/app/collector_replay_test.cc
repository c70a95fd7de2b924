#include "app/collector_replay.h"

#include <gtest/gtest.h>

namespace nightjar::app {
namespace {

Time at(std::string_view clock) {
  return parseTime("2022-01-05T" + std::string(clock)).value();
}

InputFile updates(std::string_view clock) {
  return {.kind = InputKind::kUpdates, .start = at(clock), .nominal = at(clock)};
}
InputFile dump(std::string_view clock) {
  return {.kind = InputKind::kRib, .start = at(clock), .nominal = at(clock)};
}

using Gaps = std::vector<Gap>;

TEST(FindGaps, FindsMissingNames) {
  EXPECT_EQ(findGaps({updates("10:00"), updates("10:05"), updates("10:20"), updates("10:25")}),
            Gaps({{at("10:10"), at("10:20")}}));
  EXPECT_EQ(findGaps({updates("10:00"), updates("10:15"), updates("10:30")}), Gaps());
}

TEST(FindGaps, SaysNothingWithoutAStep) {
  EXPECT_EQ(findGaps({updates("10:00")}), Gaps());
  EXPECT_EQ(findGaps({dump("00:00"), dump("08:00")}), Gaps());
  EXPECT_EQ(findGaps({}), Gaps());
}

TEST(FindGaps, UpdatesMustFollowTheDump) {
  EXPECT_EQ(findGaps({dump("08:00"), updates("10:00"), updates("10:05")}),
            Gaps({{at("08:00"), at("10:00")}}));
  EXPECT_EQ(findGaps({dump("10:00"), updates("10:00"), updates("10:05")}), Gaps());
}

TEST(FindGaps, ADumpAtTheEndOfAHoleMendsIt) {
  EXPECT_EQ(findGaps({updates("10:00"), updates("10:05"), dump("10:30"), updates("10:30"), updates("10:35")}),
            Gaps({{at("10:10"), at("10:10")}}));
  EXPECT_EQ(findGaps({updates("10:00"), updates("10:05"), dump("10:20"), updates("10:30"), updates("10:35")}),
            Gaps({{at("10:10"), at("10:30")}}));
}

}  // namespace
}  // namespace nightjar::app
