// What the store decodes: a column, a sheet of columns, a block's index. Nothing may crash, and what decodes
// must come back unchanged when it is encoded and decoded once more.
#include <cstdlib>
#include <vector>

#include "series/block_index.h"
#include "series/column.h"
#include "series/sheet.h"

namespace {

using namespace nightjar;
using namespace nightjar::series;

void require(bool holds) {
  if (!holds) std::abort();
}

void column(Bytes bytes, size_t count) {
  std::vector<Point> points(count);
  if (!decodeColumn(bytes, points)) return;
  std::vector<uint8_t> again;
  encodeColumn(points, again);
  std::vector<Point> decoded(count);
  require(decodeColumn(again, decoded).has_value());
  require(decoded == points);
}

// The bytes as the content of a row whose checksum is right: past it lies what only the format guards.
void sheet(Bytes bytes) {
  constexpr int64_t kKey = 1;
  Sheet parsed;
  [[maybe_unused]] const auto asItIs = parsed.open(RowKind::kChunk, kKey, bytes, kSeriesPerBlock);
  const auto row = sealRow(RowKind::kChunk, kKey, bytes);
  if (!parsed.open(RowKind::kChunk, kKey, row, kSeriesPerBlock)) return;
  SheetWriter writer;
  for (const auto& one : parsed.columns()) {
    writer.add(one.number, one.bytes);
    column(one.bytes, kBinsPerWindow);
    column(one.bytes, kSeriesPerBlock);
  }
  const auto again = writer.finish(RowKind::kChunk, kKey);
  Sheet copy;
  require(copy.open(RowKind::kChunk, kKey, again, kSeriesPerBlock).has_value());
  require(copy.columns().size() == parsed.columns().size());
}

void index(Bytes bytes) {
  const auto decoded = BlockIndex::decode(bytes);
  if (!decoded) return;
  const auto again = BlockIndex::decode(decoded->encode());
  require(again.has_value() && *again == *decoded);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Bytes bytes(data, size);
  sheet(bytes);
  index(bytes);
  column(bytes, kBinsPerWindow);
  if (size > 0) column(bytes.subspan(1), data[0]);
  return 0;
}
