#include "routing/view/counters.h"

#include <utility>

namespace nightjar::view {

EntityIndex EntityNames::add(Name name) {
  names_.push_back(name);
  return static_cast<EntityIndex>(names_.size() - 1);
}

EntityIndex EntityNames::add(EntityKind kind, std::string_view code) {
  texts_.emplace_back(code);
  return add({kind, {}, static_cast<uint32_t>(texts_.size() - 1)});
}

Entity EntityNames::at(EntityIndex index) const {
  const Name& name = names_[index];
  switch (name.kind) {
    case EntityKind::kCountry:
      return Entity::country(texts_[name.text]);
    case EntityKind::kRegion:
      return Entity::region(texts_[name.text]);
    case EntityKind::kNetworkInCountry:
      return Entity::networkInCountry(name.asn, texts_[names_[name.text].text]);
    default:
      return Entity::network(name.asn);
  }
}

Counters::Cell& Counters::touch(EntityIndex entity, Measure measure) {
  while (cellsOf_.size() <= entity) cellsOf_.add(kNoCells);
  CellIndex& at = cellsOf_[entity][static_cast<size_t>(measure)];
  if (at == kNoCell) at = cells_.add({entity, measure, false, 0, 0});
  Cell& cell = cells_[at];
  if (!cell.touched) touched_.push_back(at);
  cell.touched = true;
  return cell;
}

void Counters::add(EntityIndex entity, Measure measure, int64_t change) {
  if (change != 0) touch(entity, measure).value += change;
}

void Counters::set(EntityIndex entity, Measure measure, int64_t value) {
  const bool known = entity < cellsOf_.size() && cellsOf_[entity][static_cast<size_t>(measure)] != kNoCell;
  if (value != 0 || known) touch(entity, measure).value = value;
}

std::span<const CellIndex> Counters::takeChanges() {
  changed_.clear();
  std::swap(changed_, touched_);
  std::erase_if(changed_, [this](CellIndex index) {
    Cell& cell = cells_[index];
    cell.touched = false;
    return std::exchange(cell.reported, cell.value) == cell.value;
  });
  return changed_;
}

}  // namespace nightjar::view
