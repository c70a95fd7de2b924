#include "app/series_log.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/names.h"

namespace nightjar::app {
Result<void> SeriesLog::take(const view::ClosedBin& closed, const view::Counters& counters) {
  if (changes_.size() + closed.changes.size() > kMaxChanges) {
    return fail(ErrorKind::kLimit, fmt::format("more than {} changes are too many to judge in memory; "
                                               "name a store with --store FILE, or a shorter span",
                                               kMaxChanges));
  }
  for (view::CellIndex cell = static_cast<view::CellIndex>(cells_.size()); cell < counters.cellCount();
       ++cell) {
    cells_.push_back({counters.entityOf(cell), counters.measureOf(cell)});
  }
  const auto bin = static_cast<uint32_t>(bins_.size());
  for (const view::CellIndex cell : closed.changes) changes_.push_back({cell, bin, counters.valueOf(cell)});
  bins_.push_back({closed.bin, closed.coverage, {}});
  if (names_.count() != counters.names().count()) names_ = counters.names();
  return {};
}

Result<void> SeriesLog::finish() {
  // In a short log every cell changed once, in order.
  if (!std::ranges::is_sorted(changes_, {}, &Change::cell))
    std::ranges::stable_sort(changes_, {}, &Change::cell);
  size_t at = 0;
  for (view::CellIndex cell = 0; cell < cells_.size(); ++cell) {
    cells_[cell].firstChange = at;
    while (at < changes_.size() && changes_[at].cell == cell) ++at;
  }
  return {};
}

bool SeriesLog::tooShort() const {
  return bins_.empty() ||
         (bins_.back().bin.index - bins_.front().bin.index + 1) * width_.length() < leastHistory_;
}

bool SeriesLog::told(const Cell& cell) const {
  return names_.kindOf(cell.entity) == EntityKind::kCountry || !tooShort();
}

void SeriesLog::index() {
  if (!index_.empty()) return;
  for (view::CellIndex cell = 0; cell < cells_.size(); ++cell) {
    if (told(cells_[cell])) index_[names_.at(cells_[cell].entity)].push_back(cell);
  }
}

Result<std::vector<series::SeriesKey>> SeriesLog::keys() {
  std::vector<series::SeriesKey> keys;
  for (const Cell& cell : cells_) {
    if (!told(cell)) continue;
    keys.push_back({std::string(view::signalOf(cell.measure)), names_.at(cell.entity)});
  }
  return keys;
}

const SeriesLog::Cell* SeriesLog::find(const series::SeriesKey& key) const {
  const auto known = index_.find(key.entity);
  if (known == index_.end()) return nullptr;
  for (const view::CellIndex cell : known->second) {
    if (view::signalOf(cells_[cell].measure) == key.signal) return &cells_[cell];
  }
  return nullptr;
}

Result<series::Series> SeriesLog::read(const series::SeriesKey& key) {
  series::Series series{key, width_, {}, {}};
  index();
  const Cell* const cell = find(key);
  if (cell == nullptr || bins_.empty()) return series;
  series.first = bins_.front().bin;
  series.points.resize(static_cast<size_t>(bins_.back().bin.index - series.first.index + 1));
  const auto number = static_cast<view::CellIndex>(cell - cells_.data());
  size_t change = cell->firstChange;
  const auto more = [&] { return change < changes_.size() && changes_[change].cell == number; };
  bool begun = false;  // a series has no value before it first counted anything
  double value = 0;
  for (uint32_t bin = 0; bin < bins_.size(); ++bin) {
    for (; more() && changes_[change].bin == bin; ++change) {
      value = static_cast<double>(changes_[change].value);
      begun = true;
    }
    const float coverage = coverageOf(bins_[bin], cell->measure);
    if (begun && coverage > 0) {
      series.points[static_cast<size_t>(bins_[bin].bin.index - series.first.index)] = {value, coverage};
    }
  }
  return series;
}

std::string SeriesLog::name(const Entity& entity) {
  return nameOf(entity);
}

}  // namespace nightjar::app
