#include "imports/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "base/printable.h"
#include "imports/countries.h"
#include "imports/judgements.h"
#include "imports/words.h"

namespace nightjar::imports {
namespace {

// Reads the rows of one table.
class Rows {
 public:
  Rows(const Table& table, TimeReader times, Intake& intake)
      : table_(table), times_(std::move(times)), intake_(intake) {}

  void take(const CsvRow& row) {
    tellMore(row);
    const auto text = timeOf(row);
    if (!text) return intake_.drop(row.line, "the row ends before the column of the time");
    const auto time = times_.read(*text);
    if (!time) return intake_.drop(row.line, "the time " + time.error().message);
    tellForm(row.line);
    const auto entity = table_.entity(row);
    if (!entity) return intake_.drop(row.line, entity.error().message);
    kind_.clear();
    if (table_.kind) {
      const auto kind = fieldOf(row, *table_.kind);
      if (!kind || kind->empty()) return intake_.drop(row.line, "the row does not say of which signal it is");
      kind_ = "." + signalWord(*kind);
    }
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
        intake_.take(seriesOf(column, column.entity ? *column.entity : *entity), *time,
                     **value * column.scale, row.line);
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

  std::optional<std::string_view> timeOf(const CsvRow& row) {
    const auto date = fieldOf(row, table_.time);
    if (!date || !table_.clock) return date;
    const auto clock = fieldOf(row, *table_.clock);
    if (!clock) return std::nullopt;
    joined_.assign(*date).append(" ").append(*clock);
    return joined_;
  }

  // Not for a separator at the end.
  void tellMore(const CsvRow& row) {
    if (table_.fields == 0 || row.fields.size() <= table_.fields || row.fields[table_.fields].empty()) return;
    intake_.note(row.line, fmt::format("there are {} fields, and names for {}: are the values under theirs?",
                                       row.fields.size(), table_.fields));
  }

  size_t seriesOf(const TableColumn& column, const Entity& entity) {
    const size_t index = intake_.seriesOf({column.signal + kind_, entity});
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
  std::string joined_;  // date and time of the row
  std::string kind_;    // ends the name of its signals
  std::map<Entity, Run> runs_;
};

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

Result<Entity> entityOfField(std::string_view name, const ImportOptions& options) {
  auto found = entityOf(name, options);
  if (found) return found;
  if (auto entity = entityOf(raised(name), options)) return entity;
  return found;
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

Result<void> readWide(std::string_view text, const series::Signal& signal, const ImportOptions& options,
                      Intake& intake) {
  auto times = timeReaderOf(options);
  if (!times) return std::unexpected(times.error());
  CsvReader reader(text, intake.findings());
  const auto header = readHeader(reader);
  if (!header) return std::unexpected(header.error());
  Table table;
  const CsvColumns columns(*header);
  const auto time =
      options.time_column.empty() ? guessTimeColumn(*header) : columns.find(options.time_column);
  if (!time)
    return fail(ErrorKind::kInvalid, "has no column of times that is known: name it with --time COLUMN");
  table.time = *time;
  table.fields = header->fields.size();
  const bool alone = header->fields.size() == 2;
  for (size_t i = 0; i < header->fields.size(); ++i) {
    const std::string_view name = header->fields[i];
    if (i == *time || name.empty()) continue;
    TableColumn column{.column = i, .signal = signal};
    const auto said = std::find_if(options.values.begin(), options.values.end(),
                                   [name](const auto& value) { return value.column == name; });
    if (said != options.values.end()) column.signal = said->signal;
    if (!options.entity) {
      const auto place = entityOf(name, options);
      if (!place) {
        intake.findings().note("line 1", "the column is passed over: " + place.error().message);
        continue;
      }
      column.entity = *place;
    } else {
      column.entity = *options.entity;
      if (said == options.values.end() && !alone) column.signal += "." + signalWord(name);
    }
    table.values.push_back(std::move(column));
  }
  if (table.values.empty()) {
    return fail(ErrorKind::kUsage, "no column is of a place that is known: name it with --entity CODE");
  }
  table.entity = [&table](const CsvRow&) -> Result<Entity> { return *table.values.front().entity; };
  return readTable(reader, table, std::move(*times), intake);
}

std::string signalWord(std::string_view text) {
  constexpr size_t kMost = 40;
  std::string word;
  for (const char c : lowered(text.substr(0, kMost))) {
    const bool fits = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (fits) {
      word += c;
    } else if (!word.empty() && word.back() != '-') {
      word += '-';
    }
  }
  while (word.ends_with('-')) word.pop_back();
  return word.empty() ? "value" : word;
}

}  // namespace nightjar::imports
