// A CSV of times and values: what the importers of such files share.
#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "imports/csv_reader.h"
#include "imports/importer.h"
#include "imports/intake.h"
#include "imports/written_time.h"

namespace nightjar::imports {

struct TableColumn {
  size_t column = 0;
  series::Signal signal;
  std::optional<Seconds> step;   // absent: found by the distances of the times that have a value
  std::optional<Entity> entity;  // absent: that of the row
  double scale = 1;              // what is kept is the value times this
};

struct Table {
  size_t time = 0;
  std::optional<size_t> clock;  // where `time` has the date only
  size_t fields = 0;            // of the header; rows with more are told. 0: they are not
  std::vector<TableColumn> values;
  std::optional<size_t> kind;  // a row's values are of the column's signal and what stands there (signalWord)
  std::optional<size_t> label;  // a run of rows with anything but "0" and nothing in it is a judgement
  // The place of a row; fails with the words that drop it.
  std::function<Result<Entity>(const CsvRow&)> entity;
};

// The reader of times that the options ask for.
Result<TimeReader> timeReaderOf(const ImportOptions& options);

// The place that a row means by `name`: entityOf, also for codes in small letters. Names of columns are not
// taken in that way: "in", "no" and "id" are words, too.
Result<Entity> entityOfField(std::string_view name, const ImportOptions& options);

// The place that a file means by `name`: as the map says, or a code, or the name of a country.
Result<Entity> entityOf(std::string_view name, const ImportOptions& options);

// The first row.
Result<CsvRow> readHeader(CsvReader& reader);

// Reads all rows behind the header.
Result<void> readTable(CsvReader& reader, const Table& table, TimeReader times, Intake& intake);

// The first column whose name ends in "timestamp", "timestamps", "datetime", "time" or "date".
std::optional<size_t> guessTimeColumn(const CsvRow& header);

// A CSV of one column of times and any number of columns of values. With options.entity each of them is a
// signal of that place: `signal` if there is one, else `signal` and the column's name, unless options.values
// says otherwise. Without it each is a place, named by its column. Columns that are neither are passed over
// with a word.
Result<void> readWide(std::string_view text, const series::Signal& signal, const ImportOptions& options,
                      Intake& intake);

// Small letters, digits and hyphens, for the name of a signal: "Google Search" is "google-search".
std::string signalWord(std::string_view text);

}  // namespace nightjar::imports
