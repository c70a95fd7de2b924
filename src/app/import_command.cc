#include "app/import_command.h"

#include <fmt/format.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "app/command.h"
#include "app/input_hash.h"
#include "app/names.h"
#include "app/options.h"
#include "imports/binning.h"
#include "imports/csv_reader.h"
#include "imports/importer.h"
#include "imports/settling.h"
#include "imports/written_time.h"
#include "routing/feed/byte_stream.h"
#include "series/store.h"

namespace nightjar::app {
namespace {

using imports::Intake;
using imports::ReadFile;
using imports::ReadSeries;

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

struct Arguments {
  imports::Importer importer{};
  std::vector<std::string> files;
  std::string store;
  std::optional<BinWidth> width;
  std::optional<Seconds> step;
  imports::ImportOptions options;
  bool json = false;
};

// Reads a whole file, decompressed.
Result<std::string> readText(const std::string& path) {
  auto stream = feed::openFile(path == "-" ? "/dev/stdin" : path);
  if (!stream) return std::unexpected(stream.error());
  std::string text;
  constexpr size_t kStep = size_t{1} << 20;
  for (;;) {
    const size_t before = text.size();
    text.resize(before + kStep);
    const auto got = (*stream)->read({reinterpret_cast<uint8_t*>(text.data()) + before, kStep});
    if (!got) return std::unexpected(got.error());
    text.resize(before + *got);
    if (*got == 0) return text;
    if (text.size() > imports::kMostText) {
      return failIn(path, {ErrorKind::kLimit, fmt::format("holds more than {} MiB: cut it into parts",
                                                          imports::kMostText >> 20)});
    }
  }
}

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

// "5m" for all signals, "SIGNAL=30m" for one.
Result<void> readStep(const std::string& text, Arguments& arguments) {
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

std::expected<Arguments, int> parse(int argc, char** argv) {
  Arguments arguments;
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

struct Written {
  struct Line {
    const ReadSeries* series;
    size_t bins;
    double coverage;  // the mean from the first to the last of them; where none is, 0
    Bin first, last;
  };
  std::vector<Line> lines;
  series::Appended appended;
  BinWidth width;
};

// All of what was read, in one batch: all of it is kept, or nothing.
class Writer {
 public:
  Writer(series::Store& store, Intake& intake) : store_(store), intake_(intake) {}

  Result<Written> run() {
    written_.width = store_.width();
    if (const auto begun = store_.begin(); !begun) return std::unexpected(begun.error());
    auto done = writeSeries();
    if (done) done = writeRecords();
    if (done) done = store_.commit();
    if (!done) {
      store_.rollback();
      return std::unexpected(done.error());
    }
    return std::move(written_);
  }

 private:
  struct Cell {
    Bin bin;
    series::Sample sample;
  };

  Result<void> writeSeries() {
    std::vector<Cell> cells;
    for (const ReadSeries& one : intake_.series()) {
      const auto points = imports::binned(one, store_.width());
      if (points.empty()) continue;
      const auto id = store_.idOf(one.key);
      if (!id) return std::unexpected(id.error());
      double coverage = 0;
      for (const auto& [bin, point] : points) {
        coverage += static_cast<double>(point.coverage);
        cells.push_back({bin, {*id, point}});
      }
      const Bin first = points.front().bin, last = points.back().bin;
      const auto all = static_cast<double>(last.index - first.index + 1);
      written_.lines.push_back({&one, points.size(), coverage / all, first, last});
    }
    std::sort(cells.begin(), cells.end(), [](const Cell& a, const Cell& b) {
      return std::tie(a.bin, a.sample.series) < std::tie(b.bin, b.sample.series);
    });
    std::vector<series::Sample> samples;
    for (size_t i = 0; i < cells.size();) {
      const Bin bin = cells[i].bin;
      samples.clear();
      for (; i < cells.size() && cells[i].bin == bin; ++i) samples.push_back(cells[i].sample);
      const auto appended = store_.append(bin, samples);
      if (!appended) return std::unexpected(appended.error());
      written_.appended.added += appended->added;
      written_.appended.replaced += appended->replaced;
      written_.appended.unchanged += appended->unchanged;
    }
    return {};
  }

  Result<void> writeRecords() {
    for (const ReadFile& file : intake_.files()) {
      if (!file.from) continue;
      const series::Source source{.input = file.name,
                                  .collector = {},
                                  .kind = "import",
                                  .from = *file.from,
                                  .until = *file.until,
                                  .geolocation = {},
                                  .simulation = {},
                                  .program = "nightjar " NIGHTJAR_VERSION};
      if (const auto added = store_.addSource(source); !added) return added;
      const auto hash = hashFile(file.name);
      if (!hash) continue;  // what came through a pipe cannot be read again
      const series::Note note = inputNote("input", file.name, "", *file.until, *hash);
      if (const auto kept = store_.putNotes({&note, 1}); !kept) return kept;
    }
    for (const imports::Judgement& judgement : intake_.judgements()) {
      const auto kept = store_.putIncident({judgement.id, 0, judgement.rule, judgement.entity,
                                            judgement.onset, judgement.end, judgement.json});
      if (!kept) return std::unexpected(kept.error());
    }
    return {};
  }

  series::Store& store_;
  Intake& intake_;
  Written written_;
};

std::string droppedWords(uint64_t dropped) {
  return dropped == 1 ? "1 row or value dropped" : fmt::format("{} rows or values dropped", dropped);
}

std::string nameOfSeries(const ReadSeries& series) {
  return series.name.empty() ? nameOf(series.key.entity) : series.name;
}

std::string stepOf(const ReadSeries& series) {
  return fmt::format("{} {}", formatDuration(series.step), imports::nameOf(series.timing));
}

std::string toTable(const Written& written, uint64_t judgements, uint64_t dropped) {
  std::string text;
  if (!written.lines.empty()) {
    text = fmt::format("{:<14} {:<26} {:<26} {:<18} {:>7} {:>8}  {:<20} {}\n", "PLACE", "NAME", "SIGNAL",
                       "STEP", "BINS", "COVERAGE", "FROM", "UNTIL");
  }
  for (const Written::Line& line : written.lines) {
    fmt::format_to(std::back_inserter(text), "{:<14} {:<26} {:<26} {:<18} {:>7} {:>6.1f} %  {:<20} {}\n",
                   line.series->key.entity.code(), nameOfSeries(*line.series), line.series->key.signal,
                   stepOf(*line.series), line.bins, line.coverage * 100,
                   formatTime(line.first.start(written.width)), formatTime(line.last.end(written.width)));
  }
  fmt::format_to(std::back_inserter(text),
                 "{} series in bins of {}: {} bins new, {} changed, {} as they were", written.lines.size(),
                 formatDuration(written.width.length()), written.appended.added, written.appended.replaced,
                 written.appended.unchanged);
  if (judgements > 0) fmt::format_to(std::back_inserter(text), "; {} judgements of others", judgements);
  if (dropped > 0) text += "; " + droppedWords(dropped);
  return text + "\n";
}

std::string toJson(const Written& written, uint64_t judgements, uint64_t dropped,
                   const std::vector<ReadFile>& files) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> json(buffer);
  const auto put = [&json](const char* field, std::string_view text) {
    json.Key(field);
    json.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  };
  const auto count = [&json](const char* field, uint64_t number) {
    json.Key(field);
    json.Uint64(number);
  };
  json.StartObject();
  json.Key("bin");
  json.Int64(written.width.length().count());
  count("added", written.appended.added);
  count("replaced", written.appended.replaced);
  count("unchanged", written.appended.unchanged);
  count("judgements", judgements);
  count("dropped", dropped);
  json.Key("series");
  json.StartArray();
  for (const Written::Line& line : written.lines) {
    json.StartObject();
    put("entity", line.series->key.entity.code());
    put("name", nameOfSeries(*line.series));
    put("signal", line.series->key.signal);
    json.Key("step");
    json.Int64(line.series->step.count());
    put("timing", imports::nameOf(line.series->timing));
    count("bins", line.bins);
    json.Key("coverage");
    json.Double(line.coverage);
    put("from", formatTime(line.first.start(written.width)));
    put("until", formatTime(line.last.end(written.width)));
    json.EndObject();
  }
  json.EndArray();
  json.Key("files");
  json.StartArray();
  for (const ReadFile& file : files) {
    json.StartObject();
    put("input", file.name);
    count("dropped", file.findings.dropped());
    count("findings", file.findings.all());
    json.Key("told");
    json.StartArray();
    for (const imports::Finding& finding : file.findings.kept()) {
      const std::string text = finding.describe();
      json.String(text.c_str(), static_cast<rapidjson::SizeType>(text.size()));
    }
    json.EndArray();
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  return std::string(buffer.GetString(), buffer.GetSize()) + "\n";
}

// One line of standard error each, and how many there were in all.
uint64_t tellFindings(const std::vector<ReadFile>& files) {
  uint64_t dropped = 0;
  for (const ReadFile& file : files) {
    const imports::Findings& findings = file.findings;
    for (const imports::Finding& finding : findings.kept()) {
      fmt::print(stderr, "{}: {}\n", file.name, finding.describe());
    }
    if (findings.untold() > 0) {
      fmt::print(stderr, "{}: and {} more of that kind\n", file.name, findings.untold());
    }
    if (findings.dropped() > 0) {
      fmt::print(stderr, "{}: {}\n", file.name, droppedWords(findings.dropped()));
    }
    dropped += findings.dropped();
  }
  return dropped;
}

// From how many bins on a value counts for several.
constexpr double kSeveral = 1.5;

// Where one value becomes several bins, and a single wrong one would be taken for as many. `chosen`: the
// width was chosen here, as the regular series among them need it.
void tellFills(const std::vector<ReadSeries>& all, BinWidth width, bool chosen) {
  const ReadSeries* worst = nullptr;
  size_t others = 0;
  for (const ReadSeries& series : all) {
    if (series.readings.empty() || imports::binsOfReading(series, width) < kSeveral) continue;
    if (worst != nullptr) ++others;
    if (worst == nullptr || imports::binsOfReading(series, width) > imports::binsOfReading(*worst, width)) {
      worst = &series;
    }
    if (chosen && series.sampled() && width.length() < std::chrono::hours(1)) {
      fmt::print(stderr, "bins of {} are those of the regular series; values of {} of {} come {} apart\n",
                 formatDuration(width.length()), series.key.signal, series.key.entity.code(),
                 formatDuration(series.usual));
      chosen = false;
    }
  }
  if (worst == nullptr) return;
  fmt::print(stderr,
             "each value of {} of {} fills {:.0f} bins of {}, and a single one then looks like as many{}\n",
             worst->key.signal, worst->key.entity.code(), imports::binsOfReading(*worst, width),
             formatDuration(width.length()),
             others == 0 ? "" : fmt::format("; {} more series have coarse values, too", others));
}

// The width of a store that is there already.
Result<std::optional<BinWidth>> widthOf(const std::string& path) {
  std::error_code ignored;
  if (path == ":memory:" || !std::filesystem::exists(path, ignored)) return std::nullopt;
  const auto store = series::openStoreForReading(path);
  if (!store) return std::unexpected(store.error());
  return (*store)->width();
}

Result<int> run(Arguments arguments) {
  const auto known = widthOf(arguments.store);
  if (!known) return std::unexpected(known.error());
  arguments.options.bin = *known ? *known : arguments.width;
  Intake intake;
  for (const std::string& path : arguments.files) {
    const auto text = readText(path);
    if (!text) return std::unexpected(text.error());
    intake.begin(path == "-" ? "standard input" : path);
    const auto read = arguments.importer.read(*text, arguments.options, intake);
    if (!read) {
      tellFindings(intake.files());
      if (read.error().kind != ErrorKind::kUsage) return failIn(path, read.error());
      return wrongUsage("nightjar import", read.error().describe());
    }
  }
  if (intake.full()) {
    return fail(ErrorKind::kLimit, "there is more than can be kept at once: import the files one by one");
  }
  if (const auto settled = imports::settle(intake, arguments.step); !settled) {
    tellFindings(intake.files());
    return failIn(arguments.files.front(), settled.error());
  }
  const uint64_t dropped = tellFindings(intake.files());
  const bool any = std::any_of(intake.series().begin(), intake.series().end(),
                               [](const ReadSeries& series) { return !series.readings.empty(); });
  if (!any && intake.judgements().empty()) {
    const bool one = arguments.files.size() == 1;
    return failIn(
        arguments.files.front(),
        {ErrorKind::kInvalid, one ? "holds no value that can be used"
                                  : "neither this file nor the others hold a value that can be used"});
  }
  std::optional<BinWidth> width = arguments.width;
  const bool chosen = !width && !*known && any;
  if (chosen) width = imports::fittingWidth(intake.series());
  const BinWidth bins = width ? *width : known->value_or(BinWidth());
  tellFills(intake.series(), bins, chosen);
  if (const auto fits = imports::checkBins(intake.series(), bins); !fits)
    return std::unexpected(fits.error());
  const auto store = series::openStore(arguments.store, width);
  if (!store) return std::unexpected(store.error());
  const auto written = Writer(**store, intake).run();
  if (!written) return std::unexpected(written.error());
  const uint64_t judgements = intake.judgements().size();
  const auto printed = writeOutput(arguments.json ? toJson(*written, judgements, dropped, intake.files())
                                                  : toTable(*written, judgements, dropped));
  if (!printed) return std::unexpected(printed.error());
  return dropped > 0 ? kFailed : kDone;
}

}  // namespace

int importCommand(int argc, char** argv) {
  return runWith(parse(argc, argv), run);
}

}  // namespace nightjar::app
