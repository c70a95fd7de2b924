#include "series/series_table.h"

#include <fmt/format.h>

#include "series/checksum.h"

namespace nightjar::series {
namespace {

int64_t checksumOf(SeriesId id, std::string_view signal, std::string_view entity) {
  return Checksum().add(int64_t{id.number}).add(signal).add(entity).value();
}

}  // namespace

SeriesTable::SeriesTable(Database& database)
    : database_(database),
      find_(database, "SELECT id, crc FROM series WHERE entity = ? AND signal = ?"),
      range_(database, "SELECT id, signal, entity, crc FROM series WHERE id >= ? AND id < ? ORDER BY id"),
      limit_(database, "SELECT coalesce(max(id) + 1, 0) FROM series"),
      insert_(database, "INSERT INTO series (id, signal, entity, crc) VALUES (?, ?, ?, ?)") {}

Result<void> SeriesTable::load() {
  if (loaded_) return {};
  auto done = forEach(0, UINT32_MAX, [&](SeriesId id, const SeriesKey& key) -> Result<void> {
    if (id.number != next_) {
      return std::unexpected(Error{ErrorKind::kInvalid,
                                   fmt::format("the name of series {} is missing", next_), database_.path()});
    }
    add(id, key);
    return {};
  });
  loaded_ = done.has_value();
  return done;
}

void SeriesTable::add(SeriesId id, const SeriesKey& key) {
  ids_[key.signal].emplace(key.entity, id);
  next_ = id.number + 1;
}

Result<SeriesId> SeriesTable::idOf(const SeriesKey& key) {
  if (auto done = load(); !done) return std::unexpected(done.error());
  const auto& ids = ids_[key.signal];
  if (const auto at = ids.find(key.entity); at != ids.end()) return at->second;
  if (next_ == UINT32_MAX) {
    return std::unexpected(
        Error{ErrorKind::kLimit, "the store has no room for more series", database_.path()});
  }
  const SeriesId id{next_};
  add(id, key);
  new_.push_back(key);
  return id;
}

Result<uint32_t> SeriesTable::limit() {
  if (auto done = load(); !done) return std::unexpected(done.error());
  return next_;
}

Result<void> SeriesTable::writeNew() {
  for (; written_ < new_.size(); ++written_) {
    const SeriesKey& key = new_[written_];
    const SeriesId id{static_cast<uint32_t>(next_ - new_.size() + written_)};
    auto done = insert_.execute(int64_t{id.number}, key.signal, key.entity.code(),
                                checksumOf(id, key.signal, key.entity.code()));
    if (!done) return done;
  }
  return {};
}

void SeriesTable::committed() {
  new_.erase(new_.begin(), new_.begin() + static_cast<ptrdiff_t>(written_));
  written_ = 0;
}

Result<std::optional<SeriesId>> SeriesTable::find(const SeriesKey& key) {
  Rows rows = find_.query(key.entity.code(), key.signal);
  const auto row = rows.next();
  if (!row) return std::unexpected(row.error());
  if (!*row) return std::nullopt;
  const SeriesId id{static_cast<uint32_t>(rows.number(0))};
  // The index may be damaged where the row is not; the checksum holds for both.
  if (rows.number(1) != checksumOf(id, key.signal, key.entity.code())) {
    return std::unexpected(Error{
        ErrorKind::kInvalid, fmt::format("the name of series {} is damaged", id.number), database_.path()});
  }
  return id;
}

Result<void> SeriesTable::forEach(uint32_t from, uint32_t until, const Visit& visit) {
  Rows rows = range_.query(int64_t{from}, int64_t{until});
  for (;;) {
    const auto row = rows.next();
    if (!row) return std::unexpected(row.error());
    if (!*row) return {};
    const SeriesId id{static_cast<uint32_t>(rows.number(0))};
    auto entity = Entity::parse(rows.text(2));
    if (!entity || id.number < from || id.number >= until ||
        rows.number(3) != checksumOf(id, rows.text(1), rows.text(2))) {
      return std::unexpected(Error{
          ErrorKind::kInvalid, fmt::format("the name of series {} is damaged", id.number), database_.path()});
    }
    const SeriesKey key{std::string(rows.text(1)), std::move(*entity)};
    if (auto done = visit(id, key); !done) return done;
  }
}

Result<uint32_t> SeriesTable::storedLimit() {
  Rows rows = limit_.query();
  const auto row = rows.next();
  if (!row) return std::unexpected(row.error());
  return static_cast<uint32_t>(rows.number(0));
}

}  // namespace nightjar::series
