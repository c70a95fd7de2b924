#include "series/sqlite.h"

#include <fmt/format.h>

#include <array>
#include <cstring>
#include <filesystem>

namespace nightjar::series {
namespace {

constexpr int kBusyMilliseconds = 5000;

// As a URI (RFC 3986), so that "immutable" can be asked for.
std::string immutableUri(const std::string& path) {
  std::string uri = "file:";
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::strchr("/._-", c) != nullptr;
    uri += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return uri + "?immutable=1";
}

ErrorKind kindOf(int code) {
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_NOTADB:
      return ErrorKind::kConflict;
    case SQLITE_CORRUPT:
    case SQLITE_ERROR:  // a table that is not there
    case SQLITE_SCHEMA:
    case SQLITE_MISMATCH:
    case SQLITE_CONSTRAINT:
      return ErrorKind::kInvalid;
    case SQLITE_NOMEM:
    case SQLITE_TOOBIG:
      return ErrorKind::kLimit;
    case SQLITE_MISUSE:
      return ErrorKind::kUsage;
    default:
      return ErrorKind::kIo;
  }
}

}  // namespace

Result<std::unique_ptr<Database>> Database::open(const std::string& path, Access access) {
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE;
  std::string name = path;
  std::error_code ignored;
  // An absolute path is never taken for a URI.
  if (path != ":memory:") name = std::filesystem::absolute(path, ignored).string();
  switch (access) {
    case Access::kWrite:
      flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
      break;
    case Access::kQuery:
      flags |= SQLITE_OPEN_READWRITE;
      break;
    case Access::kImmutable:
      name = immutableUri(name);
      flags |= SQLITE_OPEN_URI | SQLITE_OPEN_READONLY;
      break;
    case Access::kReadOnly:
      flags |= SQLITE_OPEN_READONLY;
      break;
  }
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(name.c_str(), &handle, flags, nullptr);
  std::unique_ptr<Database> database(new Database(path, handle));
  if (code != SQLITE_OK) return std::unexpected(database->error(code));
  sqlite3_busy_timeout(handle, kBusyMilliseconds);
  if (access == Access::kQuery) {
    if (auto done = database->execute("PRAGMA query_only = ON"); !done) return std::unexpected(done.error());
  }
  return database;
}

Error Database::error(int code) const {
  if (code == SQLITE_NOTADB)
    return Error{ErrorKind::kConflict, "it is not a database, so not a store", path_};
  if ((code & 0xff) == SQLITE_CORRUPT || code == SQLITE_IOERR_SHORT_READ) {
    if (auto cut = cutOff()) return std::move(*cut);
  }
  std::string message = sqlite3_errstr(code & 0xff);
  if (handle_ && sqlite3_errcode(handle_.get()) != SQLITE_OK) message = sqlite3_errmsg(handle_.get());
  const int system = handle_ ? sqlite3_system_errno(handle_.get()) : 0;
  const ErrorKind kind = kindOf(code);
  if (kind == ErrorKind::kIo && system != 0) message += fmt::format(" ({})", std::strerror(system));
  return Error{kind, std::move(message), path_};
}

// The header's word against the file's length (https://sqlite.org/fileformat2.html, section 1.3). Both are
// asked through SQLite's own descriptor: opening and closing another one would drop its locks.
std::optional<Error> Database::cutOff() const {
  sqlite3_file* file = nullptr;
  if (sqlite3_file_control(handle_.get(), "main", SQLITE_FCNTL_FILE_POINTER, static_cast<void*>(&file)) !=
          SQLITE_OK ||
      file == nullptr || file->pMethods == nullptr) {
    return std::nullopt;
  }
  constexpr size_t kPageSizeAt = 16;
  constexpr size_t kPageCountAt = 28;
  std::array<uint8_t, 100> header{};
  sqlite3_int64 size = 0;
  if (file->pMethods->xRead(file, header.data(), header.size(), 0) != SQLITE_OK ||
      file->pMethods->xFileSize(file, &size) != SQLITE_OK) {
    return std::nullopt;
  }
  const uint64_t pageSize = loadU16(&header[kPageSizeAt]) == 1 ? 65536 : loadU16(&header[kPageSizeAt]);
  const uint64_t expected = pageSize * loadU32(&header[kPageCountAt]);
  const auto actual = static_cast<uint64_t>(size);
  if (actual >= expected) return std::nullopt;
  return Error{ErrorKind::kInvalid, fmt::format("it is cut off: its header tells of {} bytes", expected),
               path_, actual};
}

Result<void> Database::execute(const char* sql) {
  const int code = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? Result<void>{} : std::unexpected(error(code));
}

void Database::rollback() {
  sqlite3_exec(handle_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

Result<int64_t> Database::number(const char* sql) {
  Statement statement(*this, sql);
  Rows rows = statement.query();
  const auto row = rows.next();
  if (!row) return std::unexpected(row.error());
  if (!*row) return std::unexpected(Error{ErrorKind::kInvalid, "a value is missing", path_});
  return rows.number(0);
}

Result<std::string> Database::text(const char* sql) {
  Statement statement(*this, sql);
  Rows rows = statement.query();
  const auto row = rows.next();
  if (!row) return std::unexpected(row.error());
  if (!*row) return std::unexpected(Error{ErrorKind::kInvalid, "a value is missing", path_});
  return std::string(rows.text(0));
}

Result<void> Transaction::beginRead() {
  if (database_.inTransaction()) return {};
  auto begun = database_.execute("BEGIN");
  open_ = begun.has_value();
  return begun;
}

void Transaction::rollback() {
  if (open_ && database_.inTransaction()) database_.rollback();
  open_ = false;
}

Result<bool> Rows::next() {
  if (code_ == SQLITE_OK) {
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    code_ = code;
  }
  return std::unexpected(database_.error(code_));
}

std::string_view Rows::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  return text == nullptr
             ? std::string_view()
             : std::string_view(text, static_cast<size_t>(sqlite3_column_bytes(statement_, column)));
}

Bytes Rows::blob(int column) const {
  const auto* blob = static_cast<const uint8_t*>(sqlite3_column_blob(statement_, column));
  return blob == nullptr ? Bytes()
                         : Bytes(blob, static_cast<size_t>(sqlite3_column_bytes(statement_, column)));
}

int Statement::prepare() {
  if (statement_) return SQLITE_OK;
  sqlite3_stmt* statement = nullptr;
  const int code =
      sqlite3_prepare_v3(database_.handle_.get(), sql_, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  statement_.reset(statement);
  return code;
}

int Statement::bind(int index, std::optional<int64_t> number) {
  return number ? bind(index, *number) : sqlite3_bind_null(statement_.get(), index);
}

int Statement::bind(int index, std::string_view text) {
  const char* begin = text.data() == nullptr ? "" : text.data();
  return sqlite3_bind_text64(statement_.get(), index, begin, text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

int Statement::bind(int index, Bytes blob) {
  return sqlite3_bind_blob64(statement_.get(), index, blob.data(), blob.size(), SQLITE_STATIC);
}

}  // namespace nightjar::series
