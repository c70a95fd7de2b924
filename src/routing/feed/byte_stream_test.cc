#include "routing/feed/byte_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <random>

#include "base/byte_reader.h"
#include "routing/feed/compress_for_tests.h"

namespace nightjar::feed {
namespace {

using testing::HasSubstr;

// Half text-like, half noise, so that every coder emits several kinds of block.
Buffer sample(size_t size, uint64_t seed = 1) {
  std::mt19937_64 random(seed);
  Buffer data(size);
  for (size_t i = 0; i < size; ++i) {
    data[i] = static_cast<uint8_t>(i / 512 % 2 ? random() : "AS path 3356 9198 "[i % 18] + random() % 2);
  }
  return data;
}

struct Outcome {
  Buffer data;
  std::optional<Error> error;
};

Outcome drain(Result<std::unique_ptr<ByteStream>> stream, size_t step = 65536) {
  Outcome outcome;
  if (!stream) {
    outcome.error = stream.error();
    return outcome;
  }
  Buffer buffer(step);
  for (;;) {
    const auto got = (*stream)->read(buffer);
    if (!got) {
      outcome.error = got.error();
      const auto after = (*stream)->read(buffer);
      EXPECT_TRUE(after && *after == 0) << "a failed stream is at its end";
      return outcome;
    }
    if (*got == 0) return outcome;
    outcome.data.insert(outcome.data.end(), buffer.begin(), buffer.begin() + static_cast<ptrdiff_t>(*got));
  }
}

Outcome decode(const Buffer& bytes, size_t chunk = SIZE_MAX, size_t step = 65536) {
  return drain(openBytes(bytes, "input", chunk), step);
}

struct Kind {
  const char* name;
  std::function<Buffer(const Buffer&)> compress;
};

class Compressed : public testing::TestWithParam<Kind> {
 protected:
  Buffer compress(const Buffer& data) const { return GetParam().compress(data); }
};

TEST_P(Compressed, ComesBackWhateverTheChunks) {
  const Buffer data = sample(300'000);
  const Buffer packed = compress(data);
  for (const size_t chunk : {size_t{1}, size_t{7}, size_t{4096}, SIZE_MAX}) {
    for (const size_t step : {size_t{1000}, size_t{1} << 20}) {
      const auto outcome = decode(packed, chunk, step);
      EXPECT_FALSE(outcome.error) << outcome.error->describe();
      EXPECT_TRUE(outcome.data == data) << "chunk " << chunk << " step " << step;
    }
  }
}

TEST_P(Compressed, ReadFillsItsBuffer) {
  const Buffer packed = compress(sample(300'000));
  const auto stream = openBytes(packed, "input", 100);
  Buffer buffer(200'000);
  EXPECT_EQ((*stream)->read({}).value(), 0U);
  EXPECT_EQ((*stream)->read(buffer).value(), 200'000U);
  EXPECT_EQ((*stream)->read(buffer).value(), 100'000U);
  EXPECT_EQ((*stream)->read(buffer).value(), 0U);
}

TEST_P(Compressed, SeveralMembersAreOneStream) {
  const Buffer one = sample(70'000, 1);
  const Buffer two = sample(50'000, 2);
  const Buffer packed = concat({compress(one), compress({}), compress(two)});
  for (const size_t chunk : {size_t{1}, size_t{1000}, SIZE_MAX}) {
    const auto outcome = decode(packed, chunk);
    EXPECT_FALSE(outcome.error) << outcome.error->describe();
    EXPECT_TRUE(outcome.data == concat({one, two}));
  }
}

TEST_P(Compressed, ZerosAfterTheEndArePadding) {
  const Buffer data = sample(10'000);
  const auto outcome = decode(concat({compress(data), Buffer(3000, 0)}), 512);
  EXPECT_FALSE(outcome.error) << outcome.error->describe();
  EXPECT_TRUE(outcome.data == data);
}

TEST_P(Compressed, ForeignBytesAfterTheEndAreToldWithTheirOffset) {
  const Buffer data = sample(10'000);
  const Buffer packed = compress(data);
  const auto outcome = decode(concat({packed, Buffer(2, 0), Buffer{'j', 'u', 'n', 'k'}}));
  EXPECT_TRUE(outcome.data == data);
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->kind, ErrorKind::kInvalid);
  EXPECT_EQ(outcome.error->offset, packed.size() + 2);
  EXPECT_THAT(outcome.error->describe(), HasSubstr("foreign data after the end"));
}

// Wherever the file is cut: the whole bytes before the cut, then kTruncated at the end of the file.
TEST_P(Compressed, EveryCutIsTold) {
  const Buffer data = sample(1'000);
  const Buffer packed = compress(data);
  for (size_t size = 4; size < packed.size(); ++size) {
    const auto outcome = decode(Buffer(packed.begin(), packed.begin() + static_cast<ptrdiff_t>(size)));
    ASSERT_TRUE(outcome.error) << size;
    EXPECT_EQ(outcome.error->kind, ErrorKind::kTruncated) << size;
    EXPECT_EQ(outcome.error->offset, size);
    EXPECT_TRUE(std::equal(outcome.data.begin(), outcome.data.end(), data.begin())) << size;
  }
  // A cut in a later member, after its magic.
  const Buffer cut = concat({packed, Buffer(packed.begin(), packed.begin() + 6)});
  const auto outcome = decode(cut);
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->kind, ErrorKind::kTruncated);
  EXPECT_EQ(outcome.error->offset, cut.size());
  EXPECT_TRUE(outcome.data == data);
}

// Whichever bit flips, the stream ends, and it either tells or the data is unharmed (a flip in a file name).
TEST_P(Compressed, EveryFlippedBitIsToldOrHarmless) {
  const Buffer data = sample(1'000);
  const Buffer packed = compress(data);
  size_t told = 0;
  for (size_t i = 10; i < packed.size(); ++i) {
    Buffer damaged = packed;
    damaged[i] ^= static_cast<uint8_t>(1U << (i % 8));
    const auto outcome = decode(damaged);
    if (outcome.error) {
      ++told;
      ASSERT_TRUE(outcome.error->offset);
      EXPECT_LE(*outcome.error->offset, packed.size());
    } else {
      EXPECT_TRUE(outcome.data == data) << "byte " << i;
    }
  }
  EXPECT_GT(told, packed.size() * 9 / 10);
}

INSTANTIATE_TEST_SUITE_P(Kinds, Compressed,
                         testing::Values(Kind{"gzip", [](const Buffer& d) { return gzip(d); }},
                                         Kind{"gzipAllFields",
                                              [](const Buffer& d) { return gzip(d, 2 | 4 | 8 | 16); }},
                                         Kind{"bzip2", [](const Buffer& d) { return bzip2(d); }},
                                         Kind{"xz", [](const Buffer& d) { return xz(d); }},
                                         Kind{"zstd", [](const Buffer& d) { return zstd(d); }}),
                         [](const auto& kind) { return kind.param.name; });

TEST(ByteStream, PassesOtherDataOn) {
  const Buffer data = sample(300'000);
  for (const size_t chunk : {size_t{1}, size_t{4096}, SIZE_MAX}) {
    const auto outcome = decode(data, chunk);
    EXPECT_FALSE(outcome.error);
    EXPECT_TRUE(outcome.data == data);
  }
}

// 0x425A6839 is both "BZh9" and a second of 11 April 2005.
TEST(ByteStream, TimeStampsAreNotTakenForMagic) {
  const Buffer bzip2Like = {'B', 'Z', 'h', '9', 0, 16, 0, 4, 0, 0, 0, 0};
  const Buffer skippableLike = {0x50, 0x2a, 0x4d, 0x18, 0, 16, 0, 4, 0, 0, 0, 0};
  const Buffer htmlLike = {'<', 'h', 't', 'm', 0, 16, 0, 4, 0, 0, 0, 0};
  for (const auto& data : {bzip2Like, skippableLike, htmlLike}) {
    const auto outcome = decode(data);
    EXPECT_FALSE(outcome.error) << outcome.error->describe();
    EXPECT_TRUE(outcome.data == data);
  }
}

TEST(ByteStream, SkipsZstdSkippableFrames) {
  const Buffer skippable = {0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4};
  const Buffer data = sample(1000);
  const auto outcome = decode(concat({skippable, zstd(data), skippable, zstd(data)}));
  EXPECT_FALSE(outcome.error) << outcome.error->describe();
  EXPECT_TRUE(outcome.data == concat({data, data}));
}

struct Refusal {
  const char* name;
  Buffer bytes;
  ErrorKind kind;
  const char* message;
};

Buffer text(std::string_view s) {
  return {s.begin(), s.end()};
}

// A gzip header, then each kind of damage.
Buffer damagedGzip(size_t fromEnd, uint8_t flip) {
  Buffer packed = gzip(sample(1000), 2);
  packed[fromEnd > packed.size() ? 0 : packed.size() - fromEnd] ^= flip;
  return packed;
}

TEST(ByteStream, TellsWhatIsWrong) {
  Buffer otherMethod = gzip(sample(10));
  otherMethod.insert(otherMethod.end(), {0x1f, 0x8b, 7, 0});
  Buffer badHeaderCrc = gzip(sample(1000), 2 | 8);
  badHeaderCrc[12] ^= 1;
  Buffer zstdBadSum = zstd(sample(1000));
  zstdBadSum.back() ^= 1;
  const Refusal refusals[] = {
      {"empty", {}, ErrorKind::kInvalid, "input: is empty"},
      {"html", text("<!DOCTYPE HTML PUBLIC \"-//IETF//DTD HTML 2.0//EN\">\n<html><title>404"),
       ErrorKind::kInvalid, "input: is an HTML page, not an archive"},
      {"html after space", text("\n\n  <HTML>\n"), ErrorKind::kInvalid, "is an HTML page"},
      {"html after a byte order mark", text("\xef\xbb\xbf<html>\n"), ErrorKind::kInvalid, "is an HTML page"},
      {"a store's error", text("<?xml version=\"1.0\"?><Error><Code>AccessDenied"), ErrorKind::kInvalid,
       "is an HTML page"},
      {"gzip CRC", damagedGzip(8, 1), ErrorKind::kInvalid, "gzip checksum or length does not match"},
      {"gzip ISIZE", damagedGzip(1, 1), ErrorKind::kInvalid, "gzip checksum or length does not match"},
      {"gzip header CRC", badHeaderCrc, ErrorKind::kInvalid, "gzip checksum"},
      {"gzip method", otherMethod, ErrorKind::kInvalid, "foreign data"},
      {"bzip2 nonsense", text("BZh91AY&SYnonsensenonsense"), ErrorKind::kInvalid, "bzip2 data is damaged"},
      {"xz nonsense",
       text(std::string("\xfd"
                        "7zXZ\0nonsense",
                        14)),
       ErrorKind::kInvalid, "xz"},
      {"zstd nonsense", Buffer{0x28, 0xb5, 0x2f, 0xfd, 0x20, 5, 7, 0, 0, 1, 2, 3}, ErrorKind::kInvalid,
       "zstd data is damaged"},
      {"zstd checksum", zstdBadSum, ErrorKind::kInvalid, "zstd checksum does not match"},
      {"xz dictionary", xz(sample(100), 256U << 20), ErrorKind::kLimit, "more than 128 MiB"},
      {"zstd window", zstd(Buffer(1000), 28), ErrorKind::kLimit, "more than 128 MiB"},
  };
  for (const auto& refusal : refusals) {
    const auto outcome = decode(refusal.bytes);
    ASSERT_TRUE(outcome.error) << refusal.name;
    EXPECT_EQ(outcome.error->kind, refusal.kind) << refusal.name << ": " << outcome.error->describe();
    EXPECT_THAT(outcome.error->describe(), HasSubstr(refusal.message)) << refusal.name;
  }
}

// 100 MiB of zeros in a few bytes: the decoder's memory must not grow with it.
TEST(ByteStream, BombsDoNotTakeMemory) {
  Buffer chunk(10 << 20);
  Buffer bomb;
  for (int i = 0; i < 10; ++i) bomb = concat({bomb, bzip2(chunk)});
  const auto stream = openBytes(bomb, "bomb");
  Buffer buffer(1 << 20);
  size_t total = 0;
  for (;;) {
    const auto got = (*stream)->read(buffer);
    ASSERT_TRUE(got);
    if (*got == 0) break;
    total += *got;
  }
  EXPECT_EQ(total, size_t{100} << 20);
  EXPECT_LT(bomb.size(), 20'000U);
}

class FileTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("nightjar-feed-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string path(const char* name) const { return folder_ / name; }
  std::string write(const char* name, const Buffer& bytes) const {
    std::ofstream(path(name), std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    return path(name);
  }
  std::filesystem::path folder_;
};

TEST_F(FileTest, ReadsFilesLargerThanItsBuffer) {
  const Buffer data = sample(3'000'000);
  EXPECT_TRUE(drain(openFile(write("plain", data))).data == data);
  EXPECT_TRUE(drain(openFile(write("a.gz", concat({gzip(data), gzip(data)})))).data == concat({data, data}));
  EXPECT_TRUE(drain(openFile(write("misnamed.bz2", zstd(data)))).data == data);
}

TEST_F(FileTest, NamesTheFileInErrors) {
  const auto missing = openFile(path("none.gz"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::kIo);
  EXPECT_EQ(missing.error().describe(), path("none.gz") + ": No such file or directory");

  const auto folder = openFile(folder_);
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().kind, ErrorKind::kIo);
  EXPECT_THAT(folder.error().describe(), HasSubstr(": is a directory"));

  const std::string locked = write("locked", {1});
  ::chmod(locked.c_str(), 0);
  if (::geteuid() != 0) {  // root may read everything
    EXPECT_THAT(openFile(locked).error().describe(), HasSubstr("Permission denied"));
  }

  Buffer packed = gzip(sample(1000));
  packed.resize(packed.size() - 1);
  const auto cut = drain(openFile(write("cut.gz", packed)));
  EXPECT_EQ(cut.error->describe(), path("cut.gz") + ": byte " + std::to_string(packed.size()) +
                                       ": gzip file ends in the middle of its data");
}

// What the system's own programs write is read, too.
TEST_F(FileTest, ReadsWhatTheToolsWrite) {
  const Buffer data = sample(400'000);
  const std::string plain = write("data", data);
  for (const std::string tool : {"gzip -9", "bzip2", "xz -T2 --block-size=100000", "zstd -q --long=27"}) {
    std::string command = tool;
    command.append(" -c < ").append(plain).append(" > ").append(path("packed")).append(" 2>/dev/null");
    if (std::system(command.c_str()) != 0) continue;  // not installed
    const auto outcome = drain(openFile(path("packed")));
    EXPECT_FALSE(outcome.error) << tool << outcome.error->describe();
    EXPECT_TRUE(outcome.data == data) << tool;
  }
}

}  // namespace
}  // namespace nightjar::feed
