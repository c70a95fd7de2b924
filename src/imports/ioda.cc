#include "imports/ioda.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <tuple>

#include "base/printable.h"
#include "imports/csv_reader.h"
#include "imports/json.h"
#include "imports/judgements.h"
#include "imports/regions.h"

namespace nightjar::imports {
namespace {

std::optional<Asn> asnIn(std::string_view text) {
  if (text.starts_with("AS")) text.remove_prefix(2);
  Asn asn;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), asn.number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return asn;
}

// An entity as IODA names it.
struct Named {
  std::string_view type, code, name, fqid;
};

class Places {
 public:
  explicit Places(const ImportOptions& options) : options_(options) {}

  Result<Entity> find(const Named& named) const {
    if (options_.entity) return *options_.entity;
    for (const std::string_view key : {named.code, named.name}) {
      const auto mapped = options_.entity_map.find(key);
      if (mapped != options_.entity_map.end()) return mapped->second;
    }
    if (named.type == "country") {
      auto entity = Entity::parse(named.code);
      if (entity && entity->kind() == EntityKind::kCountry) return *entity;
    } else if (named.type == "asn") {
      if (const auto asn = asnIn(named.code)) return Entity::network(*asn);
    } else if (named.type == "geoasn") {
      const size_t mark = named.code.find('-');
      if (mark != std::string_view::npos) {
        const auto asn = asnIn(named.code.substr(0, mark));
        auto country = Entity::parse(named.code.substr(mark + 1));
        if (asn && country && country->kind() == EntityKind::kCountry) {
          return Entity::networkInCountry(*asn, country->code());
        }
      }
    } else if (named.type == "region") {
      return region(named);
    } else if (named.type == "continent") {
      return fail(ErrorKind::kUnsupported, "a continent is no place that Nightjar watches");
    }
    return fail(ErrorKind::kInvalid,
                fmt::format("{} {} is no place that is known", quote(named.type), quote(named.code)));
  }

 private:
  // "geo.provider.AS.IR.859" is in IR: the part before the last.
  static Result<Entity> region(const Named& named) {
    const size_t last = named.fqid.rfind('.');
    if (last != std::string_view::npos && last > 0) {
      const std::string_view front = named.fqid.substr(0, last);
      const size_t mark = front.rfind('.');
      if (mark != std::string_view::npos) {
        if (const auto found = regionByName(front.substr(mark + 1), named.name)) return *found;
      }
    }
    return fail(ErrorKind::kInvalid,
                fmt::format("the region {} has IODA's own number {}, and its code is not known: say it with "
                            "--entity-map {}=CODE",
                            quote(named.name), quote(named.code), named.code));
  }

  const ImportOptions& options_;
};

// --- signals ---

struct Scalar {
  std::optional<double> value;
  bool nested = false;  // it was an object that is not known
};

// A number; or [{"agg_values": {"loss_pct": 1.5, ...}}, ...], of which the first counts.
Scalar scalarOf(Json value) {
  if (const auto number = value.number()) return {number, false};
  if (value.isNull()) return {};
  const Json aggregated = (value.isArray() ? value.first() : value)["agg_values"];
  for (const char* field : {"loss_pct", "median_latency"}) {
    if (const auto number = aggregated[field].number()) return {number, false};
  }
  const bool nothing = value.isArray() && value.first().isNull();
  return {std::nullopt, !nothing && !aggregated.isObject()};
}

std::string signalOf(std::string_view datasource, std::string_view subtype) {
  std::string signal = "ioda." + std::string(datasource);
  if (subtype.empty() || subtype == "WEB_SEARCH") return signal;
  signal += '.';
  for (const char c : subtype) {
    signal += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c == '_' || c == ' ' ? '-' : c;
  }
  return signal;
}

bool isName(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || c == ' ';
  });
}

class Signals {
 public:
  Signals(const ImportOptions& options, Intake& intake) : places_(options), intake_(intake) {}

  // A list of series, of lists of series, and so on.
  void take(Json data, int depth = 0) {
    constexpr int kMostNested = 3;
    if (data.isArray() && depth < kMostNested) {
      for (const Json part : data) take(part, depth + 1);
    } else {
      takeSeries(data);
    }
  }

