#include "detect/rule/ordered_window.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <iterator>
#include <limits>
#include <random>
#include <vector>

namespace nightjar::detect {
namespace {

double plainMedian(const std::deque<double>& window) {
  std::vector<double> values;
  for (const double value : window) {
    if (!std::isnan(value)) values.push_back(value);
  }
  std::sort(values.begin(), values.end());
  const size_t n = values.size();
  return n % 2 == 1 ? values[n / 2] : values[n / 2 - 1] + (values[n / 2] - values[n / 2 - 1]) / 2;
}

// Against sorting the window anew each time: few distinct values, many, and all different.
TEST(OrderedWindow, AgreesWithSorting) {
  std::mt19937 random(7);
  for (const unsigned distinct : {1U, 2U, 5U, 40U, 1000000U}) {
    for (const size_t capacity : {1U, 2U, 7U, 288U}) {
      OrderedWindow window;
      window.reset(capacity);
      std::deque<double> plain;
      for (int i = 0; i < 2000; ++i) {
        const bool absent = random() % 10 == 0;
        const double value =
            absent ? std::numeric_limits<double>::quiet_NaN() : static_cast<double>(random() % distinct);
        window.push(value);
        plain.push_back(value);
        if (plain.size() > capacity) plain.pop_front();
        const auto absents =
            std::count_if(plain.begin(), plain.end(), [](double v) { return std::isnan(v); });
        ASSERT_EQ(window.count(), plain.size() - static_cast<size_t>(absents));
        if (window.count() == 0) continue;
        ASSERT_EQ(window.median(), plainMedian(plain)) << distinct << " " << capacity << " " << i;
        const double largest = *std::max_element(plain.begin(), plain.end(), [](double a, double b) {
          return (std::isnan(a) ? -1 : a) < (std::isnan(b) ? -1 : b);
        });
        ASSERT_EQ(window.largest(), largest);
        std::vector<double> sorted;
        std::copy_if(plain.begin(), plain.end(), std::back_inserter(sorted),
                     [](double v) { return !std::isnan(v); });
        std::sort(sorted.begin(), sorted.end());
        const size_t rank = random() % sorted.size();
        ASSERT_EQ(window.ranked(rank), sorted[rank]);
      }
    }
  }
}

TEST(OrderedWindow, StartsAnew) {
  OrderedWindow window;
  window.reset(3);
  window.push(5);
  window.reset(2);
  EXPECT_EQ(window.count(), 0U);
  window.push(1);
  window.push(2);
  window.push(3);
  EXPECT_EQ(window.median(), 2.5);
}

TEST(OrderedWindow, RepeatsItsOnlyValue) {
  OrderedWindow window;
  window.reset(4);
  EXPECT_FALSE(window.holdsOnly(0));
  window.push(7);
  EXPECT_TRUE(window.holdsOnly(7));
  EXPECT_FALSE(window.holdsOnly(6));
  window.repeat(2);
  EXPECT_EQ(window.count(), 3U);
  window.repeat(100);
  EXPECT_EQ(window.count(), 4U);
  window.push(9);
  EXPECT_FALSE(window.holdsOnly(7));
  EXPECT_EQ(window.count(), 4U);
  EXPECT_EQ(window.median(), 7);
}

}  // namespace
}  // namespace nightjar::detect
