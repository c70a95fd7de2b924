#include "series/store_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "series/checksum.h"
#include "series/layout.h"

namespace nightjar::series {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMemory = ":memory:";

// Before anything is written: pages that hold a few chunks each, no vacuum (space is used again).
constexpr const char* kNewFile =
    "PRAGMA page_size = 8192; PRAGMA auto_vacuum = NONE; PRAGMA journal_mode = WAL";

// FULL: a commit is synced before it is acknowledged. No overwriting of what is deleted: nothing is secret.
constexpr const char* kWriterSettings =
    "PRAGMA synchronous = FULL; PRAGMA secure_delete = OFF; PRAGMA cache_size = -16384;"
    "PRAGMA journal_size_limit = 67108864; PRAGMA cell_size_check = ON";
constexpr const char* kReaderSettings = "PRAGMA cache_size = -65536; PRAGMA cell_size_check = ON";

// docs/store.md describes the tables.
constexpr const char* kSchema = R"(
  CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL, crc INTEGER NOT NULL);
  CREATE TABLE series (id INTEGER PRIMARY KEY, signal TEXT NOT NULL, entity TEXT NOT NULL, crc INTEGER NOT NULL);
  CREATE UNIQUE INDEX series_by_name ON series (entity, signal);
  CREATE TABLE tail (bin INTEGER PRIMARY KEY, data BLOB NOT NULL);
  CREATE TABLE chunk (id INTEGER PRIMARY KEY, data BLOB NOT NULL);
  CREATE TABLE block (id INTEGER PRIMARY KEY, data BLOB NOT NULL);
  CREATE TABLE source (id INTEGER PRIMARY KEY, input TEXT NOT NULL, collector TEXT NOT NULL, kind TEXT NOT NULL,
    first INTEGER NOT NULL, last INTEGER NOT NULL, geolocation TEXT NOT NULL, simulation TEXT NOT NULL,
    program TEXT NOT NULL, crc INTEGER NOT NULL);
  CREATE TABLE network (asn INTEGER PRIMARY KEY, name TEXT NOT NULL, access TEXT NOT NULL, crc INTEGER NOT NULL);
  CREATE TABLE incident (id TEXT NOT NULL, revision INTEGER NOT NULL, rule TEXT NOT NULL, entity TEXT NOT NULL,
    onset INTEGER NOT NULL, finish INTEGER, json TEXT NOT NULL, crc INTEGER NOT NULL, PRIMARY KEY (id, revision));
)";
// A store of an older program has no such table until it is written to; older programs pass it over.
constexpr const char* kLaterTables = R"(
  CREATE TABLE IF NOT EXISTS note (kind TEXT NOT NULL, name TEXT NOT NULL, at INTEGER NOT NULL, json TEXT NOT NULL,
    crc INTEGER NOT NULL, PRIMARY KEY (kind, name));
)";
constexpr std::string_view kBinSeconds = "bin_seconds";

std::unexpected<Error> refuse(ErrorKind kind, const std::string& path, std::string message) {
  return std::unexpected(Error{kind, std::move(message), path});
}
std::unexpected<Error> refuseSystem(const std::string& path, const char* what) {
  return refuse(ErrorKind::kIo, path, fmt::format("cannot {}: {}", what, std::strerror(errno)));
}

// Whether SQLite's log or journal lies beside the file, with anything in it.
bool hasLog(const std::string& path) {
  const auto filled = [&](const char* suffix) {
    std::error_code missing;
    const auto size = fs::file_size(path + suffix, missing);
    return !missing && size != 0;
  };
  return filled("-wal") || filled("-journal");
}

// The bytes of the file; 0 if there is none. Does not open it: see WriterLock.
Result<uint64_t> sizeOf(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) return 0;
    return refuseSystem(path, "read it");
  }
  if (S_ISDIR(status.st_mode)) return refuse(ErrorKind::kIo, path, "it is a folder, not a store");
  if (!S_ISREG(status.st_mode)) return refuse(ErrorKind::kIo, path, "it is not an ordinary file");
  return static_cast<uint64_t>(status.st_size);
}

