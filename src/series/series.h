// Samples and series: what every instrument writes and every detector reads.
#pragma once

#include <compare>
#include <string>
#include <vector>

#include "base/entity.h"
#include "base/time.h"

namespace nightjar::series {

// The name of one kind of measurement, such as "routing.visible24": dotted lower-case words.
using Signal = std::string;

struct SeriesKey {
  Signal signal;
  Entity entity;
  auto operator<=>(const SeriesKey&) const = default;
};

// One bin of one series. `coverage` in [0, 1] is how much of the instrument was healthy. Absent is not zero:
// a bin with coverage 0 has no value, and nothing may be judged from it.
struct Point {
  double value = 0;
  float coverage = 0;
  bool present() const { return coverage > 0; }
  bool operator==(const Point&) const = default;
};

// A run of consecutive bins [first, first + points.size()).
struct Series {
  SeriesKey key;
  BinWidth width;
  Bin first;
  std::vector<Point> points;

  Bin end() const { return {first.index + static_cast<int64_t>(points.size())}; }
};

}  // namespace nightjar::series
