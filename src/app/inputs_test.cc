#include "app/inputs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>

#include "app/records_for_tests.h"
#include "routing/feed/compress_for_tests.h"

namespace nightjar::app {
namespace {

namespace fs = std::filesystem;
using feed::Buffer;
using feed::concat;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using wire::MrtType;

Buffer text(std::string_view s) {
  return {s.begin(), s.end()};
}
Buffer updates(uint32_t seconds) {
  return concat({record(seconds, MrtType::kBgp4mp, 4, 50), record(seconds + 1, MrtType::kBgp4mp, 4, 50)});
}
Buffer rib(uint32_t seconds) {
  return concat(
      {record(seconds, MrtType::kTableDumpV2, 1, 50), record(seconds, MrtType::kTableDumpV2, 2, 50)});
}

class InputsTest : public testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::temp_directory_path() / ("nightjar-inputs-" + std::to_string(::getpid()));
    fs::create_directories(root_);
  }
  void TearDown() override { fs::remove_all(root_); }

  std::string write(const std::string& name, const Buffer& bytes) const {
    const fs::path path = root_ / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    return path;
  }
  // Without the test's folder.
  std::vector<std::string> names(const InputPlan& plan) const {
    std::vector<std::string> all;
    all.reserve(plan.files.size());
    for (const auto& file : plan.files) all.push_back(fs::relative(file.path, root_));
    return all;
  }

  fs::path root_;
};

TEST_F(InputsTest, ReadsTheLayoutsOfTheCollectors) {
  write("rrc00/2022.01/bview.20220105.0800.gz", feed::gzip(rib(1641369600)));
  write("rrc00/2022.01/updates.20220105.0800.gz", feed::gzip(updates(1641369600)));
  write("route-views.sg/bgpdata/2022.01/UPDATES/updates.20220105.1045.bz2", feed::bzip2(updates(kTestTime)));
  write("rv/bgpdata/2022.01/RIBS/rib.20220105.1000.bz2", feed::bzip2(rib(1641376800)));
  write("rrc00/2022.01/updates.20220105.0800.gz.md5", text("d41d8cd98f00b204e9800998ecf8427e"));
  write("rrc00/index.html", text("<html>"));
  const auto plan = planInputs({root_});
  EXPECT_THAT(plan.errors, IsEmpty());
  EXPECT_THAT(names(plan),
              ElementsAre("rrc00/2022.01/bview.20220105.0800.gz", "rrc00/2022.01/updates.20220105.0800.gz",
                          "rv/bgpdata/2022.01/RIBS/rib.20220105.1000.bz2",
                          "route-views.sg/bgpdata/2022.01/UPDATES/updates.20220105.1045.bz2"));
  EXPECT_THAT(plan.skipped, ElementsAre(EndsWith("rrc00/2022.01/updates.20220105.0800.gz.md5"),
                                        EndsWith("rrc00/index.html")));
  EXPECT_EQ(plan.files[0].kind, InputKind::kRib);
  EXPECT_EQ(plan.files[0].collector, "rrc00");
  EXPECT_EQ(formatTime(plan.files[0].start), "2022-01-05T08:00:00Z");
  EXPECT_EQ(formatTime(*plan.files[0].nominal), "2022-01-05T08:00:00Z");
  EXPECT_EQ(plan.files[0].size, fs::file_size(plan.files[0].path));
  EXPECT_EQ(plan.files[1].kind, InputKind::kUpdates);
  EXPECT_EQ(plan.files[2].collector, "route-views2");
  EXPECT_EQ(plan.files[3].collector, "route-views.sg");
}

TEST_F(InputsTest, AnyOrderOnTheCommandLineGivesTheSamePlan) {
  std::vector<std::string> paths;
  for (uint32_t i = 0; i < 8; ++i) {
    const std::string number = std::to_string(i);
    paths.push_back(write("rrc0" + number + "/updates.a", updates(kTestTime + 300 * (i % 3))));
    paths.push_back(write("rrc0" + number + "/rib.b", rib(kTestTime + 300 * (i % 3))));
  }
  paths.push_back(root_ / "rrc00");
  paths.push_back(root_ / "rrc01" / ".." / "rrc02" / "rib.b");
  paths.push_back(root_ / "missing");
  fs::create_symlink(root_ / "rrc03" / "rib.b", root_ / "rib.z");
  paths.push_back(root_ / "rib.z");
  const auto expected = planInputs(paths);
  EXPECT_EQ(expected.files.size(), 16U);
  EXPECT_EQ(expected.errors.size(), 1U);
  EXPECT_TRUE(std::is_sorted(expected.files.begin(), expected.files.end(), [](const auto& a, const auto& b) {
    return std::tie(a.start, a.kind, a.path) < std::tie(b.start, b.kind, b.path);
  }));
  std::mt19937 random(1);
  for (int i = 0; i < 20; ++i) {
    std::shuffle(paths.begin(), paths.end(), random);
    const auto plan = planInputs(paths);
    EXPECT_EQ(names(plan), names(expected));
    EXPECT_EQ(plan.errors.size(), 1U);
  }
}

TEST_F(InputsTest, BadFilesDoNotStopTheOthers) {
  Buffer cut = feed::gzip(updates(kTestTime));
  cut.resize(15);
  const std::vector<std::string> paths = {
      write("a.gz", feed::gzip(updates(kTestTime))),
      write("b.gz", text("<html><head><title>404 Not Found")),
      write("c.gz", {}),
      write("d.gz", cut),
      write("e.txt", text("Dear reader, these are forty-one bytes of prose.")),
      write("f.mrt", record(kTestTime, MrtType{48}, 0, 12)),
      root_ / "g.gz",
      "/dev/null",
  };
  const auto plan = planInputs(paths);
  EXPECT_THAT(names(plan), ElementsAre("a.gz"));
  std::vector<std::string> errors;
  errors.reserve(plan.errors.size());
  for (const auto& error : plan.errors) errors.push_back(error.describe());
  EXPECT_THAT(
      errors,
      ElementsAre("/dev/null: is not a regular file", EndsWith("b.gz: is an HTML page, not an archive"),
                  EndsWith("c.gz: is empty"),
                  EndsWith("d.gz: byte 15: gzip file ends in the middle of its data"),
                  EndsWith("e.txt: holds no MRT record"), EndsWith("f.mrt: holds no record of routes"),
                  EndsWith("g.gz: No such file or directory")));
}

