#include "episode/build.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <zlib.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "episode/episode_for_tests.h"

namespace nightjar::episode {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::StartsWith;

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / "nightjar-episode-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() { fs::remove_all(path_); }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  fs::path path_;
};

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// Path below the folder -> bytes.
std::map<std::string, std::string> filesOf(const std::string& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file())
      files.emplace(fs::relative(entry.path(), folder).string(), read(entry.path()));
  }
  return files;
}

Facts eventful() {
  return smallEpisode(
      "[noise]\npath_changes = 5000\nflaps = 100\n" +
      eventAtHalfPast("kind = \"withdraw\"\ncountry = \"ZW\"\nspread = \"4m\"") +
      eventAtHalfPast("kind = \"peer_reset\"\ncollector = \"rrc00\"\npeer = \"2001:db8::1\"\nfor = \"2m\"") +
      eventAtHalfPast("kind = \"collector_gap\"\ncollector = \"route-views2\"\nfor = \"40m\"") +
      "[[event]]\nkind = \"announce\"\nat = 2024-03-01T01:00:00Z\ncountry = \"ZW\"\nsource = \"invented\"\n");
}

TEST(BuildEpisode, GivesTheSameBytesEveryTime) {
  const TemporaryFolder folder;
  ASSERT_TRUE(buildEpisode(eventful(), folder / "a"));
  ASSERT_TRUE(buildEpisode(eventful(), folder / "b"));
  EXPECT_EQ(filesOf(folder / "a"), filesOf(folder / "b"));
}

// The bytes before packing, so that another zlib does not matter. Another number means that every episode
// comes out differently than before: a change on purpose, and one for the change log.
TEST(BuildEpisode, GivesTheSameBytesOnEveryMachine) {
  const TemporaryFolder folder;
  ASSERT_TRUE(buildEpisode(eventful(), folder / "out"));
  uLong checksum = 0;
  for (const auto& [name, packed] : filesOf(folder / "out/rrc00")) {
    gzFile file = gzopen((folder / "out/rrc00/" += name).c_str(), "rb");
    ASSERT_NE(file, nullptr);
    std::vector<Bytef> bytes(1 << 16);
    for (int got; (got = gzread(file, bytes.data(), static_cast<unsigned>(bytes.size()))) > 0;) {
      checksum = crc32(checksum, bytes.data(), static_cast<uInt>(got));
    }
    gzclose(file);
  }
  EXPECT_EQ(checksum, 1982664097U);
}

TEST(BuildEpisode, NamesFilesAsTheCollectorsDo) {
  const TemporaryFolder folder;
  const auto report = buildEpisode(eventful(), folder / "out");
  ASSERT_TRUE(report) << report.error().describe();
  const auto files = filesOf(folder / "out");
  for (const char* name :
       {"rrc00/bview.20240301.0000.gz", "rrc00/bview.20240301.0158.gz", "rrc00/updates.20240301.0000.gz",
        "rrc00/updates.20240301.0155.gz", "route-views2/rib.20240301.0000.bz2",
        "route-views2/updates.20240301.0030.bz2", "route-views2/updates.20240301.0145.bz2"}) {
    EXPECT_TRUE(files.contains(name)) << name;
  }
  EXPECT_FALSE(files.contains("route-views2/updates.20240301.0045.bz2")) << "the collector was off";
  EXPECT_EQ(files.size(), 4U + 2 + 24 + 1 + 8 - 1);
  EXPECT_EQ(report->archives.files + 4, files.size());
}

TEST(BuildEpisode, SaysEverywhereThatItIsASimulation) {
  const TemporaryFolder folder;
  ASSERT_TRUE(buildEpisode(eventful(), folder / "out"));
  EXPECT_THAT(read(folder / "out/README.txt"), StartsWith("THIS IS A SIMULATION"));
  EXPECT_THAT(read(folder / "out/geo.csv"), StartsWith("# nightjar geo map: simulation: small\n"));
  EXPECT_THAT(read(folder / "out/episode.json"), HasSubstr("\"simulation\": true"));
  std::string start(200, '\0');
  gzFile rib = gzopen((folder / "out/rrc00/bview.20240301.0000.gz").c_str(), "rb");
  ASSERT_NE(rib, nullptr);
  ASSERT_EQ(gzread(rib, start.data(), 100), 100);
  gzclose(rib);
  EXPECT_THAT(start, HasSubstr("simulation: small"));
}

TEST(BuildEpisode, LeavesAFolderWithFilesAlone) {
  const TemporaryFolder folder;
  std::ofstream(folder / "mine.txt") << "mine";
  const auto report = buildEpisode(eventful(), folder / "");
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().kind, ErrorKind::kConflict);
  EXPECT_EQ(filesOf(folder / "").size(), 1U);
}

TEST(BuildEpisode, TellsWhichFileCannotBeWritten) {
  const TemporaryFolder folder;
  std::ofstream(folder / "file") << "in the way";
  const auto report = buildEpisode(eventful(), folder / "file/out");
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().kind, ErrorKind::kIo);
  EXPECT_THAT(report.error().describe(), HasSubstr("file/out"));
}

TEST(BuildEpisode, GivesEachRegionItsShare) {
  const TemporaryFolder folder;
  ASSERT_TRUE(buildEpisode(eventful(), folder / "out"));
  std::map<std::string, double> units;  // /24s
  std::ifstream in(folder / "out/geo.csv");
  for (std::string line; std::getline(in, line);) {
    const auto slash = line.find('/');
    if (line[0] == '#' || line.find(':') != std::string::npos) continue;
    const auto comma = line.find(',');
    units[line.substr(comma + 1)] += 1 << (24 - std::stoi(line.substr(slash + 1)));
  }
  EXPECT_EQ(units["ZW,ZW-HA"], 100);
  EXPECT_EQ(units["ZW,ZW-BU"], 50);
  EXPECT_EQ(units["ZW"], 50 + 8 + 40);
}

// Every file, by a reader that knows nothing of the writer.
TEST(BuildEpisode, BgpdumpReadsEveryArchive) {
  if (std::system("command -v bgpdump >/dev/null") != 0) GTEST_SKIP() << "bgpdump is not installed";
  const TemporaryFolder folder;
  ASSERT_TRUE(buildEpisode(eventful(), folder / "out"));
  size_t lines = 0;
  for (const auto& [name, bytes] : filesOf(folder / "out")) {
    if (!name.ends_with(".gz") && !name.ends_with(".bz2")) continue;
    const std::string out = folder / "stdout";
    const std::string err = folder / "stderr";
    const auto command = fmt::format("bgpdump -m {}/{} >{} 2>{}", folder / "out", name, out, err);
    EXPECT_EQ(std::system(command.c_str()), 0) << name;
    std::ifstream complaints(err);
    for (std::string line; std::getline(complaints, line);) {
      EXPECT_THAT(line, HasSubstr("logging to syslog")) << name;
    }
    const std::string text = read(out);
    lines += static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
  }
  EXPECT_GT(lines, 1000U);
}

}  // namespace
}  // namespace nightjar::episode
