#include "imports/settling.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <tuple>

#include "imports/binning.h"

namespace nightjar::imports {
namespace {

using std::chrono::microseconds;

// Equal distances in a row that make a changed step out of a gap here and there.
constexpr size_t kChangedAfter = 3;

// Bins that a value may fill for the sake of the moment at which it is stamped: local hours begin at quarters
// of an hour (by the offsets in use, tz database). Finer offsets are the moments at which somebody looked.
constexpr int kMostBinsForOffset = 4;

// The longest step: weekly values (Cloudflare Radar's largest interval).
constexpr Seconds kLongestStep = std::chrono::days(7);

struct Mode {
  int64_t value = 0;
  size_t count = 0;
};

// The most frequent value; of equally frequent ones the smallest.
Mode modeOf(std::vector<int64_t> values) {
  std::sort(values.begin(), values.end());
  Mode best;
  for (auto at = values.begin(); at != values.end();) {
    const auto end = std::upper_bound(at, values.end(), *at);
    const auto count = static_cast<size_t>(end - at);
    if (count > best.count) best = {*at, count};
    at = end;
  }
  return best;
}

// The upper one of two in the middle. REQUIRES: not empty.
int64_t medianOf(std::vector<int64_t> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

bool isMost(size_t part, size_t all) {
  return 2 * part >= all;
}

std::vector<int64_t> distancesOf(const std::vector<Reading>& readings) {
  std::vector<int64_t> distances;
  for (size_t i = 1; i < readings.size(); ++i) {
    const auto seconds = std::chrono::round<Seconds>(readings[i].time - readings[i - 1].time).count();
    if (seconds > 0) distances.push_back(seconds);
  }
  return distances;
}

// Where the times lie within a step.
Mode offsetOf(const std::vector<Reading>& readings, Seconds step) {
  std::vector<int64_t> offsets;
  offsets.reserve(readings.size());
  for (const Reading& reading : readings) {
    offsets.push_back(std::chrono::floor<Seconds>(reading.time).time_since_epoch().count() % step.count());
  }
  return modeOf(std::move(offsets));
}

// Whether values of such a step need bins so fine that each fills more than kMostBins of them for nothing but
// the moment at which it is stamped.
bool isOffGrid(Seconds step, Seconds grid) {
  constexpr Seconds kWidest = std::chrono::hours(1);
  return dividingWidth(grid).length() * kMostBinsForOffset < std::min(step, kWidest);
}

class Settling {
 public:
  Settling(Intake& intake, std::optional<Seconds> step) : intake_(intake), given_(step) {}

  Result<void> run() {
    std::vector<int64_t> known;
    for (ReadSeries& series : intake_.series()) {
      sort(series);
      findStep(series);
      if (series.step.count() > 0) known.push_back(series.step.count());
    }
    for (ReadSeries& series : intake_.series()) {
      if (series.readings.empty()) continue;
      if (series.step.count() == 0) {
        if (known.empty()) {
          return fail(ErrorKind::kInvalid,
                      "one value does not say how long it holds: name the step with --step");
        }
        series.step = Seconds(modeOf(known).value);
      }
      if (series.usual.count() == 0) series.usual = series.step;
      findGrid(series);
      if (series.timing != Timing::kIrregular) tellChanges(series);
    }
    tellIrregular();
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

  // The step, unless nothing tells it: the file, the command line or the distances, of which those of a
  // regular series are mostly one step. A step that is given may come with values missing, and any number of
  // steps between two.
  void findStep(ReadSeries& series) const {
    const std::vector<int64_t> distances = distancesOf(series.readings);
    if (series.step.count() == 0) series.step = given_.value_or(Seconds(0));
    if (!distances.empty()) {
      series.usual = Seconds(medianOf(distances));
      const Mode most = modeOf(distances);
      const auto isWhole = [&series](int64_t distance) { return distance % series.step.count() == 0; };
      const bool given = series.step.count() > 0;
      if (given && isMost(static_cast<size_t>(std::count_if(distances.begin(), distances.end(), isWhole)),
                          distances.size())) {
        series.grid = series.step;
      } else if (isMost(most.count, distances.size())) {
        series.grid = Seconds(most.value);
      } else {
        series.timing = Timing::kIrregular;
      }
      if (!given) series.step = series.timing == Timing::kIrregular ? series.usual : series.grid;
    }
    series.step = std::min(series.step, kLongestStep);
  }

  // From the step of the times to what is common to it and to where in it they lie.
  static void findGrid(ReadSeries& series) {
    if (series.timing == Timing::kIrregular) return;
    const Seconds step = series.grid.count() > 0 ? series.grid : series.step;
    const Mode offset = offsetOf(series.readings, step);
    series.grid = Seconds(std::gcd(step.count(), offset.value));
    if (!isMost(offset.count, series.readings.size()) || isOffGrid(step, series.grid)) {
      series.timing = Timing::kOffGrid;
    }
  }

  // One of them in words, and how many there are.
  void tellIrregular() {
    ReadSeries* first = nullptr;
    size_t others = 0;
    for (ReadSeries& series : intake_.series()) {
      if (series.timing != Timing::kIrregular) continue;
      if (first != nullptr) ++others;
      if (first == nullptr) first = &series;
    }
    if (first == nullptr) return;
    const auto distances = distancesOf(first->readings);
    const auto [least, most] = std::minmax_element(distances.begin(), distances.end());
    const std::string more = others == 0 ? "" : fmt::format("; so does that of {} more series", others);
    fileOf(first->readings.front())
        .findings.note(
            "", fmt::format("{} of {} comes at irregular times, from {} to {} apart, usually {}{}",
                            first->key.signal, first->key.entity.code(), formatDuration(Seconds(*least)),
                            formatDuration(Seconds(*most)), formatDuration(first->usual), more));
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

}  // namespace nightjar::imports
