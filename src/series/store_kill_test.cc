// A writer is killed at random moments, many times over one file. Whatever it acknowledged must be there
// afterwards, and of what it had not yet acknowledged all or nothing.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <random>

#include "series/signals.h"
#include "series/store.h"
#include "series/temporary_folder.h"

namespace nightjar::series {
namespace {

const Bin kStart{5'470'000};
constexpr int64_t kBinsInBatch = 8;
constexpr uint32_t kSeries = 200;
constexpr int kKills = 60;

SeriesKey keyOf(uint32_t i) {
  return {Signal(kVisible24), Entity::network(Asn{i + 1})};
}
Point pointOf(uint32_t series, int64_t bin) {
  return {static_cast<double>((series * 31 + static_cast<uint32_t>(bin) * 7) % 1000), 1};
}

void appendBatch(Store& store, int64_t first) {
  bool kept = store.begin().has_value();
  for (int64_t bin = first; kept && bin < first + kBinsInBatch; ++bin) {
    std::vector<Sample> samples;
    samples.reserve(kSeries);
    for (uint32_t i = 0; i < kSeries; ++i) samples.push_back({store.idOf(keyOf(i)).value(), pointOf(i, bin)});
    kept = store.append({kStart.index + bin}, samples).has_value();
  }
  kept = kept &&
         store.putIncident({"a", 0, "", Entity::country("KZ"), Time(Seconds(first)), {}, ""}).has_value();
  if (!kept || !store.commit()) _exit(1);
}

// Appends from bin `first` on without end, and writes each batch's end to the pipe once it is acknowledged.
[[noreturn]] void writeUntilKilled(const std::string& path, int64_t first, int acknowledgements) {
  auto store = openStore(path);
  if (!store) _exit(1);
  for (;; first += kBinsInBatch) {
    appendBatch(**store, first);
    const int64_t end = first + kBinsInBatch;
    if (write(acknowledgements, &end, sizeof end) != sizeof end) _exit(1);
  }
}

// Starts a writer, kills it after that time, and returns the last end that it acknowledged.
int64_t killAfter(std::chrono::microseconds delay, const std::string& path, int64_t first) {
  int ends[2];
  if (pipe(ends) != 0) return -1;
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    writeUntilKilled(path, first, ends[1]);
  }
  close(ends[1]);
  usleep(static_cast<useconds_t>(delay.count()));
  kill(child, SIGKILL);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the writer ended by itself";
  int64_t acknowledged = first;
  while (read(ends[0], &acknowledged, sizeof acknowledged) == sizeof acknowledged) {
  }
  close(ends[0]);
  return acknowledged;
}

// The number of bins that the store has; each of them must be whole and right.
int64_t countBins(Store& store) {
  const auto infos = store.list({});
  EXPECT_TRUE(infos) << infos.error().describe();
  if (!infos || infos->empty()) return 0;
  EXPECT_EQ(infos->size(), kSeries);
  const int64_t bins = infos->front().last.index + 1 - kStart.index;
  size_t wrong = 0;
  auto walked = store.forEach({}, kStart, {kStart.index + bins}, [&](const Series& series) -> Result<void> {
    const uint32_t i = series.key.entity.asn()->number - 1;
    for (int64_t bin = 0; bin < bins; ++bin) {
      wrong += series.points[static_cast<size_t>(bin)] == pointOf(i, bin) ? 0 : 1;
    }
    return {};
  });
  EXPECT_TRUE(walked) << walked.error().describe();
  EXPECT_EQ(wrong, 0U);
  return bins;
}

TEST(StoreKill, LosesNothingThatWasAcknowledged) {
  const TemporaryFolder folder;
  const std::string path = folder.file("s");
  std::mt19937_64 random(11);
  int64_t bins = 0;
  int killedBetween = 0;
  for (int round = 0; round < kKills; ++round) {
    const auto delay = std::chrono::microseconds(1000 + random() % 80'000);
    const int64_t acknowledged = killAfter(delay, path, bins);
    ASSERT_GE(acknowledged, bins);
    if (!std::filesystem::exists(path)) continue;  // killed before the file had its name
    // Reading what a killed writer left comes first, and must not need a repair.
    auto reader = openStoreForReading(path);
    ASSERT_TRUE(reader) << reader.error().describe();
    ASSERT_EQ(countBins(**reader) / kBinsInBatch * kBinsInBatch, countBins(**reader)) << "half a batch";
    auto store = openStore(path);
    ASSERT_TRUE(store) << store.error().describe();
    ASSERT_TRUE((*store)->verify()) << (*store)->verify().error().describe();
    bins = countBins(**store);
    ASSERT_EQ(bins, countBins(**reader));
    ASSERT_GE(bins, acknowledged) << "round " << round;
    ASSERT_EQ((*store)->revisions("a").value().size(), static_cast<size_t>(bins / kBinsInBatch));
    killedBetween += bins > acknowledged ? 1 : 0;
  }
  EXPECT_GT(bins, 200) << "the writer was killed before it could fold anything";
  RecordProperty("bins", static_cast<int>(bins));
  RecordProperty("killedBetweenCommitAndAcknowledgement", killedBetween);
}

// The moment of its making is the one that a store could be found half made.
TEST(StoreKill, ANewStoreIsThereWholeOrNotAtAll) {
  std::mt19937_64 random(12);
  for (int round = 0; round < 40; ++round) {
    const TemporaryFolder folder;
    const std::string path = folder.file("s");
    killAfter(std::chrono::microseconds(random() % 15'000), path, 0);
    if (std::filesystem::exists(path)) {
      const auto reader = openStoreForReading(path);
      ASSERT_TRUE(reader) << reader.error().describe();
    }
    auto store = openStore(path);
    ASSERT_TRUE(store) << store.error().describe();
    appendBatch(**store, countBins(**store));
    store->reset();
    size_t files = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder.path())) ++files;
    EXPECT_EQ(files, 1U) << "something was left beside the store";
  }
}

}  // namespace
}  // namespace nightjar::series
