#include "app/replay_logs.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "app/archive_for_tests.h"
#include "app/origins.h"
#include "geo/geo_map_builder.h"
#include "series/signals.h"
#include "series/temporary_folder.h"

namespace nightjar::app {
namespace {

using blocks::Answer;
using blocks::Outcome;
using std::chrono::minutes;
using std::chrono::seconds;

const Time kStart = parseTime("2022-01-05T00:00:00Z").value();
constexpr uint32_t kBlocks = 20;

// A prober's record of blocks from 20.0.0.0/24 on, from the minute `from` on; those below `dark` fall silent
// at the minute `since`.
struct Record {
  int length = 30;
  uint32_t dark = 0;
  int since = 0;
  int from = 0;
  minutes round{10};
  uint32_t first = 0;  // of its kBlocks blocks
};
void writeLog(const std::string& path, const std::string& prober, const Record& record) {
  blocks::Engine engine;
  blocks::History history;
  for (size_t i = 0; i < 50; ++i) history.everActive.set(i);
  history.availability = 0.95;
  for (uint32_t i = 0; i < kBlocks; ++i) {
    ASSERT_TRUE(engine.add({Address::ipv4(0x14000000 + ((record.first + i) << 8)), 24}, &history));
  }
  const Time begun = kStart + minutes(record.from);
  auto writer = probe_log::LogWriter::create(
      path, {prober, "test", "simulation: test", begun, Address::ipv4(0x01020304), record.round});
  ASSERT_TRUE(writer) << writer.error().describe();
  for (size_t piece = 0; piece < engine.pieces(); ++piece)
    ASSERT_TRUE(writer->appendState(engine.save(piece)));
  for (int minute = record.from; minute < record.from + record.length; ++minute) {
    const Time now = kStart + minutes(minute);
    std::vector<Outcome> outcomes;
    for (uint32_t i = 0; i < kBlocks; ++i) {
      Outcome outcome{.sent = now + seconds(i),
                      .target = Address::ipv4(0x14000000 + ((record.first + i) << 8) + minute % 10)};
      if (i >= record.dark || minute < record.since) {
        outcome.answer = Answer::kReply;
        outcome.rtt = std::chrono::milliseconds(30);
      }
      outcomes.push_back(outcome);
    }
    ASSERT_TRUE(writer->append(now, now + minutes(1), outcomes));
  }
}

class ReplayLogsTest : public testing::Test {
 protected:
  void SetUp() override {
    geo::GeoMapBuilder builder;
    ASSERT_TRUE(builder.add(Prefix::parse("20.0.0.0/16").value(), builder.place("KZ").value()));
    geo_ = builder.build("test").value();
    store_ = series::openStore(":memory:").value();
    options_.width = store_->width();
  }
  LogsSummary replayed(const std::vector<std::string>& paths) {
    const InputPlan plan = planInputs(paths);
    EXPECT_TRUE(plan.errors.empty());
    targets::Origins origins;
    if (!plan.files.empty()) origins = readOrigins(paths).value();
    return replayLogs(plan.logs, geo_, origins, options_, *store_,
                      [this](const Error& error) { troubles_.push_back(error.describe()); })
        .value();
  }
  // A value a bin; -1 where there is none.
  std::vector<double> values(std::string_view signal, const char* entity) {
    const Bin from = Bin::of(kStart, store_->width());
    const auto series =
        store_->read({std::string(signal), Entity::parse(entity).value()}, from, {from.index + 12});
    std::vector<double> all;
    for (const series::Point& point : series->points) all.push_back(point.present() ? point.value : -1);
    while (!all.empty() && all.back() == -1) all.pop_back();
    return all;
  }

  // All series of the store as text.
  std::string everything() {
    std::string all;
    const std::vector<series::SeriesInfo> known = store_->list({}).value();
    for (const series::SeriesInfo& info : known) {
      all += info.key.signal + " " + info.key.entity.code();
      const auto series = store_->read(info.key, info.first, {info.last.index + 1});
      for (const series::Point& point : series->points)
        all += fmt::format(" {}*{}", point.value, point.coverage);
      all += "\n";
    }
    return all;
  }

