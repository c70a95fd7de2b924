#include "imports/csv.h"

#include "imports/table.h"

namespace nightjar::imports {
namespace {

// One column, or "DATE+TIME" where none has that name.
Result<void> findTime(const CsvColumns& columns, std::string_view name, Table& table) {
  const size_t mark = name.find('+');
  const bool two = mark != std::string_view::npos && !columns.find(name);
  const auto time = columns.at(two ? name.substr(0, mark) : name);
  if (!time) return std::unexpected(time.error());
  table.time = *time;
  if (!two) return {};
  const auto clock = columns.at(name.substr(mark + 1));
  if (!clock) return std::unexpected(clock.error());
  table.clock = *clock;
  return {};
}

Result<CsvRow> headerOf(CsvReader& reader, const ImportOptions& options) {
  if (options.columns.empty()) return readHeader(reader);
  return CsvRow{.line = 0, .fields = {options.columns.begin(), options.columns.end()}};
}

}  // namespace

Result<void> readCsv(std::string_view text, const ImportOptions& options, Intake& intake) {
  if (options.time_column.empty() || options.values.empty()) {
    return fail(ErrorKind::kUsage, "name the columns with --time COLUMN and --value COLUMN=SIGNAL");
  }
  if (!options.entity && options.entity_column.empty()) {
    return fail(ErrorKind::kUsage, "name the place with --entity CODE or --entity-column COLUMN");
  }
  auto times = timeReaderOf(options);
  if (!times) return std::unexpected(times.error());
  CsvReader reader(text, intake.findings());
  const auto header = headerOf(reader, options);
  if (!header) return std::unexpected(header.error());
  const CsvColumns columns(*header);
  Table table;
  if (const auto found = findTime(columns, options.time_column, table); !found) {
    return std::unexpected(found.error());
  }
  table.fields = header->fields.size();
  for (const ImportOptions::Value& value : options.values) {
    const auto column = columns.at(value.column);
    if (!column) return std::unexpected(column.error());
    table.values.push_back({.column = *column, .signal = value.signal});
    const auto step = options.steps.find(value.column);
    if (step != options.steps.end()) table.values.back().step = step->second;
  }
  if (!options.signal_column.empty()) {
    const auto kind = columns.at(options.signal_column);
    if (!kind) return std::unexpected(kind.error());
    table.kind = *kind;
  }
  if (!options.label_column.empty()) {
    const auto label = columns.at(options.label_column);
    if (!label) return std::unexpected(label.error());
    table.label = *label;
  }
  if (options.entity) {
    table.entity = [&options](const CsvRow&) -> Result<Entity> { return *options.entity; };
  } else {
    const auto column = columns.at(options.entity_column);
    if (!column) return std::unexpected(column.error());
    table.entity = [&options, at = *column](const CsvRow& row) -> Result<Entity> {
      const auto name = fieldOf(row, at);
      if (!name) return fail(ErrorKind::kInvalid, "the row ends before the column of the place");
      return entityOfField(*name, options);
    };
  }
  return readTable(reader, table, std::move(*times), intake);
}

}  // namespace nightjar::imports
