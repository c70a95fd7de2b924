// The names of a store's series and their ids (docs/store.md, "series").
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "series/sqlite.h"
#include "series/store.h"

namespace nightjar::series {

class SeriesTable {
 public:
  // REQUIRES: outlived by `database`.
  explicit SeriesTable(Database& database);

  // For the writer. New names get the next number at once, and a row at the next writeNew().
  Result<SeriesId> idOf(const SeriesKey& key);
  // One more than the largest id that was given out.
  Result<uint32_t> limit();
  // Writes the new names within the open transaction, whose end must be told: until it is committed they
  // count as new.
  Result<void> writeNew();
  void committed();
  void rolledBack() { written_ = 0; }

  // For readers: what lies in the file.
  Result<std::optional<SeriesId>> find(const SeriesKey& key);
  using Visit = std::function<Result<void>(SeriesId, const SeriesKey&)>;
  // Series with ids [from, until), in their order.
  Result<void> forEach(uint32_t from, uint32_t until, const Visit& visit);
  // One more than the largest id in the file.
  Result<uint32_t> storedLimit();

 private:
  Result<void> load();
  void add(SeriesId id, const SeriesKey& key);

  Database& database_;
  Statement find_;
  Statement range_;
  Statement limit_;
  Statement insert_;

  bool loaded_ = false;
  std::map<Signal, std::unordered_map<Entity, SeriesId>> ids_;
  uint32_t next_ = 0;
  std::vector<SeriesKey> new_;  // ids next_ - new_.size() and on
  size_t written_ = 0;          // of new_, in the open transaction
};

}  // namespace nightjar::series
