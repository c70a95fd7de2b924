#include "app/series_log.h"

#include <gtest/gtest.h>

namespace nightjar::app {
namespace {

using namespace std::chrono_literals;

constexpr BinWidth kWidth;

// A country and a network in it, whose space is set bin by bin.
class SeriesLogTest : public testing::Test {
 protected:
  void bin(int64_t index, std::optional<int64_t> country, std::optional<int64_t> network,
           float coverage = 1) {
    if (country) counters_.set(kz_, view::Measure::kSpace4, *country);
    if (network) counters_.set(as_, view::Measure::kSpace4, *network);
    view::ClosedBin closed{Bin{index}, {coverage, 0}, counters_.takeChanges()};
    ASSERT_TRUE(log_.take(closed, counters_));
  }
  std::vector<series::Point> read(const char* entity) {
    return log_.read({std::string(series::kVisible24), Entity::parse(entity).value()}).value().points;
  }

  view::Counters counters_;
  view::EntityIndex kz_ = counters_.names().addCountry("KZ");
  view::EntityIndex as_ = counters_.names().addNetworkInCountry(Asn{9198}, kz_);
  SeriesLog log_{kWidth, 15min};
};

TEST_F(SeriesLogTest, GivesBackWhatWasCounted) {
  bin(100, 7, {});
  bin(101, {}, 3);
  bin(102, 5, {}, 0);
  bin(104, {}, 4, 0.5F);
  ASSERT_TRUE(log_.finish());
  EXPECT_EQ(read("KZ"), (std::vector<series::Point>{{7, 1}, {7, 1}, {}, {}, {5, 0.5F}}));
  EXPECT_EQ(read("AS9198@KZ"), (std::vector<series::Point>{{}, {3, 1}, {}, {}, {4, 0.5F}}))
      << "absent before it first counted, in a bin without coverage and in a missing bin";
  EXPECT_EQ(log_.keys().value().size(), 2U);
}

TEST_F(SeriesLogTest, KnowsNothingOfOthers) {
  bin(100, 7, {});
  ASSERT_TRUE(log_.finish());
  EXPECT_TRUE(read("UZ").empty());
  EXPECT_TRUE(log_.read({"routing.visible48", Entity::country("KZ")}).value().points.empty());
}

TEST_F(SeriesLogTest, WhenTooShortItNamesCountriesAlone) {
  bin(100, 7, 3);
  bin(101, 7, 3);
  ASSERT_TRUE(log_.finish());
  const auto keys = log_.keys().value();
  ASSERT_EQ(keys.size(), 1U);
  EXPECT_EQ(keys[0].entity.code(), "KZ");
}

}  // namespace
}  // namespace nightjar::app
