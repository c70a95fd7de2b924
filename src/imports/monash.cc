#include "imports/monash.h"

#include <fmt/format.h>

#include <map>
#include <set>

#include "base/printable.h"
#include "imports/countries.h"
#include "imports/regions.h"
#include "imports/table.h"

namespace nightjar::imports {
namespace {

constexpr std::string_view kSignal = "monash.connectivity";

struct Columns {
  size_t iso = 0, name_1 = 0, time = 0, value = 0;
  std::optional<size_t> id_1, id_2, name_2;
};

Result<Columns> columnsOf(const CsvRow& header, const ImportOptions& options) {
  const CsvColumns names(header);
  Columns columns;
  const bool utc = names.find("time_e_utc").has_value();
  const std::string time = !options.time_column.empty() ? options.time_column : utc ? "time_e_utc" : "time_e";
  const std::pair<std::string_view, size_t*> wanted[] = {{"iso", &columns.iso},
                                                         {"name_1", &columns.name_1},
                                                         {time, &columns.time},
                                                         {"connectivity", &columns.value}};
  for (const auto& [name, column] : wanted) {
    const auto at = names.at(name);
    if (!at) return std::unexpected(at.error());
    *column = *at;
  }
  columns.id_1 = names.find("id_1");
  columns.id_2 = names.find("id_2");
  columns.name_2 = names.find("name_2");
  return columns;
}

class Units {
 public:
  Units(const Columns& columns, const ImportOptions& options, Intake& intake)
      : columns_(columns), options_(options), intake_(intake) {}

  Result<Entity> placeOf(const CsvRow& row) {
    const auto iso = fieldOf(row, columns_.iso).value_or("");
    const auto country = countryOf(iso);
    if (!country) return fail(ErrorKind::kInvalid, fmt::format("{} is no country", quote(iso)));
    const auto name = fieldOf(row, columns_.name_2.value_or(columns_.name_1)).value_or("");
    const auto id_column = columns_.name_2 ? columns_.id_2 : columns_.id_1;
    const auto id = id_column ? fieldOf(row, *id_column).value_or("") : "";
    const std::string key = fmt::format("{}/{}/{}", *country, id, name);
    auto known = units_.find(key);
    if (known == units_.end()) {
      auto found = lookUp(*country, name, id);
      if (!found) return found;
      known = units_.emplace(key, *found).first;
      if (const auto [at, fresh] = owner_.emplace(*found, key); !fresh && at->second != key) {
        intake_.note(row.line,
                     fmt::format("{} and {} both are {}", quote(at->second), quote(key), found->code()));
      }
      intake_.seriesOf({std::string(kSignal), *found}, name);
    }
    return known->second;
  }

  // The nations' own series, from what was read.
  void addNations() {
    struct Sum {
      double values = 0;
      uint32_t units = 0;
    };
    std::map<std::string, std::map<Time, Sum>> nations;
    std::map<std::string, uint32_t> units;
    const auto file = static_cast<uint32_t>(intake_.files().size() - 1);
    for (const ReadSeries& series : intake_.series()) {
      if (series.key.entity.kind() != EntityKind::kRegion || !owner_.contains(series.key.entity)) continue;
      const std::string country(series.key.entity.countryCode());
      ++units[country];
      std::set<Time> counted;
      for (auto at = series.readings.rbegin(); at != series.readings.rend(); ++at) {  // the last one wins
        if (at->file != file || !counted.insert(at->time).second) continue;
        Sum& sum = nations[country][at->time];
        sum.values += at->value;
        ++sum.units;
      }
    }
    for (const auto& [country, times] : nations) {
      const size_t index = intake_.seriesOf({std::string(kSignal), Entity::country(country)});
      uint32_t place = 0;
      for (const auto& [time, sum] : times) {
        intake_.take(index, time, sum.values / sum.units, ++place,
                     static_cast<float>(sum.units) / static_cast<float>(units[country]));
      }
    }
  }

 private:
  Result<Entity> lookUp(std::string_view country, std::string_view name, std::string_view id) const {
    if (const auto mapped = options_.entity_map.find(name); mapped != options_.entity_map.end()) {
      return mapped->second;
    }
    if (!columns_.name_2) {
      if (const auto found = regionByName(country, name)) return *found;
    }
    if (const auto numbered = regionByNumber(country, id)) return *numbered;
    return fail(ErrorKind::kInvalid,
                fmt::format("{} has no number below 1000 and no code that is known; say it with --entity-map",
                            quote(name)));
  }

  const Columns& columns_;
  const ImportOptions& options_;
  Intake& intake_;
  std::map<std::string, Entity> units_;  // by country, number and name
  std::map<Entity, std::string> owner_;
};

}  // namespace

Result<void> readMonash(std::string_view text, const ImportOptions& options, Intake& intake) {
  auto times = timeReaderOf(options);
  if (!times) return std::unexpected(times.error());
  CsvReader reader(text, intake.findings());
  const auto header = readHeader(reader);
  if (!header) return std::unexpected(header.error());
  const auto columns = columnsOf(*header, options);
  if (!columns) return std::unexpected(columns.error());
  Units units(*columns, options, intake);
  Table table;
  table.time = columns->time;
  table.values.push_back({.column = columns->value, .signal = std::string(kSignal)});
  table.entity = [&units](const CsvRow& row) { return units.placeOf(row); };
  if (const auto read = readTable(reader, table, std::move(*times), intake); !read) return read;
  units.addNations();
  return {};
}

}  // namespace nightjar::imports
