// A chart of series over time, as PNG or SVG, by Cairo.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "series/series.h"

namespace nightjar::evidence {

struct ChartLine {
  std::string label;               // what it is, for people
  series::Series series;           // gaps are left open
  std::optional<double> baseline;  // drawn dashed, in the series' own unit
};

// A span of time that is shaded: the incident, or one of its phases.
struct ChartBand {
  Time from;
  Time until;
  std::string label;
};

struct Chart {
  std::string title;
  std::string note;  // below it: the source, or that it is a simulation
  Time from;
  Time until;
  std::vector<ChartLine> lines;  // one panel each, from the top
  std::vector<ChartBand> bands;
};

// The file's bytes. The same chart gives the same picture on machines with the same fonts. Fails with kLimit
// where Cairo cannot draw it.
Result<std::string> toPng(const Chart& chart);
Result<std::string> toSvg(const Chart& chart);

}  // namespace nightjar::evidence
