#include "imports/radar.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/printable.h"
#include "imports/csv_reader.h"
#include "imports/json.h"
#include "imports/table.h"

namespace nightjar::imports {
namespace {

std::string signalOf(const Json meta) {
  const Json units = meta["units"];
  std::string_view unit;
  if (units.isArray()) unit = units.first()["value"].text();
  if (unit == "requests") return "radar.http";
  return unit == "bytes" ? "radar.netflows" : "radar.traffic";
}

Seconds stepOf(const Json meta) {
  struct Word {
    std::string_view word, letters;
    Seconds step;
  };
  constexpr Word kWords[] = {{"FIFTEEN_MINUTES", "15m", std::chrono::minutes(15)},
                             {"ONE_HOUR", "1h", std::chrono::hours(1)},
                             {"ONE_DAY", "1d", std::chrono::days(1)},
                             {"ONE_WEEK", "1w", std::chrono::days(7)}};
  const std::string_view text = meta["aggInterval"].text();
  for (const Word& word : kWords) {
    if (text == word.word || text == word.letters) return word.step;
  }
  return Seconds(0);
}

class Answer {
 public:
  Answer(const ImportOptions& options, Intake& intake) : options_(options), intake_(intake) {}

  Result<void> take(const Json result) {
    const Json meta = result["meta"];
    if (const auto sound = checkMeta(meta); !sound) return sound;
    for (const Json member : result) {
      const std::string_view name = member.name();
      const Json times = member["timestamps"];
      if (!times.isArray()) continue;
      any_ = true;
      const auto entity = placeOf(name);
      if (!entity) {
        intake_.findings().drop(fmt::format("series {}", quote(name)), entity.error().message);
      } else {
        takeSeries(name, *entity, meta, times, member["values"]);
      }
    }
    if (!any_) return fail(ErrorKind::kInvalid, "holds no time series: none with timestamps and values");
    return {};
  }

 private:
  Result<void> checkMeta(const Json meta) {
    const std::string_view normalization = meta["normalization"].text();
    if (normalization == "PERCENTAGE_CHANGE") {
      return fail(ErrorKind::kUnsupported,
                  "tells changes in per cent and no levels (normalization "
                  "PERCENTAGE_CHANGE): ask for another");
    }
    if (normalization == "MIN_MAX") {
      intake_.findings().note("",
                              "zero is the lowest value of the period here, and not nothing (normalization "
                              "MIN_MAX)");
    }
    const Json ranges = meta["dateRange"];
    if (ranges.isArray()) {
      const auto from = parseTime(ranges.first()["startTime"].text());
      const auto until = parseTime(ranges.first()["endTime"].text());
      if (from && until && *until < *from) {
        intake_.findings().note("",
                                "the range of dates ends before it begins; the times themselves are read");
      }
    }
    return {};
  }

  Result<Entity> placeOf(std::string_view name) const {
    const auto mapped = options_.entity_map.find(name);
    if (mapped != options_.entity_map.end()) return mapped->second;
    if (auto entity = Entity::parse(name)) return entity;
    if (options_.entity && (name == "serie_0" || name == "main")) return *options_.entity;
    return fail(ErrorKind::kUsage,
                "its place is not said: --entity CODE, or --entity-map " + std::string(name) + "=CODE");
  }

  void takeSeries(std::string_view name, const Entity& entity, const Json meta, const Json times,
                  const Json values) {
    const std::string place = fmt::format("series {}", quote(name));
    if (!values.isArray() || values.size() != times.size()) {
      return intake_.findings().drop(place, "has not as many values as timestamps");
    }
    std::string signal = signalOf(meta);
    for (const ImportOptions::Value& value : options_.values) {
      if (value.column == name) signal = value.signal;
    }
    const size_t index = intake_.seriesOf({signal, entity});
    if (const Seconds step = stepOf(meta); step.count() > 0) intake_.setStep(index, step);
    auto value = values.begin();
    for (const Json time : times) {
      takeValue(index, time, *value);
      ++value;
    }
  }

  // Values are numbers, or texts of them.
  void takeValue(size_t index, Json written, Json value) {
    ++place_;
    const auto time = times_.read(written.text());
    if (!time) return intake_.drop(place_, time.error().message);
    auto number = value.isText() ? readNumber(value.text()) : Result<std::optional<double>>(value.number());
    if (!number) return intake_.drop(place_, number.error().message);
    if (*number) intake_.take(index, *time, **number, place_);
  }

  const ImportOptions& options_;
  Intake& intake_;
  TimeReader times_;
  uint32_t place_ = 0;
  bool any_ = false;
};

}  // namespace

Result<void> readRadar(std::string_view text, const ImportOptions& options, Intake& intake) {
  const size_t first = text.find_first_not_of(" \t\r\n\xef\xbb\xbf");
  if (first == std::string_view::npos || text[first] != '{') {
    return readWide(text, "radar.traffic", options, intake);
  }
  JsonDocument document;
  if (const auto parsed = document.parse(text); !parsed) return parsed;
  intake.placesAre("value");
  const Json result = document.root()["result"];
  return Answer(options, intake).take(result.isObject() ? result : document.root());
}

}  // namespace nightjar::imports
