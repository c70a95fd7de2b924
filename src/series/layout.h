// How series and bins are cut into the rows of a store (docs/store.md, "Blocks and windows").
// DO NOT CHANGE without a new format version: all of this is stored.
#pragma once

#include <cstdint>

#include "base/time.h"
#include "series/store.h"

namespace nightjar::series {

// PRAGMA application_id: "NjSt".
inline constexpr int64_t kApplicationId = 0x4e6a5374;
// PRAGMA user_version.
inline constexpr int64_t kFormatVersion = 2;

// A block is that many series with consecutive ids, a window that many consecutive bins.
inline constexpr uint32_t kSeriesPerBlock = 128;
inline constexpr int64_t kBinsPerWindow = 64;

// Bins that can be stored: 1970 to past 2200 in minutes, with room.
inline constexpr int64_t kBinLimit = INT64_C(1) << 31;
inline constexpr uint32_t kBlockLimit = UINT32_MAX / kSeriesPerBlock;

constexpr uint32_t blockOf(SeriesId id) {
  return id.number / kSeriesPerBlock;
}
// The series' place in its block.
constexpr uint32_t slotOf(SeriesId id) {
  return id.number % kSeriesPerBlock;
}
constexpr int64_t windowOf(Bin bin) {
  return bin.index / kBinsPerWindow;
}
constexpr Bin windowStart(int64_t window) {
  return {window * kBinsPerWindow};
}

// The key of a chunk: one block's points in one window. Chunks of a window lie together.
constexpr int64_t chunkKey(int64_t window, uint32_t block) {
  return window << 32 | block;
}
constexpr uint32_t blockOfKey(int64_t key) {
  return static_cast<uint32_t>(key);
}

}  // namespace nightjar::series