  const series::TemporaryFolder folder_;
  const std::string log_ = folder_.file("one.probes");
  const std::string two_ = folder_.file("two.probes");
  geo::GeoMap geo_;
  std::unique_ptr<series::Store> store_;
  ReplayOptions options_;
  std::vector<std::string> troubles_;
};

TEST_F(ReplayLogsTest, GivesTheSeriesOfALog) {
  writeLog(log_, "one", {.length = 30, .dark = 8, .since = 20});
  const LogsSummary summary = replayed({log_});
  EXPECT_EQ(summary.blocks, kBlocks);
  EXPECT_EQ(summary.outcomes, 30 * kBlocks);
  EXPECT_EQ(summary.simulation, "simulation: test");
  EXPECT_EQ(summary.until, kStart + minutes(30));
  EXPECT_THAT(values(series::kUp24, "KZ"), testing::ElementsAre(20, 20, 20, 20, 12, 12))
      << "what is in doubt is not up";
  EXPECT_TRUE(values(series::kUp24, "AS65010").empty());
}

TEST_F(ReplayLogsTest, RoutesBesideItNameTheNetworks) {
  writeLog(log_, "one", {.length = 40, .dark = 8, .since = 20});
  TestArchive()
      .dump(kStart, 3, {{"20.0.0.0/21", 65010}, {"20.0.8.0/21", 65020}})
      .save(folder_.file("rib.20220105.0000"));
  replayed({folder_.path()});
  for (const char* network : {"AS65010", "AS65010@KZ"}) {
    const std::vector<double> counts = values(series::kUp24, network);
    ASSERT_EQ(counts.size(), 8U) << network;
    EXPECT_EQ(counts[3], 8) << network;
    EXPECT_EQ(counts[7], 0) << network;
  }
  EXPECT_THAT(values(series::kUp24, "AS65020@KZ"), testing::Each(8));
}

TEST_F(ReplayLogsTest, FromAndUntilHold) {
  writeLog(log_, "one", {.length = 30, .dark = 8, .since = 20});
  options_.from = kStart + minutes(5);
  options_.until = kStart + minutes(15);
  replayed({log_});
  EXPECT_THAT(values(series::kUp24, "KZ"), testing::ElementsAre(-1, 20, 20));
}

TEST_F(ReplayLogsTest, ProbersAreAddedUp) {
  writeLog(log_, "one", {.length = 60, .dark = 8, .since = 20});
  writeLog(two_, "two", {.length = 60, .dark = 12, .since = 20});
  const LogsSummary summary = replayed({log_, two_});
  EXPECT_THAT(values(series::kUp24, "KZ"),
              testing::ElementsAre(20, 20, 20, 20, 12, 12, 12, 12, 12, 12, 12, 12));
  EXPECT_EQ(summary.blocks, kBlocks) << "each once";
  EXPECT_EQ(summary.outcomes, 2 * 60 * kBlocks);
  EXPECT_THAT(summary.probers, testing::ElementsAre("one", "two"));
  ASSERT_EQ(summary.standings.size(), 2U);
  EXPECT_EQ(summary.standings[1].name, "two");
  EXPECT_THAT(troubles_, testing::IsEmpty());
}

TEST_F(ReplayLogsTest, ProbersNeedNotMeasureAtTheSameTime) {
  writeLog(log_, "one", {.length = 20});
  writeLog(two_, "two", {.length = 30, .dark = 8, .since = 20, .from = 5});
  writeLog(folder_.file("three.probes"), "one", {.length = 20, .from = 40});
  const LogsSummary summary = replayed({folder_.path()});
  EXPECT_THAT(values(series::kUp24, "KZ"),
              testing::ElementsAre(20, 20, 20, 20, 20, 12, 12, -1, 20, 20, 20, 20));
  EXPECT_EQ(summary.from, kStart);
  EXPECT_EQ(summary.until, kStart + minutes(60));
  ASSERT_EQ(summary.standings.size(), 2U);
  EXPECT_EQ(summary.standings[0].at, kStart + minutes(60));
  EXPECT_EQ(summary.standings[1].at, kStart + minutes(35));
}

TEST_F(ReplayLogsTest, UntilLeavesOutTheStateOfLaterLogs) {
  writeLog(log_, "one", {.length = 35, .dark = 8, .since = 10});
  writeLog(two_, "one", {.length = 10, .from = 40});
  options_.until = kStart + minutes(32);
  EXPECT_EQ(replayed({log_, two_}).logs.size(), 2U);
  EXPECT_THAT(values(series::kUp24, "KZ"), testing::ElementsAre(20, 20, 20, 12, 12, 12, 12));
}

// The state at the head of a log counts from when the log begins.
TEST_F(ReplayLogsTest, BlocksOfAProberThatComesLaterCoverNothingBefore) {
  writeLog(log_, "one", {.length = 60});
  writeLog(two_, "two", {.length = 20, .from = 30, .first = kBlocks});
  EXPECT_EQ(replayed({log_, two_}).blocks, 2 * kBlocks);
  const auto series =
      store_->read({std::string(series::kUp24), Entity::country("KZ")}, Bin::of(kStart, store_->width()),
                   {Bin::of(kStart, store_->width()).index + 12});
  ASSERT_EQ(series->points.size(), 12U);
  EXPECT_EQ(series->points[5], (series::Point{kBlocks, 1}));
  EXPECT_EQ(series->points[8], (series::Point{2 * kBlocks, 1}));
  EXPECT_EQ(series->points[11].value, 2 * kBlocks);
  EXPECT_NEAR(series->points[11].coverage, 0.5, 0.01) << "it is gone, and so is its coverage";
}

TEST_F(ReplayLogsTest, TheOrderOfLogsDoesNotMatter) {
  writeLog(log_, "one", {.length = 25, .dark = 8, .since = 20});
  writeLog(two_, "two", {.length = 60, .dark = 12, .since = 10});
  writeLog(folder_.file("three.probes"), "one", {.length = 25, .from = 35});
  std::vector<std::string> paths = {log_, two_, folder_.file("three.probes")};
  std::ranges::sort(paths);
  std::set<std::string> all;
  do {
    store_ = series::openStore(":memory:").value();
    replayed(paths);
    all.insert(everything());
  } while (std::ranges::next_permutation(paths).found);
  EXPECT_EQ(all.size(), 1U);
  EXPECT_THAT(*all.begin(), testing::HasSubstr("probe.rtt"));
}

TEST_F(ReplayLogsTest, LogsOfOneProberHaveRoundsOfOneLength) {
  writeLog(log_, "one", {});
  writeLog(two_, "one", {.length = 10, .from = 30, .round = minutes(20)});
  writeLog(folder_.file("three.probes"), "two", {.length = 10, .round = minutes(20)});
  EXPECT_EQ(replayed({folder_.path()}).logs.size(), 2U);
  ASSERT_EQ(troubles_.size(), 1U);
  EXPECT_THAT(troubles_[0], testing::HasSubstr(
                                "has rounds of 20m, and counted are those of the prober one with 10m alone"));
}

TEST_F(ReplayLogsTest, ProbersAreNotWithoutNumber) {
  for (size_t i = 0; i <= kMostProbers; ++i) {
    writeLog(folder_.file(std::to_string(i) + ".probes"), "prober" + std::to_string(i), {.length = 1});
  }
  EXPECT_EQ(replayed({folder_.path()}).probers.size(), kMostProbers);
  ASSERT_EQ(troubles_.size(), 1U);
  EXPECT_THAT(troubles_[0], testing::HasSubstr("no more than 100 are added up"));
}

TEST_F(ReplayLogsTest, ADamagedLogIsCountedAroundTheDamage) {
  writeLog(log_, "one", {});
  const auto size = std::filesystem::file_size(log_);
  std::fstream file(log_, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(size / 2));
  file.put('\x55').put('\xaa').put('\x55');
  file.close();
  const LogsSummary summary = replayed({log_});
  EXPECT_FALSE(troubles_.empty());
  EXPECT_GT(summary.outcomes, 20 * kBlocks);
  EXPECT_LT(summary.outcomes, 30 * kBlocks);
}

TEST_F(ReplayLogsTest, ALogThatIsNoneIsTold) {
  std::ofstream(log_) << "nonsense that goes on for a while";
  EXPECT_EQ(planInputs({log_}).errors.size(), 1U);
}

}  // namespace
}  // namespace nightjar::app