int64_t metaChecksum(std::string_view name, int64_t value) {
  return Checksum().add(name).add(value).value();
}

Result<BinWidth> readWidth(Database& database) {
  Statement statement(database, "SELECT value, crc FROM meta WHERE name = ?");
  Rows rows = statement.query(kBinSeconds);
  const auto row = rows.next();
  if (!row) return std::unexpected(row.error());
  if (!*row || rows.number(1) != metaChecksum(kBinSeconds, rows.number(0))) {
    return refuse(ErrorKind::kInvalid, database.path(), "its bin width is damaged");
  }
  auto width = BinWidth::of(Seconds(rows.number(0)));
  if (!width) return failIn(database.path(), width.error());
  return width;
}

// That the file is a store of a known version; its width.
Result<BinWidth> identify(Database& database) {
  const auto application = database.number("PRAGMA application_id");
  if (!application) return std::unexpected(application.error());
  if (*application != kApplicationId) {
    return refuse(ErrorKind::kConflict, database.path(),
                  "it is not a Nightjar store but the database of another program");
  }
  const auto version = database.number("PRAGMA user_version");
  if (!version) return std::unexpected(version.error());
  if (*version != kFormatVersion) {
    return refuse(
        ErrorKind::kUnsupported, database.path(),
        fmt::format("its format is version {}; this program knows version {}", *version, kFormatVersion));
  }
  return readWidth(database);
}

struct Opened {
  std::unique_ptr<Database> database;
  BinWidth width;
};

Result<Opened> tryReading(const std::string& path, Database::Access access) {
  auto database = Database::open(path, access);
  if (!database) return std::unexpected(database.error());
  auto set = (*database)->execute(kReaderSettings);
  if (!set) return std::unexpected(set.error());
  const auto width = identify(**database);
  if (!width) return std::unexpected(width.error());
  return Opened{std::move(*database), *width};
}

// What lies beside the file tells how it may be touched. Nothing: nobody writes, and SQLite may make its
// files for the time of the reading, and remove them. A log: the writer is there or was killed; its files
// stay as they are. Where SQLite cannot make its files, because the folder is read-only, nobody can write
// either.
Result<Opened> openReading(const std::string& path) {
  const auto size = sizeOf(path);
  if (!size) return std::unexpected(size.error());
  const bool log = hasLog(path);
  if (*size == 0 && !log) {
    std::error_code ignored;
    const bool empty = fs::exists(path, ignored);
    return refuse(empty ? ErrorKind::kInvalid : ErrorKind::kIo, path,
                  empty ? "it is empty, not a store" : "there is no such file");
  }
  auto opened = tryReading(path, log ? Database::Access::kReadOnly : Database::Access::kQuery);
  if (!opened && opened.error().kind == ErrorKind::kIo && !log) {
    opened = tryReading(path, Database::Access::kImmutable);
  }
  if (opened && !hasLog(path)) {
    if (auto cut = opened->database->cutOff()) return std::unexpected(std::move(*cut));
  }
  return opened;
}

Result<void> createTables(Database& database, BinWidth width) {
  const std::string header = fmt::format("BEGIN; PRAGMA application_id = {}; PRAGMA user_version = {};",
                                         kApplicationId, kFormatVersion);
  if (auto done = database.execute(header.c_str()); !done) return done;
  if (auto done = database.execute(kSchema); !done) return done;
  if (auto done = database.execute(kLaterTables); !done) return done;
  Statement put(database, "INSERT INTO meta (name, value, crc) VALUES (?, ?, ?)");
  const int64_t seconds = width.length().count();
  if (auto done = put.execute(kBinSeconds, seconds, metaChecksum(kBinSeconds, seconds)); !done) return done;
  return database.execute("COMMIT");
}

