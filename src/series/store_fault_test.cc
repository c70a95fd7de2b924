// What must not go wrong when everything else does: foreign and damaged files, a full disk, a second writer,
// files that may not be written.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>

#include "series/signals.h"
#include "series/sqlite.h"
#include "series/store.h"
#include "series/temporary_folder.h"

namespace nightjar::series {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

const Bin kStart{5'470'000};
constexpr int64_t kBins = 200;
constexpr uint32_t kSeries = 150;

std::string contents(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}
void write(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}
std::vector<std::string> names(const std::string& folder) {
  std::vector<std::string> found;
  for (const auto& entry : fs::directory_iterator(folder)) found.push_back(entry.path().filename());
  std::sort(found.begin(), found.end());
  return found;
}

SeriesKey keyOf(uint32_t i) {
  return {Signal(kVisible24), Entity::network(Asn{i + 1})};
}
// The point that the tests store for a series and bin.
Point pointOf(uint32_t series, int64_t bin) {
  return {static_cast<double>(series * 100 + static_cast<uint32_t>(bin / 7 % 5)), 1};
}
Result<Appended> appendBin(Store& store, int64_t bin) {
  std::vector<Sample> samples;
  for (uint32_t i = 0; i < kSeries; ++i) {
    const auto id = store.idOf(keyOf(i));
    if (!id) return std::unexpected(id.error());
    samples.push_back({*id, pointOf(i, bin)});
  }
  return store.append({kStart.index + bin}, samples);
}
void makeStore(const std::string& path) {
  auto store = openStore(path).value();
  ASSERT_TRUE(store->begin());
  for (int64_t bin = 0; bin < kBins; ++bin) ASSERT_TRUE(appendBin(*store, bin));
  ASSERT_TRUE(store->addSource({.input = "bview.gz", .collector = "rrc00", .geolocation = "map"}));
  ASSERT_TRUE(store->putIncident({"a", 0, "ioda", Entity::country("KZ"), Time(Seconds(1)), {}, "{}"}));
  ASSERT_TRUE(store->commit());
}

// Runs `work` in a process of its own, so that it may lower its limits and rights; it returns what failed.
std::string inProcess(const std::function<std::string()>& work) {
  int ends[2];
  if (pipe(ends) != 0) return "no pipe";
  const pid_t child = fork();
  if (child == 0) {
    const std::string verdict = work();
    const auto written = ::write(ends[1], verdict.data(), verdict.size());
    _exit(written == static_cast<ssize_t>(verdict.size()) ? 0 : 1);
  }
  close(ends[1]);
  std::string verdict;
  char buffer[4096];
  for (ssize_t n = 0; (n = read(ends[0], buffer, sizeof buffer)) > 0;)
    verdict.append(buffer, static_cast<size_t>(n));
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? verdict : verdict + " (the process ended badly)";
}

class StoreFaultTest : public testing::Test {
 protected:
  // That both ways of opening refuse the file, and leave it and its folder as they were.
  void expectRefused(const std::string& path, ErrorKind kind, const std::string& message) {
    const auto before = names(folder_.path());
    const std::string bytes = fs::is_regular_file(path) ? contents(path) : "";
    const auto check = [&](const auto& opened) {
      ASSERT_FALSE(opened);
      EXPECT_EQ(static_cast<int>(opened.error().kind), static_cast<int>(kind)) << opened.error().describe();
      EXPECT_THAT(opened.error().message, HasSubstr(message));
      EXPECT_EQ(opened.error().where, path);
    };
    check(openStore(path));
    check(openStoreForReading(path));
    EXPECT_EQ(names(folder_.path()), before);
    EXPECT_EQ(fs::is_regular_file(path) ? contents(path) : "", bytes);
  }
  std::string path() const { return folder_.file("s"); }

