// Importers in tests: a text in, series and findings out.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "imports/binning.h"
#include "imports/importer.h"
#include "imports/settling.h"

namespace nightjar::imports {

struct Imported {
  Intake intake;
  std::string error;

  const ReadSeries* find(const std::string& entity, const std::string& signal) {
    for (const ReadSeries& series : intake.series()) {
      if (series.key.entity.code() == entity && series.key.signal == signal) return &series;
    }
    return nullptr;
  }
  // "01:00 5 @1.00": the bins of a series, the hour and the minute of each.
  std::vector<std::string> bins(const std::string& entity, const std::string& signal, BinWidth width) {
    std::vector<std::string> all;
    const ReadSeries* series = find(entity, signal);
    if (series == nullptr) return {"no such series"};
    for (const auto& [bin, point] : binned(*series, width)) {
      all.push_back(fmt::format("{} {:.4g} @{:.2f}", formatTime(bin.start(width)).substr(11, 5), point.value,
                                point.coverage));
    }
    return all;
  }
  std::vector<std::string> told() {
    std::vector<std::string> all;
    for (const Finding& finding : intake.findings().kept()) all.push_back(finding.describe());
    return all;
  }
};

inline Imported import(const std::string& format, std::string_view text, const ImportOptions& options = {},
                       std::optional<Seconds> step = {}) {
  Imported imported;
  imported.intake.begin("file");
  const auto read = importerOf(format).value().read(text, options, imported.intake);
  if (!read) imported.error = read.error().message;
  if (read) {
    if (const auto settled = settle(imported.intake, step); !settled)
      imported.error = settled.error().message;
  }
  return imported;
}

// A file of the shared data, empty where it is missing.
inline std::string sharedText(const std::string& name) {
  std::ifstream in(std::string(NIGHTJAR_SHARED_DATA) + "/" + name);
  std::stringstream text;
  if (in) text << in.rdbuf();
  return text.str();
}

}  // namespace nightjar::imports
