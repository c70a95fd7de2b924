// Runs a fuzz target without a fuzzer: every file of the corpus folders, then seeded mutations of each, so
// that the ordinary test run keeps the targets alive. `make fuzz` links the same targets with libFuzzer
// instead.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

using Bytes = std::vector<uint8_t>;
constexpr int kMutationsPerFile = 200;
constexpr int kMaxEdits = 8;

Bytes readFile(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void run(const Bytes& bytes) {
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

// Flips bits, sets extreme bytes, cuts and repeats: what damaged files look like.
Bytes mutate(Bytes bytes, std::mt19937_64& random) {
  const auto edits = 1 + random() % kMaxEdits;
  for (uint64_t i = 0; i < edits && !bytes.empty(); ++i) {
    const size_t at = random() % bytes.size();
    switch (random() % 5) {
      case 0:
        bytes[at] ^= static_cast<uint8_t>(1U << (random() % 8));
        break;
      case 1:
        bytes[at] = random() % 2 ? 0xff : 0x00;
        break;
      case 2:
        bytes.resize(at);
        break;
      case 3:
        bytes.insert(bytes.begin() + static_cast<ptrdiff_t>(at), static_cast<uint8_t>(random()));
        break;
      default:
        bytes.erase(bytes.begin() + static_cast<ptrdiff_t>(at));
        break;
    }
  }
  return bytes;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::filesystem::path> files;
  for (int i = 1; i < argc; ++i) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[i])) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
  }
  if (files.empty()) {
    std::fprintf(stderr, "no corpus file found; give a folder that holds some\n");
    return 1;
  }
  std::sort(files.begin(), files.end());
  std::mt19937_64 random(1);
  size_t runs = 0;
  run({});
  for (const auto& file : files) {
    const Bytes bytes = readFile(file);
    run(bytes);
    for (int i = 0; i < kMutationsPerFile; ++i, ++runs) run(mutate(bytes, random));
  }
  std::printf("%zu corpus files, %zu mutations\n", files.size(), runs);
  return 0;
}
