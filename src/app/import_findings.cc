#include "app/import_findings.h"

#include <fmt/format.h>

#include "imports/binning.h"

namespace nightjar::app {
namespace {

// From how many bins on a value counts for several.
constexpr double kSeveral = 1.5;

}  // namespace

std::string droppedWords(uint64_t dropped) {
  return dropped == 1 ? "1 row or value dropped" : fmt::format("{} rows or values dropped", dropped);
}

uint64_t tellFindings(const std::vector<imports::ReadFile>& files) {
  uint64_t dropped = 0;
  for (const imports::ReadFile& file : files) {
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

void tellFills(const std::vector<imports::ReadSeries>& all, BinWidth width, bool chosen) {
  const imports::ReadSeries* worst = nullptr;
  size_t others = 0;
  for (const imports::ReadSeries& series : all) {
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

}  // namespace nightjar::app
