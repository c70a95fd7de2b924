#include "app/record_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstring>

#include "app/records_for_tests.h"
#include "routing/feed/compress_for_tests.h"

namespace nightjar::app {
namespace {

using feed::Buffer;
using feed::concat;
using testing::HasSubstr;
using wire::MrtType;

// What a stream gave, copied.
struct Reading {
  struct Block {
    Buffer bytes;
    std::vector<uint64_t> runs;
    std::vector<wire::Finding> findings;
    std::optional<uint64_t> truncatedTail;
    bool operator==(const Block&) const = default;
  };
  std::vector<Block> blocks;
  std::vector<uint64_t> offsets;  // of records
  std::optional<Error> error;

  size_t findings() const {
    size_t count = 0;
    for (const auto& block : blocks) count += block.findings.size();
    return count;
  }
  Buffer bytes() const {
    Buffer all;
    for (const auto& block : blocks) all.insert(all.end(), block.bytes.begin(), block.bytes.end());
    return all;
  }
};

Reading drain(RecordStream& stream) {
  Reading reading;
  for (;;) {
    const auto block = stream.next();
    if (!block || !*block) {
      if (!block) reading.error = block.error();
      const auto after = stream.next();
      EXPECT_TRUE(after && !*after) << "nothing comes after the end";
      return reading;
    }
    Reading::Block copy{.findings = (*block)->findings, .truncatedTail = (*block)->truncatedTail};
    for (const auto& run : (*block)->runs) {
      copy.runs.push_back(run.offset);
      copy.bytes.insert(copy.bytes.end(), run.bytes.begin(), run.bytes.end());
    }
    (*block)->forEach(
        [&reading](const wire::MrtRecord& record) { reading.offsets.push_back(record.offset); });
    reading.blocks.push_back(std::move(copy));
  }
}

Reading read(const Buffer& bytes, RecordStream::Options options = {}) {
  auto opened = feed::openBytes(bytes, "input");
  if (!opened) return {.error = opened.error()};
  RecordStream stream(std::move(*opened), "input", options);
  return drain(stream);
}

TEST(RecordStream, GivesEveryRecordOnceInOrder) {
  Buffer all;
  std::vector<uint64_t> offsets;
  for (uint32_t i = 0; i < 5000; ++i) {
    offsets.push_back(all.size());
    append(all, record(kTestTime + i, MrtType::kBgp4mp, 4, i * 7 % 300));
  }
  for (const size_t blockSize : {size_t{0}, size_t{100}, size_t{4096}, size_t{1} << 20}) {
    const auto reading = read(all, {.blockSize = blockSize});
    EXPECT_FALSE(reading.error) << reading.error->describe();
    EXPECT_EQ(reading.offsets, offsets) << blockSize;
    EXPECT_TRUE(reading.bytes() == all);
    EXPECT_EQ(reading.findings(), 0U);
  }
}

TEST(RecordStream, RecordsHaveTheirFields) {
  const Buffer all =
      concat({record(kTestTime, MrtType::kTableDumpV2, 2, 5), record(kTestTime + 1, MrtType::kBgp4mpEt, 4, 8),
              record(kTestTime + 2, MrtType::kBgp4mp, 4, 0)});
  auto bytes = feed::openBytes(all, "input");
  RecordStream stream(std::move(*bytes), "input", {});
  const auto block = stream.next();
  std::vector<wire::MrtRecord> records;
  (*block)->forEach([&records](const wire::MrtRecord& r) { records.push_back(r); });
  ASSERT_EQ(records.size(), 3U);
  EXPECT_EQ(records[0].seconds, kTestTime);
  EXPECT_EQ(records[0].type, 13);
  EXPECT_EQ(records[0].subtype, 2);
  EXPECT_EQ(records[0].raw.size(), 17U);
  EXPECT_EQ(records[0].body.size(), 5U);
  EXPECT_EQ(records[0].microseconds, 0U);
  EXPECT_EQ(records[1].offset, 17U);
  EXPECT_EQ(records[1].microseconds, 0x01010101U) << "the body's bytes are all 1";
  EXPECT_EQ(records[1].body.size(), 4U);
  EXPECT_TRUE(records[2].body.empty());
}

TEST(RecordStream, ARecordMayBeMuchLargerThanABlock) {
  const Buffer all = concat({record(kTestTime, MrtType::kTableDumpV2, 2, 10),
                             record(kTestTime, MrtType::kTableDumpV2, 2, 3'000'000),
                             record(kTestTime, MrtType::kTableDumpV2, 2, 10)});
  const auto reading = read(all, {.blockSize = 4096});
  EXPECT_FALSE(reading.error);
  EXPECT_EQ(reading.offsets, (std::vector<uint64_t>{0, 22, 3'000'034}));
  EXPECT_TRUE(reading.bytes() == all);
}

TEST(RecordStream, DamageIsLeftOutAndTold) {
  Buffer all;
  for (int i = 0; i < 100; ++i) append(all, record(kTestTime, MrtType::kBgp4mp, 4, 50));
  const size_t at = all.size();
  append(all, Buffer(500, 0xee));
  for (int i = 0; i < 100; ++i) append(all, record(kTestTime, MrtType::kBgp4mp, 4, 50));
  for (const size_t blockSize : {size_t{100}, size_t{1} << 20}) {
    const auto reading = read(all, {.blockSize = blockSize});
    EXPECT_FALSE(reading.error);
    EXPECT_EQ(reading.offsets.size(), 200U);
    EXPECT_EQ(reading.offsets[100], at + 500);
    ASSERT_EQ(reading.findings(), 1U);
    for (const auto& block : reading.blocks) {
      for (const auto& finding : block.findings) {
        EXPECT_EQ(finding.offset, at);
        EXPECT_EQ(finding.length, 500U);
      }
    }
  }
}

TEST(RecordStream, ACutLastRecordIsNormal) {
  Buffer all =
      concat({record(kTestTime, MrtType::kBgp4mp, 4, 50), record(kTestTime, MrtType::kBgp4mp, 4, 50)});
  all.resize(all.size() - 10);
  const auto reading = read(all);
  EXPECT_FALSE(reading.error);
  EXPECT_EQ(reading.offsets.size(), 1U);
  EXPECT_EQ(reading.blocks.back().truncatedTail, 62U);
}

// Whether a thread reads or the caller, and however slowly: the same blocks.
TEST(RecordStream, BlocksDependOnTheBytesAlone) {
  Buffer all;
  for (uint32_t i = 0; i < 3000; ++i) {
    append(all, record(kTestTime, MrtType::kBgp4mp, 4, i * 13 % 500));
    if (i % 700 == 699) append(all, Buffer(i, 0xee));
  }
  for (const size_t blockSize : {size_t{1000}, size_t{65536}}) {
    const auto expected = read(all, {.readAhead = false, .blockSize = blockSize});
    EXPECT_GT(expected.blocks.size(), 3U);
    for (const size_t blocks : {size_t{1}, size_t{2}, size_t{7}}) {
      EXPECT_TRUE(read(all, {.blockSize = blockSize, .blocks = blocks}).blocks == expected.blocks);
      const Buffer packed = feed::gzip(all);
      RecordStream slow(feed::openBytes(packed, "slow", 1).value(), "slow",
                        {.blockSize = blockSize, .blocks = blocks});
      EXPECT_TRUE(drain(slow).blocks == expected.blocks);
    }
  }
}

TEST(RecordStream, GivesWhatCameBeforeTheDamageOfTheCompression) {
  Buffer all;
  for (int i = 0; i < 20000; ++i) append(all, record(kTestTime, MrtType::kBgp4mp, 4, 50));
  Buffer packed = feed::gzip(all);
  packed.resize(packed.size() - 4);
  for (const bool readAhead : {false, true}) {
    const auto reading = read(packed, {.readAhead = readAhead});
    EXPECT_EQ(reading.offsets.size(), 20000U);
    ASSERT_TRUE(reading.error);
    EXPECT_EQ(reading.error->kind, ErrorKind::kTruncated);
    EXPECT_EQ(reading.error->offset, packed.size());
  }
}

TEST(RecordStream, AFileWithoutRecordsIsRefused) {
  for (const bool readAhead : {false, true}) {
    const std::string_view prose = "This is a text of some length, but it is no archive of routes at all.\n";
    const auto reading = read(Buffer(prose.begin(), prose.end()), {.readAhead = readAhead});
    ASSERT_TRUE(reading.error);
    EXPECT_EQ(reading.error->kind, ErrorKind::kInvalid);
    EXPECT_EQ(reading.error->describe(), "input: holds no MRT record");
    EXPECT_TRUE(reading.offsets.empty());
  }
  const auto none = read(feed::gzip({}));
  EXPECT_FALSE(none.error) << "nothing happened in those five minutes";
  EXPECT_TRUE(none.blocks.empty());
}

// Bytes that never end, as from a bomb.
class Endless : public feed::ByteStream {
 public:
  Endless(Buffer front, uint8_t fill) : front_(std::move(front)), fill_(fill) {}
  Result<size_t> read(std::span<uint8_t> out) override {
    std::memset(out.data(), fill_, out.size());
    if (taken_ == 0) std::copy(front_.begin(), front_.end(), out.begin());
    taken_ += out.size();
    return out.size();
  }

