// A table of columns as one blob with a checksum: what the store's sample tables hold (docs/store.md,
// "Sheet"). A bin's sheet has one column for each block of series; a chunk's sheet has one for each series of
// one block.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/byte_reader.h"
#include "base/result.h"
#include "series/series.h"

namespace nightjar::series {

// The kind of a row takes part in its checksum, and so does its key: a row that turns up in a wrong place is
// told as well. DO NOT CHANGE: they are stored.
enum class RowKind : int64_t { kBin = 1, kChunk = 2, kBlock = 3 };

// Puts the checksum in front of a row's content.
std::vector<uint8_t> sealRow(RowKind kind, int64_t key, Bytes content);
// The content, a view of `row`. Fails with kInvalid if the checksum does not match.
Result<Bytes> openRow(RowKind kind, int64_t key, Bytes row);

class SheetWriter {
 public:
  // Columns come in rising order. One without a present point is left out.
  void add(uint32_t column, std::span<const Point> points);
  // The same for a column that is encoded already.
  void add(uint32_t column, Bytes encoded);

  bool empty() const { return columns_ == 0; }
  // The finished row; the writer is empty again.
  std::vector<uint8_t> finish(RowKind kind, int64_t key);

 private:
  void enter(uint32_t column, size_t bytes);

  std::vector<uint8_t> directory_;
  std::vector<uint8_t> body_;
  uint32_t columns_ = 0;
  uint32_t nextColumn_ = 0;
};

class Sheet {
 public:
  struct Column {
    uint32_t number;
    Bytes bytes;
  };

  // Views `row`, which must outlive the sheet's use. Fails with kInvalid if the checksum or the directory is
  // wrong, or if a column's number is not below `columnLimit`. A failed open leaves the sheet without
  // columns.
  Result<void> open(RowKind kind, int64_t key, Bytes row, uint32_t columnLimit);

  // The bytes of a column; empty if the sheet does not have it.
  Bytes column(uint32_t number) const;
  // In rising order.
  std::span<const Column> columns() const { return columns_; }

 private:
  std::vector<Column> columns_;
};

}  // namespace nightjar::series
