#include "app/probe_recorder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <thread>

#include "app/probe_logs.h"
#include "series/temporary_folder.h"

namespace nightjar::app {
namespace {

using std::chrono::seconds;

const Time kStart = parseTime("2022-01-05T23:59:40Z").value();

SettledChunk chunkOf(int number, size_t outcomes) {
  SettledChunk chunk{kStart + number * seconds(5), kStart + (number + 1) * seconds(5), {}};
  for (size_t i = 0; i < outcomes; ++i) {
    chunk.outcomes.push_back(
        {.sent = chunk.from, .target = Address::ipv4(static_cast<uint32_t>(i * 2654435761U))});
  }
  return chunk;
}

size_t outcomesIn(const std::string& path) {
  size_t count = 0;
  auto reader = probe_log::LogReader::open(path);
  EXPECT_TRUE(reader) << reader.error().describe();
  for (auto chunk = reader->next(); chunk && *chunk; chunk = reader->next())
    count += (*chunk)->outcomes.size();
  return count;
}

// Files may grow to so many bytes while it lives: a write past it fails as on a full disk.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() { setrlimit(RLIMIT_FSIZE, &before_); }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit before_{};
};

class ProbeRecorderTest : public testing::Test {
 protected:
  const series::TemporaryFolder folder_;
  ProbeLogs logs_{folder_.path(), {"one", "test", "", kStart, Address::ipv4(0x01020304)}};
  const ProbeRecorder::LogOf logOf_ = [this](Time time) { return logs_.at(time); };
};

TEST_F(ProbeRecorderTest, EachDayHasALogOfItsOwn) {
  ProbeRecorder recorder(logOf_, nullptr);
  for (int i = 0; i < 8; ++i) recorder.put(chunkOf(i, 10));
  ASSERT_TRUE(recorder.finish());
  EXPECT_EQ(outcomesIn(folder_.file("one.2022-01-05.probes")), 40U);
  EXPECT_EQ(outcomesIn(folder_.file("one.2022-01-06.probes")), 40U);
  EXPECT_THAT(
      logs_.toRecover(kStart + seconds(60)),
      testing::ElementsAre(folder_.file("one.2022-01-05.probes"), folder_.file("one.2022-01-06.probes")));
}

TEST_F(ProbeRecorderTest, AFullDiskLosesNothingOnceThereIsRoom) {
  ProbeRecorder recorder(logOf_, nullptr);
  recorder.put(chunkOf(0, 10));
  while (recorder.totals().chunks == 0) std::this_thread::yield();
  {
    const FullDisk full(1000);
    for (int i = 1; i < 4; ++i) recorder.put(chunkOf(i, 5000));
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    EXPECT_EQ(recorder.totals().outcomes, 10U);
  }
  ASSERT_TRUE(recorder.finish());
  EXPECT_EQ(recorder.totals().outcomes, 15'010U);
  EXPECT_EQ(recorder.totals().dropped, 0U);
  EXPECT_EQ(outcomesIn(folder_.file("one.2022-01-05.probes")), 15'010U);
}

TEST_F(ProbeRecorderTest, ADiskThatStaysFullIsToldAtTheEnd) {
  ProbeRecorder recorder(logOf_, nullptr);
  recorder.put(chunkOf(0, 10));
  while (recorder.totals().chunks == 0) std::this_thread::yield();
  const FullDisk full(1000);
  recorder.put(chunkOf(1, 5000));
  const auto finished = recorder.finish();
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().kind, ErrorKind::kIo);
  EXPECT_EQ(outcomesIn(folder_.file("one.2022-01-05.probes")), 10U) << "what was acknowledged stands";
}

TEST_F(ProbeRecorderTest, WhatWaitsIsBounded) {
  ProbeRecorder recorder(
      [](Time) -> Result<probe_log::LogWriter*> { return fail(ErrorKind::kIo, "no room"); }, nullptr);
  constexpr size_t kOutcomes = 500'000;
  constexpr size_t kChunks = 40;
  for (size_t i = 0; i < kChunks; ++i) recorder.put(chunkOf(static_cast<int>(i), kOutcomes));
  const uint64_t kept = kChunks * kOutcomes - recorder.totals().dropped;
  EXPECT_LE(kept * sizeof(blocks::Outcome), ProbeRecorder::kMostWaiting);
  EXPECT_GT(kept * sizeof(blocks::Outcome), ProbeRecorder::kMostWaiting / 2);
  EXPECT_FALSE(recorder.finish());
}

TEST_F(ProbeRecorderTest, ALogOfOtherRoundsIsRefused) {
  ASSERT_TRUE(logs_.at(kStart));
  probe_log::Header header{"one", "test", "", kStart, Address::ipv4(0x01020304)};
  header.round = std::chrono::minutes(5);
  ProbeLogs other(folder_.path(), header);
  EXPECT_FALSE(other.at(kStart));
}

}  // namespace
}  // namespace nightjar::app
