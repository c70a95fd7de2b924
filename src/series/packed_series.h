// A series as it lies in the store: its columns, not decoded yet.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/byte_reader.h"
#include "base/result.h"
#include "series/series.h"

namespace nightjar::series {

// Some bytes for each 64 bins, where the points would take a kilobyte: so that many series can be read
// together and be decoded one after the other. Several threads may read one at the same time.
class PackedSeries {
 public:
  // Of the bins [from, from + bins) nothing is known yet. `store` is the name of the file, for errors.
  PackedSeries(SeriesKey key, BinWidth width, Bin from, size_t bins, std::shared_ptr<const std::string> store)
      : key_(std::move(key)), width_(width), from_(from), bins_(bins), store_(std::move(store)) {}

  const SeriesKey& key() const { return key_; }
  // What Store::read gives. Fails with kInvalid where a chunk is damaged.
  Result<Series> unpack() const;
  // Nothing was added.
  bool empty() const { return pieces_.empty() && tail_.empty(); }
  // On the heap.
  size_t bytes() const { return chunk_bytes_ + tail_.capacity() * sizeof(tail_[0]); }

  // The series' column in the chunk of a window, which stays as it is. REQUIRES: windows come in rising
  // order, all from the same block.
  void addChunk(int64_t window, uint32_t block, Bytes column);
  // A point that stands above the chunks. REQUIRES: the bin is one of the series'.
  void addPoint(Bin bin, const Point& point) { tail_.emplace_back(bin, point); }

 private:
  SeriesKey key_;
  BinWidth width_;
  Bin from_;
  size_t bins_;
  std::shared_ptr<const std::string> store_;
  uint32_t block_ = 0;
  int64_t next_window_ = 0;
  // Of each chunk: varint windows left out, varint bytes of the column, the column. Many series grow side by
  // side: in pieces of one size, so that nothing is copied and what one leaves serves another.
  std::vector<std::vector<uint8_t>> pieces_;
  size_t chunk_bytes_ = 0;
  std::vector<std::pair<Bin, Point>> tail_;
};

// What messages call the chunk of a block in a window.
std::string chunkName(int64_t window, uint32_t block);
// Damage of a part of a store.
std::unexpected<Error> damagedPart(const std::string& part, const Error& error, const std::string& store);

}  // namespace nightjar::series
