#include "app/import_output.h"

#include <fmt/format.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <iterator>

#include "app/import_findings.h"
#include "app/names.h"

namespace nightjar::app {
namespace {

std::string nameOfSeries(const imports::ReadSeries& series) {
  return series.name.empty() ? nameOf(series.key.entity) : series.name;
}

std::string stepOf(const imports::ReadSeries& series) {
  return fmt::format("{} {}", formatDuration(series.step), imports::nameOf(series.timing));
}

}  // namespace

std::string importTable(const WrittenImport& written, uint64_t judgements, uint64_t dropped) {
  std::string text;
  if (!written.lines.empty()) {
    text = fmt::format("{:<14} {:<26} {:<26} {:<18} {:>7} {:>8}  {:<20} {}\n", "PLACE", "NAME", "SIGNAL",
                       "STEP", "BINS", "COVERAGE", "FROM", "UNTIL");
  }
  for (const WrittenImport::Line& line : written.lines) {
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

std::string importJson(const WrittenImport& written, uint64_t judgements, uint64_t dropped,
                       const std::vector<imports::ReadFile>& files) {
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
  for (const WrittenImport::Line& line : written.lines) {
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
  for (const imports::ReadFile& file : files) {
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

}  // namespace nightjar::app
