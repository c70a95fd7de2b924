#include "probing/log/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

#include "probing/log/record.h"

namespace nightjar::probe_log {
namespace {

using blocks::Answer;
using blocks::Method;
using blocks::Outcome;

const Time kBegin = Time(std::chrono::seconds(1'641'340'800));  // 2022-01-05
const Header kHeader{"ala-1", "nightjar 0.1.0", "", kBegin, Address::ipv4(0xc0000201)};

class ProbeLog : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = (std::filesystem::temp_directory_path() / "nightjar-XXXXXX").string();
    ASSERT_NE(mkdtemp(folder_.data()), nullptr);
    path_ = folder_ + "/log";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  static std::vector<uint8_t> contents(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static void writeContents(const std::string& path, Bytes bytes) {
    std::ofstream out(path, std::ios::binary);
    out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }

  std::string folder_, path_;
};

// As a prober's are: probes spread over the span, most of them answered.
std::vector<Outcome> outcomes(size_t count, Time from, std::chrono::microseconds span, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<Outcome> all;
  for (size_t i = 0; i < count; ++i) {
    Outcome outcome;
    outcome.sent = from + std::chrono::microseconds(random() % static_cast<uint64_t>(span.count()));
    outcome.target = Address::ipv4(0x05000000 + static_cast<uint32_t>(random() % (1 << 20)));
    if (random() % 50 == 0) {
      outcome.target = Address::parse("2001:db8::1").value();
      outcome.target.bytes[9] = static_cast<uint8_t>(random());
    }
    outcome.method = static_cast<Method>(random() % 3);
    outcome.answer = random() % 5 == 0 ? static_cast<Answer>(random() % 3) : Answer::kReply;
    outcome.reference = random() % 100 == 0;
    if (outcome.answer == Answer::kReply) {
      outcome.rtt = std::chrono::microseconds(random() % (uint64_t{1} << random() % 23));
    }
    all.push_back(outcome);
  }
  return all;
}

std::vector<Outcome> asRead(std::vector<Outcome> all) {
  std::transform(all.begin(), all.end(), all.begin(), blocks::rounded);
  std::sort(all.begin(), all.end());
  return all;
}

std::vector<Chunk> readAll(LogReader& reader) {
  std::vector<Chunk> chunks;
  for (;;) {
    auto chunk = reader.next();
    EXPECT_TRUE(chunk) << chunk.error().describe();
    if (!chunk || !*chunk) return chunks;
    chunks.push_back(std::move(**chunk));
  }
}

TEST_F(ProbeLog, GivesBackWhatWasAppended) {
  auto writer = LogWriter::create(path_, kHeader);
  ASSERT_TRUE(writer) << writer.error().describe();
  const auto first = outcomes(5000, kBegin, std::chrono::minutes(5), 1);
  const auto second = outcomes(300, kBegin + std::chrono::minutes(5), std::chrono::minutes(5), 2);
  const Time middle = kBegin + std::chrono::minutes(5);
  ASSERT_TRUE(writer->append(kBegin, middle, first));
  const std::vector<uint8_t> piece{1, 2, 3, 200};
  ASSERT_TRUE(writer->appendState(piece));
  ASSERT_TRUE(writer->append(middle, middle + std::chrono::minutes(5), second));
  ASSERT_TRUE(writer->append(middle + std::chrono::minutes(5), middle + std::chrono::minutes(6), {}));

  auto reader = LogReader::open(path_);
  ASSERT_TRUE(reader) << reader.error().describe();
  EXPECT_EQ(reader->header(), kHeader);
  const auto chunks = readAll(*reader);
  ASSERT_EQ(chunks.size(), 4U);
  EXPECT_EQ(chunks[0].from, kBegin);
  EXPECT_EQ(chunks[0].until, middle);
  EXPECT_EQ(chunks[0].outcomes, asRead(first));
  EXPECT_EQ(chunks[1].state, piece);
  EXPECT_TRUE(chunks[1].outcomes.empty());
  EXPECT_EQ(chunks[2].outcomes, asRead(second));
  EXPECT_TRUE(chunks[3].outcomes.empty());
  EXPECT_FALSE(reader->tornAt());

  const auto bytes = contents(path_);
  auto inMemory = LogReader::open(bytes, "memory");
  ASSERT_TRUE(inMemory);
  EXPECT_EQ(readAll(*inMemory).size(), 4U);
}

// A log of three chunks, and where each ends.
std::vector<uint64_t> writeThree(const std::string& path) {
  auto writer = LogWriter::create(path, kHeader);
  EXPECT_TRUE(writer) << writer.error().describe();
  std::vector<uint64_t> ends{std::filesystem::file_size(path)};
  for (int i = 0; i < 3; ++i) {
    const Time from = kBegin + std::chrono::minutes(5 * i);
    EXPECT_TRUE(writer->append(from, from + std::chrono::minutes(5),
                               outcomes(20, from, std::chrono::minutes(5), static_cast<uint64_t>(i))));
    ends.push_back(std::filesystem::file_size(path));
  }
  return ends;
}

TEST_F(ProbeLog, TornAtEveryByteKeepsWhatIsWhole) {
  const auto ends = writeThree(path_);
  const auto whole = contents(path_);
  for (size_t size = 0; size < whole.size(); ++size) {
    auto reader = LogReader::open(Bytes(whole).first(size), "torn");
    if (size < ends[0]) {
      ASSERT_FALSE(reader) << size;
      EXPECT_EQ(reader.error().kind, size < kMagic.size() ? ErrorKind::kInvalid : ErrorKind::kTruncated)
          << size;
      continue;
    }
    ASSERT_TRUE(reader) << size;
    const auto chunks = readAll(*reader);
    const auto kept =
        static_cast<size_t>(std::upper_bound(ends.begin(), ends.end(), size) - ends.begin()) - 1;
    EXPECT_EQ(chunks.size(), kept) << size;
    if (size == ends[kept]) {
      EXPECT_FALSE(reader->tornAt()) << size;
    } else {
      EXPECT_EQ(reader->tornAt(), ends[kept]) << size;
    }
  }
}

TEST_F(ProbeLog, IsContinuedBehindATornTail) {
  const auto ends = writeThree(path_);
  const auto whole = contents(path_);
  const auto more = outcomes(30, kBegin + std::chrono::hours(1), std::chrono::minutes(5), 9);
  for (const uint64_t size : {ends[2] + 1, ends[2] + 20, ends[3] - 1, ends[3]}) {
    writeContents(path_, Bytes(whole).first(size));
    auto writer = LogWriter::resume(path_);
    ASSERT_TRUE(writer) << writer.error().describe();
    EXPECT_EQ(writer->header(), kHeader);
    EXPECT_EQ(writer->tornAt().has_value(), size != ends[3]);
    EXPECT_EQ(LogWriter::resume(path_).error().kind, ErrorKind::kConflict) << "two writers";
    ASSERT_TRUE(writer->append(kBegin + std::chrono::hours(1), kBegin + std::chrono::hours(2), more));
    auto reader = LogReader::open(path_);
    ASSERT_TRUE(reader);
    const auto chunks = readAll(*reader);
    ASSERT_EQ(chunks.size(), size == ends[3] ? 4U : 3U);
    EXPECT_EQ(chunks.back().outcomes, asRead(more));
    EXPECT_FALSE(reader->tornAt());
  }
}

TEST_F(ProbeLog, DamageInTheMiddleCostsOneChunk) {
  const auto ends = writeThree(path_);
  const auto whole = contents(path_);
  for (uint64_t at = ends[1]; at < ends[2]; ++at) {
    auto damaged = whole;
    damaged[at] ^= 0x40;
    auto reader = LogReader::open(damaged, "damaged");
    ASSERT_TRUE(reader);
    EXPECT_TRUE(reader->next());
    const auto second = reader->next();
    ASSERT_FALSE(second) << at;
    EXPECT_EQ(second.error().kind, ErrorKind::kInvalid);
    EXPECT_EQ(second.error().offset, ends[1]);
    const auto third = reader->next();
    ASSERT_TRUE(third && *third) << at;
    EXPECT_EQ((*third)->offset, ends[2]);
  }
}

TEST_F(ProbeLog, RefusesWhatIsNoLog) {
  const std::string text = "5.0.0.0/8,KZ\n";
  const Bytes bytes(reinterpret_cast<const uint8_t*>(text.data()), text.size());
  EXPECT_FALSE(isLog(bytes));
  EXPECT_EQ(LogReader::open(bytes, "text").error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(LogReader::open(path_).error().kind, ErrorKind::kIo);
  EXPECT_EQ(LogReader::open(folder_).error().kind, ErrorKind::kIo);
  writeThree(path_);
  EXPECT_EQ(LogWriter::create(path_, kHeader).error().kind, ErrorKind::kConflict);
  auto newer = contents(path_);
  EXPECT_TRUE(isLog(newer));
  newer[kMagic.size() - 1] = 2;
  EXPECT_EQ(LogReader::open(newer, "newer").error().kind, ErrorKind::kUnsupported);
  const Time before = Time() - std::chrono::hours(1);
  auto writer = LogWriter::resume(path_);
  EXPECT_FALSE(writer->append(before, kBegin, {}));
  EXPECT_FALSE(writer->append(kBegin, kBegin, {}));
}

TEST_F(ProbeLog, ManyOutcomesComeInSeveralChunks) {
  auto writer = LogWriter::create(path_, kHeader);
  const auto many = outcomes(kMostOutcomes + 1000, kBegin, std::chrono::minutes(5), 3);
  ASSERT_TRUE(writer->append(kBegin, kBegin + std::chrono::minutes(5), many));
  auto reader = LogReader::open(path_);
  const auto chunks = readAll(*reader);
  ASSERT_EQ(chunks.size(), 2U);
  std::vector<Outcome> all = chunks[0].outcomes;
  all.insert(all.end(), chunks[1].outcomes.begin(), chunks[1].outcomes.end());
  EXPECT_EQ(all, asRead(many));
}

TEST_F(ProbeLog, AFullDiskLosesNothingThatWasAcknowledged) {
  writeThree(path_);
  const auto before = contents(path_);
  auto writer = LogWriter::resume(path_);
  const auto more = outcomes(5000, kBegin, std::chrono::minutes(5), 4);
  rlimit old{};
  getrlimit(RLIMIT_FSIZE, &old);
  const rlimit little{before.size() + 700, old.rlim_max};
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &little);
  const auto failed = writer->append(kBegin, kBegin + std::chrono::minutes(5), more);
  setrlimit(RLIMIT_FSIZE, &old);
  std::signal(SIGXFSZ, handler);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, ErrorKind::kIo);
  EXPECT_EQ(failed.error().where, path_);
  EXPECT_EQ(contents(path_), before);
  ASSERT_TRUE(writer->append(kBegin, kBegin + std::chrono::minutes(5), more));
  auto reader = LogReader::open(path_);
  EXPECT_EQ(readAll(*reader).size(), 4U);
}

// Appends without end, and tells of each chunk once it is acknowledged.
[[noreturn]] void appendUntilKilled(const std::string& path, int acknowledgements) {
  auto writer = std::filesystem::exists(path) ? LogWriter::resume(path) : LogWriter::create(path, kHeader);
  if (!writer) _exit(1);
  for (uint8_t i = 1;; ++i) {
    const auto some = outcomes(2000, kBegin, std::chrono::minutes(5), i);
    if (!writer->append(kBegin, kBegin + std::chrono::minutes(5), some)) _exit(1);
    if (write(acknowledgements, &i, 1) != 1) _exit(1);
  }
}

TEST_F(ProbeLog, SurvivesBeingKilled) {
  size_t acknowledged = 0;
  std::mt19937_64 random(5);
  for (int round = 0; round < 30; ++round) {
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const pid_t child = fork();
    if (child == 0) {
      close(ends[0]);
      appendUntilKilled(path_, ends[1]);
    }
    close(ends[1]);
    usleep(static_cast<useconds_t>(500 + random() % 80'000));
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the writer ended by itself";
    for (uint8_t byte = 0; read(ends[0], &byte, 1) == 1;) ++acknowledged;
    close(ends[0]);
    if (!std::filesystem::exists(path_)) continue;
    auto reader = LogReader::open(path_);
    ASSERT_TRUE(reader) << reader.error().describe();
    ASSERT_GE(readAll(*reader).size(), acknowledged) << round;
  }
  EXPECT_GT(acknowledged, 10U);
}

// Of a country: 6,000 blocks of which two thirds answer, as they lie in a day of five-minute chunks.
TEST_F(ProbeLog, TakesFourBytesAnOutcome) {
  std::mt19937_64 random(6);
  std::vector<uint8_t> records;
  size_t count = 0;
  for (int chunk = 0; chunk < 4; ++chunk) {
    const Time from = kBegin + std::chrono::minutes(5 * chunk);
    std::vector<Outcome> all;
    for (uint32_t block = static_cast<uint32_t>(chunk) % 2; block < 6000; block += 2) {
      Outcome outcome;
      outcome.target = Address::ipv4((0x050000 + block) << 8 | (random() & 255));
      outcome.sent = from + std::chrono::milliseconds(random() % 300'000);
      for (int probe = 0; probe < 5; ++probe) {
        outcome.answer = random() % 3 != 0 ? Answer::kReply : Answer::kNone;
        const auto jitter = std::chrono::microseconds(random() % 20'000);
        outcome.rtt = outcome.answer == Answer::kReply ? std::chrono::milliseconds(60 + block % 64) + jitter
                                                       : std::chrono::microseconds(0);
        all.push_back(blocks::rounded(outcome));
        if (outcome.answer == Answer::kReply) break;
        outcome.sent += std::chrono::milliseconds(3000 + random() % 100);
        outcome.target.bytes[3] = static_cast<uint8_t>(random());
      }
    }
    count += all.size();
    putRecord(records, RecordKind::kOutcomes, packOutcomes(from, from + std::chrono::minutes(5), all));
  }
  EXPECT_LE(static_cast<double>(records.size()) / static_cast<double>(count), 4.0);
  RecordProperty("bytes_an_outcome_x100", static_cast<int>(100 * records.size() / count));
}

TEST(Record, ChecksumIsCrc32c) {
  const std::string_view digits = "123456789";
  EXPECT_EQ(crc32c(Bytes(reinterpret_cast<const uint8_t*>(digits.data()), digits.size())), 0xe3069283U);
}

}  // namespace
}  // namespace nightjar::probe_log