 private:
  void takeSeries(Json series) {
    const std::string_view datasource = series["datasource"].text();
    const std::string_view subtype = series["subtype"].text();
    const Json values = series["values"];
    const auto from = series["from"].seconds();
    const auto until = series["until"].seconds();
    const auto step = series["step"].seconds();
    ++number_;
    const auto drop = [this](std::string message) {
      intake_.findings().drop(fmt::format("series {}", number_), std::move(message));
    };
    if (!isName(datasource) || (!subtype.empty() && !isName(subtype)) || !values.isArray()) {
      return drop("is no series: datasource and values are needed");
    }
    if (!from || !step || *step == 0) return drop("has no from, or no step");
    if (until && *until < *from) return drop("ends before it begins");
    const Named named{series["entityType"].text(), series["entityCode"].text(), series["entityName"].text(),
                      series["entityFqid"].text()};
    const auto entity = places_.find(named);
    if (!entity) return drop(entity.error().message);
    takeValues({signalOf(datasource, subtype), *entity}, named.name, *from, *step, values);
  }

  void takeValues(const series::SeriesKey& key, std::string_view name, int64_t from, int64_t step,
                  Json values) {
    const size_t index = intake_.seriesOf(key, name);
    intake_.setStep(index, Seconds(step));
    const bool percent = key.signal.ends_with("-loss");
    size_t nested = 0;
    int64_t seconds = from - step;
    for (const Json value : values) {
      ++place_;
      seconds += step;
      if (seconds > kLatestSecond) {
        intake_.drop(place_, key.signal + " runs past the year 2199");
        break;
      }
      const Scalar scalar = scalarOf(value);
      nested += scalar.nested ? 1 : 0;
      if (!scalar.value) continue;
      const Time time{Seconds(seconds)};
      constexpr double kWhole = 100;
      if (percent && *scalar.value > kWhole) {
        intake_.drop(place_, fmt::format("{} of {} is more than 100 %", key.signal, key.entity.code()));
      } else {
        intake_.take(index, time, percent ? *scalar.value / kWhole : *scalar.value, place_);
      }
    }
    if (nested > 0) {
      intake_.findings().drop(
          fmt::format("series {}", number_),
          fmt::format("{} values of {} are objects that are not known", nested, key.signal));
    }
  }

  Places places_;
  Intake& intake_;
  uint32_t number_ = 0;
  uint32_t place_ = 0;
};

// --- alerts and events ---

Named entityIn(Json value) {
  return {value["type"].text(), value["code"].text(), value["name"].text(), value["attrs"]["fqid"].text()};
}

// An alert says that a level is reached; "normal" ends what was.
class Alerts {
 public:
  Alerts(const ImportOptions& options, Intake& intake) : places_(options), intake_(intake) {}

  void take(Json data) {
    uint32_t place = 0;
    for (const Json alert : data) {
      if (auto trouble = takeOne(alert, ++place)) intake_.drop(place, std::move(*trouble));
    }
    for (auto& [key, changes] : changes_) close(key, changes);
  }

 private:
  struct Key {
    Entity entity;
    std::string datasource, method;
    auto operator<=>(const Key&) const = default;
  };
  struct Change {
    Time time;
    uint32_t place;
    std::string level, condition, name;
    double value, history;
  };

  std::optional<std::string> takeOne(Json alert, uint32_t place) {
    const auto time = alert["time"].seconds();
    const std::string_view level = alert["level"].text();
    const std::string_view datasource = alert["datasource"].text();
    if (!time || level.empty() || !isName(datasource))
      return "is no alert: time, level and datasource are needed";
    const Named named = entityIn(alert["entity"]);
    const auto entity = places_.find(named);
    if (!entity) return entity.error().message;
    const auto number = [&alert](const char* name) { return alert[name].number().value_or(NAN); };
    changes_[{*entity, std::string(datasource), std::string(alert["method"].text())}].push_back(
        {Time(Seconds(*time)), place, std::string(level), std::string(alert["condition"].text()),
         std::string(named.name), number("value"), number("historyValue")});
    return std::nullopt;
  }

