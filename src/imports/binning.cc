#include "imports/binning.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <tuple>

namespace nightjar::imports {
namespace {

using std::chrono::microseconds;

// Equal distances in a row that make a changed step out of a gap here and there.
constexpr size_t kChangedAfter = 3;

// The longest step: weekly values (Cloudflare Radar's largest interval).
constexpr Seconds kLongestStep = std::chrono::days(7);

// The most frequent value; of equally frequent ones the smallest. REQUIRES: not empty.
int64_t mostFrequent(std::vector<int64_t>& values) {
  std::sort(values.begin(), values.end());
  int64_t best = values.front();
  size_t most = 0;
  for (auto at = values.begin(); at != values.end();) {
    const auto end = std::upper_bound(at, values.end(), *at);
    if (static_cast<size_t>(end - at) > most) {
      most = static_cast<size_t>(end - at);
      best = *at;
    }
    at = end;
  }
  return best;
}

class Settling {
 public:
  Settling(Intake& intake, std::optional<Seconds> step) : intake_(intake), given_(step) {}

  Result<void> run() {
    std::vector<int64_t> known;
    for (ReadSeries& series : intake_.series()) {
      sort(series);
      if (series.step.count() == 0) series.step = given_.value_or(distance(series));
      series.step = std::min(series.step, kLongestStep);
      if (series.step.count() > 0) known.push_back(series.step.count());
    }
    for (ReadSeries& series : intake_.series()) {
      if (series.readings.empty()) continue;
      if (series.step.count() == 0) {
        if (known.empty()) {
          return fail(ErrorKind::kInvalid,
                      "one value does not say how long it holds: name the step with --step");
        }
        series.step = Seconds(mostFrequent(known));
      }
      tellChanges(series);
    }
    return {};
  }

 private:
  ReadFile& fileOf(const Reading& reading) { return intake_.files()[reading.file]; }
  std::string placeOf(const Reading& reading) {
    return fmt::format("{} {}", fileOf(reading).place_word, reading.place);
  }

  void sort(ReadSeries& series) {
    auto& readings = series.readings;
    // Of equal times the later one in the files comes last.
    const auto before = [](const Reading& a, const Reading& b) {
      return std::tie(a.time, a.file, a.place) < std::tie(b.time, b.file, b.place);
    };
    if (!std::is_sorted(readings.begin(), readings.end(), before)) {
      std::sort(readings.begin(), readings.end(), before);
    }
    size_t kept = 0;
    for (size_t i = 0; i < readings.size(); ++i) {
      if (kept > 0 && readings[kept - 1].time == readings[i].time) {
        Reading& earlier = readings[kept - 1];
        if (earlier.value != readings[i].value) {
          fileOf(earlier).findings.drop(
              placeOf(earlier),
              fmt::format("{} of {} at {} is {} here and {} in {} of {}, which wins", series.key.signal,
                          series.key.entity.code(), formatTime(earlier.time), earlier.value,
                          readings[i].value, placeOf(readings[i]), fileOf(readings[i]).name));
        }
        earlier = readings[i];
      } else {
        readings[kept++] = readings[i];
      }
    }
    readings.resize(kept);
    readings.shrink_to_fit();
  }

  static Seconds distance(const ReadSeries& series) {
    std::vector<int64_t> distances;
    for (size_t i = 1; i < series.readings.size(); ++i) {
      const auto seconds =
          std::chrono::round<Seconds>(series.readings[i].time - series.readings[i - 1].time).count();
      if (seconds > 0) distances.push_back(seconds);
    }
    return Seconds(distances.empty() ? 0 : mostFrequent(distances));
  }

  void tellChanges(ReadSeries& series) {
    size_t equal = 0;
    microseconds last = series.step;
    for (size_t i = 1; i < series.readings.size(); ++i) {
      const microseconds distance = series.readings[i].time - series.readings[i - 1].time;
      if (distance == microseconds(series.step)) {
        equal = 0;
      } else {
        equal = distance == last ? equal + 1 : 1;
        // The first value of the run is the one before the first of the equal distances.
        if (equal == kChangedAfter && distance < microseconds(kLongestStep)) {
          const Reading& first = series.readings[i - kChangedAfter];
          fileOf(first).findings.note(
              placeOf(first),
              fmt::format("the step of {} of {} changes here, from {} to {}", series.key.signal,
                          series.key.entity.code(), formatDuration(series.step),
                          formatDuration(std::chrono::round<Seconds>(distance))));
        }
      }
      last = distance;
    }
  }

  Intake& intake_;
  std::optional<Seconds> given_;
};

}  // namespace

Result<void> settle(Intake& intake, std::optional<Seconds> step) {
  return Settling(intake, step).run();
}

BinWidth fittingWidth(const std::vector<ReadSeries>& all) {
  int64_t common = 0;
  for (const ReadSeries& series : all) {
    if (series.readings.empty()) continue;
    const int64_t step = series.step.count();
    std::vector<int64_t> offsets;
    offsets.reserve(series.readings.size());
    for (const Reading& reading : series.readings) {
      offsets.push_back(std::chrono::floor<Seconds>(reading.time).time_since_epoch().count() % step);
    }
    common = std::gcd(common, std::gcd(step, mostFrequent(offsets)));
  }
  for (int minutes = 60; minutes > 1; --minutes) {
    const auto width = BinWidth::of(std::chrono::minutes(minutes));
    if (width && common % width->length().count() == 0) return *width;
  }
  return BinWidth::of(std::chrono::minutes(1)).value();
}

Result<void> checkBins(const std::vector<ReadSeries>& all, BinWidth width) {
  constexpr double kMostBins = 50'000'000;
  double bins = 0;
  for (const ReadSeries& series : all) {
    const double each =
        static_cast<double>(series.step.count()) / static_cast<double>(width.length().count());
    bins += static_cast<double>(series.readings.size()) * (each + 1);
  }
  if (bins <= kMostBins) return {};
  return fail(ErrorKind::kLimit,
              fmt::format("about {:.0f} million bins of {} are too many at once: import fewer "
                          "files, or into wider bins",
                          bins / 1e6, formatDuration(width.length())));
}

std::vector<BinnedPoint> binned(const ReadSeries& series, BinWidth width) {
  struct Sum {
    Bin bin;
    double time = 0;     // in which something holds, times its coverage
    double weighed = 0;  // the value over that time
  };
  std::vector<BinnedPoint> points;
  Sum sum;
  const auto close = [&] {
    if (sum.time <= 0) return;
    const double whole = std::chrono::duration<double>(width.length()).count();
    points.push_back(
        {sum.bin, {sum.weighed / sum.time, static_cast<float>(std::min(1.0, sum.time / whole))}});
  };
  const auto& readings = series.readings;
  for (size_t i = 0; i < readings.size(); ++i) {
    Time end = readings[i].time + series.step;
    if (i + 1 < readings.size()) end = std::min(end, readings[i + 1].time);
    for (Time at = readings[i].time; at < end;) {
      const Bin bin = Bin::of(at, width);
      const Time until = std::min(end, bin.end(width));
      if (bin != sum.bin) {
        close();
        sum = {.bin = bin};
      }
      const double time =
          std::chrono::duration<double>(until - at).count() * static_cast<double>(readings[i].coverage);
      sum.time += time;
      sum.weighed += time * readings[i].value;
      at = until;
    }
  }
  close();
  return points;
}

}  // namespace nightjar::imports
