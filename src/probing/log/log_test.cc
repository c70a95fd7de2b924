#include "probing/log/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
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

}  // namespace
}  // namespace nightjar::probe_log
