// Measures the rule `nightjar` with its recorder: what a bin costs and what a series takes in memory, over a
// mix of series as a day of routing and probing has them. Prints one figure a line, with the bound that it is
// held against.
//
//   detect_bench [SERIES]     a year of 5-minute bins each; 500 unless told otherwise
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <vector>

#include "detect/rule/nightjar_rule.h"
#include "detect/rule/recorder.h"
#include "series/signals.h"
#include "year_series.h"

namespace {

using namespace nightjar;
using namespace nightjar::detect;
using bench::kDay, bench::kYear, bench::Kind;

// The target: a year of 100,000 series in 10 minutes on 2 cores.
constexpr double kSeries = 100'000, kCores = 2, kMinutes = 10;
constexpr double kLargestQuietState = 200;  // bytes

std::vector<series::Point> makeYear(Kind kind, unsigned seed) {
  bench::YearSeries series(kind, seed);
  std::vector<series::Point> points(kYear);
  for (series::Point& point : points) point = {series.next(), 1};
  return points;
}

struct Cost {
  size_t series = 0;
  double seconds = 0;
  size_t largest_state = 0;
  size_t anomalies = 0;
};

void judge(NightjarRule& rule, const std::vector<series::Point>& points, Cost& cost) {
  const Parameters parameters;
  Recorder recorder(parameters);
  const series::SeriesKey key{std::string(series::kVisible24), Entity::country("ZZ")};
  std::vector<Verdict> verdicts(kDay);
  const std::clock_t start = std::clock();  // of the processor, as others may use it too
  recorder.begin(key, BinWidth(), Bin{0});
  rule.begin(key.signal, BinWidth());
  for (size_t at = 0; at < points.size(); at += kDay) {
    const std::span<const series::Point> day(points.data() + at, kDay);
    rule.judge(day, {}, verdicts);
    recorder.add(verdicts, day);
  }
  cost.seconds += static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  cost.largest_state = std::max(cost.largest_state, rule.stateBytes());
  cost.anomalies += recorder.anomalies().size();
  ++cost.series;
}

}  // namespace

int main(int argc, char** argv) {
  const size_t count = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 500;
  NightjarRule rule{Parameters()};
  std::vector<Cost> costs(std::size(bench::kKindNames));
  for (size_t i = 0; i < count; ++i) {
    const Kind kind = bench::kindOf(i);
    judge(rule, makeYear(kind, static_cast<unsigned>(i + 1)), costs[static_cast<size_t>(kind)]);
  }
  double seconds = 0;
  size_t series = 0;
  for (size_t i = 0; i < costs.size(); ++i) {
    const Cost& cost = costs[i];
    if (cost.series == 0) continue;
    const double bins = static_cast<double>(cost.series * kYear);
    fmt::print("{:24} {:5} series {:8.1f} ns a bin {:8} bytes of state at most {:6} anomalies\n",
               bench::kKindNames[i], cost.series, cost.seconds * 1e9 / bins, cost.largest_state,
               cost.anomalies);
    seconds += cost.seconds;
    series += cost.series;
  }
  if (series == 0) return 2;
  const double minutes = seconds / static_cast<double>(series) * kSeries / kCores / 60;
  const size_t quiet = costs[0].largest_state;
  fmt::print("a year of {:.0f} series on {:.0f} cores: {:.1f} minutes (bound {:.0f})\n", kSeries, kCores,
             minutes, kMinutes);
  fmt::print("state of a series that never changed: {} bytes (bound {:.0f})\n", quiet, kLargestQuietState);
  return minutes <= kMinutes && static_cast<double>(quiet) <= kLargestQuietState ? 0 : 1;
}
