#include "series/record_table.h"

#include <fmt/format.h>

#include "series/checksum.h"

namespace nightjar::series {
namespace {

int64_t ticks(Time time) {
  return time.time_since_epoch().count();
}
Time timeOf(int64_t ticks) {
  return Time(Time::duration(ticks));
}
std::optional<int64_t> ticks(std::optional<Time> time) {
  return time ? std::optional(ticks(*time)) : std::nullopt;
}

int64_t checksumOf(const Source& source) {
  return Checksum()
      .add(source.input)
      .add(source.collector)
      .add(source.kind)
      .add(ticks(source.from))
      .add(ticks(source.until))
      .add(source.geolocation)
      .add(source.simulation)
      .add(source.program)
      .value();
}

int64_t checksumOf(const Note& note) {
  return Checksum().add(note.kind).add(note.name).add(ticks(note.at)).add(note.json).value();
}

int64_t checksumOf(const NetworkName& network) {
  return Checksum().add(int64_t{network.asn.number}).add(network.name).add(network.access).value();
}

int64_t checksumOf(const StoredIncident& incident) {
  return Checksum()
      .add(incident.id)
      .add(int64_t{incident.revision})
      .add(incident.rule)
      .add(incident.entity.code())
      .add(ticks(incident.onset))
      .add(int64_t{incident.end.has_value()})
      .add(incident.end ? ticks(*incident.end) : 0)
      .add(incident.json)
      .value();
}

}  // namespace

RecordTable::RecordTable(Database& database)
    : database_(database),
      findSource_(database,
                  "SELECT 1 FROM source WHERE input = ? AND collector = ? AND kind = ? AND first = ? AND "
                  "last = ? AND geolocation = ? AND simulation = ? AND program = ?"),
      addSource_(database,
                 "INSERT INTO source (input, collector, kind, first, last, geolocation, simulation, program, "
                 "crc) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      sources_(database,
               "SELECT input, collector, kind, first, last, geolocation, simulation, program, crc "
               "FROM source ORDER BY id"),
      anyNotes_(database, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'note'"),
      putNote_(database,
               "INSERT INTO note (kind, name, at, json, crc) VALUES (?, ?, ?, ?, ?) "
               "ON CONFLICT (kind, name) DO UPDATE SET at = excluded.at, json = excluded.json, "
               "crc = excluded.crc WHERE excluded.at >= note.at"),
      notes_(database, "SELECT kind, name, at, json, crc FROM note ORDER BY kind, name"),
      putNetwork_(database, "INSERT OR REPLACE INTO network (asn, name, access, crc) VALUES (?, ?, ?, ?)"),
      networks_(database, "SELECT asn, name, access, crc FROM network ORDER BY asn"),
      putIncident_(database,
                   "INSERT INTO incident (id, revision, rule, entity, onset, finish, json, crc) "
                   "VALUES (?, ?, ?, ?, ?, ?, ?, ?)"),
      incidents_(database,
                 "SELECT id, revision, rule, entity, onset, finish, json, crc FROM incident AS latest "
                 "WHERE revision = (SELECT max(revision) FROM incident WHERE id = latest.id) "
                 "AND (?1 = '' OR entity = ?1) AND (?2 = '' OR rule = ?2) "
                 "AND (?3 IS NULL OR finish IS NULL OR finish > ?3) AND (?4 IS NULL OR onset < ?4) "
                 "AND (?5 IS NULL OR (finish IS NULL) = ?5) ORDER BY onset, id"),
      revisions_(database,
                 "SELECT id, revision, rule, entity, onset, finish, json, crc FROM incident "
                 "WHERE id = ? ORDER BY revision") {}

std::unexpected<Error> RecordTable::damaged(const char* table) const {
  return std::unexpected(
      Error{ErrorKind::kInvalid, fmt::format("a row of its table '{}' is damaged", table), database_.path()});
}

Result<void> RecordTable::addSource(const Source& source) {
  const auto known = findSource_
                         .query(source.input, source.collector, source.kind, ticks(source.from),
                                ticks(source.until), source.geolocation, source.simulation, source.program)
                         .next();
  if (!known) return std::unexpected(known.error());
  if (*known) return {};
  return addSource_.execute(source.input, source.collector, source.kind, ticks(source.from),
                            ticks(source.until), source.geolocation, source.simulation, source.program,
                            checksumOf(source));
}

Result<std::vector<Source>> RecordTable::sources() {
  std::vector<Source> sources;
  Rows rows = sources_.query();
  for (;;) {
    const auto row = rows.next();
    if (!row) return std::unexpected(row.error());
    if (!*row) return sources;
    const auto text = [&](int column) { return std::string(rows.text(column)); };
    sources.push_back({text(0), text(1), text(2), timeOf(rows.number(3)), timeOf(rows.number(4)), text(5),
                       text(6), text(7)});
    if (rows.number(8) != checksumOf(sources.back())) return damaged("source");
  }
}

Result<void> RecordTable::putNotes(std::span<const Note> notes) {
  for (const Note& note : notes) {
    auto done = putNote_.execute(note.kind, note.name, ticks(note.at), note.json, checksumOf(note));
    if (!done) return done;
  }
  return {};
}

Result<std::vector<Note>> RecordTable::notes() {
  std::vector<Note> notes;
  {
    Rows any = anyNotes_.query();
    const auto row = any.next();
    if (!row) return std::unexpected(row.error());
    if (!*row) return notes;
  }
  Rows rows = notes_.query();
  for (;;) {
    const auto row = rows.next();
    if (!row) return std::unexpected(row.error());
    if (!*row) return notes;
    notes.push_back({std::string(rows.text(0)), std::string(rows.text(1)), timeOf(rows.number(2)),
                     std::string(rows.text(3))});
    if (rows.number(4) != checksumOf(notes.back())) return damaged("note");
  }
}

Result<void> RecordTable::putNetworks(std::span<const NetworkName> networks) {
  for (const NetworkName& network : networks) {
    auto done =
        putNetwork_.execute(int64_t{network.asn.number}, network.name, network.access, checksumOf(network));
    if (!done) return done;
  }
  return {};
}

Result<std::vector<NetworkName>> RecordTable::networks() {
  std::vector<NetworkName> networks;
  Rows rows = networks_.query();
  for (;;) {
    const auto row = rows.next();
    if (!row) return std::unexpected(row.error());
    if (!*row) return networks;
    networks.push_back(
        {Asn{static_cast<uint32_t>(rows.number(0))}, std::string(rows.text(1)), std::string(rows.text(2))});
    if (rows.number(3) != checksumOf(networks.back())) return damaged("network");
  }
}

Result<uint32_t> RecordTable::putIncident(const StoredIncident& incident) {
  const auto known = revisions(incident.id);
  if (!known) return std::unexpected(known.error());
  StoredIncident next = incident;
  if (!known->empty()) {
    next.revision = known->back().revision;
    if (next == known->back()) return next.revision;
  }
  next.revision = known->empty() ? 1 : next.revision + 1;
  auto done = putIncident_.execute(next.id, int64_t{next.revision}, next.rule, next.entity.code(),
                                   ticks(next.onset), ticks(next.end), next.json, checksumOf(next));
  if (!done) return std::unexpected(done.error());
  return next.revision;
}

Result<std::vector<StoredIncident>> RecordTable::incidents(const IncidentFilter& filter) {
  const std::string entity = filter.entity ? filter.entity->code() : std::string();
  const auto open = filter.open ? std::optional<int64_t>(*filter.open) : std::nullopt;
  Rows rows = incidents_.query(entity, filter.rule, ticks(filter.from), ticks(filter.until), open);
  return readIncidents(rows);
}

Result<std::vector<StoredIncident>> RecordTable::revisions(const std::string& id) {
  Rows rows = revisions_.query(id);
  return readIncidents(rows);
}

Result<std::vector<StoredIncident>> RecordTable::readIncidents(Rows& rows) {
  std::vector<StoredIncident> incidents;
  for (;;) {
    const auto row = rows.next();
    if (!row) return std::unexpected(row.error());
    if (!*row) return incidents;
    auto entity = Entity::parse(rows.text(3));
    if (!entity) return damaged("incident");
    StoredIncident incident{
        std::string(rows.text(0)), static_cast<uint32_t>(rows.number(1)),
        std::string(rows.text(2)), std::move(*entity),
        timeOf(rows.number(4)),    rows.isNull(5) ? std::nullopt : std::optional(timeOf(rows.number(5))),
        std::string(rows.text(6))};
    if (rows.number(7) != checksumOf(incident)) return damaged("incident");
    incidents.push_back(std::move(incident));
  }
}

Result<void> RecordTable::verify() {
  if (auto read = sources(); !read) return std::unexpected(read.error());
  if (auto read = networks(); !read) return std::unexpected(read.error());
  if (auto read = notes(); !read) return std::unexpected(read.error());
  Statement every(database_, "SELECT id, revision, rule, entity, onset, finish, json, crc FROM incident");
  Rows rows = every.query();
  if (auto read = readIncidents(rows); !read) return std::unexpected(read.error());
  return {};
}

}  // namespace nightjar::series
