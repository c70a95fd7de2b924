#include "app/series_log.h"

#include <fmt/format.h>

#include "app/names.h"

namespace nightjar::app {
Result<void> SeriesLog::take(const view::ClosedBin& closed, const view::Counters& counters) {
  if (changes_.size() + closed.changes.size() > kMaxChanges) {
    return fail(ErrorKind::kLimit, fmt::format("more than {} changes are too many to judge in memory; "
                                               "name a store with --store FILE, or a shorter span",
                                               kMaxChanges));
  }
  for (view::CellIndex cell = cells_.size(); cell < counters.cellCount(); ++cell) {
    cells_.add({counters.entityOf(cell), counters.measureOf(cell)});
  }
  const auto bin = static_cast<uint32_t>(bins_.size());
  for (const view::CellIndex index : closed.changes) {
    Cell& cell = cells_[index];
    cell.lastChange = changes_.add({cell.lastChange, bin, counters.valueOf(index)});
  }
  bins_.push_back({closed.bin, closed.coverage, {}});
  if (names_.count() != counters.names().count()) names_ = counters.names();
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
  for (view::CellIndex index = 0; index < cells_.size(); ++index) {
    const Cell& cell = cells_[index];
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
  // A value holds until the next one; before the first there is none.
  auto until = static_cast<uint32_t>(bins_.size());
  for (uint32_t at = cell->lastChange; at != kNone; at = changes_[at].before) {
    const Change& change = changes_[at];
    for (uint32_t bin = change.bin; bin < until; ++bin) {
      const float coverage = coverageOf(bins_[bin], cell->measure);
      if (coverage <= 0) continue;
      series.points[static_cast<size_t>(bins_[bin].bin.index - series.first.index)] = {
          static_cast<double>(change.value), coverage};
    }
    until = change.bin;
  }
  return series;
}

std::string SeriesLog::name(const Entity& entity) {
  return nameOf(entity);
}

}  // namespace nightjar::app
