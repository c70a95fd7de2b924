#include "app/series_command.h"

#include <fmt/format.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "app/command.h"
#include "app/options.h"
#include "app/series_store.h"
#include "series/store.h"

namespace nightjar::app {
namespace {

constexpr const char* kHelp =
    R"(Usage: nightjar series [OPTION]... --store FILE ENTITY
Prints the series of one entity, one line per bin and signal; a bin without coverage has no line.

  --store FILE   the store
  --signal S     only this signal, such as routing.visible24 (default: all that the entity has)
  --from TIME    bins that begin at or after
  --until TIME   bins that begin before
  --csv          time,signal,value,coverage (default)
  --json         one JSON document
)";

struct Arguments {
  std::string store;
  std::string signal;
  std::optional<Time> from, until;
  std::optional<Entity> entity;
  bool json = false;
};

std::expected<Arguments, int> parse(int argc, char** argv) {
  Arguments arguments;
  Options options(argv[0], kHelp);
  options.text("store", arguments.store);
  options.text("signal", arguments.signal);
  options.value("from", arguments.from, parseTime);
  options.value("until", arguments.until, parseTime);
  options.flag("csv", arguments.json, false);
  options.flag("json", arguments.json);
  const auto operands = options.read(argc, argv);
  options.requireStore(arguments.store);
  options.entity(arguments.entity, operands);
  if (operands.empty()) options.refuse("name an entity, such as KZ or AS9198");
  return options.result(std::move(arguments));
}

// A whole number without a fraction, else as many digits as tell the value apart.
std::string numberText(double value) {
  return fmt::format("{}", value);
}

std::string toCsv(const std::vector<series::Series>& all) {
  std::string text = "time,signal,value,coverage\n";
  for (const series::Series& one : all) {
    Bin bin = one.first;
    for (const series::Point& point : one.points) {
      if (point.present()) {
        fmt::format_to(std::back_inserter(text), "{},{},{},{:.3f}\n", formatTime(bin.start(one.width)),
                       one.key.signal, numberText(point.value), point.coverage);
      }
      bin = bin.next();
    }
  }
  return text;
}

std::string quoted(const std::string& text) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer>(buffer).String(text.c_str(),
                                                            static_cast<rapidjson::SizeType>(text.size()));
  return {buffer.GetString(), buffer.GetSize()};
}

// Columns as page and scripts want them: values and coverage by bin, null for a gap.
std::string toJson(const Entity& entity, const Provenance& provenance,
                   const std::vector<series::Series>& all) {
  std::string text = fmt::format(R"({{"entity":{},"geo_source":{},"simulation":{},"series":[)",
                                 quoted(entity.code()), quoted(provenance.geolocation),
                                 provenance.simulation.empty() ? "null" : quoted(provenance.simulation));
  for (const series::Series& one : all) {
    std::string values, coverage;
    for (const series::Point& point : one.points) {
      const char* comma = values.empty() ? "" : ",";
      values += comma + (point.present() ? numberText(point.value) : "null");
      coverage += comma + fmt::format("{:.3f}", point.coverage);
    }
    fmt::format_to(std::back_inserter(text),
                   R"({}{{"signal":{},"from":"{}","step":{},"values":[{}],"coverage":[{}]}})",
                   &one == all.data() ? "" : ",", quoted(one.key.signal),
                   formatTime(one.first.start(one.width)), one.width.length().count(), values, coverage);
  }
  return text + "]}\n";
}

Result<int> run(const Arguments& arguments) {
  const auto store = series::openStoreForReading(arguments.store);
  if (!store) return std::unexpected(store.error());
  const auto provenance = provenanceOf(**store);
  if (!provenance) return std::unexpected(provenance.error());
  const auto infos = (*store)->list({.signal = arguments.signal, .entity = arguments.entity});
  if (!infos) return std::unexpected(infos.error());
  if (infos->empty()) {
    return failIn(arguments.store,
                  {ErrorKind::kInvalid,
                   fmt::format("holds no series of {}{}{}", arguments.entity->code(),
                               arguments.signal.empty() ? "" : " with signal ", arguments.signal)});
  }
  std::vector<series::Series> all;
  const BinWidth width = (*store)->width();
  for (const series::SeriesInfo& info : *infos) {
    Bin from = info.first;
    Bin until = info.last.next();
    // The first bin that begins at or after a time.
    const auto binFrom = [width](Time time) {
      const Bin bin = Bin::of(time, width);
      return bin.start(width) < time ? bin.next() : bin;
    };
    if (arguments.from) from = std::max(from, binFrom(*arguments.from));
    if (arguments.until) until = std::min(until, binFrom(*arguments.until));
    auto one = (*store)->read(info.key, from, std::max(from, until));
    if (!one) return std::unexpected(one.error());
    all.push_back(std::move(*one));
  }
  return doneOr(writeOutput(arguments.json ? toJson(*arguments.entity, *provenance, all) : toCsv(all)));
}

}  // namespace

int seriesCommand(int argc, char** argv) {
  return runWith(parse(argc, argv), run);
}

}  // namespace nightjar::app
