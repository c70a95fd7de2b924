#include "imports/settling.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <span>
#include <tuple>

#include "imports/binning.h"

namespace nightjar::imports {
namespace {

// Equal distances in a row that make a changed step out of a gap here and there; where they are whole steps,
// so that every second value may be missing, more of them.
constexpr size_t kChangedAfter = 3;
constexpr size_t kChangedAfterWhole = 12;

// A part of fewer readings, of so many in all, does not say how wide a bin is.
constexpr size_t kSmallPart = 10;

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

int64_t distance(const Reading& earlier, const Reading& later) {
  return std::chrono::round<Seconds>(later.time - earlier.time).count();
}

std::vector<int64_t> distancesOf(const std::vector<Reading>& readings) {
  std::vector<int64_t> distances;
  for (size_t i = 1; i < readings.size(); ++i) {
    const int64_t seconds = distance(readings[i - 1], readings[i]);
    if (seconds > 0) distances.push_back(seconds);
  }
  return distances;
}

using Part = ReadSeries::Part;

// Where the times lie within a step.
Mode offsetOf(std::span<const Reading> readings, Seconds step) {
  std::vector<int64_t> offsets;
  offsets.reserve(readings.size());
  for (const Reading& reading : readings) {
    offsets.push_back(std::chrono::floor<Seconds>(reading.time).time_since_epoch().count() % step.count());
  }
  return modeOf(std::move(offsets));
}

// Cuts a series where its step changes: into one part where it does not, into none where it has no step that
// comes often enough in a row.
std::vector<Part> partsOf(const std::vector<Reading>& readings) {
  std::vector<Part> parts;
  int64_t last = 0;
  size_t equal = 0;
  for (size_t i = 1; i < readings.size(); ++i) {
    const int64_t now = distance(readings[i - 1], readings[i]);
    equal = now == last ? equal + 1 : 1;
    last = now;
    if (now == 0 || now >= kLongestStep.count()) continue;
    const int64_t step = parts.empty() ? 0 : parts.back().step.count();
    if (now == step) continue;
    const size_t needed = step > 0 && now % step == 0 ? kChangedAfterWhole : kChangedAfter;
    // The first value of the part is the one before the first of the equal distances.
    if (equal >= needed) parts.push_back({parts.empty() ? 0 : i - equal, Seconds(now)});
  }
  return parts;
}

// The readings of each part.
std::vector<std::span<const Reading>> spansOf(const std::vector<Reading>& readings,
                                              const std::vector<Part>& parts) {
  std::vector<std::span<const Reading>> spans;
  for (size_t i = 0; i < parts.size(); ++i) {
    const size_t end = i + 1 < parts.size() ? parts[i + 1].first : readings.size();
    spans.push_back(std::span(readings).subspan(parts[i].first, end - parts[i].first));
  }
  return spans;
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
    }
    tellChanges();
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
  // regular series are mostly one step, or one for each of its parts. A step that is given may come with
  // values missing, and any number of steps between two.
  void findStep(ReadSeries& series) const {
    const std::vector<int64_t> distances = distancesOf(series.readings);
    if (series.step.count() == 0) series.step = given_.value_or(Seconds(0));
    const bool given = series.step.count() > 0;
    if (!distances.empty()) {
      series.usual = Seconds(medianOf(distances));
      const auto isWhole = [&series](int64_t one) { return one % series.step.count() == 0; };
      if (given && isMost(static_cast<size_t>(std::count_if(distances.begin(), distances.end(), isWhole)),
                          distances.size())) {
        series.parts = {{0, series.step}};
      } else {
        findParts(series, distances, given);
      }
      if (series.parts.empty()) series.timing = Timing::kIrregular;
      if (!given) series.step = series.parts.empty() ? series.usual : usualStep(series);
    }
    series.step = std::min(series.step, kLongestStep);
  }

  // The parts in which a series is regular; none where it is irregular. A step that is given holds in all.
  static void findParts(ReadSeries& series, const std::vector<int64_t>& distances, bool given) {
    const Mode most = modeOf(distances);
    if (!given) series.parts = partsOf(series.readings);
    if (series.parts.size() <= 1) series.parts = {{0, Seconds(most.value)}};
    size_t steps = 0;
    const auto spans = spansOf(series.readings, series.parts);
    for (size_t i = 0; i < spans.size(); ++i) {
      for (size_t at = 1; at < spans[i].size(); ++at) {
        if (distance(spans[i][at - 1], spans[i][at]) == series.parts[i].step.count()) ++steps;
      }
    }
    if (!isMost(steps, distances.size())) series.parts.clear();
  }

  // That of most readings.
  static Seconds usualStep(const ReadSeries& series) {
    std::map<Seconds, size_t> readings;
    const auto spans = spansOf(series.readings, series.parts);
    for (size_t i = 0; i < spans.size(); ++i) readings[series.parts[i].step] += spans[i].size();
    return std::max_element(readings.begin(), readings.end(),
                            [](const auto& a, const auto& b) { return a.second < b.second; })
        ->first;
  }

  // From the step of the times to what is common to it and to where in it they lie.
  static void findGrid(ReadSeries& series) {
    if (series.timing == Timing::kIrregular) return;
    if (series.parts.empty()) series.parts = {{0, series.step}};
    int64_t grid = 0;
    Seconds finest = Seconds::max();
    size_t alike = 0;
    const auto spans = spansOf(series.readings, series.parts);
    for (size_t i = 0; i < spans.size(); ++i) {
      const Seconds step = series.parts[i].step;
      const Mode offset = offsetOf(spans[i], step);
      alike += offset.count;
      if (spans[i].size() * kSmallPart < series.readings.size()) continue;
      grid = std::gcd(grid, std::gcd(step.count(), offset.value));
      finest = std::min(finest, step);
    }
    series.grid = Seconds(grid > 0 ? grid : series.step.count());
    if (!isMost(alike, series.readings.size()) || isOffGrid(std::min(finest, series.step), series.grid)) {
      series.timing = Timing::kOffGrid;
    } else if (series.parts.size() > 1) {
      series.timing = Timing::kChanging;
    }
    if (series.timing != Timing::kChanging) series.parts.clear();
  }

  // The first series of that timing, if there is one, and how many others.
  struct Alike {
    const ReadSeries* first = nullptr;
    size_t others = 0;
  };
  Alike alikeIn(Timing timing) {
    Alike alike;
    for (const ReadSeries& series : intake_.series()) {
      if (series.timing != timing) continue;
      if (alike.first != nullptr) ++alike.others;
      if (alike.first == nullptr) alike.first = &series;
    }
    return alike;
  }

  // One of them in words, and how many there are.
  void tellIrregular() {
    const auto [first, others] = alikeIn(Timing::kIrregular);
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

  // The first change in words, and how many others there are.
  void tellChanges() {
    const auto [first, others] = alikeIn(Timing::kChanging);
    if (first == nullptr) return;
    const auto& parts = first->parts;
    const Reading& at = first->readings[parts[1].first];
    std::string text =
        fmt::format("the step of {} of {} changes here, from {} to {}", first->key.signal,
                    first->key.entity.code(), formatDuration(parts[0].step), formatDuration(parts[1].step));
    if (parts.size() > 2) text += fmt::format(", and {} times more", parts.size() - 2);
    if (others > 0) text += fmt::format("; {} more series change theirs", others);
    fileOf(at).findings.note(placeOf(at), std::move(text));
  }

  Intake& intake_;
  std::optional<Seconds> given_;
};

}  // namespace

Result<void> settle(Intake& intake, std::optional<Seconds> step) {
  return Settling(intake, step).run();
}

}  // namespace nightjar::imports