// Makes the store under another name and gives it its own when it is whole, so that a store is never found
// half made. REQUIRES: the writer's lock is held, and `path` does not exist or is empty.
Result<void> createFile(const std::string& path, BinWidth width) {
  const std::string unfinished = path + "-new";
  std::error_code error;
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) fs::remove(unfinished + suffix, error);
  auto made = [&]() -> Result<void> {
    auto database = Database::open(unfinished, Database::Access::kWrite);
    if (!database) return std::unexpected(database.error());
    if (auto done = (*database)->execute(kNewFile); !done) return done;
    if (auto done = (*database)->execute(kWriterSettings); !done) return done;
    return createTables(**database, width);
  }();
  if (made) {
    fs::rename(unfinished, path, error);
    if (!error) return {};
    made = refuse(ErrorKind::kIo, path, fmt::format("cannot make it: {}", error.message()));
  }
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) fs::remove(unfinished + suffix, error);
  made.error().where = path;
  return made;
}

Result<StoreFile> createInMemory(BinWidth width) {
  auto database = Database::open(std::string(kMemory), Database::Access::kWrite);
  if (!database) return std::unexpected(database.error());
  if (auto done = createTables(**database, width); !done) return std::unexpected(done.error());
  return StoreFile{{}, std::move(*database), width};
}

}  // namespace

Result<WriterLock> WriterLock::take(const std::string& storePath) {
  // Two names of one file are one store.
  std::error_code ignored;
  const fs::path real = fs::weakly_canonical(storePath, ignored);
  const std::string path = (real.empty() ? storePath : real.string()) + "-lock";
  for (;;) {
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor < 0) return refuseSystem(storePath, "write to its folder");
    WriterLock lock(path, descriptor);
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
      lock.path_.clear();  // it is another's
      return refuse(ErrorKind::kConflict, storePath,
                    "another program, or another part of this one, writes to it");
    }
    // Between the two calls the last holder may have removed the file.
    struct stat held {
    }, named{};
    if (::fstat(descriptor, &held) == 0 && ::stat(path.c_str(), &named) == 0 && held.st_ino == named.st_ino) {
      return lock;
    }
    lock.path_.clear();
  }
}

WriterLock::WriterLock(WriterLock&& other) noexcept
    : path_(std::exchange(other.path_, {})), descriptor_(std::exchange(other.descriptor_, -1)) {}

WriterLock& WriterLock::operator=(WriterLock&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

WriterLock::~WriterLock() {
  if (!path_.empty()) ::unlink(path_.c_str());
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<StoreFile> openFileForWriting(const std::string& path, std::optional<BinWidth> width) {
  if (path == kMemory) return createInMemory(width.value_or(BinWidth()));
  auto size = sizeOf(path);
  if (!size) return std::unexpected(size.error());
  if (*size != 0) {
    // Before a lock appears beside a file that is not ours.
    if (auto known = openReading(path); !known) return std::unexpected(known.error());
  }
  auto lock = WriterLock::take(path);
  if (!lock) return std::unexpected(lock.error());
  size = sizeOf(path);
  if (!size) return std::unexpected(size.error());
  if (*size == 0) {
    if (auto made = createFile(path, width.value_or(BinWidth())); !made) return std::unexpected(made.error());
  }
  auto database = Database::open(path, Database::Access::kWrite);
  if (!database) return std::unexpected(database.error());
  if (auto set = (*database)->execute(kWriterSettings); !set) return std::unexpected(set.error());
  const auto stored = identify(**database);
  if (!stored) return std::unexpected(stored.error());
  if (width && *width != *stored) {
    return refuse(ErrorKind::kConflict, path,
                  fmt::format("its bins are {} wide, not {}", formatDuration(stored->length()),
                              formatDuration(width->length())));
  }
  if ((*database)->readOnly()) return refuse(ErrorKind::kIo, path, "it is read-only");
  if (auto made = (*database)->execute(kLaterTables); !made) return std::unexpected(made.error());
  return StoreFile{std::move(*lock), std::move(*database), *stored};
}

Result<StoreFile> openFileForReading(const std::string& path) {
  if (path == kMemory) return refuse(ErrorKind::kUsage, path, "a store in memory has nothing to read");
  auto opened = openReading(path);
  if (!opened) return std::unexpected(opened.error());
  return StoreFile{{}, std::move(opened->database), opened->width};
}

}  // namespace nightjar::series
