// What is folded of one block of series: in which windows it has a chunk, and from which to which bin each
// series has values (docs/store.md, "Block"). With it a reader knows which chunks must be there, and a
// missing one is told as damage.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/byte_reader.h"
#include "base/result.h"
#include "series/layout.h"

namespace nightjar::series {

// Bins [first, last]; empty if last < first.
struct Extent {
  int64_t first = 0;
  int64_t last = -1;

  bool empty() const { return last < first; }
  void include(Bin bin);
  bool operator==(const Extent&) const = default;
};

class BlockIndex {
 public:
  // Windows [first, first + count).
  struct Windows {
    int64_t first;
    int64_t count;
    bool operator==(const Windows&) const = default;
  };

  // Runs in rising order, neither touching nor overlapping.
  std::span<const Windows> windows() const { return windows_; }
  bool holds(int64_t window) const;
  void add(int64_t window);

  // By the series' slot.
  std::array<Extent, kSeriesPerBlock>& extents() { return extents_; }
  const std::array<Extent, kSeriesPerBlock>& extents() const { return extents_; }

  std::vector<uint8_t> encode() const;
  // Fails with kInvalid.
  static Result<BlockIndex> decode(Bytes bytes);
  bool operator==(const BlockIndex&) const = default;

 private:
  std::vector<Windows> windows_;
  std::array<Extent, kSeriesPerBlock> extents_{};
};

}  // namespace nightjar::series
