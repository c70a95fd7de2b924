#include "alerts/outbox.h"

#include <fmt/format.h>

#include <cmath>
#include <filesystem>

namespace nightjar::alerts {
namespace {

using series::Database;
using series::Rows;
using series::Statement;

constexpr int64_t kApplication = 0x4e6a416c;  // "NjAl"
constexpr int64_t kVersion = 1;
constexpr const char* kSchema = R"(
BEGIN IMMEDIATE;
CREATE TABLE message (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, channel TEXT NOT NULL,
  kind INTEGER NOT NULL, created INTEGER NOT NULL, title TEXT NOT NULL, body BLOB NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0, next_try INTEGER NOT NULL);
CREATE TABLE told (channel TEXT NOT NULL, incident TEXT NOT NULL, standing INTEGER NOT NULL, depth INTEGER NOT NULL,
  PRIMARY KEY (channel, incident)) WITHOUT ROWID;
CREATE TABLE event (channel TEXT NOT NULL, incident TEXT NOT NULL, event INTEGER NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (channel, incident, event)) WITHOUT ROWID;
PRAGMA application_id = 1315586412;
PRAGMA user_version = 1;
COMMIT)";
constexpr double kDepthUnits = 1e6;

int64_t micros(Time time) {
  return time.time_since_epoch().count();
}
Time timeAt(int64_t micros) {
  return Time(std::chrono::microseconds(micros));
}

Result<void> checkSchema(Database& database, bool may_make) {
  const auto application = database.number("PRAGMA application_id");
  if (!application) return std::unexpected(application.error());
  const auto version = database.number("PRAGMA user_version");
  if (!version) return std::unexpected(version.error());
  const auto tables = database.number("SELECT count(*) FROM sqlite_master");
  if (!tables) return std::unexpected(tables.error());
  if (may_make && *application == 0 && *tables == 0) return database.execute(kSchema);
  if (*application == kApplication && *version == kVersion) return {};
  return std::unexpected(
      Error{ErrorKind::kConflict, "it is no outbox of alerts of this version", database.path()});
}

Result<Memory> readMemory(Database& database) {
  Memory memory;
  series::Transaction transaction(database);
  if (const auto begun = transaction.beginRead(); !begun) return std::unexpected(begun.error());
  Statement told(database, "SELECT channel, incident, standing, depth FROM told");
  Rows rows = told.query();
  for (;;) {
    const auto more = rows.next();
    if (!more) return std::unexpected(more.error());
    if (!*more) break;
    memory[{std::string(rows.text(0)), std::string(rows.text(1))}] = {
        static_cast<Standing>(rows.number(2)), static_cast<double>(rows.number(3)) / kDepthUnits, {}};
  }
  Statement events(database, "SELECT channel, incident, event, at FROM event");
  Rows times = events.query();
  for (;;) {
    const auto more = times.next();
    if (!more) return std::unexpected(more.error());
    if (!*more) return memory;
    const auto found = memory.find({std::string(times.text(0)), std::string(times.text(1))});
    const auto event = static_cast<uint64_t>(times.number(2));
    if (found != memory.end() && event < kEvents.size()) found->second.at[event] = timeAt(times.number(3));
  }
}

Result<void> putMessage(Database& database, const Message& message) {
  Statement insert(
      database,
      "INSERT INTO message (id, channel, kind, created, title, body, next_try) VALUES (?, ?, ?, ?, ?, "
      "?, 0)");
  const Bytes body(reinterpret_cast<const uint8_t*>(message.body.data()), message.body.size());
  return insert.execute(std::string_view(message.id), std::string_view(message.channel),
                        static_cast<int64_t>(message.kind), micros(message.created),
                        std::string_view(message.title), body);
}

Result<void> putTold(Database& database, const ToldKey& key, const Told& told) {
  const std::string_view channel = key.first;
  const std::string_view incident = key.second;
  Statement row(database,
                "INSERT OR REPLACE INTO told (channel, incident, standing, depth) VALUES (?, ?, ?, ?)");
  const auto depth = static_cast<int64_t>(std::llround(told.depth * kDepthUnits));
  if (auto put = row.execute(channel, incident, static_cast<int64_t>(told.standing), depth); !put) return put;
  Statement event(database,
                  "INSERT OR REPLACE INTO event (channel, incident, event, at) VALUES (?, ?, ?, ?)");
  for (size_t i = 0; i < told.at.size(); ++i) {
    if (!told.at[i]) continue;
    if (auto put = event.execute(channel, incident, static_cast<int64_t>(i), micros(*told.at[i])); !put)
      return put;
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Outbox>> Outbox::open(const std::string& path) {
  auto lock = series::WriterLock::take(path);
  if (!lock) return std::unexpected(lock.error());
  auto database = Database::open(path, Database::Access::kWrite);
  if (!database) return std::unexpected(database.error());
  // Messages hold what nobody else may have asked for, and addresses.
  std::error_code ignored;
  std::filesystem::permissions(path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write,
                               ignored);
  if (auto set = (*database)->execute("PRAGMA synchronous = FULL"); !set) return std::unexpected(set.error());
  if (auto checked = checkSchema(**database, true); !checked) return std::unexpected(checked.error());
  return std::unique_ptr<Outbox>(new Outbox(*std::move(lock), *std::move(database)));
}

Result<Memory> Outbox::memoryIn(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return Memory();
  const auto database = Database::open(path, Database::Access::kQuery);
  if (!database) return std::unexpected(database.error());
  if (auto checked = checkSchema(**database, false); !checked) return std::unexpected(checked.error());
  return readMemory(**database);
}

Result<Memory> Outbox::memory() {
  return readMemory(*database_);
}

Result<void> Outbox::keep(const std::vector<Message>& messages, const Memory& changes) {
  if (messages.empty() && changes.empty()) return {};
  auto kept = database_->execute("BEGIN IMMEDIATE");
  for (size_t i = 0; kept && i < messages.size(); ++i) kept = putMessage(*database_, messages[i]);
  for (auto change = changes.begin(); kept && change != changes.end(); ++change) {
    kept = putTold(*database_, change->first, change->second);
  }
  if (kept) kept = database_->execute("COMMIT");
  if (!kept && database_->inTransaction()) database_->rollback();
  return kept;
}

Result<std::vector<Waiting>> Outbox::first() {
  Statement select(
      *database_,
      "SELECT number, id, channel, kind, created, title, body, attempts, next_try FROM message WHERE "
      "number IN (SELECT min(number) FROM message GROUP BY channel) ORDER BY number");
  Rows rows = select.query();
  std::vector<Waiting> all;
  for (;;) {
    const auto more = rows.next();
    if (!more) return std::unexpected(more.error());
    if (!*more) return all;
    const Bytes body = rows.blob(6);
    all.push_back(
        {rows.number(0),
         {std::string(rows.text(1)), std::string(rows.text(2)), static_cast<ChannelKind>(rows.number(3)),
          timeAt(rows.number(4)), std::string(rows.text(5)), std::string(body.begin(), body.end())},
         static_cast<unsigned>(rows.number(7)),
         timeAt(rows.number(8))});
  }
}

Result<int64_t> Outbox::waiting() {
  return database_->number("SELECT count(*) FROM message");
}

Result<void> Outbox::delivered(int64_t number) {
  Statement statement(*database_, "DELETE FROM message WHERE number = ?");
  return statement.execute(number);
}

Result<void> Outbox::putOff(int64_t number, unsigned attempts, Time next_try) {
  Statement statement(*database_, "UPDATE message SET attempts = ?, next_try = ? WHERE number = ?");
  return statement.execute(static_cast<int64_t>(attempts), micros(next_try), number);
}

}  // namespace nightjar::alerts
