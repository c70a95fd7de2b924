// The points of a store: new bins as they come (the tail), older ones folded into chunks (docs/store.md,
// "Bins" and "Chunks").
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "series/block_index.h"
#include "series/layout.h"
#include "series/packed_series.h"
#include "series/sheet.h"
#include "series/sqlite.h"
#include "series/store.h"

namespace nightjar::series {

// A row that was taken out of the database, and the view of it.
struct HeldSheet {
  std::vector<uint8_t> row;
  Sheet sheet;
};

struct TailBin {
  Bin bin;
  HeldSheet held;
};

// All calls run within the transaction that their caller has opened.
class SampleTable {
 public:
  // REQUIRES: outlived by `database`.
  explicit SampleTable(Database& database);

  // Sets points of one bin in the tail. REQUIRES: samples and bin were checked.
  Result<Appended> append(Bin bin, std::span<const Sample> samples);
  // Folds windows of the tail into chunks while it is longer than the format's bound.
  Result<void> fold();

  // A series, and its place in the list that it is packed in.
  struct Wanted {
    SeriesId id;
    size_t place;
    auto operator<=>(const Wanted&) const = default;
  };
  // Gives the series of a list what is known of them in the bins [from, until). Every chunk is opened once.
  // Series go from the end of the list while it takes more than its limit. REQUIRES: `wanted` is sorted, and
  // `tail` is that of these bins.
  Result<void> pack(std::span<const Wanted> wanted, Bin from, Bin until, std::span<const TailBin> tail,
                    const PackLimit& limit, std::vector<PackedSeries>& packed);
  Result<std::vector<TailBin>> loadTail(Bin from, Bin until);

  // From which to which bin each series of a block has values. REQUIRES: `tail` is the whole tail.
  using Extents = std::array<Extent, kSeriesPerBlock>;
  Result<Extents> extents(uint32_t block, std::span<const TailBin> tail);

  // Decodes everything; fails with kInvalid at the first damage. `blocks` is the number of blocks.
  Result<void> verify(uint32_t blocks);

 private:
  struct EditedBlock;
  using EditedBlocks =
      std::vector<std::unique_ptr<EditedBlock>>;  // by number; null where nothing is appended
  // A block of a bin as it stands now. `folded`: the bin's window has chunks.
  Result<std::unique_ptr<EditedBlock>> edit(Bin bin, uint32_t block, const Sheet& tail, bool folded);
  // Writes the bin's row: the edited blocks, and the others as they are in `tail`.
  Result<void> putBin(Bin bin, const Sheet& tail, const EditedBlocks& blocks);

  struct PackedBlock;
  Result<std::vector<PackedBlock>> blocksOf(std::span<const Wanted> wanted);
  Result<void> packChunk(int64_t window, const PackedBlock& block, std::vector<PackedSeries>& packed);
  Result<void> packTail(const TailBin& tail, const PackedBlock& block, std::vector<PackedSeries>& packed);

  // A chunk that must be there. `visit` may not call the table.
  using VisitChunk = std::function<Result<void>(const Sheet&)>;
  Result<void> visitChunk(int64_t window, uint32_t block, const VisitChunk& visit);
  Result<void> verifyChunk(int64_t window, uint32_t block);
  Result<void> openChunk(int64_t window, uint32_t block, Bytes row, Sheet& sheet) const;

  using VisitTail = std::function<Result<void>(TailBin&)>;
  Result<void> forEachTailBin(Bin from, Bin until, const VisitTail& visit);
  Result<std::vector<Bin>> tailBins();
  // Without columns if the tail does not have the bin.
  Result<HeldSheet> tailBin(Bin bin);
  // What is folded of a block; an empty index if nothing is.
  Result<BlockIndex> blockIndex(uint32_t block);
  // The chunk of a block in a window; without columns if there is none.
  Result<HeldSheet> chunk(int64_t window, uint32_t block);
  Result<bool> anyChunk(int64_t window);
  Result<void> foldWindow(int64_t window);
  Result<void> foldBlock(int64_t window, uint32_t block, std::span<const TailBin> tail);
  std::unexpected<Error> damaged(const std::string& what, const Error& error) const;

  Database& database_;
  Statement tailBins_;
  Statement tailRange_;
  Statement putTail_;
  Statement dropTail_;
  Statement chunk_;
  Statement chunkKeys_;
  Statement putChunk_;
  Statement block_;
  Statement putBlock_;
  Sheet chunkSheet_;  // of visitChunk: its memory serves for all of them
};

}  // namespace nightjar::series
