// nightjar mrt: the real binary on real and made archives.
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include "mrt_archives.h"
#include "routing/feed/byte_stream.h"
#include "run_program.h"

namespace nightjar::test {
namespace {

namespace fs = std::filesystem;

Outcome nightjarMrt(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {NIGHTJAR_BINARY, "mrt"});
  return runProgram(arguments);
}

std::string decompressed(const fs::path& path) {
  auto stream = feed::openFile(path).value();
  std::string text;
  std::vector<uint8_t> piece(1 << 20);
  for (;;) {
    const auto size = stream->read(piece);
    if (!size || *size == 0) return text;
    text.append(piece.begin(), piece.begin() + static_cast<ptrdiff_t>(*size));
  }
}

// Compares long texts without printing them whole.
void expectSameLines(const std::string& expected, const std::string& actual) {
  if (expected == actual) return;
  const auto [at, other] = std::mismatch(expected.begin(), expected.end(), actual.begin(), actual.end());
  const auto lineOf = [](const std::string& text, std::string::const_iterator where) {
    const auto offset = static_cast<size_t>(where - text.begin());
    const size_t start = offset == 0 ? 0 : text.rfind('\n', offset - 1) + 1;
    return text.substr(start, text.find('\n', offset) - start);
  };
  ADD_FAILURE() << "line " << 1 + std::count(expected.begin(), at, '\n')
                << " differs\nexpected: " << lineOf(expected, at) << "\nactual:   " << lineOf(actual, other);
}

bool haveBgpdump() {
  static const bool kHave = runProgram({"bgpdump", "-T"}).status == 0;
  return kHave;
}

// Holds both line formats against bgpdump.
void expectSameOutput(const Archive& archive) {
  const TemporaryFolder folder;
  const std::string file = folder / "made.mrt";
  writeFile(file, archive.bytes);
  for (const char* option : {"-m", "-vm"}) {
    const Outcome peer = runProgram({"bgpdump", option, file});
    ASSERT_EQ(peer.status, 0) << peer.err;
    ASSERT_NE(peer.out, "");
    expectSameLines(peer.out, nightjarMrt({option, file}).out);
  }
}

// ---- Real archives, and what bgpdump printed for them.

TEST(RealArchives, MatchTheirGoldens) {
  const fs::path folder = fs::path(NIGHTJAR_SHARED_DATA) / "mrt";
  if (!fs::exists(folder)) GTEST_SKIP() << "the shared data folder with real archives is not here";
  constexpr std::string_view kGolden = ".bgpdump-vm.gz";
  size_t compared = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string path = entry.path();
    if (!path.ends_with(kGolden)) continue;
    const std::string archive = path.substr(0, path.size() - kGolden.size()) + ".gz";
    SCOPED_TRACE(archive);
    for (const char* option : {"-m", "-vm"})
      expectSameLines(decompressed(path), nightjarMrt({option, archive}).out);
    ++compared;
  }
  EXPECT_GT(compared, 0U);
}

// ---- Made archives.

class MadeArchive : public testing::TestWithParam<Archive> {};

TEST_P(MadeArchive, MatchesItsGoldens) {
  const TemporaryFolder folder;
  const std::string file = folder / "made.mrt";
  writeFile(file, GetParam().bytes);
  expectGolden("mrt/" + GetParam().name + ".txt", nightjarMrt({"-m", file}).out);
  expectGolden("mrt/" + GetParam().name + ".jsonl", nightjarMrt({"--json", file}).out);
}

TEST_P(MadeArchive, PrintsWhatBgpdumpPrints) {
  if (!haveBgpdump()) GTEST_SKIP() << "bgpdump is not installed";
  expectSameOutput(GetParam());
}

INSTANTIATE_TEST_SUITE_P(Mrt, MadeArchive, testing::ValuesIn(allArchives()),
                         [](const auto& tested) { return tested.param.name; });

TEST(LongAttributes, AreCutWhereBgpdumpCutsThem) {
  if (!haveBgpdump()) GTEST_SKIP() << "bgpdump is not installed";
  expectSameOutput(archives::longAttributes());
}

class Mixture : public testing::TestWithParam<uint64_t> {};

TEST_P(Mixture, PrintsWhatBgpdumpPrints) {
  if (!haveBgpdump()) GTEST_SKIP() << "bgpdump is not installed";
  expectSameOutput(archives::mixture(GetParam(), 4000));
}

INSTANTIATE_TEST_SUITE_P(Seeds, Mixture, testing::Range<uint64_t>(1, 6));

// ---- The command line.

class MrtCommand : public testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& content) {
    writeFile(folder_ / name, content);
    return folder_ / name;
  }
  static std::string good() {
    const wire::Buffer bytes = archives::as4().bytes;
    return {bytes.begin(), bytes.end()};
  }
  static size_t lines(const std::string& text) {
    return static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
  }

  TemporaryFolder folder_;
};

