#include "app/replay.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "app/archive_for_tests.h"
#include "geo/geo_map_builder.h"

namespace nightjar::app {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

Time at(std::string_view clock) {
  return parseTime("2022-01-05T" + std::string(clock)).value();
}

// Keeps every bin as text: what the replay counted, and with how much coverage.
class Record : public BinSink {
 public:
  Result<void> take(const view::ClosedBin& closed, const view::Counters& counters) override {
    for (const view::CellIndex cell : closed.changes) {
      const std::string entity = counters.names().at(counters.entityOf(cell)).code();
      values_[entity + " " + std::string(view::signalOf(counters.measureOf(cell)))] = counters.valueOf(cell);
    }
    const auto clock = formatTime(closed.bin.start(BinWidth())).substr(11, 5);
    coverage[clock] = closed.coverage[0];
    if (closed.coverage[0] > 0) kz[clock] = values_["KZ routing.visible24"];
    for (const auto& [name, value] : values_) everything += clock + name + std::to_string(value) + "\n";
    return {};
  }
  Result<void> finish() override { return {}; }

  std::map<std::string, float> coverage;  // by the bin's start
  std::map<std::string, int64_t> kz;      // visible /24s, in bins with coverage
  std::string everything;

 private:
  std::map<std::string, int64_t> values_;
};

const std::vector<std::pair<std::string_view, uint32_t>> kWorld{
    {"10.0.0.0/16", 64500}, {"10.1.0.0/16", 64501}, {"20.0.0.0/16", 64502}, {"21.0.0.0/16", 64503}};

class ReplayTest : public testing::Test {
 protected:
  ReplayTest() : folder_(fs::path(testing::TempDir()) / ("replay_" + std::to_string(::getpid()))) {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~ReplayTest() override { fs::remove_all(folder_); }

  std::string path(const std::string& name) {
    fs::create_directories((folder_ / name).parent_path());
    return (folder_ / name).string();
  }
  Record run(unsigned threads = 1, std::optional<Time> from = {}, std::optional<Time> until = {}) {
    geo::GeoMapBuilder builder;
    builder.add(Prefix::parse("10.0.0.0/8").value(), builder.place("KZ").value()).value();
    const auto geo = builder.build("test").value();
    Record record;
    ReplayOptions options;
    options.threads = threads;
    options.from = from;
    options.until = until;
    troubles_.clear();
    summary_ = replay(planInputs({folder_.string()}), geo, options, record, [this](const Error& error) {
                 troubles_.push_back(error.describe());
               }).value();
    return record;
  }
  // Updates files of five minutes with a keepalive of each peer in every minute, and what `fill` adds.
  void quiet(const std::string& collector, Time from, Time until, uint32_t peers) {
    for (Time file = from; file < until; file += 5min) {
      TestArchive archive;
      for (Time minute = file; minute < file + 5min; minute += 1min) {
        for (uint32_t peer = 0; peer < peers; ++peer) archive.keepalive(minute, peer);
      }
      archive.save(path(collector + "/" + nameAt(file)));
    }
  }
  static std::string nameAt(Time time) {
    const std::string text = formatTime(time);
    return "updates." + text.substr(0, 4) + text.substr(5, 2) + text.substr(8, 2) + "." + text.substr(11, 2) +
           text.substr(14, 2);
  }

  fs::path folder_;
  ReplaySummary summary_;
  std::vector<std::string> troubles_;
};

TEST_F(ReplayTest, StitchesADumpAndUpdates) {
  // What came before the dump is in it already, or was undone before it.
  TestArchive()
      .withdraw(at("09:58:00"), 0, "10.0.0.0/16")
      .withdraw(at("09:58:00"), 1, "10.0.0.0/16")
      .save(path("rrc00/updates.20220105.0955"));
  TestArchive().dump(at("10:00:00"), 2, kWorld).save(path("rrc00/bview.20220105.1000"));
  TestArchive()
      .withdraw(at("10:07:00"), 0, "10.1.0.0/16")
      .withdraw(at("10:07:01"), 1, "10.1.0.0/16")
      .save(path("rrc00/updates.20220105.1000"));
  const Record record = run();
  EXPECT_EQ(record.coverage.at("09:55"), 0) << "no table is known before the dump";
  EXPECT_EQ(record.kz, (std::map<std::string, int64_t>{{"10:00", 512}, {"10:05", 256}}));
  EXPECT_EQ(summary_.collectors, 1U);
  EXPECT_EQ(summary_.peers, 2U);
}

TEST_F(ReplayTest, ALaterDumpCorrectsWhatUpdatesSaid) {
  TestArchive().dump(at("10:00:00"), 2, kWorld).save(path("rrc00/bview.20220105.1000"));
  TestArchive()
      .withdraw(at("10:01:00"), 0, "10.1.0.0/16")
      .withdraw(at("10:01:00"), 1, "10.1.0.0/16")
      .keepalive(at("10:09:00"), 0)
      .save(path("rrc00/updates.20220105.1000"));
  TestArchive().dump(at("10:06:00"), 2, kWorld).save(path("rrc00/bview.20220105.1006"));
  EXPECT_EQ(run().kz, (std::map<std::string, int64_t>{{"10:00", 256}, {"10:05", 512}}));
}

TEST_F(ReplayTest, AddsCollectorsInOneView) {
  for (const char* collector : {"rrc00", "rrc01"}) {
    TestArchive().dump(at("10:00:00"), 3, kWorld).save(path(std::string(collector) + "/bview.20220105.1000"));
  }
  // Half of all peers is not over half.
  TestArchive archive;
  for (uint32_t peer = 0; peer < 3; ++peer) archive.withdraw(at("10:06:00"), peer, "10.0.0.0/16");
  archive.save(path("rrc01/updates.20220105.1005"));
  EXPECT_EQ(run().kz, (std::map<std::string, int64_t>{{"10:00", 512}, {"10:05", 256}}));
  EXPECT_EQ(summary_.peers, 6U);
}

TEST_F(ReplayTest, AMissingFileLowersCoverageAndShowsNoOutage) {
  for (const char* collector : {"rrc00", "rrc01"}) {
    TestArchive().dump(at("10:00:00"), 3, kWorld).save(path(std::string(collector) + "/bview.20220105.1000"));
    quiet(collector, at("10:00:00"), at("10:40:00"), 3);
  }
  fs::remove(path("rrc01/updates.20220105.1015"));
  const Record record = run();
  EXPECT_EQ(record.coverage.at("10:10"), 1.0F);
  EXPECT_EQ(record.coverage.at("10:15"), 0.5F) << "from the beginning of the hole";
  EXPECT_EQ(record.coverage.at("10:35"), 0.5F) << "what rrc01 said before is stale until its next dump";
  for (const auto& [clock, space] : record.kz) EXPECT_EQ(space, 512) << clock;
}

TEST_F(ReplayTest, ADumpAfterAGapMendsIt) {
  TestArchive().dump(at("10:00:00"), 3, kWorld).save(path("rrc00/bview.20220105.1000"));
  quiet("rrc00", at("10:00:00"), at("10:40:00"), 3);
  fs::remove(path("rrc00/updates.20220105.1010"));
  TestArchive().dump(at("10:20:00"), 3, kWorld).save(path("rrc00/bview.20220105.1020"));
  const Record record = run();
  EXPECT_EQ(record.coverage.at("10:05"), 1.0F);
  EXPECT_EQ(record.coverage.at("10:10"), 0.0F);
  EXPECT_EQ(record.coverage.at("10:15"), 0.0F);
  EXPECT_EQ(record.coverage.at("10:20"), 1.0F);
}

TEST_F(ReplayTest, ACutDumpIsNoTable) {
  TestArchive archive;
  archive.dump(at("10:00:00"), 2, kWorld);
  archive.bytes().resize(archive.bytes().size() - 10);
  archive.save(path("rrc00/bview.20220105.1000"));
  EXPECT_TRUE(run().kz.empty());
}

TEST_F(ReplayTest, ADamagedTimeStampDoesNotMoveTheClock) {
  TestArchive archive;
  archive.dump(at("10:00:00"), 2, kWorld).save(path("rrc00/bview.20220105.1000"));
  TestArchive updates;
  updates.keepalive(at("10:01:00"), 0)
      .keepalive(Time(4294967295s), 0)
      .keepalive(Time(0s), 0)
      .withdraw(at("10:06:00"), 0, "10.0.0.0/16")
      .withdraw(at("10:06:00"), 1, "10.0.0.0/16");
  updates.save(path("rrc00/updates.20220105.1000"));
  EXPECT_EQ(run().kz, (std::map<std::string, int64_t>{{"10:00", 512}, {"10:05", 256}}));
  ASSERT_EQ(troubles_.size(), 2U);
  EXPECT_NE(troubles_[0].find("time stamp 4294967295 is far from its neighbours"), std::string::npos)
      << troubles_[0];
}

TEST_F(ReplayTest, OneBadFileDoesNotStopTheOthers) {
  TestArchive().dump(at("10:00:00"), 2, kWorld).save(path("rrc00/bview.20220105.1000"));
  std::ofstream(path("rrc00/updates.20220105.1000.gz")) << "<!DOCTYPE html><html>not found</html>";
  TestArchive()
      .withdraw(at("10:06:00"), 0, "10.0.0.0/16")
      .withdraw(at("10:06:00"), 1, "10.0.0.0/16")
      .save(path("rrc00/updates.20220105.1005"));
  const auto plan = planInputs({folder_.string()});
  EXPECT_EQ(plan.errors.size(), 1U);
  EXPECT_EQ(run().kz.at("10:05"), 256);
}

TEST_F(ReplayTest, ReportsTheSpanThatWasAskedFor) {
  TestArchive().dump(at("10:00:00"), 2, kWorld).save(path("rrc00/bview.20220105.1000"));
  TestArchive()
      .withdraw(at("10:06:00"), 0, "10.0.0.0/16")
      .withdraw(at("10:06:00"), 1, "10.0.0.0/16")
      .keepalive(at("10:11:00"), 0)
      .withdraw(at("10:17:00"), 0, "10.1.0.0/16")
      .withdraw(at("10:17:00"), 1, "10.1.0.0/16")
      .save(path("rrc00/updates.20220105.1000"));
  const Record record = run(1, at("10:05:00"), at("10:15:00"));
  EXPECT_EQ(record.kz, (std::map<std::string, int64_t>{{"10:05", 256}, {"10:10", 256}}));
  EXPECT_EQ(summary_.bins, 2U);
}

TEST_F(ReplayTest, ThreadsChangeNothing) {
  for (const char* collector : {"rrc00", "rrc01", "route-views.sg"}) {
    TestArchive().dump(at("10:00:00"), 3, kWorld).save(path(std::string(collector) + "/bview.20220105.1000"));
    quiet(collector, at("10:00:00"), at("11:00:00"), 3);
  }
  TestArchive archive;
  for (uint32_t peer = 0; peer < 3; ++peer) {
    archive.state(at("10:31:00"), peer, wire::SessionState::kEstablished, wire::SessionState::kIdle);
    archive.announce(at("10:32:00"), peer, "10.0.0.0/16", 64509);
  }
  archive.save(path("rrc01/updates.20220105.1030"));
  const std::string one = run(1).everything;
  EXPECT_FALSE(one.empty());
  EXPECT_EQ(run(2).everything, one);
  EXPECT_EQ(run(8).everything, one);
}

}  // namespace
}  // namespace nightjar::app
