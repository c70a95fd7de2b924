#include "series/packed_series.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/varint.h"
#include "series/column.h"
#include "series/layout.h"

namespace nightjar::series {
namespace {

constexpr size_t kPiece = 4096;
constexpr size_t kMostHeader = 20;  // two varints

// Sets those of a window's points that `series` has. REQUIRES: none of them is known yet.
Result<void> decodeWindow(Bytes column, int64_t window, Series& series) {
  const int64_t at = windowStart(window).index - series.first.index;
  const auto bins = static_cast<int64_t>(series.points.size());
  if (at >= 0 && at + kBinsPerWindow <= bins)
    return decodeColumn(column, std::span(series.points).subspan(static_cast<size_t>(at), kBinsPerWindow));
  std::array<Point, kBinsPerWindow> points;
  if (auto done = decodeColumn(column, points); !done) return done;
  for (int64_t i = std::max<int64_t>(0, -at); i < std::min(kBinsPerWindow, bins - at); ++i)
    series.points[static_cast<size_t>(at + i)] = points[static_cast<size_t>(i)];
  return {};
}

}  // namespace

void PackedSeries::addChunk(int64_t window, uint32_t block, Bytes column) {
  block_ = block;
  const size_t needed = kMostHeader + column.size();
  if (pieces_.empty() || pieces_.back().capacity() - pieces_.back().size() < needed) {
    pieces_.emplace_back().reserve(std::max(kPiece, needed));
    chunk_bytes_ += pieces_.back().capacity();
  }
  std::vector<uint8_t>& piece = pieces_.back();
  putVarint(piece, static_cast<uint64_t>(window - next_window_));
  putVarint(piece, column.size());
  piece.insert(piece.end(), column.begin(), column.end());
  next_window_ = window + 1;
}

Result<Series> PackedSeries::unpack() const {
  Series series{key_, width_, from_, std::vector<Point>(bins_)};
  int64_t window = 0;
  for (const auto& piece : pieces_) {
    for (ByteReader in(piece); !in.atEnd(); ++window) {
      window += static_cast<int64_t>(getVarint(in));
      const Bytes column = in.take(getVarint(in));
      if (auto done = decodeWindow(column, window, series); !done)
        return damagedPart(chunkName(window, block_), done.error(), *store_);
    }
  }
  for (const auto& [bin, point] : tail_) {
    series.points[static_cast<size_t>(bin.index - from_.index)] = point;
  }
  return series;
}

std::string chunkName(int64_t window, uint32_t block) {
  return fmt::format("the chunk of window {} and block {}", window, block);
}

std::unexpected<Error> damagedPart(const std::string& part, const Error& error, const std::string& store) {
  return std::unexpected(
      Error{ErrorKind::kInvalid, fmt::format("{} is damaged: {}", part, error.message), store});
}

}  // namespace nightjar::series
