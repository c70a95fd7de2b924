#include "series/sample_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>

#include "series/column.h"

namespace nightjar::series {
namespace {

// Bins that the tail may hold before a window of it is folded: one whole window, and some room for late data.
// A reader looks through all of them, so they are few.
constexpr size_t kTailBins = 80;

using BlockPoints = std::array<Point, kSeriesPerBlock>;
using WindowPoints = std::array<Point, kBinsPerWindow>;

int64_t fullestWindow(std::span<const Bin> risingBins) {
  int64_t fullest = 0;
  size_t most = 0;
  for (size_t i = 0; i < risingBins.size();) {
    const int64_t window = windowOf(risingBins[i]);
    const size_t begin = i;
    while (i < risingBins.size() && windowOf(risingBins[i]) == window) ++i;
    if (i - begin > most) {
      most = i - begin;
      fullest = window;
    }
  }
  return fullest;
}

std::string blockName(uint32_t block) {
  return fmt::format("the index of block {}", block);
}
std::string binName(Bin bin) {
  return fmt::format("bin {}", bin.index);
}

Error outOfOrder() {
  return Error{ErrorKind::kInvalid, "its keys are out of order"};
}

// Lets series go from the end until the list keeps its limit.
void keep(const PackLimit& limit, std::vector<PackedSeries>& packed) {
  size_t bytes = 0;
  for (const PackedSeries& series : packed) bytes += series.bytes();
  for (; bytes > limit.most_bytes && packed.size() > limit.least; packed.pop_back())
    bytes -= packed.back().bytes();
}

}  // namespace

SampleTable::SampleTable(Database& database)
    : database_(database),
      tailBins_(database, "SELECT bin FROM tail ORDER BY bin"),
      tailRange_(database, "SELECT bin, data FROM tail WHERE bin >= ? AND bin < ? ORDER BY bin"),
      putTail_(database, "INSERT OR REPLACE INTO tail (bin, data) VALUES (?, ?)"),
      dropTail_(database, "DELETE FROM tail WHERE bin >= ? AND bin < ?"),
      chunk_(database, "SELECT data FROM chunk WHERE id = ?"),
      chunkKeys_(database, "SELECT id FROM chunk WHERE id >= ? AND id < ?"),
      putChunk_(database, "INSERT OR REPLACE INTO chunk (id, data) VALUES (?, ?)"),
      block_(database, "SELECT data FROM block WHERE id = ?"),
      putBlock_(database, "INSERT OR REPLACE INTO block (id, data) VALUES (?, ?)") {}

std::unexpected<Error> SampleTable::damaged(const std::string& what, const Error& error) const {
  return damagedPart(what, error, database_.path());
}

// One block of a bin that is being appended to.
struct SampleTable::EditedBlock {
  BlockPoints points;  // as the tail has them, with what was appended
  HeldSheet chunk;     // what is folded of this window; the tail's points stand above it