 private:
  Buffer front_;
  uint8_t fill_;
  uint64_t taken_ = 0;
};

TEST(RecordStream, BombsAreRefusedSoon) {
  const Buffer good = record(kTestTime, MrtType::kBgp4mp, 4, 50);
  struct Bomb {
    Buffer front;
    uint8_t fill;
    const char* message;
  };
  for (const auto& bomb : {Bomb{{}, 0, "no MRT record in the first 16 MiB of its data"},
                           Bomb{{}, 0xff, "no MRT record in the first 16 MiB of its data"},
                           Bomb{{}, 'a', "no MRT record in the first 16 MiB of its data"},
                           Bomb{good, 0, "no MRT record in 16 MiB after decompressed byte 62"},
                           Bomb{good, 0xff, "no MRT record in 16 MiB after decompressed byte 62"}}) {
    const auto start = std::chrono::steady_clock::now();
    RecordStream stream(std::make_unique<Endless>(bomb.front, bomb.fill), "bomb", {});
    size_t blocks = 0;
    for (;;) {
      const auto block = stream.next();
      if (block) {
        ASSERT_TRUE(*block) << "it has no end";
        ASSERT_LT(++blocks, 100U);
        continue;
      }
      EXPECT_EQ(block.error().kind, ErrorKind::kLimit);
      EXPECT_EQ(block.error().describe(), std::string("bomb: ") + bomb.message);
      break;
    }
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
  }
}

// Each header claims a record that ends just past what is loaded: the worst for whoever moves bytes about.
TEST(RecordStream, LyingLengthsCostNoMoreThanTheirBytes) {
  Buffer all;
  for (uint32_t i = 0; i < 200'000; ++i) {
    Buffer header = record(kTestTime, MrtType::kBgp4mp, 4, 0);
    const uint32_t length = wire::kMaxRecordLength - 2 * i;
    for (int k = 0; k < 4; ++k)
      header[8 + static_cast<size_t>(k)] = static_cast<uint8_t>(length >> (24 - 8 * k));
    append(all, header);
  }
  all.resize(size_t{40} << 20, 0xee);
  const auto start = std::chrono::steady_clock::now();
  const auto reading = read(all);
  EXPECT_TRUE(reading.error);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

TEST(RecordStream, MayBeLeftAtAnyTime) {
  Buffer good;
  for (int i = 0; i < 100'000; ++i) append(good, record(kTestTime, MrtType::kBgp4mp, 4, 50));
  const auto start = std::chrono::steady_clock::now();
  for (int taken = 0; taken < 40; ++taken) {
    RecordStream stream(feed::openBytes(good, "input").value(), "input", {.blockSize = 10'000});
    for (int i = 0; i < taken; ++i) ASSERT_TRUE(stream.next().value());
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

TEST(RecordStream, FailsToOpenAsFilesDo) {
  const auto stream = RecordStream::open("/nonexistent/updates.gz");
  ASSERT_FALSE(stream);
  EXPECT_EQ(stream.error().describe(), "/nonexistent/updates.gz: No such file or directory");
}

}  // namespace
}  // namespace nightjar::app
