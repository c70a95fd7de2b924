#include "routing/view/counters.h"

namespace nightjar::view {

EntityIndex Counters::addName(Name name) {
  entities_.push_back(name);
  cellsOf_.emplace_back().fill(kNoCell);
  return static_cast<EntityIndex>(entities_.size() - 1);
}

EntityIndex Counters::addCountry(std::string_view code) {
  texts_.emplace_back(code);
  return addName({EntityKind::kCountry, {}, static_cast<uint32_t>(texts_.size() - 1)});
}

EntityIndex Counters::addRegion(std::string_view code) {
  texts_.emplace_back(code);
  return addName({EntityKind::kRegion, {}, static_cast<uint32_t>(texts_.size() - 1)});
}

EntityIndex Counters::addNetwork(Asn asn) {
  return addName({EntityKind::kNetwork, asn, 0});
}

EntityIndex Counters::addNetworkInCountry(Asn asn, EntityIndex country) {
  return addName({EntityKind::kNetworkInCountry, asn, country});
}

Entity Counters::entityAt(EntityIndex index) const {
  const Name& name = entities_[index];
  switch (name.kind) {
    case EntityKind::kCountry:
      return Entity::country(texts_[name.text]);
    case EntityKind::kRegion:
      return Entity::region(texts_[name.text]);
    case EntityKind::kNetworkInCountry:
      return Entity::networkInCountry(name.asn, texts_[entities_[name.text].text]);
    default:
      return Entity::network(name.asn);
  }
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