  // The point that the store holds now for the slot, at that place of its window.
  Result<Point> existing(uint32_t slot, size_t binInWindow) const {
    if (points[slot].present()) return points[slot];
    const Bytes column = chunk.sheet.column(slot);
    if (column.empty()) return Point{};
    WindowPoints window;
    if (auto done = decodeColumn(column, window); !done) return std::unexpected(done.error());
    return window[binInWindow];
  }
};

Result<Appended> SampleTable::append(Bin bin, std::span<const Sample> samples) {
  const int64_t window = windowOf(bin);
  const auto binInWindow = static_cast<size_t>(bin.index - windowStart(window).index);
  const auto tail = tailBin(bin);
  if (!tail) return std::unexpected(tail.error());
  const auto folded = anyChunk(window);
  if (!folded) return std::unexpected(folded.error());

  EditedBlocks blocks;
  Appended appended;
  for (const Sample& sample : samples) {
    if (!sample.point.present()) continue;
    const uint32_t number = blockOf(sample.series);
    if (number >= blocks.size()) blocks.resize(number + 1);
    if (!blocks[number]) {
      auto opened = edit(bin, number, tail->sheet, *folded);
      if (!opened) return std::unexpected(opened.error());
      blocks[number] = std::move(*opened);
    }
    Point& place = blocks[number]->points[slotOf(sample.series)];
    const Point point = stored(sample.point);
    const auto existing = blocks[number]->existing(slotOf(sample.series), binInWindow);
    if (!existing) return damaged(chunkName(window, number), existing.error());
    if (*existing == point) {
      ++appended.unchanged;
      continue;
    }
    ++(existing->present() ? appended.replaced : appended.added);
    place = point;
  }
  if (appended.added + appended.replaced == 0) return appended;
  if (auto done = putBin(bin, tail->sheet, blocks); !done) return std::unexpected(done.error());
  return appended;
}

Result<std::unique_ptr<SampleTable::EditedBlock>> SampleTable::edit(Bin bin, uint32_t block,
                                                                    const Sheet& tail, bool folded) {
  auto edited = std::make_unique<EditedBlock>();
  if (auto done = decodeColumn(tail.column(block), edited->points); !done) {
    return damaged(binName(bin), done.error());
  }
  if (folded) {
    auto held = chunk(windowOf(bin), block);
    if (!held) return std::unexpected(held.error());
    edited->chunk = std::move(*held);
  }
  return edited;
}

Result<void> SampleTable::putBin(Bin bin, const Sheet& tail, const EditedBlocks& blocks) {
  SheetWriter writer;
  const size_t inTail = tail.columns().empty() ? 0 : tail.columns().back().number + 1;
  for (uint32_t block = 0; block < std::max(blocks.size(), inTail); ++block) {
    const bool edited = block < blocks.size() && blocks[block];
    edited ? writer.add(block, blocks[block]->points) : writer.add(block, tail.column(block));
  }
  return putTail_.execute(bin.index, Bytes(writer.finish(RowKind::kBin, bin.index)));
}

Result<void> SampleTable::fold() {
  size_t before = SIZE_MAX;
  for (;;) {
    const auto bins = tailBins();
    if (!bins) return std::unexpected(bins.error());
    if (bins->size() <= kTailBins) return {};
    // Where keys are out of order, what one query finds another may miss.
    if (bins->size() >= before) return damaged("the list of bins", outOfOrder());
    before = bins->size();
    if (auto done = foldWindow(fullestWindow(*bins)); !done) return done;
  }
}

Result<void> SampleTable::foldWindow(int64_t window) {
  const Bin first = windowStart(window);
  const Bin end = windowStart(window + 1);
  const auto tail = loadTail(first, end);
  if (!tail) return std::unexpected(tail.error());
  std::vector<uint32_t> blocks;
  for (const TailBin& bin : *tail) {
    for (const auto& column : bin.held.sheet.columns()) blocks.push_back(column.number);
  }
  std::sort(blocks.begin(), blocks.end());
  blocks.erase(std::unique(blocks.begin(), blocks.end()), blocks.end());
  for (const uint32_t block : blocks) {
    if (auto done = foldBlock(window, block, *tail); !done) return done;
  }
  return dropTail_.execute(first.index, end.index);
}

// The tail has one column for each bin, the chunk one for each series: folding turns the table on its side.
Result<void> SampleTable::foldBlock(int64_t window, uint32_t block, std::span<const TailBin> tail) {
  auto index = blockIndex(block);
  if (!index) return std::unexpected(index.error());
  const auto old = chunk(window, block);
  if (!old) return std::unexpected(old.error());
  if (index->holds(window) == old->sheet.columns().empty()) {
    return damaged(blockName(block), Error{ErrorKind::kInvalid, "it does not match the chunks"});
  }

  std::vector<WindowPoints> series(kSeriesPerBlock);
  for (const auto& column : old->sheet.columns()) {
    auto done = decodeColumn(column.bytes, series[column.number]);
    if (!done) return damaged(chunkName(window, block), done.error());
  }
  BlockPoints points;
  for (const TailBin& bin : tail) {
    const auto at = static_cast<size_t>(bin.bin.index - windowStart(window).index);
    auto done = decodeColumn(bin.held.sheet.column(block), points);
    if (!done) return damaged(binName(bin.bin), done.error());
    for (uint32_t slot = 0; slot < kSeriesPerBlock; ++slot) {
      if (!points[slot].present()) continue;
      series[slot][at] = points[slot];
      index->extents()[slot].include(bin.bin);
    }
  }

  SheetWriter writer;
  for (uint32_t slot = 0; slot < kSeriesPerBlock; ++slot) writer.add(slot, series[slot]);
  const int64_t key = chunkKey(window, block);
  if (auto done = putChunk_.execute(key, Bytes(writer.finish(RowKind::kChunk, key))); !done) return done;
  index->add(window);
  return putBlock_.execute(int64_t{block}, Bytes(sealRow(RowKind::kBlock, block, index->encode())));
}

// A block with wanted series, and what is folded of it.
struct SampleTable::PackedBlock {
  uint32_t number;
  BlockIndex index;
  std::span<const Wanted> wanted;
};

Result<std::vector<SampleTable::PackedBlock>> SampleTable::blocksOf(std::span<const Wanted> wanted) {
  std::vector<PackedBlock> blocks;
  for (size_t begin = 0, end = 0; begin < wanted.size(); begin = end) {
    const uint32_t number = blockOf(wanted[begin].id);
    while (end < wanted.size() && blockOf(wanted[end].id) == number) ++end;
    auto index = blockIndex(number);
    if (!index) return std::unexpected(index.error());
    blocks.push_back({number, std::move(*index), wanted.subspan(begin, end - begin)});
  }
  return blocks;
}

// Window by window, as the chunks lie in the file.
Result<void> SampleTable::pack(std::span<const Wanted> wanted, Bin from, Bin until,
                               std::span<const TailBin> tail, const PackLimit& limit,
                               std::vector<PackedSeries>& packed) {
  const auto blocks = blocksOf(wanted);
  if (!blocks) return std::unexpected(blocks.error());
  for (int64_t window = windowOf(from); window <= windowOf({until.index - 1}); ++window) {
    for (const PackedBlock& block : *blocks) {
      if (!block.index.holds(window)) continue;
      if (auto done = packChunk(window, block, packed); !done) return done;
    }
    keep(limit, packed);
  }
  for (const TailBin& bin : tail) {
    for (const PackedBlock& block : *blocks) {
      if (auto done = packTail(bin, block, packed); !done) return done;
    }
    keep(limit, packed);
  }
  return {};
}

Result<void> SampleTable::packChunk(int64_t window, const PackedBlock& block,
                                    std::vector<PackedSeries>& packed) {
  return visitChunk(window, block.number, [&](const Sheet& sheet) -> Result<void> {
    for (const Wanted& one : block.wanted) {
      if (one.place >= packed.size()) continue;
      const Bytes column = sheet.column(slotOf(one.id));
      if (!column.empty()) packed[one.place].addChunk(window, block.number, column);
    }
    return {};
  });
}

Result<void> SampleTable::packTail(const TailBin& tail, const PackedBlock& block,
                                   std::vector<PackedSeries>& packed) {
  BlockPoints points;
  auto done = decodeColumn(tail.held.sheet.column(block.number), points);
  if (!done) return damaged(binName(tail.bin), done.error());
  for (const Wanted& one : block.wanted) {
    const Point& point = points[slotOf(one.id)];
    if (one.place < packed.size() && point.present()) packed[one.place].addPoint(tail.bin, point);
  }
  return {};
}

Result<void> SampleTable::visitChunk(int64_t window, uint32_t block, const VisitChunk& visit) {
  Rows rows = chunk_.query(chunkKey(window, block));
  const auto row = rows.next();
  if (!row) return std::unexpected(row.error());
  if (!*row) return damaged(chunkName(window, block), Error{ErrorKind::kInvalid, "it is missing"});
  if (auto done = openChunk(window, block, rows.blob(0), chunkSheet_); !done) return done;
  return visit(chunkSheet_);
}

Result<std::vector<TailBin>> SampleTable::loadTail(Bin from, Bin until) {
  std::vector<TailBin> tail;
  auto done = forEachTailBin(from, until, [&](TailBin& bin) -> Result<void> {
    tail.push_back(std::move(bin));
    return {};
  });
  if (!done) return std::unexpected(done.error());
  return tail;
}

Result<void> SampleTable::forEachTailBin(Bin from, Bin until, const VisitTail& visit) {
  Rows rows = tailRange_.query(from.index, until.index);
  for (;;) {
    const auto row = rows.next();
    if (!row) return std::unexpected(row.error());
    if (!*row) return {};
    const Bytes blob = rows.blob(1);
    TailBin bin{{rows.number(0)}, {{blob.begin(), blob.end()}, {}}};
    if (bin.bin < from || bin.bin >= until) return damaged(binName(bin.bin), outOfOrder());
    auto done = bin.held.sheet.open(RowKind::kBin, bin.bin.index, bin.held.row, kBlockLimit);
    if (!done) return damaged(binName(bin.bin), done.error());
    if (auto visited = visit(bin); !visited) return visited;
  }
}

Result<HeldSheet> SampleTable::tailBin(Bin bin) {
  HeldSheet held;
  auto done = forEachTailBin(bin, bin.next(), [&](TailBin& found) -> Result<void> {
    held = std::move(found.held);
    return {};
  });
  if (!done) return std::unexpected(done.error());
  return held;
}

Result<std::vector<Bin>> SampleTable::tailBins() {
  std::vector<Bin> bins;
  Rows rows = tailBins_.query();
  for (;;) {
    const auto row = rows.next();
    if (!row) return std::unexpected(row.error());
    if (!*row) return bins;
    bins.push_back({rows.number(0)});
  }
}

Result<HeldSheet> SampleTable::chunk(int64_t window, uint32_t block) {
  Rows rows = chunk_.query(chunkKey(window, block));
  const auto row = rows.next();
  if (!row) return std::unexpected(row.error());
  HeldSheet held;
  if (!*row) return held;
  const Bytes blob = rows.blob(0);
  held.row.assign(blob.begin(), blob.end());
  if (auto done = openChunk(window, block, held.row, held.sheet); !done) return std::unexpected(done.error());
  return held;
}

// No chunk is written without a column.
Result<void> SampleTable::openChunk(int64_t window, uint32_t block, Bytes row, Sheet& sheet) const {
  if (auto done = sheet.open(RowKind::kChunk, chunkKey(window, block), row, kSeriesPerBlock); !done)
    return damaged(chunkName(window, block), done.error());
  if (sheet.columns().empty())
    return damaged(chunkName(window, block), Error{ErrorKind::kInvalid, "it is empty"});
  return {};
}

Result<bool> SampleTable::anyChunk(int64_t window) {
  return chunkKeys_.query(chunkKey(window, 0), chunkKey(window + 1, 0)).next();
}

Result<BlockIndex> SampleTable::blockIndex(uint32_t block) {
  Rows rows = block_.query(int64_t{block});
  const auto row = rows.next();
  if (!row) return std::unexpected(row.error());
  if (!*row) return BlockIndex{};
  const auto content = openRow(RowKind::kBlock, block, rows.blob(0));
  if (!content) return damaged(blockName(block), content.error());
  auto index = BlockIndex::decode(*content);
  if (!index) return damaged(blockName(block), index.error());
  return index;
}

Result<SampleTable::Extents> SampleTable::extents(uint32_t block, std::span<const TailBin> tail) {
  const auto index = blockIndex(block);
  if (!index) return std::unexpected(index.error());
  Extents extents = index->extents();
  BlockPoints points;
  for (const TailBin& bin : tail) {
    auto done = decodeColumn(bin.held.sheet.column(block), points);
    if (!done) return damaged(binName(bin.bin), done.error());
    for (uint32_t slot = 0; slot < kSeriesPerBlock; ++slot) {
      if (points[slot].present()) extents[slot].include(bin.bin);
    }
  }
  return extents;
}

Result<void> SampleTable::verify(uint32_t blocks) {
  auto done = forEachTailBin({0}, {kBinLimit}, [&](TailBin& bin) -> Result<void> {
    BlockPoints points;
    for (const auto& column : bin.held.sheet.columns()) {
      if (auto read = decodeColumn(column.bytes, points); !read)
        return damaged(binName(bin.bin), read.error());
    }
    return {};
  });
  int64_t chunks = 0;
  for (uint32_t block = 0; done && block < blocks; ++block) {
    const auto index = blockIndex(block);
    if (!index) return std::unexpected(index.error());
    for (const auto& run : index->windows()) {
      chunks += run.count;
      for (int64_t i = 0; done && i < run.count; ++i) done = verifyChunk(run.first + i, block);
    }
  }
  if (!done) return done;
  const auto found = database_.number("SELECT count(*) FROM chunk");
  if (!found) return std::unexpected(found.error());
  if (*found == chunks) return {};
  return std::unexpected(Error{ErrorKind::kInvalid,
                               fmt::format("it has {} chunks where its indexes name {}", *found, chunks),
                               database_.path()});
}

Result<void> SampleTable::verifyChunk(int64_t window, uint32_t block) {
  return visitChunk(window, block, [&](const Sheet& sheet) -> Result<void> {
    WindowPoints points;
    for (const auto& column : sheet.columns()) {
      if (auto done = decodeColumn(column.bytes, points); !done)
        return damaged(chunkName(window, block), done.error());
    }
    return {};
  });
}

}  // namespace nightjar::series
