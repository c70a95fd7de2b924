#include "evidence/tar.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <vector>

namespace nightjar::evidence {
namespace {

namespace fs = std::filesystem;

constexpr size_t kBlock = 512;
constexpr size_t kMostName = 100;
constexpr uint64_t kMostSize = uint64_t{8} << 30;  // eleven octal digits
constexpr size_t kReadAtOnce = size_t{64} << 10;
using Block = std::array<char, kBlock>;

void put(Block& block, size_t offset, std::string_view text) {
  std::copy(text.begin(), text.end(), block.begin() + static_cast<std::ptrdiff_t>(offset));
}

// POSIX.1-1988, section 10.1.1.
Block headerOf(const std::string& name, uint64_t size, Time modified) {
  Block block{};
  const auto seconds = std::chrono::floor<Seconds>(modified).time_since_epoch().count();
  put(block, 0, name);
  put(block, 100, "0000644");
  put(block, 108, "0000000");
  put(block, 116, "0000000");
  put(block, 124, fmt::format("{:011o}", size));
  put(block, 136, fmt::format("{:011o}", std::max<int64_t>(0, seconds)));
  put(block, 148, "        ");  // the sum is taken with spaces in its own place
  put(block, 156, "0");
  put(block, 257, std::string_view("ustar\00000", 8));
  const unsigned sum = std::accumulate(block.begin(), block.end(), 0U, [](unsigned all, char c) {
    return all + static_cast<unsigned char>(c);
  });
  put(block, 148, fmt::format("{:06o}", sum));
  block[154] = '\0';
  return block;
}

std::unexpected<Error> cannot(const char* what, const fs::path& path) {
  return std::unexpected(Error{ErrorKind::kIo, what, path.string()});
}

Result<void> add(const fs::path& file, const std::string& name, Time modified, std::ofstream& out) {
  std::error_code error;
  const uint64_t size = fs::file_size(file, error);
  if (error) return cannot("cannot be read", file);
  if (name.size() > kMostName || size >= kMostSize)
    return std::unexpected(Error{ErrorKind::kLimit, "does not fit an archive", file.string()});
  const Block header = headerOf(name, size, modified);
  out.write(header.data(), header.size());
  std::ifstream in(file, std::ios::binary);
  std::vector<char> piece(kReadAtOnce);
  uint64_t copied = 0;
  while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())) || in.gcount() > 0) {
    out.write(piece.data(), in.gcount());
    copied += static_cast<uint64_t>(in.gcount());
  }
  if (copied != size) return cannot("changed while it was read", file);
  const Block nothing{};
  out.write(nothing.data(), static_cast<std::streamsize>((kBlock - size % kBlock) % kBlock));
  return {};
}

}  // namespace

Result<void> writeTar(const std::string& folder, const std::string& prefix, Time modified,
                      const std::string& path) {
  std::error_code error;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  if (error) return cannot("cannot be read", folder);
  std::sort(files.begin(), files.end());
  std::ofstream out(path, std::ios::binary);
  for (const fs::path& file : files) {
    if (const auto added = add(file, prefix + "/" + file.filename().string(), modified, out); !added)
      return added;
  }
  const Block nothing{};
  for (int i = 0; i < 2; ++i) out.write(nothing.data(), nothing.size());
  out.close();
  if (!out) return cannot("cannot be written", path);
  return {};
}

}  // namespace nightjar::evidence
