#include "shared_data.h"

#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include "imports/binning.h"
#include "imports/settling.h"

namespace nightjar::bench {

using std::chrono::hours;
using std::chrono::minutes;

SharedFile iraqFile() {
  imports::ImportOptions options;
  options.time_column = "timestamp";
  for (const char* column : {"bgp", "ping-slash24", "merit-nt", "gtr"}) {
    options.values.push_back({column, fmt::format("ioda.{}", column)});
  }
  options.steps["gtr"] = minutes(30);
  options.label_column = "LABEL";
  options.entity = Entity::country("IQ");
  return {"iraq-2023-exams.csv", "csv", options};
}

SharedFile iranFile() {
  return {"iran-2019-counties.csv", "monash", {.zone = minutes(210)}};
}

SharedFile venezuelaFile() {
  return {"venezuela-2019-states.csv", "monash", {.zone = hours(-4)}};
}

SharedFile bagoFile() {
  imports::ImportOptions options{.zone = minutes(390)};
  options.entity = Entity::region("MM-02");
  return {"bago-2021-pings.csv", "pings", options};
}

std::optional<imports::Intake> readShared(const std::string& folder, const SharedFile& file) {
  std::ifstream in(folder + "/" + file.name);
  const auto importer = imports::importerOf(file.format);
  if (!in || !importer) return std::nullopt;
  std::ostringstream text;
  text << in.rdbuf();
  imports::Intake intake;
  intake.begin(file.name);
  auto read = importer->read(text.str(), file.options, intake);
  if (read) read = imports::settle(intake, {});
  if (!read) {
    fmt::print(stderr, "{}: {}\n", file.name, read.error().message);
    return std::nullopt;
  }
  return intake;
}

std::vector<series::Series> storedSeries(imports::Intake& intake) {
  const BinWidth width = imports::fittingWidth(intake.series());
  std::vector<series::Series> all;
  for (const imports::ReadSeries& read : intake.series()) {
    series::Series series{read.key, width, {}, {}};
    for (const auto& [bin, point] : imports::binned(read, width)) {
      if (series.points.empty()) series.first = bin;
      series.points.resize(static_cast<size_t>(bin.index - series.first.index));
      series.points.push_back(point);
    }
    if (!series.points.empty()) all.push_back(std::move(series));
  }
  return all;
}

std::vector<Span> iraqShutdowns(imports::Intake& intake) {
  std::vector<Span> spans;
  for (const imports::Judgement& judgement : intake.judgements()) {
    if (judgement.end) spans.emplace_back(judgement.onset, *judgement.end);
  }
  return spans;
}

std::vector<Span> bagoNights() {
  constexpr Time kFirst{Seconds(1613327400)};  // 14 February 2021, 18:30 UTC
  std::vector<Span> nights;
  for (int night = 0; night < 72; ++night) {
    const Time from = kFirst + hours(24 * night);
    nights.emplace_back(from, from + hours(8));
  }
  return nights;
}

}  // namespace nightjar::bench
