#include "episode/space.h"

#include <algorithm>
#include <bit>
#include <queue>

namespace nightjar::episode {
namespace {

constexpr uint8_t unitLength(Family family) {
  return family == Family::kIpv4 ? 24 : 48;
}

bool overlap(const Block& a, const Block& b) {
  return a.first < b.first + (uint64_t{1} << b.log2) && b.first < a.first + (uint64_t{1} << a.log2);
}

Block largeBlock(Family family, uint64_t top, uint8_t length) {
  const auto log2 = static_cast<uint8_t>(unitLength(family) - length);
  return {family, top << log2, log2};
}

}  // namespace

Prefix Block::prefix() const {
  Address address{family, {}};
  const uint8_t units = unitLength(family);
  for (uint8_t i = 0; i * 8 < units; ++i)
    address.bytes[i] = static_cast<uint8_t>(first >> (units - 8 * (i + 1)));
  return Prefix::of(address, static_cast<uint8_t>(units - log2));
}

Block Block::of(const Prefix& prefix) {
  const Family family = prefix.address.family;
  const uint8_t shift = family == Family::kIpv4 ? 8 : 16;  // what high() holds past the units
  return {family, prefix.address.high() >> shift, static_cast<uint8_t>(unitLength(family) - prefix.length)};
}

std::vector<Block> coverUnits(Family family, uint64_t first, uint64_t end) {
  std::vector<Block> blocks;
  while (first < end) {
    const int aligned = first == 0 ? 63 : std::countr_zero(first);
    const int fits = static_cast<int>(std::bit_width(end - first)) - 1;
    const int log2 = std::min(aligned, fits);
    blocks.push_back({family, first, static_cast<uint8_t>(log2)});
    first += uint64_t{1} << log2;
  }
  return blocks;
}

Pool Pool::ofPublic(Family family, std::span<const Block> taken) {
  std::vector<Block> blocks;
  if (family == Family::kIpv6) {
    for (const uint64_t top : {0x240U, 0x260U, 0x280U, 0x2a0U, 0x2c0U})
      blocks.push_back(largeBlock(family, top, 12));
  } else {
    constexpr uint64_t kSpecial[] = {10, 100, 127, 169, 172, 192, 198, 203};
    for (uint64_t top = 1; top < 224; ++top) {
      if (std::find(std::begin(kSpecial), std::end(kSpecial), top) == std::end(kSpecial)) {
        blocks.push_back(largeBlock(family, top, 8));
      }
    }
  }
  std::erase_if(blocks, [&](const Block& block) {
    return std::any_of(taken.begin(), taken.end(), [&](const Block& other) { return overlap(block, other); });
  });
  return Pool(std::move(blocks));
}

Result<std::vector<Block>> Pool::take(uint32_t units) {
  std::vector<Block> blocks;
  for (int bit = 31; bit >= 0; --bit) {
    if ((units >> bit & 1) == 0) continue;
    if (!takeBlock(static_cast<uint8_t>(bit), blocks)) {
      return fail(ErrorKind::kInvalid, "there is not enough address space for the networks that share it");
    }
  }
  return blocks;
}

bool Pool::takeBlock(uint8_t log2, std::vector<Block>& out) {
  const uint64_t size = uint64_t{1} << log2;
  for (; current_ < blocks_.size(); ++current_, used_ = 0) {
    const Block& block = blocks_[current_];
    const uint64_t start = (used_ + size - 1) / size * size;
    if (start + size > uint64_t{1} << block.log2) continue;
    out.push_back({block.family, block.first + start, log2});
    used_ = start + size;
    return true;
  }
  return false;
}

std::vector<Block> partition(std::span<const Block> blocks, uint32_t prefixes) {
  const auto smaller = [](const Block& a, const Block& b) {
    return a.log2 != b.log2 ? a.log2 < b.log2 : a.first > b.first;
  };
  std::priority_queue<Block, std::vector<Block>, decltype(smaller)> queue(smaller,
                                                                          {blocks.begin(), blocks.end()});
  while (queue.size() < prefixes && queue.top().log2 > 0) {
    Block half = queue.top();
    queue.pop();
    --half.log2;
    queue.push(half);
    half.first += uint64_t{1} << half.log2;
    queue.push(half);
  }
  std::vector<Block> result;
  for (; !queue.empty(); queue.pop()) result.push_back(queue.top());
  std::sort(result.begin(), result.end());
  return result;
}

}  // namespace nightjar::episode
