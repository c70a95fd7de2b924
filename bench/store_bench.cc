// Measures the store: what an append of one bin costs, how fast a year of one series is read, how many bytes
// a point takes on disk. Prints one figure a line, with the bound that it is held against.
//
//   store_bench [SERIES] [BINS]     100,000 series over a year of 5 minutes; SERIES have only the last BINS
//   of it
#include <fmt/format.h>

#include <unistd.h>
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <random>
#include <vector>

#include "series/signals.h"
#include "series/store.h"

namespace {

using nightjar::Asn;
using nightjar::Bin;
using nightjar::Entity;
using namespace nightjar::series;

constexpr int64_t kYear = 105'120;
constexpr Bin kYearEnd{5'575'104};
constexpr Bin kYearStart{kYearEnd.index - kYear};
constexpr size_t kFullYears = 20;  // series that have every bin of the year
constexpr size_t kBinsInBatch = 288;

[[noreturn]] void die(const nightjar::Error& error) {
  fmt::print(stderr, "{}\n", error.describe());
  std::exit(1);
}
template <typename T>
T must(nightjar::Result<T> result) {
  if (!result) die(result.error());
  return std::move(*result);
}
void must(const nightjar::Result<void>& result) {
  if (!result) die(result.error());
}

double secondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Networks as routing sees them: most never change, some gain or lose one /24 now and then, and the counters
// of updates are noise.
class Networks {
 public:
  Networks(Store& store, size_t count) : values_(count) {
    for (size_t i = 0; i < count; ++i) {
      const bool updates = i % 10 == 9;
      const Entity entity = Entity::networkInCountry(Asn{static_cast<uint32_t>(i + 1)}, "XX");
      ids_.push_back(must(store.idOf({Signal(updates ? kUpdates : kVisible24), entity})));
      // Sizes as in a routing table: half of the networks have up to four /24s, few have thousands.
      values_[i] = updates ? 0 : static_cast<double>(1 + (random_() % 4) * (random_() % 8 == 0 ? 300 : 1));
    }
  }

  // The next bin of the first `count` of them.
  void step(size_t count) {
    for (size_t i = 0; i < count; ++i) {
      if (i % 10 == 9) {
        values_[i] = static_cast<double>(random_() % (i % 100 == 9 ? 500 : 12));
      } else if (random_() % 200 == 0) {
        values_[i] += values_[i] > 1 && random_() % 2 != 0 ? -1 : 1;
      }
    }
  }

  std::vector<Sample> samples(size_t count) const {
    std::vector<Sample> samples;
    samples.reserve(count);
    for (size_t i = 0; i < count; ++i) samples.push_back({ids_[i], {values_[i], 1}});
    return samples;
  }

 private:
  std::mt19937 random_{1};
  std::vector<SeriesId> ids_;
  std::vector<double> values_;
};

uint64_t sizeOnDisk(const std::string& path) {
  std::error_code missing;
  uint64_t size = 0;
  for (const char* suffix : {"", "-wal"}) {
    const auto one = std::filesystem::file_size(path + suffix, missing);
    if (!missing) size += one;
  }
  return size;
}

void report(const char* what, double value, const char* unit, const char* bound) {
  fmt::print("{:<58} {:>10.3f} {:<12} {}\n", what, value, unit, bound);
}

double timeRead(Store& store, const SeriesKey& key) {
  const auto start = std::chrono::steady_clock::now();
  const Series series = must(store.read(key, kYearStart, kYearEnd));
  const double seconds = secondsSince(start);
  if (series.points.size() != kYear) std::exit(1);
  return seconds * 1000;
}

}  // namespace

int main(int argc, char** argv) {
  const size_t series = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 100'000;
  const int64_t bins = argc > 2 ? std::strtol(argv[2], nullptr, 10) : 400;
  const std::string folder =
      std::filesystem::temp_directory_path() / fmt::format("nightjar-store-bench-{}", getpid());
  std::filesystem::create_directories(folder);
  const std::string path = folder + "/bench.store";
  auto store = must(openStore(path));
  Networks networks(*store, series);
  const size_t fullYears = std::min(kFullYears, series);
  uint64_t points = 0;

  auto start = std::chrono::steady_clock::now();
  for (Bin bin = kYearStart; bin.index < kYearEnd.index - bins;) {
    must(store->begin());
    for (size_t i = 0; i < kBinsInBatch && bin.index < kYearEnd.index - bins; ++i, bin = bin.next()) {
      networks.step(fullYears);
      points += must(store->append(bin, networks.samples(fullYears))).added;
    }
    must(store->commit());
  }
  report("20 series appended over the year, by days", secondsSince(start), "s", "");

  double longest = 0;
  double total = 0;
  for (Bin bin{kYearEnd.index - bins}; bin < kYearEnd; bin = bin.next()) {
    networks.step(series);
    const auto samples = networks.samples(series);
    start = std::chrono::steady_clock::now();
    points += must(store->append(bin, samples)).added;
    const double seconds = secondsSince(start);
    longest = std::max(longest, seconds);
    total += seconds;
  }
  report("one bin of all series appended, mean", total / static_cast<double>(bins), "s", "");
  report("one bin of all series appended, longest (with a fold)", longest, "s", "< 1");

  const SeriesKey quiet{Signal(kVisible24), Entity::networkInCountry(Asn{1}, "XX")};
  const SeriesKey noisy{Signal(kUpdates), Entity::networkInCountry(Asn{10}, "XX")};
  report("a year of a quiet series, right after the append", timeRead(*store, quiet), "ms", "< 50");
  report("a year of a noisy series, right after the append", timeRead(*store, noisy), "ms", "< 50");
  auto reader = must(openStoreForReading(path));
  report("a year of a noisy series, by a new reader", timeRead(*reader, noisy), "ms", "< 50");
  reader.reset();

  start = std::chrono::steady_clock::now();
  size_t visited = 0;
  must(store->forEach({.signal = Signal(kVisible24)}, Bin{kYearEnd.index - bins}, kYearEnd,
                      [&](const Series&) -> nightjar::Result<void> {
                        ++visited;
                        return {};
                      }));
  report(fmt::format("{} series walked, {} bins each", visited, bins).c_str(), secondsSince(start), "s", "");
  start = std::chrono::steady_clock::now();
  const size_t listed = must(store->list({})).size();
  report(fmt::format("{} series listed", listed).c_str(), secondsSince(start), "s", "");

  const uint64_t whileOpen = sizeOnDisk(path);
  store.reset();
  report("file with its log, while open", static_cast<double>(whileOpen) / 1e6, "MB", "");
  report("file", static_cast<double>(sizeOnDisk(path)) / 1e6, "MB", "");
  report("a point on disk", static_cast<double>(sizeOnDisk(path)) / static_cast<double>(points), "bytes",
         "< 2");
  std::filesystem::remove_all(folder);
}