  TemporaryFolder folder_;
};

TEST_F(StoreFaultTest, RefusesWhatIsNoStore) {
  write(path(), "a short text\n");
  expectRefused(path(), ErrorKind::kConflict, "it is not a database");
  write(path(), std::string(100'000, 'x'));
  expectRefused(path(), ErrorKind::kConflict, "it is not a database");
  expectRefused(folder_.path(), ErrorKind::kIo, "it is a folder");
  expectRefused("/dev/null", ErrorKind::kIo, "it is not an ordinary file");
}

TEST_F(StoreFaultTest, RefusesTheDatabaseOfAnotherProgram) {
  for (const char* mode : {"DELETE", "WAL"}) {
    const std::string path = folder_.file(mode);
    {
      auto other = Database::open(path, Database::Access::kWrite).value();
      ASSERT_TRUE(other->execute(("PRAGMA journal_mode = " + std::string(mode)).c_str()));
      ASSERT_TRUE(other->execute(
          "PRAGMA application_id = 7; CREATE TABLE series (x); INSERT INTO series VALUES (1)"));
    }
    expectRefused(path, ErrorKind::kConflict, "the database of another program");
  }
}

TEST_F(StoreFaultTest, RefusesANewerFormat) {
  makeStore(path());
  ASSERT_TRUE(Database::open(path(), Database::Access::kWrite).value()->execute("PRAGMA user_version = 3"));
  expectRefused(path(), ErrorKind::kUnsupported, "its format is version 3; this program knows version 2");
}

TEST_F(StoreFaultTest, ReadingNeedsAFile) {
  const auto missing = openStoreForReading(path());
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::kIo);
  EXPECT_THAT(missing.error().describe(), HasSubstr("there is no such file"));
  EXPECT_THAT(names(folder_.path()), ElementsAre());
  write(path(), "");
  EXPECT_THAT(openStoreForReading(path()).error().describe(), HasSubstr("it is empty"));
  EXPECT_EQ(openStoreForReading(":memory:").error().kind, ErrorKind::kUsage);
  // An empty file, as mktemp makes them, has nothing to lose.
  EXPECT_TRUE(openStore(path()));
  EXPECT_TRUE(openStoreForReading(path()));
}

TEST_F(StoreFaultTest, SaysWhenTheFolderIsMissing) {
  const auto store = openStore(folder_.file("no/such/s"));
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().kind, ErrorKind::kIo);
}

TEST_F(StoreFaultTest, ReadingLeavesNoTrace) {
  makeStore(path());
  const std::string bytes = contents(path());
  const auto touched = fs::last_write_time(path());
  {
    auto reader = openStoreForReading(path()).value();
    EXPECT_EQ(reader->list({}).value().size(), kSeries);
  }
  EXPECT_THAT(names(folder_.path()), ElementsAre("s"));
  EXPECT_EQ(fs::last_write_time(path()), touched);
  EXPECT_TRUE(contents(path()) == bytes);
}

TEST_F(StoreFaultTest, ReadsFromAReadOnlyFolder) {
  makeStore(path());
  ASSERT_EQ(chmod(path().c_str(), 0444), 0);
  ASSERT_EQ(chmod(folder_.path().c_str(), 0555), 0);
  const auto verdict = inProcess([&]() -> std::string {
    constexpr uid_t kNobody = 65534;
    if (geteuid() == 0 && setuid(kNobody) != 0) return "setuid failed";
    auto reader = openStoreForReading(path());
    if (!reader) return reader.error().describe();
    if (auto verified = (*reader)->verify(); !verified) return verified.error().describe();
    const auto writer = openStore(path());
    if (writer) return "it could be opened for writing";
    return writer.error().kind == ErrorKind::kIo ? "" : writer.error().describe();
  });
  EXPECT_EQ(verdict, "");
  EXPECT_EQ(chmod(folder_.path().c_str(), 0755), 0);
  EXPECT_THAT(names(folder_.path()), ElementsAre("s"));
}

TEST_F(StoreFaultTest, RefusesToWriteAReadOnlyFile) {
  makeStore(path());
  ASSERT_EQ(chmod(path().c_str(), 0444), 0);
  ASSERT_EQ(chmod(folder_.path().c_str(), 0777), 0);
  const auto verdict = inProcess([&]() -> std::string {
    constexpr uid_t kNobody = 65534;
    if (geteuid() == 0 && setuid(kNobody) != 0) return "setuid failed";
    const auto writer = openStore(path());
    if (writer) return "it could be opened for writing";
    return writer.error().kind == ErrorKind::kIo ? "" : writer.error().describe();
  });
  EXPECT_EQ(verdict, "");
}

TEST_F(StoreFaultTest, HasOneWriter) {
  auto writer = openStore(path()).value();
  const auto refused = [&](const std::string& path) -> std::string {
    const auto second = openStore(path);
    if (second) return "a second writer got in";
    return second.error().kind == ErrorKind::kConflict ? "" : second.error().describe();
  };
  EXPECT_EQ(refused(path()), "");
  ASSERT_EQ(symlink(path().c_str(), folder_.file("other-name").c_str()), 0);
  EXPECT_EQ(refused(folder_.file("other-name")), "");
  EXPECT_EQ(inProcess([&] { return refused(path()); }), "");
  ASSERT_TRUE(appendBin(*writer, 0));
  EXPECT_TRUE(openStoreForReading(path()));
  writer.reset();
  EXPECT_TRUE(openStore(path()));
  fs::remove(folder_.file("other-name"));
  EXPECT_THAT(names(folder_.path()), ElementsAre("s"));
}

TEST_F(StoreFaultTest, AFullDiskLosesNothing) {
  makeStore(path());
  const auto verdict = inProcess([&]() -> std::string {
    signal(SIGXFSZ, SIG_IGN);
    auto store = openStore(path()).value();
    rlimit limit{};
    getrlimit(RLIMIT_FSIZE, &limit);
    const rlimit full{fs::file_size(path()) + 100'000, limit.rlim_max};
    setrlimit(RLIMIT_FSIZE, &full);
    int64_t bin = kBins;
    Result<Appended> appended;
    for (; bin < 10'000; ++bin) {
      appended = appendBin(*store, bin);
      if (!appended) break;
    }
    if (appended) return "the disk was never full";
    if (appended.error().kind != ErrorKind::kIo) return appended.error().describe();
    if (appended.error().where != path()) return "the error names no file";
    if (auto again = appendBin(*store, bin)) return "a full disk took another bin";
    const auto series = store->read(keyOf(1), kStart, {kStart.index + bin});
    if (!series) return series.error().describe();
    for (int64_t i = 0; i < bin; ++i) {
      if (series->points[static_cast<size_t>(i)] != pointOf(1, i)) return "a bin is lost";
    }
    setrlimit(RLIMIT_FSIZE, &limit);
    if (auto again = appendBin(*store, bin); !again) return again.error().describe();
    const auto verified = store->verify();
    return verified ? "" : verified.error().describe();
  });
  EXPECT_EQ(verdict, "");
}

// What a reader gets out of a damaged file: an error, or what was stored.
struct Findings {
  bool refused = false;
  uint64_t wrong = 0;
  uint64_t missing = 0;
};

void judge(Findings& findings, const Point& point, const Point& expected) {
  if (!point.present()) {
    ++findings.missing;
  } else if (point != expected) {
    ++findings.wrong;
  }
}

Findings readAll(const std::string& path) {
  Findings findings;
  const auto told = [&](const Error& error) {
    EXPECT_EQ(error.where, path) << error.describe();
    findings.refused = true;
  };
  auto store = openStoreForReading(path);
  if (!store) return told(store.error()), findings;
  if (auto verified = (*store)->verify(); !verified) told(verified.error());
  std::vector<SeriesKey> keys;
  for (uint32_t i = 0; i < kSeries; i += 10) keys.push_back(keyOf(i));
  const auto packed = (*store)->readPacked(keys, kStart, {kStart.index + kBins}, {.most_bytes = SIZE_MAX});
  if (!packed) told(packed.error());
  for (size_t i = 0; i < keys.size(); ++i) {
    const std::array read{(*store)->read(keys[i], kStart, {kStart.index + kBins}),
                          packed ? (*packed)[i].unpack() : std::unexpected(packed.error())};
    for (const auto& series : read) {
      if (!series) {
        told(series.error());
        continue;
      }
      for (int64_t bin = 0; bin < kBins; ++bin) {
        judge(findings, series->points[static_cast<size_t>(bin)],
              pointOf(10 * static_cast<uint32_t>(i), bin));
      }
    }
  }
  auto walked =
      (*store)->forEach({}, kStart, {kStart.index + kBins}, [&](const Series& series) -> Result<void> {
        const uint32_t i = series.key.entity.asn()->number - 1;
        for (int64_t bin = 0; bin < kBins; ++bin) {
          judge(findings, series.points[static_cast<size_t>(bin)], pointOf(i, bin));
        }
        return {};
      });
  if (!walked) told(walked.error());
  if (auto infos = (*store)->list({}); !infos) told(infos.error());
  if (auto sources = (*store)->sources(); !sources) told(sources.error());
  if (auto incidents = (*store)->incidents({}); !incidents) told(incidents.error());
  return findings;
}

TEST_F(StoreFaultTest, ReadsItsOwnFile) {
  makeStore(path());
  const Findings findings = readAll(path());
  EXPECT_FALSE(findings.refused);
  EXPECT_EQ(findings.wrong, 0U);
  EXPECT_EQ(findings.missing, 0U);
}

TEST_F(StoreFaultTest, FlippedBytesAreToldNotDecoded) {
  makeStore(path());
  const std::string whole = contents(path());
  std::mt19937_64 random(3);
  int refused = 0;
  for (int i = 0; i < 200; ++i) {
    std::string damaged = whole;
    const size_t at = random() % damaged.size();
    const auto flip = static_cast<char>(1 + random() % 255);
    damaged[at] = static_cast<char>(damaged[at] ^ flip);
    write(path(), damaged);
    const Findings findings = readAll(path());
    EXPECT_EQ(findings.wrong, 0U) << "byte " << at;
    EXPECT_TRUE(findings.missing == 0 || findings.refused) << "byte " << at;
    refused += findings.refused ? 1 : 0;
    // A writer meets the same damage: it may say so, and must not crash.
    if (auto store = openStore(path()); store && (*store)->begin()) {
      for (int64_t bin = kBins; bin < kBins + 100 && appendBin(**store, bin); ++bin) {
      }
    }
    for (const char* suffix : {"-wal", "-shm", "-lock"}) fs::remove(path() + suffix);
  }
  EXPECT_GT(refused, 50);  // the rest lies in unused space
}

TEST_F(StoreFaultTest, ACutFileIsToldWithItsLength) {
  makeStore(path());
  const std::string whole = contents(path());
  for (size_t length = 1; length < whole.size(); length += 1 + whole.size() / 60) {
    write(path(), whole.substr(0, length));
    const auto reader = openStoreForReading(path());
    ASSERT_FALSE(reader) << length;
    EXPECT_FALSE(openStore(path())) << length;
    EXPECT_EQ(reader.error().where, path());
    EXPECT_TRUE(contents(path()) == whole.substr(0, length)) << length;
    constexpr size_t kHeader = 100;
    if (length < kHeader) continue;
    EXPECT_EQ(reader.error().offset, length) << reader.error().describe();
  }
}

TEST_F(StoreFaultTest, GarbageInPlaceOfPagesIsTold) {
  makeStore(path());
  const std::string whole = contents(path());
  constexpr size_t kPage = 8192;
  std::mt19937_64 random(5);
  for (size_t page = 0; page < whole.size() / kPage; ++page) {
    for (const bool zeros : {true, false}) {
      std::string damaged = whole;
      for (size_t i = 0; i < kPage; ++i) damaged[page * kPage + i] = static_cast<char>(zeros ? 0 : random());
      write(path(), damaged);
      const Findings findings = readAll(path());
      EXPECT_EQ(findings.wrong, 0U) << "page " << page;
      EXPECT_TRUE(findings.missing == 0 || findings.refused) << "page " << page;
    }
  }
}

}  // namespace
}  // namespace nightjar::series
