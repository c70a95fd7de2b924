// Every importer: the first byte of the input chooses the format, the second the options. Whatever the text
// is, the result is an error with words, or series that bin into finite values.
#include <cmath>
#include <cstdlib>
#include <string_view>

#include "imports/binning.h"
#include "imports/curated_outages.h"
#include "imports/importer.h"
#include "imports/settling.h"

namespace {

using namespace nightjar;  // NOLINT(google-build-using-namespace)

imports::ImportOptions optionsOf(uint8_t bits) {
  imports::ImportOptions options;
  if ((bits & 1) != 0) options.entity = Entity::country("IR");
  if ((bits & 2) != 0) options.zone = std::chrono::minutes(210);
  if ((bits & 4) != 0) options.time_format = "%d/%m/%Y %H:%M";
  if ((bits & 8) != 0) options.label_column = "l";
  options.entity_column = "p";
  options.time_column = (bits & 16) != 0 ? "d+u" : "t";
  options.values = {{"v", "a.v"}, {"w", "a.loss"}};
  if ((bits & 32) != 0) options.columns = {"t", "p", "v", "w", "l", "k"};
  if ((bits & 64) != 0) options.signal_column = "k";
  return options;
}

void check(bool holds) {
  if (!holds) std::abort();
}

void checkSeries(const std::vector<imports::ReadSeries>& all, BinWidth width) {
  for (const imports::ReadSeries& series : all) {
    check(Entity::parse(series.key.entity.code()).has_value() && !series.key.signal.empty());
    check(series.readings.empty() || (series.step.count() > 0 && imports::binsOfReading(series, width) > 0));
    std::optional<Bin> last;
    for (const auto& [bin, point] : imports::binned(series, width)) {
      check(std::isfinite(point.value) && point.value >= 0 && point.coverage > 0 && point.coverage <= 1);
      check(!last || *last < bin);
      last = bin;
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 2, size - 2);
  const auto formats = imports::importers();
  const size_t chosen = data[0] % (formats.size() + 1);
  if (chosen == 0) {
    const auto outages = imports::readCuratedOutages(text);
    if (outages) check(outages->rows == outages->outages.size() + outages->findings.dropped());
    return 0;
  }
  imports::Intake intake;
  intake.begin("input");
  imports::ImportOptions options = optionsOf(data[1]);
  // The columns are those of the examples; importers that need them guess otherwise.
  if (formats[chosen - 1].name != std::string_view("csv")) options.time_column.clear();
  const auto read = formats[chosen - 1].read(text, options, intake);
  if (!read) {
    check(!read.error().message.empty());
    return 0;
  }
  if (!imports::settle(intake, std::nullopt)) return 0;
  bool any = false;
  for (const imports::ReadSeries& series : intake.series()) any = any || !series.readings.empty();
  if (!any) return 0;
  const BinWidth width = imports::fittingWidth(intake.series());
  if (!imports::checkBins(intake.series(), width)) return 0;
  checkSeries(intake.series(), width);
  if (imports::checkBins(intake.series(), BinWidth())) checkSeries(intake.series(), BinWidth());
  return 0;
}
