#include "app/import_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "app/options.h"
#include "app/text_file.h"
#include "imports/csv_reader.h"
#include "imports/written_time.h"

namespace nightjar::app {
namespace {

constexpr const char* kHelp =
    R"(Usage: nightjar import [OPTION]... FORMAT FILE... --store FILE
Puts other people's series into a store, where they are judged like measured ones. FILE may be compressed; - is
standard input. What is unsound is named by line and dropped, the rest is kept, and the exit status is then 1.

  --store FILE         the store (made if there is none, with the bin of the file's step)
  --bin WIDTH          length of a bin, 1m to 1h
  --zone OFFSET        times that name no zone are that far ahead of UTC: +03:30
  --time COLUMN        the column of the time; DATE+TIME: two of them
  --time-format FORMAT how it is written, in the letters of strptime: '%d/%m/%Y %H:%M'
  --value COLUMN=NAME  a column of values, and the signal that it becomes; may be repeated
  --signal-column COLUMN      where each row has a value of another signal: NAME and what stands there, NAME.bgp
  --columns NAME,...   a file without a row of names: these are its columns
  --step STEP          how long a value holds: 5m for all, COLUMN=30m for one; default: the usual distance
  --entity CODE        everything is of this place
  --entity-column COLUMN      the place is named there
  --entity-map NAME=CODE      what the file calls the place; may be repeated, or a CSV file of names and codes
  --asn-map NAME=ASN          the same for networks
  --address COLUMN     the column of the probed address
  --label COLUMN       rows that somebody marked: each run of them is kept as a judgement of others
  --json               one JSON document instead of a table

Formats:
)";

// "NAME=VALUE", cut at the last '=' (a name may hold one, a code or signal does not).
Result<std::pair<std::string, std::string>> readPair(const std::string& text) {
  const size_t mark = text.rfind('=');
  if (mark == std::string::npos || mark == 0 || mark + 1 == text.size()) {
    return fail(ErrorKind::kUsage, fmt::format("'{}' is not like NAME=VALUE", text));
  }
  return std::pair(text.substr(0, mark), text.substr(mark + 1));
}

// A pair, or a CSV file of pairs.
Result<std::vector<std::pair<std::string, std::string>>> readMap(const std::string& text) {
  std::vector<std::pair<std::string, std::string>> pairs;
  if (text.find('=') != std::string::npos) {
    auto pair = readPair(text);
    if (!pair) return std::unexpected(pair.error());
    pairs.push_back(std::move(*pair));
    return pairs;
  }
  const auto file = readText(text);
  if (!file) return std::unexpected(file.error());
  imports::Findings findings;
  imports::CsvReader reader(*file, findings);
  for (imports::CsvRow row;;) {
    const auto more = reader.next(row);
    if (!more) return failIn(text, more.error());
    if (!*more) return pairs;
    if (row.fields.size() < 2) {
      return failIn(text, {ErrorKind::kInvalid, imports::lineOf(row.line) + ": has no two columns"});
    }
    pairs.emplace_back(row.fields[0], row.fields[1]);
  }
}

bool isSignal(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  };
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), fits);
}

Result<void> readValue(std::string_view text, std::vector<imports::ImportOptions::Value>& values) {
  const auto pair = readPair(std::string(text));
  if (!pair) return std::unexpected(pair.error());
  if (!isSignal(pair->second)) {
    return fail(ErrorKind::kUsage, fmt::format("'{}' is no name of a signal: small letters, digits, "
                                               "dots and hyphens, such as ioda.bgp",
                                               pair->second));
  }
  values.push_back({pair->first, pair->second});
  return {};
}

Result<void> readNames(std::string_view text, std::vector<std::string>& names) {
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    names.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return {};
}

// "5m" for all signals, "SIGNAL=30m" for one.
Result<void> readStep(const std::string& text, ImportArguments& arguments) {
  const bool one = text.find('=') != std::string::npos;
  const auto pair = one ? readPair(text) : std::pair(std::string(), text);
  if (!pair) return std::unexpected(pair.error());
  const auto step = parseDuration(pair->second);
  if (!step) return std::unexpected(step.error());
  if (one) {
    arguments.options.steps.insert_or_assign(pair->first, *step);
  } else {
    arguments.step = *step;
  }
  return {};
}

template <typename Put>
Result<void> readEntityMap(const std::string& text, Put put) {
  auto pairs = readMap(text);
  if (!pairs) return std::unexpected(pairs.error());
  for (auto& [name, code] : *pairs) {
    const auto entity = Entity::parse(code);
    if (!entity) return std::unexpected(entity.error());
    put(std::move(name), *entity);
  }
  return {};
}

std::string helpText() {
  std::string text = kHelp;
  for (const imports::Importer& importer : imports::importers()) {
    text += fmt::format("  {:<10} {}\n", importer.name, importer.summary);
  }
  return text;
}

}  // namespace

std::expected<ImportArguments, int> parseImportArguments(int argc, char** argv) {
  ImportArguments arguments;
  imports::ImportOptions& import = arguments.options;
  Options options(argv[0], helpText());
  options.text("store", arguments.store);
  options.value("bin", arguments.width, readBinWidth);
  options.value("zone", import.zone, imports::readZone);
  options.text("time", import.time_column);
  options.text("time-format", import.time_format);
  options.each("value", [&](const char* text) { return readValue(text, import.values); });
  options.each("step", [&](const char* text) { return readStep(text, arguments); });
  options.value("entity", import.entity, Entity::parse);
  options.text("entity-column", import.entity_column);
  options.each("entity-map", [&](const char* text) {
    return readEntityMap(text, [&](std::string name, const Entity& entity) {
      import.entity_map.insert_or_assign(std::move(name), entity);
    });
  });
  options.each("asn-map", [&](const char* text) {
    return readEntityMap(text, [&](std::string name, const Entity& entity) {
      if (entity.asn()) import.asn_map.insert_or_assign(std::move(name), *entity.asn());
    });
  });
  options.text("address", import.address_column);
  options.text("label", import.label_column);
  options.text("signal-column", import.signal_column);
  options.each("columns", [&](const char* text) { return readNames(text, import.columns); });
  options.flag("json", arguments.json);
  const auto operands = options.read(argc, argv);
  options.requireStore(arguments.store);
  if (operands.size() < 2) {
    options.refuse("name a format and at least one file");
  } else {
    options.check(arguments.importer, imports::importerOf(operands.front()));
    arguments.files.assign(operands.begin() + 1, operands.end());
  }
  return options.result(std::move(arguments));
}

}  // namespace nightjar::app
