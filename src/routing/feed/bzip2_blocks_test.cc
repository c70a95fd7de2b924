#include "routing/feed/bzip2_blocks.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <random>

#include "routing/feed/compress_for_tests.h"

namespace nightjar::feed {
namespace {

class Bzip2BlocksTest : public testing::Test {
 protected:
  std::string write(const Buffer& bytes) {
    std::ofstream(path_, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    return path_;
  }
  void TearDown() override { std::remove(path_.c_str()); }

  // All blocks, decoded and put together; empty where one is not as it should be.
  std::optional<Buffer> decoded(const Buffer& packed, size_t* count = nullptr) {
    auto blocks = Bzip2Blocks::open(write(packed));
    if (!blocks) return std::nullopt;
    Buffer all;
    for (;;) {
      const auto block = blocks->next();
      if (!block) return std::nullopt;
      if (!*block) return all;
      const auto bytes = decodeBzip2Block(**block);
      if (!bytes) return std::nullopt;
      all.insert(all.end(), bytes->begin(), bytes->end());
      if (count != nullptr) ++*count;
    }
  }

  std::string path_ = testing::TempDir() + "bzip2_blocks_" + std::to_string(::getpid()) + ".bz2";
};

Buffer noise(size_t size, unsigned seed, unsigned values) {
  std::mt19937 random(seed);
  Buffer data(size);
  for (auto& byte : data) byte = static_cast<uint8_t>(random() % values);
  return data;
}

TEST_F(Bzip2BlocksTest, GiveWhatWasPacked) {
  struct Row {
    size_t size;
    unsigned values;  // 1: one run, which decodes to far more than a block holds
    size_t blocks;
  };
  for (const Row& row : {Row{1, 256, 1}, Row{899'000, 256, 9}, Row{3'000'000, 256, 31}, Row{2'000'000, 3, 21},
                         Row{60'000'000, 1, 12}}) {
    const Buffer data = noise(row.size, 7, row.values);
    size_t count = 0;
    const auto got = decoded(bzip2(data), &count);
    ASSERT_TRUE(got) << row.size;
    EXPECT_TRUE(*got == data) << row.size;
    EXPECT_EQ(count, row.blocks) << row.size;
  }
}

TEST_F(Bzip2BlocksTest, GiveSeveralStreamsAndAnEmptyOne) {
  const Buffer one = noise(1'000'000, 1, 256);
  const Buffer two = noise(500'000, 2, 9);
  const Buffer empty = {'B', 'Z', 'h', '9', 0x17, 0x72, 0x45, 0x38, 0x50, 0x90, 0, 0, 0, 0};
  const auto got = decoded(concat({bzip2(one), empty, bzip2(two)}));
  ASSERT_TRUE(got);
  EXPECT_TRUE(*got == concat({one, two}));
}

TEST_F(Bzip2BlocksTest, LeaveTheRestToTheDecoderInOrder) {
  EXPECT_FALSE(Bzip2Blocks::open("/nonexistent.bz2"));
  EXPECT_FALSE(Bzip2Blocks::open("/dev/null"));
  EXPECT_FALSE(Bzip2Blocks::open(write({'B', 'Z', 'h'})));
  EXPECT_FALSE(Bzip2Blocks::open(write(Buffer(100, 'B'))));
  const Buffer packed = bzip2(noise(2'000'000, 3, 256));
  EXPECT_FALSE(decoded(concat({packed, Buffer(7, 0)}))) << "padding";
  EXPECT_FALSE(decoded(concat({packed, {'x'}}))) << "foreign bytes";
  for (const size_t cut : {packed.size() - 1, packed.size() / 2, size_t{20}}) {
    EXPECT_FALSE(decoded(Buffer(packed.begin(), packed.begin() + static_cast<std::ptrdiff_t>(cut)))) << cut;
  }
}

TEST_F(Bzip2BlocksTest, NeverGiveWrongBytes) {
  const Buffer data = noise(1'900'000, 4, 40);
  const Buffer packed = bzip2(data);
  std::mt19937 random(5);
  for (int i = 0; i < 15; ++i) {
    Buffer damaged = packed;
    damaged[random() % damaged.size()] ^= static_cast<uint8_t>(1U << random() % 8);
    const auto got = decoded(damaged);
    if (got) {
      EXPECT_TRUE(*got == data) << "only bits that mean nothing may change unseen";
    }
  }
}

}  // namespace
}  // namespace nightjar::feed
