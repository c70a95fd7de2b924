#include "app/parallel_places.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "detect/incident/memory_reader.h"
#include "detect/print/json.h"

namespace nightjar::app {
namespace {

// Ten countries of eight networks each; most fall at some time, some together.
detect::MemoryReader someSeries() {
  std::mt19937 random(7);
  detect::MemoryReader reader;
  for (int country = 0; country < 10; ++country) {
    const std::string code = {'A', static_cast<char>('A' + country)};
    const Entity place = Entity::country(code);
    const size_t together = 300 + random() % 600;
    series::Series sum{.key = {"routing.visible24", place}, .first = Bin{1000}};
    sum.points.assign(1000, {0, 1});
    for (uint32_t network = 1; network <= 8; ++network) {
      const auto asn = static_cast<uint32_t>(100 * country) + network;
      series::Series series{.key = {"routing.visible24", Entity::networkInCountry(Asn{asn}, code)},
                            .first = Bin{1000}};
      const size_t from = random() % 2 == 0 ? together : 300 + random() % 600;
      for (size_t i = 0; i < 1000; ++i) {
        series.points.push_back({i >= from && i < from + 40 ? 10.0 : 500.0 + random() % 3, 1});
        sum.points[i].value += series.points.back().value;
      }
      reader.add(series);
    }
    reader.add(sum);
  }
  return reader;
}

// So many places at a time, and at the end fewer.
ParallelPlaces::ReadBatch batchesOf(const detect::MemoryReader& reader, size_t most) {
  return [&reader, most](std::span<const detect::Place* const> places) -> Result<PlaceBatch> {
    return PlaceBatch{std::min(most, places.size()), std::make_shared<detect::MemoryReader>(reader)};
  };
}

TEST(ParallelPlaces, SayTheSameWhateverTheNumberOfThreads) {
  detect::MemoryReader reader = someSeries();
  const detect::JudgeOptions options;
  const auto alone = detect::judge(reader, options);
  ASSERT_TRUE(alone);
  ASSERT_GT(alone->incidents.size(), 10U);
  for (const unsigned threads : {1U, 2U, 7U}) {
    for (const size_t batch : {1, 13, 1000}) {
      ParallelPlaces places(batchesOf(reader, batch), options, threads);
      const auto report = detect::judge(reader, options, places);
      ASSERT_TRUE(report);
      EXPECT_EQ(detect::toJson(*report), detect::toJson(*alone)) << threads << " " << batch;
    }
  }
}

TEST(ParallelPlaces, FailWithWhatReadingFailedWith) {
  detect::MemoryReader reader = someSeries();
  const detect::JudgeOptions options;
  size_t batches = 0;
  ParallelPlaces places(
      [&](std::span<const detect::Place* const> some) -> Result<PlaceBatch> {
        if (++batches == 3) return std::unexpected(Error{ErrorKind::kIo, "the store is gone"});
        return batchesOf(reader, 5)(some);
      },
      options, 3);
  const auto report = detect::judge(reader, options, places);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().message, "the store is gone");
}

}  // namespace
}  // namespace nightjar::app
