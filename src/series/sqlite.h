// SQLite behind values that clean up after themselves. Nothing here knows what a store is.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/byte_reader.h"
#include "base/result.h"

namespace nightjar::series {

// One connection. Not thread-safe. Statements point to it, so it stays where it was opened.
class Database {
 public:
  enum class Access {
    kWrite,      // makes the file if there is none
    kQuery,      // reads; may make and remove SQLite's files beside the database, never changes the database
    kReadOnly,   // reads what is there, and the files beside it, as they are
    kImmutable,  // reads a file that nobody else changes, and nothing beside it
  };
  // `path` is a file, or ":memory:". The file itself may be read only at the first statement.
  static Result<std::unique_ptr<Database>> open(const std::string& path, Access access);

  // Runs one or more statements without parameters; rows are dropped.
  Result<void> execute(const char* sql);
  // Ends the open transaction. A failure means that SQLite has ended it already.
  void rollback();
  // The first column of the first row; kInvalid if there is no row.
  Result<int64_t> number(const char* sql);
  Result<std::string> text(const char* sql);

  bool inTransaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }
  // Whether the file can only be read, whatever was asked for.
  bool readOnly() const { return sqlite3_db_readonly(handle_.get(), "main") == 1; }
  const std::string& path() const { return path_; }

  // Set if the file is shorter than its header tells, which a log beside it may explain.
  std::optional<Error> cutOff() const;

  // What SQLite's last failure means here, in the name of the file; for a file that is too short, with the
  // offset of its end.
  Error error(int code) const;

 private:
  friend class Statement;
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };
  Database(std::string path, sqlite3* handle) : path_(std::move(path)), handle_(handle) {}

  std::string path_;
  std::unique_ptr<sqlite3, Close> handle_;
};

// Ends a transaction that was not committed.
class Transaction {
 public:
  explicit Transaction(Database& database) : database_(database) {}
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction() { rollback(); }

  // One consistent state for several statements. Within an open transaction this does nothing, nor will the
  // end of this object.
  Result<void> beginRead();
  void rollback();

 private:
  Database& database_;
  bool open_ = false;
};

// The rows of one run of a statement, which is free for its next run when they go. Texts and blobs are views
// until the next call of next().
class Rows {
 public:
  Rows(Database& database, sqlite3_stmt* statement, int code)
      : database_(database), statement_(statement), code_(code) {}
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;
  ~Rows() { sqlite3_reset(statement_); }

  // Moves to the first or next row; false when there is none left.
  Result<bool> next();

  int64_t number(int column) const { return sqlite3_column_int64(statement_, column); }
  std::string_view text(int column) const;
  Bytes blob(int column) const;
  bool isNull(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

 private:
  Database& database_;
  sqlite3_stmt* statement_;
  int code_;  // of preparing and binding
};

// A statement that is prepared at its first run and kept. One run at a time.
class Statement {
 public:
  // REQUIRES: both outlive the statement.
  Statement(Database& database, const char* sql) : database_(database), sql_(sql) {}

  // Runs it with these parameters, which must live as long as the rows.
  template <typename... Parameters>
  Rows query(const Parameters&... parameters) {
    int code = prepare();
    int index = 0;
    ((code = code == SQLITE_OK ? bind(++index, parameters) : code), ...);
    return Rows(database_, statement_.get(), code);
  }
  // The same where no rows are expected.
  template <typename... Parameters>
  Result<void> execute(const Parameters&... parameters) {
    const auto row = query(parameters...).next();
    return row ? Result<void>{} : std::unexpected(row.error());
  }

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  int prepare();
  int bind(int index, int64_t number) { return sqlite3_bind_int64(statement_.get(), index, number); }
  int bind(int index, std::optional<int64_t> number);
  int bind(int index, std::string_view text);
  int bind(int index, Bytes blob);

  Database& database_;
  const char* sql_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

}  // namespace nightjar::series
