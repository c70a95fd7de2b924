#include "imports/ioda_csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/printable.h"
#include "imports/table.h"
#include "imports/words.h"

namespace nightjar::imports {
namespace {

struct Word {
  std::string_view word;  // in small letters, in the name of the column
  std::string_view signal;
  double scale = 1;
};

// The first that is found. The names are those of the API's data sources, too.
constexpr Word kWords[] = {
    {"loss", "ioda.ping-slash24-loss", 0.01},
    {"median latency", "ioda.ping-slash24-latency"},
    {"percentile", ""},
    {"latency", "ioda.ping-slash24-latency"},
    {"ping-slash24", "ioda.ping-slash24"},
    {"active probing", "ioda.ping-slash24"},
    {"bgp", "ioda.bgp"},
    {"telescope", "ioda.merit-nt"},
    {"merit", "ioda.merit-nt"},
    {"gtr-norm", "ioda.gtr-norm"},
    {"gtr-sarima", "ioda.gtr-sarima"},
    {"gtr", "ioda.gtr"},
    {"google", "ioda.gtr"},
    {"web search", "ioda.gtr"},
    {"mozilla", "ioda.mozilla"},
};

const Word* wordIn(std::string_view column) {
  const std::string low = lowered(column);
  for (const Word& word : kWords) {
    if (low.find(word.word) != std::string::npos) return word.signal.empty() ? nullptr : &word;
  }
  return nullptr;
}

// The page exports the same columns as shares of their largest value ("Normalized CSV"), and the file does
// not say which it is.
void tellNormalized(Intake& intake) {
  bool any = false;
  for (const ReadSeries& series : intake.series()) {
    if (series.key.signal.ends_with("-loss") || series.key.signal.ends_with("-norm")) continue;
    double most = 0;
    for (const Reading& reading : series.readings) most = std::max(most, reading.value);
    if (most != 100) return;
    any = true;
  }
  if (any) {
    intake.findings().note("",
                           "the largest value of every column is 100: this is the page's normalized "
                           "export, in per cent of that value");
  }
}

}  // namespace

Result<void> readIodaCsv(std::string_view text, const ImportOptions& options, Intake& intake) {
  if (!options.entity) {
    return fail(ErrorKind::kUsage, "the file does not name its place: say it with --entity CODE");
  }
  auto times = timeReaderOf(options);
  if (!times) return std::unexpected(times.error());
  CsvReader reader(text, intake.findings());
  const auto header = readHeader(reader);
  if (!header) return std::unexpected(header.error());
  const auto time = guessTimeColumn(*header);
  if (!time) return fail(ErrorKind::kInvalid, "has no column of times");
  Table table;
  table.time = *time;
  table.entity = [&options](const CsvRow&) -> Result<Entity> { return *options.entity; };
  std::set<std::string_view> taken;
  for (size_t i = 0; i < header->fields.size(); ++i) {
    if (i == *time) continue;
    const Word* word = wordIn(header->fields[i]);
    if (word == nullptr || !taken.insert(word->signal).second) {
      intake.findings().note("line 1",
                             fmt::format("the column {} is passed over: {}", quote(header->fields[i]),
                                         word == nullptr ? "it is no signal that is known"
                                                         : "another column has the same signal"));
      continue;
    }
    table.values.push_back(
        {.column = i, .signal = std::string(word->signal), .step = {}, .entity = {}, .scale = word->scale});
  }
  if (table.values.empty()) return fail(ErrorKind::kInvalid, "has no column of a signal of IODA's");
  if (const auto read = readTable(reader, table, std::move(*times), intake); !read) return read;
  tellNormalized(intake);
  return {};
}

}  // namespace nightjar::imports
