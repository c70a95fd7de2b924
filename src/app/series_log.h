// Series in memory, kept as changes: what a replay without a store judges.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "app/bin_sink.h"

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
  Result<void> finish() override;

  // REQUIRES: finish() was called.
  Result<std::vector<series::SeriesKey>> keys() override;
  Result<series::Series> read(const series::SeriesKey& key) override;
  std::string name(const Entity& entity) override;

 private:
  struct Change {
    view::CellIndex cell;
    uint32_t bin;  // in bins_
    int64_t value;
  };
  struct Cell {
    view::EntityIndex entity;
    view::Measure measure;
    size_t firstChange = 0;  // in changes_, once sorted
  };
  const Cell* find(const series::SeriesKey& key) const;

  bool tooShort() const;
  bool told(const Cell& cell) const;
  void index();

  BinWidth width_;
  Seconds leastHistory_;
  std::vector<view::ClosedBin> bins_;
  std::vector<Change> changes_;
  std::vector<Cell> cells_;
  view::EntityNames names_;
  std::unordered_map<Entity, std::vector<view::CellIndex>> index_;
};

}  // namespace nightjar::app
