// The numbers that visibility keeps for each entity, and which of them changed in a bin.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/entity.h"
#include "routing/view/arena.h"
#include "series/series.h"
#include "series/signals.h"

namespace nightjar::view {

enum class Measure : uint8_t { kSpace4, kSpace6, kPrefixes4, kPrefixes6, kMoved4, kMoved6, kUpdates };

inline constexpr std::array<std::string_view, 7> kMeasureSignals{
    series::kVisible24, series::kVisible48, series::kPrefixes4, series::kPrefixes6,
    series::kMoved24,   series::kMoved48,   series::kUpdates};

constexpr std::string_view signalOf(Measure measure) {
  return kMeasureSignals[static_cast<size_t>(measure)];
}

constexpr Measure spaceIn(Family family) {
  return family == Family::kIpv4 ? Measure::kSpace4 : Measure::kSpace6;
}
constexpr Measure prefixesIn(Family family) {
  return family == Family::kIpv4 ? Measure::kPrefixes4 : Measure::kPrefixes6;
}
constexpr Measure movedIn(Family family) {
  return family == Family::kIpv4 ? Measure::kMoved4 : Measure::kMoved6;
}

// One measure of one entity. A cell exists from the first time that it is not zero; it is then a series for
// good.
using CellIndex = uint32_t;
using EntityIndex = uint32_t;

// The names of entities by number. There are hundreds of thousands: a name is made when somebody asks.
class EntityNames {
 public:
  // Each makes a new entity: the caller keeps the index and asks once.
  EntityIndex addCountry(std::string_view code) { return add(EntityKind::kCountry, code); }
  EntityIndex addRegion(std::string_view code) { return add(EntityKind::kRegion, code); }
  EntityIndex addNetwork(Asn asn) { return add({EntityKind::kNetwork, asn, 0}); }
  EntityIndex addNetworkInCountry(Asn asn, EntityIndex country) {
    return add({EntityKind::kNetworkInCountry, asn, country});
  }

  uint32_t count() const { return static_cast<uint32_t>(names_.size()); }
  EntityKind kindOf(EntityIndex index) const { return names_[index].kind; }
  Entity at(EntityIndex index) const;

 private:
  struct Name {
    EntityKind kind;
    Asn asn;
    uint32_t text = 0;  // country or region: in texts_; network in country: the country's index
  };
  EntityIndex add(EntityKind kind, std::string_view code);
  EntityIndex add(Name name);

  std::vector<Name> names_;
  std::vector<std::string> texts_;
};

// What each entity has now, and what changed since it was last asked.
class Counters {
 public:
  EntityNames& names() { return names_; }
  const EntityNames& names() const { return names_; }

  void add(EntityIndex entity, Measure measure, int64_t change);
  void set(EntityIndex entity, Measure measure, int64_t value);

  uint32_t cellCount() const { return cells_.size(); }
  Measure measureOf(CellIndex cell) const { return cells_[cell].measure; }
  EntityIndex entityOf(CellIndex cell) const { return cells_[cell].entity; }
  int64_t valueOf(CellIndex cell) const { return cells_[cell].value; }

  // The cells whose value is another than at the last call, in order of first change; valid until the next
  // call.
  std::span<const CellIndex> takeChanges();

 private:
  struct Cell {
    EntityIndex entity;
    Measure measure;
    bool touched;
    int64_t value;
    int64_t reported;
  };
  using Cells = std::array<CellIndex, kMeasureSignals.size()>;  // by measure
  static constexpr CellIndex kNoCell = UINT32_MAX;
  static constexpr Cells kNoCells = [] {
    Cells none;
    none.fill(kNoCell);
    return none;
  }();

  Cell& touch(EntityIndex entity, Measure measure);

  EntityNames names_;
  Arena<Cells> cellsOf_;  // by entity
  Arena<Cell> cells_;
  std::vector<CellIndex> touched_;
  std::vector<CellIndex> changed_;
};

}  // namespace nightjar::view
