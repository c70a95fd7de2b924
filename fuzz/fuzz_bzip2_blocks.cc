// Any bytes as a bzip2 file whose blocks are decoded by themselves: where that gives a result, it is the one
// of the decoder that goes in order.
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <vector>

#include "routing/feed/byte_stream.h"
#include "routing/feed/bzip2_blocks.h"

namespace {

// A bomb only takes time; this is enough to see every path.
constexpr size_t kMaxOutput = size_t{1} << 20;

std::optional<std::vector<uint8_t>> inBlocks(std::span<const uint8_t> bytes) {
  auto blocks = nightjar::feed::Bzip2Blocks::of(nightjar::feed::Source::ofMemory(bytes, "input", 97));
  if (!blocks) return std::nullopt;
  std::vector<uint8_t> all;
  while (all.size() < kMaxOutput) {
    const auto block = blocks->next();
    if (!block) return std::nullopt;
    if (!*block) return all;
    const auto decoded = nightjar::feed::decodeBzip2Block(**block);
    if (!decoded) return std::nullopt;
    all.insert(all.end(), decoded->begin(), decoded->end());
  }
  return std::nullopt;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto split = inBlocks({data, size});
  if (!split) return 0;
  const auto stream = nightjar::feed::openBytes({data, size}, "input");
  if (!stream) std::abort();
  std::vector<uint8_t> whole(split->size() + 1);
  const auto got = (*stream)->read(whole);
  if (split->empty() ? got.value_or(0) != 0 : !got || *got != split->size()) std::abort();
  whole.resize(split->size());
  if (whole != *split) std::abort();
  return 0;
}
