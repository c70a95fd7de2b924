// What a store holds, by entity: what the API lists and searches.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/entity.h"
#include "base/result.h"
#include "series/store.h"

namespace nightjar::serve {

// What people call an entity: the name that is shown first, then others it is found by ("Казахстан").
using NamesOf = std::function<std::vector<std::string>(const Entity&)>;

struct CatalogSeries {
  series::Signal signal;
  Bin first;
  Bin last;
};

struct CatalogEntry {
  Entity entity;
  std::vector<std::string> names;
  std::vector<CatalogSeries> series;  // by signal
  std::string name() const { return names.empty() ? std::string() : names.front(); }
};

class Catalog {
 public:
  static Result<Catalog> read(series::Store& store, const NamesOf& names_of);

  // nullptr where the store knows nothing of it.
  const CatalogEntry* find(std::string_view code) const;
  const std::vector<CatalogEntry>& entries() const { return entries_; }
  // The networks and regions of a country, or the countries that a network is in, by code.
  std::vector<const CatalogEntry*> childrenOf(const Entity& entity) const;
  // Entities whose code begins with `text`, or one of whose names has words that do, whatever their case and
  // accents (foldForSearch); the code itself first, then countries, regions, networks. At most `limit`.
  std::vector<const CatalogEntry*> search(std::string_view text, size_t limit) const;
  // The bins that the store holds anything of.
  Bin first() const { return first_; }
  Bin end() const { return end_; }

 private:
  void add(const Entity& entity, std::vector<std::string> names);
  void sortByRank();

  std::vector<CatalogEntry> entries_;  // by code
  std::vector<std::string> searched_;  // of each: "\ncode", then "\n folded name" for each name
  std::vector<uint32_t> by_rank_;      // places in `entries_`, as searches list them
  Bin first_, end_;
};

}  // namespace nightjar::serve
