#include "app/parallel_bzip2.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "routing/feed/compress_for_tests.h"
#include "series/temporary_folder.h"

namespace nightjar::app {
namespace {

using feed::Buffer;

struct Reading {
  Buffer bytes;
  std::string error;
  bool operator==(const Reading&) const = default;
};

Reading readAll(Result<std::unique_ptr<feed::ByteStream>> stream, size_t piece) {
  Reading reading;
  if (!stream) return {{}, stream.error().describe()};
  Buffer buffer(piece);
  for (;;) {
    const auto got = (*stream)->read(buffer);
    if (!got) {
      reading.error = got.error().describe();
      continue;  // after a failure the stream is at its end
    }
    if (*got == 0) return reading;
    reading.bytes.insert(reading.bytes.end(), buffer.begin(),
                         buffer.begin() + static_cast<std::ptrdiff_t>(*got));
  }
}

// Whatever the file, the bytes and the error are those of one decoder.
TEST(ParallelBzip2, ReadsAsOneDecoderDoes) {
  const series::TemporaryFolder folder;
  const std::string path = folder.file("some.bz2");
  std::mt19937 random(9);
  Buffer data(1'200'000);  // twelve blocks
  for (auto& byte : data) byte = static_cast<uint8_t>(random() % 200);
  const Buffer packed = feed::bzip2(data);
  std::vector<Buffer> files = {packed,
                               feed::concat({packed, Buffer(600, 0)}),
                               feed::concat({packed, {'x', 'y'}}),
                               feed::concat({packed, packed}),
                               feed::gzip(data),
                               {'B', 'Z', 'h', '9'}};
  for (const size_t cut : {size_t{3}, size_t{30}, packed.size() / 3, packed.size() - 5}) {
    files.emplace_back(packed.begin(), packed.begin() + static_cast<std::ptrdiff_t>(cut));
  }
  for (const size_t at : {size_t{40}, packed.size() / 2, packed.size() - 3}) {
    files.push_back(packed);
    files.back()[at] ^= 0x10;
  }
  size_t with_errors = 0;
  for (size_t i = 0; i < files.size(); ++i) {
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(files[i].data()), static_cast<std::streamsize>(files[i].size()));
    const Reading expected = readAll(feed::openFile(path), 1 << 20);
    for (const size_t piece : {size_t{70'001}, size_t{3} << 20}) {
      EXPECT_TRUE(readAll(openInParallel(path, 3), piece) == expected) << i << ": " << expected.error;
    }
    with_errors += expected.error.empty() ? 0 : 1;
  }
  EXPECT_GE(with_errors, 7U);
  std::filesystem::remove(path);
  EXPECT_FALSE(openInParallel(path, 3));
}

}  // namespace
}  // namespace nightjar::app
