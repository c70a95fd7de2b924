#include "series/column.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace nightjar::series {
namespace {

using testing::HasSubstr;

std::vector<Point> full(const std::vector<double>& values) {
  std::vector<Point> points;
  points.reserve(values.size());
  for (const double value : values) points.push_back({value, 1});
  return points;
}
std::vector<uint8_t> encoded(const std::vector<Point>& points) {
  std::vector<uint8_t> out;
  encodeColumn(points, out);
  return out;
}
std::string errorOf(const std::vector<uint8_t>& bytes, size_t count) {
  std::vector<Point> points(count);
  const auto decoded = decodeColumn(bytes, points);
  return decoded ? "" : decoded.error().message;
}

TEST(Column, ComesBackAsItWas) {
  constexpr double kLargest = std::numeric_limits<double>::max();
  constexpr double kSmallest = std::numeric_limits<double>::denorm_min();
  const std::vector<std::vector<Point>> columns = {
      {},
      {{}, {}, {}},
      full({0}),
      full({0, 0, 0}),
      full({5, 5, 5, 6, 5, 5}),
      full({-3, 100'000, 100'001, -9007199254740992.0, 9007199254740992.0}),
      full({9007199254740994.0, 1, 2}),
      full({0.5, 0.5, 0.25, 1, 1, 1, -0.125}),
      full({kLargest, -kLargest, kSmallest, 0, 1.0 / 3}),
      {{1, 1}, {}, {2, 1}, {2, 51.0F / 255}, {}, {}},
      {{}, {0.1, 1.0F / 255}, {0.1, 1}},
  };
  for (const auto& points : columns) {
    std::vector<Point> decoded(points.size(), {99, 1});
    ASSERT_TRUE(decodeColumn(encoded(points), decoded)) << testing::PrintToString(points.size());
    EXPECT_EQ(decoded, points);
  }
}

TEST(Column, AnyPointsComeBack) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 2000; ++round) {
    std::vector<Point> points(1 + random() % 130);
    const bool integers = random() % 2 == 0;
    double value = 0;
    for (Point& point : points) {
      if (random() % 3 == 0) value += static_cast<double>(random() % 2001) - 1000;
      if (random() % 20 == 0) value = static_cast<double>(random() % 8);
      if (random() % 6 != 0) point = stored({integers ? value : value / 3, random() % 4 ? 1 : 0.7F});
    }
    std::vector<Point> decoded(points.size());
    ASSERT_TRUE(decodeColumn(encoded(points), decoded));
    ASSERT_EQ(decoded, points) << "round " << round;
  }
}

TEST(Column, TakesFewBytesWhereLittleChanges) {
  EXPECT_EQ(encoded(std::vector<Point>(64)).size(), 0U);
  EXPECT_EQ(encoded(std::vector<Point>(64, {7, 1})).size(), 3U);
  EXPECT_EQ(encoded(std::vector<Point>(64, {7, 0.2F})).size(), 5U);
  std::vector<Point> lossOfOne(64, {4000, 1});
  for (size_t i = 30; i < 64; ++i) lossOfOne[i].value = 3999;
  EXPECT_EQ(encoded(lossOfOne).size(), 6U);
}

TEST(Column, RoundsCoverageButNotToNone) {
  EXPECT_EQ(stored({5, 0}), Point{});
  EXPECT_EQ(stored({5, 1}), (Point{5, 1}));
  EXPECT_EQ(stored({5, 1e-9F}), (Point{5, 1.0F / 255}));
  EXPECT_EQ(stored({5, 0.5F}).coverage, 128.0F / 255);
  EXPECT_FALSE(std::signbit(stored({-0.0, 1}).value));
  for (int i = 0; i <= 255; ++i) {
    const Point point{1, static_cast<float>(i) / 255};
    EXPECT_EQ(stored(point).coverage, point.coverage) << i;
  }
}

TEST(Column, TellsWhatIsWrong) {
  const struct {
    std::vector<uint8_t> bytes;
    size_t points;
    const char* message;
  } cases[] = {
      {{4}, 1, "unknown flags"},
      {{0}, 1, "ends inside its values"},
      {{0, 0x80}, 1, "ends inside its values"},
      {{0, 2, 2}, 1, "bytes past its end"},
      {{0, 2}, 2, "ends inside its values"},
      {{0, 5}, 2, "repeats past its end"},
      {{0, 0xfc, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}, 1, "integer out of range"},
      {{1, 0x09, 0}, 1, "wrong control byte"},
      {{1, 0x28}, 1, "wrong control byte"},
      {{1, 0x10}, 1, "wrong control byte"},
      {{1, 0x62, 0xf0, 0x7f}, 1, "no finite number"},
      {{1, 0x02, 1}, 1, "ends inside its values"},
      {{1, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}, 1, "repeats past its end"},
      {{2}, 1, "ends inside its coverage"},
      {{2, 0, 255}, 1, "wrong length"},
      {{2, 2, 255, 2}, 1, "wrong length"},
      {{2, 1, 255, 2}, 2, "ends inside its coverage"},
      {{0}, 0, ""},
  };
  for (const auto& c : cases) {
    const std::string message = errorOf(c.bytes, c.points);
    EXPECT_THAT(message, HasSubstr(c.message)) << testing::PrintToString(c.bytes);
    EXPECT_EQ(message.empty(), std::string_view(c.message).empty()) << testing::PrintToString(c.bytes);
  }
}

}  // namespace
}  // namespace nightjar::series
