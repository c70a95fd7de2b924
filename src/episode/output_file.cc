#include "episode/output_file.h"

#include <bzlib.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace nightjar::episode {
namespace {

// Both libraries count in 32 bits; no file of an episode comes near.
constexpr size_t kMostBytes = 1U << 31;

std::unexpected<Error> tooLarge() {
  return fail(ErrorKind::kLimit, "an archive file of the episode would be larger than 2 GiB");
}

}  // namespace

Result<std::vector<uint8_t>> gzip(Bytes bytes) {
  if (bytes.size() > kMostBytes) return tooLarge();
  constexpr int kLevel = 6;
  constexpr int kGzipWindow = 15 + 16;  // zlib.h: 16 more asks for a gzip header
  constexpr int kMemoryLevel = 8;
  z_stream stream{};
  if (deflateInit2(&stream, kLevel, Z_DEFLATED, kGzipWindow, kMemoryLevel, Z_DEFAULT_STRATEGY) != Z_OK) {
    return fail(ErrorKind::kLimit, "no memory for gzip");
  }
  std::vector<uint8_t> out(deflateBound(&stream, bytes.size()));
  stream.next_in = const_cast<Bytef*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  const int status = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (status != Z_STREAM_END) return fail(ErrorKind::kLimit, "gzip did not finish");
  return out;
}

Result<std::vector<uint8_t>> bzip2(Bytes bytes) {
  if (bytes.size() > kMostBytes) return tooLarge();
  constexpr size_t kBlock = 100'000;  // bzlib.h: block sizes 1 to 9 times this
  const auto blocks = static_cast<int>(std::clamp<size_t>((bytes.size() + kBlock - 1) / kBlock, 1, 9));
  auto size =
      static_cast<unsigned>(bytes.size() + bytes.size() / 100 + 600);  // bzlib's manual, section 3.5.1
  std::vector<uint8_t> out(size);
  auto* source = reinterpret_cast<char*>(const_cast<uint8_t*>(bytes.data()));
  char none = 0;  // libbz2 refuses a null pointer, even for no bytes
  const int status =
      BZ2_bzBuffToBuffCompress(reinterpret_cast<char*>(out.data()), &size, source ? source : &none,
                               static_cast<unsigned>(bytes.size()), blocks, 0, 0);
  if (status != BZ_OK) return fail(ErrorKind::kLimit, "bzip2 did not finish");
  out.resize(size);
  return out;
}

Result<void> writeFile(const std::string& path, Bytes bytes) {
  const auto close = [](std::FILE* file) { std::fclose(file); };
  std::unique_ptr<std::FILE, decltype(close)> file(std::fopen(path.c_str(), "wbe"), close);
  const auto failed = [&] { return failIn(path, {ErrorKind::kIo, std::strerror(errno)}); };
  if (!file) return failed();
  if (!bytes.empty() && std::fwrite(bytes.data(), 1, bytes.size(), file.get()) != bytes.size())
    return failed();
  if (std::fclose(file.release()) != 0) return failed();
  return {};
}

}  // namespace nightjar::episode