TEST_F(MrtCommand, RefusesWrongUsage) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{}, {"-m"}, {"-x", "file"}, {"--jsn", "file"}, {"-m", "--json", "file"}}) {
    const Outcome outcome = nightjarMrt(arguments);
    EXPECT_EQ(outcome.status, 2);
    EXPECT_EQ(outcome.out, "");
    EXPECT_NE(outcome.err.find("nightjar mrt"), std::string::npos) << outcome.err;
  }
}

TEST_F(MrtCommand, ExplainsItself) {
  const Outcome outcome = nightjarMrt({"--help"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.err, "");
  EXPECT_NE(outcome.out.find("--json"), std::string::npos);
  EXPECT_EQ(runProgram({NIGHTJAR_BINARY, "help", "mrt"}).out, outcome.out);
}

TEST_F(MrtCommand, PrintsLinesWithoutAnOption) {
  const std::string file = write("good.mrt", good());
  const Outcome outcome = nightjarMrt({file});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.out, nightjarMrt({"-m", file}).out);
  EXPECT_EQ(outcome.err, "");
}

TEST_F(MrtCommand, ReadsTheOtherFilesAndFails) {
  const std::string file = write("good.mrt", good());
  const std::string page = write("page.gz", "<!DOCTYPE html><html><body>404 Not Found</body></html>");
  const std::string missing = folder_ / "missing.gz";
  const Outcome outcome = nightjarMrt({missing, page, file, folder_ / ""});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.out, nightjarMrt({file}).out);
  EXPECT_NE(outcome.err.find(missing + ": "), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.err.find(page + ": "), std::string::npos) << outcome.err;
  EXPECT_EQ(lines(outcome.err), 3U) << outcome.err;
}

TEST_F(MrtCommand, TellsDamageAndGoesOn) {
  const std::string damaged = good() + std::string(1000, '\x5a') + good();
  const std::string file = write("damaged.mrt", damaged);
  const Outcome outcome = nightjarMrt({file});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(lines(outcome.out), 2 * lines(nightjarMrt({write("good.mrt", good())}).out));
  EXPECT_EQ(outcome.err.rfind(file + ": byte " + std::to_string(good().size()) + ": ", 0), 0U) << outcome.err;
  EXPECT_EQ(lines(outcome.err), 1U) << outcome.err;
  const Outcome json = nightjarMrt({"--json", file});
  EXPECT_EQ(json.status, 1);
  EXPECT_NE(json.out.find(R"({"type":"finding","kind":"damage","offset":)" + std::to_string(good().size())),
            std::string::npos);
}

TEST_F(MrtCommand, CountsBytesOfTheDecompressedData) {
  const std::string file = write("damaged.mrt", good() + std::string(1000, '\x5a') + good());
  if (runProgram({"gzip", file}).status != 0) GTEST_SKIP() << "gzip is not installed";
  const Outcome outcome = nightjarMrt({file + ".gz"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_NE(outcome.err.find(".gz: byte " + std::to_string(good().size()) + " of the decompressed data: "),
            std::string::npos)
      << outcome.err;
}

TEST_F(MrtCommand, TakesATruncatedLastRecordAsNormal) {
  const std::string file = write("live.mrt", good() + good().substr(0, 50));
  const Outcome quiet = nightjarMrt({"-m", file});
  EXPECT_EQ(quiet.status, 0);
  EXPECT_EQ(quiet.err, "");
  const Outcome verbose = nightjarMrt({"-vm", file});
  EXPECT_EQ(verbose.status, 0);
  EXPECT_EQ(verbose.out, quiet.out);
  EXPECT_NE(verbose.err.find("byte " + std::to_string(good().size())), std::string::npos) << verbose.err;
}

TEST_F(MrtCommand, BoundsWhatItTells) {
  wire::Buffer bytes;
  for (int i = 0; i < 500; ++i) {
    const wire::Buffer more = archives::malformed().bytes;
    bytes.insert(bytes.end(), more.begin(), more.end());
  }
  writeFile(folder_ / "many.mrt", bytes);
  const Outcome outcome = nightjarMrt({folder_ / "many.mrt"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(lines(outcome.err), 101U);
  EXPECT_NE(outcome.err.find(" more like these\n"), std::string::npos);
}

TEST_F(MrtCommand, EndsQuietlyWithItsReader) {
  std::string much;
  while (much.size() < 4'000'000) much += good();
  const std::string command = std::string(NIGHTJAR_BINARY) + " mrt " + write("long.mrt", much);
  const Outcome outcome = runProgram({"bash", "-c", command + " | head -n 1; exit ${PIPESTATUS[0]}"});
  EXPECT_EQ(outcome.status, 128 + SIGPIPE);
  EXPECT_EQ(lines(outcome.out), 1U);
  EXPECT_EQ(outcome.err, "");
  EXPECT_EQ(runProgram({"bash", "-c", command + " >&-"}).err, "");
}

TEST_F(MrtCommand, FailsOnAFullDisk) {
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "there is no /dev/full";
  const Outcome outcome = runProgram({NIGHTJAR_BINARY, "mrt", write("good.mrt", good())}, "/dev/full");
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.err, "standard output: No space left on device\n");
}

}  // namespace
}  // namespace nightjar::test