  void close(const Key& key, std::vector<Change>& changes) {
    std::sort(changes.begin(), changes.end(), [](const Change& a, const Change& b) {
      return std::tie(a.time, a.place) < std::tie(b.time, b.place);
    });
    for (size_t i = 0; i < changes.size();) {
      if (changes[i].level == "normal") {
        ++i;
        continue;
      }
      size_t end = i;
      const Change* worst = &changes[i];
      for (; end < changes.size() && changes[end].level != "normal"; ++end) {
        if (changes[end].level == "critical" && worst->level != "critical") worst = &changes[end];
      }
      intake_.take(judgementOf({.rule = "ioda-alerts",
                                .entity = key.entity,
                                .onset = changes[i].time,
                                .end = end < changes.size() ? std::optional(changes[end].time) : std::nullopt,
                                .name = changes[i].name,
                                .words = {{"datasource", key.datasource},
                                          {"level", worst->level},
                                          {"condition", worst->condition},
                                          {"method", key.method}},
                                .numbers = {{"value", worst->value}, {"history_value", worst->history}}}));
      i = end;
    }
  }

  Places places_;
  Intake& intake_;
  std::map<Key, std::vector<Change>> changes_;
};

// In the format "codf" {location, start, duration, ...} or "ioda" {entity, from, until, ...}.
std::optional<std::string> takeEvent(Json event, const Places& places, Intake& intake) {
  const bool codf = !event["location"].isNull();
  Named named = entityIn(event["entity"]);
  if (codf) {
    const std::string_view location = event["location"].text();
    const size_t mark = location.find('/');
    if (mark == std::string_view::npos) return "the location is not like country/IQ";
    named = {location.substr(0, mark), location.substr(mark + 1), event["location_name"].text(), {}};
  }
  const auto begin = event[codf ? "start" : "from"].seconds();
  if (!begin) return "has no begin";
  std::optional<int64_t> end;
  if (Json written = event[codf ? "duration" : "until"]; !written.isNull()) {
    const auto number = written.number();
    if (number && codf && *number < 0) return "ends before it begins";
    end = written.seconds();
    if (!end) return "has an end that is no time";
    if (codf) *end = std::min(*end + *begin, kLatestSecond);
    if (*end < *begin) return "ends before it begins";
  }
  const std::string_view datasource = event["datasource"].text();
  if (!isName(datasource)) return "names no datasource";
  const auto entity = places.find(named);
  if (!entity) return entity.error().message;
  intake.take(judgementOf(
      {.rule = "ioda-events",
       .entity = *entity,
       .onset = Time(Seconds(*begin)),
       .end = end ? std::optional(Time(Seconds(*end))) : std::nullopt,
       .name = std::string(named.name),
       .words = {{"datasource", std::string(datasource)}, {"method", std::string(event["method"].text())}},
       .numbers = {{"score", event["score"].number().value_or(NAN)}}}));
  return std::nullopt;
}

}  // namespace

Result<void> readIoda(std::string_view text, const ImportOptions& options, Intake& intake) {
  JsonDocument document;
  if (const auto parsed = document.parse(text); !parsed) return parsed;
  const Json answer = document.root();
  if (const std::string_view error = answer["error"].text(); !error.empty()) {
    return fail(ErrorKind::kInvalid, "is an answer that tells an error: " + quote(error));
  }
  const Json data = answer["data"];
  if (!data.isArray()) return fail(ErrorKind::kInvalid, "is no answer of IODA's API: it has no list 'data'");
  // The envelope's own word is "type": "signals"; told apart by what the first object holds, because answers
  // are often kept without it.
  Json first = data.first();
  for (int depth = 0; depth < 2 && first.isArray(); ++depth) first = first.first();
  if (first.isNull()) return {};  // an answer without data
  if (!first["values"].isNull()) {
    intake.placesAre("value");
    Signals(options, intake).take(data);
  } else if (!first["level"].isNull()) {
    intake.placesAre("alert");
    Alerts(options, intake).take(data);
  } else if (!first["score"].isNull() || !first["location"].isNull()) {
    intake.placesAre("event");
    const Places places(options);
    uint32_t place = 0;
    for (const Json event : data) {
      ++place;
      if (auto trouble = takeEvent(event, places, intake)) intake.drop(place, std::move(*trouble));
    }
  } else {
    return fail(ErrorKind::kUnsupported, "holds neither signals nor alerts nor events of IODA's API");
  }
  return {};
}

}  // namespace nightjar::imports
