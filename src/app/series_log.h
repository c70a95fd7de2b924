// Series in memory, kept as changes: what a replay without a store judges.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "app/bin_sink.h"
#include "routing/view/arena.h"

namespace nightjar::app {

// Costs memory for what changes, not for what is. Not thread-safe.
class SeriesLog : public BinSink, public detect::SeriesReader {
 public:
  // 256 MB. Past it take() fails with kLimit and says that a store takes more.
  static constexpr size_t kMaxChanges = 16U << 20;

  // Of bins that together are shorter than `leastHistory` nothing can be judged: keys() then names the
  // countries' series alone, which say so, and spares the hundred thousands of others.
  SeriesLog(BinWidth width, Seconds leastHistory) : width_(width), leastHistory_(leastHistory) {}

  Result<void> take(const view::ClosedBin& closed, const view::Counters& counters) override;
  Result<void> finish() override { return {}; }

  Result<std::vector<series::SeriesKey>> keys() override;
  Result<series::Series> read(const series::SeriesKey& key) override;
  std::string name(const Entity& entity) override;

 private:
  // The changes of a cell are a chain, from the last one back.
  static constexpr uint32_t kNone = UINT32_MAX;
  struct Change {
    uint32_t before;  // the one before, in changes_
    uint32_t bin;     // in bins_
    int64_t value;
  };
  struct Cell {
    view::EntityIndex entity;
    view::Measure measure;
    uint32_t lastChange = kNone;
  };
  const Cell* find(const series::SeriesKey& key) const;

  bool tooShort() const;
  bool told(const Cell& cell) const;
  void index();

  BinWidth width_;
  Seconds leastHistory_;
  std::vector<view::ClosedBin> bins_;
  view::Arena<Change> changes_;
  view::Arena<Cell> cells_;
  view::EntityNames names_;
  std::unordered_map<Entity, std::vector<view::CellIndex>> index_;
};

}  // namespace nightjar::app
