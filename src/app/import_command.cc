#include "app/import_command.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>

#include "app/command.h"
#include "app/import_findings.h"
#include "app/import_options.h"
#include "app/import_output.h"
#include "app/import_writer.h"
#include "app/options.h"
#include "app/text_file.h"
#include "base/printable.h"
#include "imports/binning.h"
#include "imports/settling.h"

namespace nightjar::app {
namespace {

// The width of a store that is there already.
Result<std::optional<BinWidth>> widthOf(const std::string& path) {
  std::error_code ignored;
  if (path == ":memory:" || !std::filesystem::exists(path, ignored)) return std::nullopt;
  const auto store = series::openStoreForReading(path);
  if (!store) return std::unexpected(store.error());
  return (*store)->width();
}

Result<int> run(ImportArguments arguments) {
  const auto known = widthOf(arguments.store);
  if (!known) return std::unexpected(known.error());
  arguments.options.bin = *known ? *known : arguments.width;
  imports::Intake intake;
  for (const std::string& path : arguments.files) {
    const auto text = readText(path);
    if (!text) return std::unexpected(text.error());
    intake.begin(path == "-" ? "standard input" : printable(path));
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
                               [](const imports::ReadSeries& series) { return !series.readings.empty(); });
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
  const auto written = writeImport(**store, intake);
  if (!written) return std::unexpected(written.error());
  const uint64_t judgements = intake.judgements().size();
  const auto printed = writeOutput(arguments.json ? importJson(*written, judgements, dropped, intake.files())
                                                  : importTable(*written, judgements, dropped));
  if (!printed) return std::unexpected(printed.error());
  return dropped > 0 ? kFailed : kDone;
}

}  // namespace

int importCommand(int argc, char** argv) {
  return runWith(parseImportArguments(argc, argv), run);
}

}  // namespace nightjar::app
