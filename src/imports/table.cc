#include "imports/table.h"

#include <fmt/format.h>

#include <array>
#include <map>
#include <utility>

#include "imports/countries.h"
#include "imports/judgements.h"

namespace nightjar::imports {
namespace {

// Reads the rows of one table.
class Rows {
 public:
  Rows(const Table& table, TimeReader times, Intake& intake)
      : table_(table), times_(std::move(times)), intake_(intake) {}

  void take(const CsvRow& row) {
    const auto text = fieldOf(row, table_.time);
    if (!text) return intake_.drop(row.line, "the row ends before the column of the time");
    const auto time = times_.read(*text);
    if (!time) return intake_.drop(row.line, "the time " + time.error().message);
    tellForm(row.line);
    const auto entity = table_.entity(row);
    if (!entity) return intake_.drop(row.line, entity.error().message);
    bool cut = false;
    for (const TableColumn& column : table_.values) {
      const auto field = fieldOf(row, column.column);
      if (!field) {
        cut = true;
        continue;
      }
      const auto value = readNumber(*field);
      if (!value) {
        intake_.drop(row.line, value.error().message);
      } else if (*value) {
        intake_.take(seriesOf(column, *entity), *time, **value * column.scale, row.line);
      }
    }
    if (cut) intake_.drop(row.line, "columns are missing");
    if (table_.label) takeLabel(row, *entity, *time);
  }

  void finish() {
    for (auto& [entity, run] : runs_) close(entity, run);
  }

 private:
  struct Run {
    std::string label;
    Time onset;
    Time last;      // the last row with the label
    Time previous;  // the last row of all
  };

  size_t seriesOf(const TableColumn& column, const Entity& entity) {
    const size_t index = intake_.seriesOf({column.signal, entity});
    if (column.step) intake_.setStep(index, *column.step);
    return index;
  }

  void tellForm(uint32_t line) {
    if (form_ && *form_ != times_.form() && !told_) {
      told_ = true;
      intake_.note(line, fmt::format("the form of the times changes, from {} to {}", nameOf(*form_),
                                     nameOf(times_.form())));
    }
    form_ = times_.form();
  }

  void takeLabel(const CsvRow& row, const Entity& entity, Time time) {
    const std::string label(fieldOf(row, *table_.label).value_or(""));
    const bool set = !label.empty() && label != "0";
    Run& run = runs_[entity];
    if (!run.label.empty() && run.label != label) {
      run.previous = time;
      close(entity, run);
    }
    if (!set) return;
    if (run.label.empty()) {
      run.label = label;
      run.onset = time;
    }
    run.last = time;
  }

  // A run ends with the first row that has another label; at the end of the file nobody knows.
  void close(const Entity& entity, Run& run) {
    if (run.label.empty()) return;
    const bool ended = run.previous > run.last;
    intake_.take(judgementOf({.rule = "label",
                              .entity = entity,
                              .onset = run.onset,
                              .end = ended ? std::optional(run.previous) : std::nullopt,
                              .words = {{"label", run.label}}}));
    run = {};
  }

  const Table& table_;
  TimeReader times_;
  Intake& intake_;
  std::optional<TimeForm> form_;
  bool told_ = false;
  std::map<Entity, Run> runs_;
};

std::string lowered(std::string_view text) {
  std::string low(text);
  for (char& c : low) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return low;
}

}  // namespace

Result<TimeReader> timeReaderOf(const ImportOptions& options) {
  if (options.time_format.empty()) return TimeReader(options.zone);
  return TimeReader::withFormat(options.time_format, options.zone);
}

Result<Entity> entityOf(std::string_view name, const ImportOptions& options) {
  if (const auto mapped = options.entity_map.find(name); mapped != options.entity_map.end()) {
    return mapped->second;
  }
  if (auto entity = Entity::parse(name)) return entity;
  if (const auto country = countryOf(name)) return Entity::country(*country);
  return fail(ErrorKind::kInvalid,
              fmt::format("{} is no place that is known; say its code with --entity-map", quote(name)));
}

Result<CsvRow> readHeader(CsvReader& reader) {
  CsvRow header;
  const auto read = reader.next(header);
  if (!read) return std::unexpected(read.error());
  if (!*read) return fail(ErrorKind::kInvalid, "has no header of columns");
  return header;
}

Result<void> readTable(CsvReader& reader, const Table& table, TimeReader times, Intake& intake) {
  Rows rows(table, std::move(times), intake);
  for (CsvRow row;;) {
    const auto more = reader.next(row);
    if (!more) return std::unexpected(more.error());
    if (!*more || intake.full()) break;
    rows.take(row);
  }
  rows.finish();
  return {};
}

std::optional<size_t> guessTimeColumn(const CsvRow& header) {
  constexpr std::array<std::string_view, 5> kEndings{"timestamp", "timestamps", "datetime", "time", "date"};
  for (size_t i = 0; i < header.fields.size(); ++i) {
    const std::string name = lowered(header.fields[i]);
    for (const std::string_view ending : kEndings) {
      if (name.ends_with(ending)) return i;
    }
  }
  return std::nullopt;
}

}  // namespace nightjar::imports