TEST_F(InputsTest, AQuietFiveMinutesIsNoError) {
  const auto plan = planInputs({write("rrc99/updates.20220105.1045.gz", feed::gzip({}))});
  EXPECT_THAT(plan.errors, IsEmpty());
  ASSERT_EQ(plan.files.size(), 1U);
  EXPECT_TRUE(plan.files[0].empty);
  EXPECT_EQ(plan.files[0].kind, InputKind::kUpdates);
  EXPECT_EQ(formatTime(plan.files[0].start), "2022-01-05T10:45:00Z");
}

TEST_F(InputsTest, LinksThatGoRoundEnd) {
  write("rrc00/updates.1", updates(kTestTime));
  fs::create_directory_symlink(root_, root_ / "rrc00" / "up");
  const auto plan = planInputs({root_});
  EXPECT_EQ(plan.files.size(), 1U);
  EXPECT_THAT(plan.errors, IsEmpty());
}

TEST_F(InputsTest, OnlyNamesOfArchivesAreTakenFromFolders) {
  const std::vector<std::string> taken = {"bview.20220105.0800.gz",
                                          "latest-bview.gz",
                                          "rib.20220105.0000.bz2",
                                          "updates.20220105.1045",
                                          "rrc00.updates.1.xz",
                                          "x.mrt",
                                          "x.mrt.gz",
                                          "x.mrt.zst",
                                          "rrc03_rib.2.gz"};
  const std::vector<std::string> left = {"notes.txt",
                                         "distribution.gz",
                                         "updates.20220105.1045.gz.sha256",
                                         "updates.gz.part",
                                         "updates.csv",
                                         "contrib",
                                         "x.gz",
                                         "bview.idx"};
  for (const auto& name : taken) write(name, updates(kTestTime));
  for (const auto& name : left) write(name, updates(kTestTime));
  const auto plan = planInputs({root_});
  EXPECT_THAT(names(plan), testing::UnorderedElementsAreArray(taken));
  EXPECT_EQ(plan.skipped.size(), left.size());
  EXPECT_EQ(planInputs({root_ / "x.gz"}).files.size(), 1U) << "named outright";
}

TEST(CollectorOf, IsReadFromThePath) {
  const std::pair<const char*, const char*> cases[] = {
      {"/data/rrc00/2022.01/updates.20220105.1045.gz", "rrc00"},
      {"/data/rrc25/bview.gz", "rrc25"},
      {"rrc00/updates.gz", "rrc00"},
      {"/data/rrc00.updates.20220105.1045.gz", "rrc00"},
      {"/data/rrc00_bview.20220105.0800.gz", "rrc00"},
      {"/data/rrc01/rrc00.updates.20220105.1045.gz", "rrc00"},
      {"/data/ris.rrc06.updates.1427846400.gz", "rrc06"},
      {"/data/routeviews.route-views.jinx.updates.1427846400.bz2", "route-views.jinx"},
      {"/data/route-views2.rib.20220105.0000.bz2", "route-views2"},
      {"/data/route-views.sg-rib.gz", "route-views.sg"},
      {"/data/route-views3.mrt", "route-views3"},
      {"/data/archive.routeviews.org/route-views.sg/bgpdata/2022.01/RIBS/rib.20220105.0000.bz2",
       "route-views.sg"},
      {"/data/archive.routeviews.org/bgpdata/2022.01/UPDATES/updates.20220105.1045.bz2", "route-views2"},
      {"/data/mine/2022.01/updates.gz", "mine"},
      {"/data/mine/UPDATES/updates.gz", "mine"},
      {"/data/rrcfoo/updates.gz", "rrcfoo"},
      {"/data/xrrc00/y.gz", "xrrc00"},
      {"updates.gz", "collector"},
      {"./updates.gz", "collector"},
      {"/updates.gz", "collector"},
  };
  for (const auto& [path, collector] : cases) EXPECT_EQ(collectorOf(path), collector) << path;
}

TEST(NominalTimeOf, IsReadFromTheName) {
  const std::pair<const char*, const char*> cases[] = {
      {"/rrc00/updates.20220105.1045.gz", "2022-01-05T10:45:00Z"},
      {"bview.20020722.2337.gz", "2002-07-22T23:37:00Z"},
      {"rib.20220105.0000.bz2", "2022-01-05T00:00:00Z"},
      {"updates.20220105.1045", "2022-01-05T10:45:00Z"},
      {"route-views.sg.updates.20220105.1045.bz2", "2022-01-05T10:45:00Z"},
      {"ris.rrc06.updates.1427846400.gz", "2015-04-01T00:00:00Z"},
      {"updates.20221305.1045.gz", ""},
      {"updates.20220105.2545.gz", ""},
      {"updates.20220105.10451.gz", ""},
      {"updates.2022.gz", ""},
      {"updates", ""},
      {"20220105.1045.gz", ""},
  };
  for (const auto& [path, time] : cases) {
    const auto found = nominalTimeOf(path);
    EXPECT_EQ(found ? formatTime(*found) : "", time) << path;
  }
}

}  // namespace
}  // namespace nightjar::app
