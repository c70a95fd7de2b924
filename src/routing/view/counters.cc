#include "routing/view/counters.h"

namespace nightjar::view {

EntityIndex Counters::entity(const Entity& entity) {
  const auto [known, added] = index_.try_emplace(entity, static_cast<EntityIndex>(entities_.size()));
  if (added) {
    entities_.push_back(entity);
    cellsOf_.emplace_back().fill(kNoCell);
  }
  return known->second;
}

Counters::Cell& Counters::touch(EntityIndex entity, Measure measure) {
  CellIndex& at = cellsOf_[entity][static_cast<size_t>(measure)];
  if (at == kNoCell) {
    at = static_cast<CellIndex>(cells_.size());
    cells_.push_back({entity, measure, false, 0, 0});
  }
  Cell& cell = cells_[at];
  if (!cell.touched) touched_.push_back(at);
  cell.touched = true;
  return cell;
}

void Counters::add(EntityIndex entity, Measure measure, int64_t change) {
  if (change != 0) touch(entity, measure).value += change;
}

void Counters::set(EntityIndex entity, Measure measure, int64_t value) {
  if (value != 0 || cellsOf_[entity][static_cast<size_t>(measure)] != kNoCell)
    touch(entity, measure).value = value;
}

std::span<const CellChange> Counters::takeChanges() {
  changes_.clear();
  for (const CellIndex index : touched_) {
    Cell& cell = cells_[index];
    cell.touched = false;
    if (cell.value == cell.reported) continue;
    cell.reported = cell.value;
    changes_.push_back({index, cell.value});
  }
  touched_.clear();
  return changes_;
}

}  // namespace nightjar::view
