#include "detect/print/json.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cmath>
#include <limits>
#include <string_view>

#include "detect/incident/phases.h"
#include "series/signals.h"

namespace nightjar::detect {
namespace {

class Document {
 public:
  std::string text() const { return {buffer_.GetString(), buffer_.GetSize()}; }

  void report(const Report& report) {
    writer_.StartObject();
    origin(report);
    time("from", report.from);
    time("until", report.until);
    number("series_judged", static_cast<double>(report.series_judged));
    array("incidents", report.incidents, [&](const Incident& one) { incident(report, one); });
    array("doubtful", report.doubtful, [&](const Incident& one) { incident(report, one); });
    array("observations", report.observations, [&](const Observation& one) { observation(one); });
    array("too_small", report.too_small, [&](const Entity& entity) { put(entity.code()); });
    array("cannot_tell", report.cannot_tell, [&](const CannotTell& one) { cannotTell(one); });
    writer_.EndObject();
  }

  void lowAtFirst(const Report& report) {
    writer_.StartObject();
    array("cannot_tell", report.low_at_first, [&](const CannotTell& one) { cannotTell(one); });
    writer_.EndObject();
  }

  void incident(const Report& report, const Incident& one) {
    writer_.StartObject();
    string("id", one.id);
    place(one.entity, one.name);
    string("kind", kindName(one.kind));
    stringOrNull("access", accessName(one.access));
    string("state", one.open() ? "open" : "ended");
    time("onset", one.onset);
    time("onset_earliest", one.onset_earliest);
    time("end", one.end);
    time("end_earliest", one.end_earliest);
    time("judged_until", one.last_bin_end);
    number("duration_seconds", static_cast<double>(one.duration().count()));
    timeDown(one.phases, one.last_bin_end);
    number("depth", one.depth);
    number("severity_hours", one.severity_hours);
    key("coverage");
    writer_.StartObject();
    number("min", one.coverage_min);
    number("mean", one.coverage_mean);
    writer_.EndObject();
    number("untold_bins", static_cast<double>(one.untold_bins));
    number("confidence", one.confidence);
    planes(one);
    array("signals", one.signals, [&](const SignalFall& fall) { signal(fall); });
    array("others", one.others, [&](const StandingSignal& item) { other(item); });
    array("phases", one.phases, [&](const Phase& item) { phase(item); });
    recurrence(one.recurrence);
    array("children", one.children, [&](const Child& item) { child(one, item); });
    array("bursts", one.bursts, [&](const Observation& item) { burst(item); });
    array("cause_hints", one.cause_hints, [&](const CauseGuess& item) { causeHint(item); });
    origin(report);
    writer_.EndObject();
  }

 private:
  void key(std::string_view name) { writer_.Key(name.data(), static_cast<rapidjson::SizeType>(name.size())); }

  void put(std::string_view value) {
    writer_.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
  }

  void string(std::string_view name, std::string_view value) {
    key(name);
    put(value);
  }

  void stringOrNull(std::string_view name, std::string_view value) {
    key(name);
    if (value.empty()) {
      writer_.Null();
    } else {
      put(value);
    }
  }

  // Whole numbers without a point, others with four decimals.
  void number(std::string_view name, double value) {
    key(name);
    constexpr double kLargestWhole = 9e15;
    if (!std::isfinite(value)) {
      writer_.Null();
    } else if (value == std::round(value) && std::abs(value) < kLargestWhole) {
      writer_.Int64(static_cast<int64_t>(value));
    } else {
      writer_.Double(std::round(value * 1e4) / 1e4);
    }
  }

  void number(std::string_view name, const std::optional<double>& value) {
    number(name, value.value_or(std::numeric_limits<double>::quiet_NaN()));
  }

  void boolean(std::string_view name, bool value) {
    key(name);
    writer_.Bool(value);
  }

  void time(std::string_view name, const std::optional<Time>& value) {
    stringOrNull(name, value ? formatTime(*value) : std::string());
  }

  template <typename Items, typename Write>
  void array(std::string_view name, const Items& items, const Write& write) {
    key(name);
    writer_.StartArray();
    for (const auto& item : items) write(item);
    writer_.EndArray();
  }

  void place(const Entity& entity, const std::string& name) {
    string("entity", entity.code());
    stringOrNull("name", name);
  }

  void origin(const Report& report) {
    string("rule", report.rule);
    string("parameters_version", report.parameters_version);
    stringOrNull("geo_source", report.geo_source);
    stringOrNull("simulation", report.simulation);
  }

  // Without phases, as where it recurs, there is nothing to add up.
  void timeDown(const std::vector<Phase>& phases, Time until) {
    const TimeDown time = detect::timeDown(phases, until);
    const bool known = !phases.empty();
    number("down_seconds", known ? std::optional(static_cast<double>(time.down.count())) : std::nullopt);
    number("returns", known ? std::optional(static_cast<double>(time.returns)) : std::nullopt);
  }

  void signal(const SignalFall& fall) {
    writer_.StartObject();
    string("signal", fall.signal);
    boolean("judged", fall.judged);
    string("plane", planeName(fall.plane));
    time("onset", fall.onset);
    time("end", fall.end);
    number("baseline", fall.baseline);
    number("floor", fall.floor);
    time("floor_at", fall.floor_at);
    number("depth", fall.depth);
    stringOrNull("level_opened", fall.judged ? levelName(fall.opened) : std::string_view());
    stringOrNull("level_worst", fall.judged ? levelName(fall.worst) : std::string_view());
    time("critical_since", fall.critical_since);
    number("confidence", fall.confidence);
    writer_.EndObject();
  }

  void planes(const Incident& one) {
    key("planes");
    writer_.StartObject();
    for (size_t i = 0; i < kPlaneCount; ++i) {
      string(planeName(static_cast<series::Plane>(i)), planeVerdictName(one.planes[i]));
    }
    writer_.EndObject();
  }

  void other(const StandingSignal& item) {
    writer_.StartObject();
    string("signal", item.signal);
    string("plane", planeName(item.plane));
    string("verdict", planeVerdictName(item.stands ? PlaneVerdict::kStands : PlaneVerdict::kCannotTell));
    number("judged_share", item.judged_share);
    number("usual", item.usual);
    number("worst", item.worst);
    writer_.EndObject();
  }

  // Of a day: "18:30". An hour after midnight is told as such.
  void clock(std::string_view name, Seconds since_midnight) {
    string(name, formatTime(Time(since_midnight)).substr(11, 5));
  }

  void recurrence(const std::optional<Recurrence>& one) {
    key("recurrence");
    if (!one) {
      writer_.Null();
      return;
    }
    writer_.StartObject();
    string("period", one->daily ? "daily" : "irregular");
    clock("from_clock", one->from);
    clock("until_clock", one->to);
    number("days", static_cast<double>(one->days));
    number("days_seen", static_cast<double>(one->days_seen));
    number("days_untold", static_cast<double>(one->days_untold));
    array("occurrences", one->occurrences, [&](const Occurrence& occurrence) {
      writer_.StartObject();
      time("onset", occurrence.onset);
      time("end", occurrence.end);
      number("depth", occurrence.depth);
      writer_.EndObject();
    });
    writer_.EndObject();
  }

  void causeHint(const CauseGuess& guess) {
    writer_.StartObject();
    string("cause", causeName(guess.cause));
    number("probability", guess.probability);
    array("evidence", guess.evidence, [&](const CauseEvidence& evidence) {
      writer_.StartObject();
      string("what", evidence.what);
      number("ratio", evidence.ratio);
      writer_.EndObject();
    });
    writer_.EndObject();
  }

  void phase(const Phase& item) {
    writer_.StartObject();
    string("phase", phaseName(item.kind));
    time("start", item.start);
    time("end", item.end);
    key("levels");
    writer_.StartObject();
    for (const PhaseLevel& level : item.levels) number(level.signal, level.value);
    writer_.EndObject();
    array("entities", item.entities, [&](const Entity& entity) { put(entity.code()); });
    writer_.EndObject();
  }

  void child(const Incident& incident, const Child& item) {
    writer_.StartObject();
    place(item.entity, item.name);
    stringOrNull("access", accessName(item.access));
    string("kind", kindName(item.kind));
    time("onset", item.onset);
    time("end", item.end);
    number("lost", item.lost);
    number("depth", item.depth);
    number("falls", static_cast<double>(item.falls));
    timeDown(item.phases, incident.last_bin_end);
    array("signals", item.signals, [&](const SignalFall& fall) { signal(fall); });
    array("phases", item.phases, [&](const Phase& one) { phase(one); });
    writer_.EndObject();
  }

  void observation(const Observation& one) {
    writer_.StartObject();
    place(one.entity, one.name);
    string("verdict", "announced");
    burstFields(one);
    writer_.EndObject();
  }

  void burst(const Observation& one) {
    writer_.StartObject();
    burstFields(one);
    writer_.EndObject();
  }

  void burstFields(const Observation& one) {
    string("signal", series::kUpdates);
    time("start", one.start);
    time("end", one.end);
    number("baseline", one.baseline);
    number("peak", one.peak);
    time("peak_at", one.peak_at);
    number("total", one.total);
    number("coverage_min", one.coverage_min);
    array("networks", one.networks, [&](const Entity& entity) { put(entity.code()); });
  }

  void cannotTell(const CannotTell& one) {
    writer_.StartObject();
    time("from", one.span.from);
    time("until", one.span.until);
    string("reason", untoldName(one.span.reason));
    string("signal", one.signal);
    array("entities", one.entities, [&](const Entity& entity) { put(entity.code()); });
    writer_.EndObject();
  }

  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> writer_{buffer_};
};

}  // namespace

std::string toJson(const Report& report) {
  Document document;
  document.report(report);
  return document.text() + "\n";
}

std::string toJson(const Report& report, const Incident& incident) {
  Document document;
  document.incident(report, incident);
  return document.text() + "\n";
}

std::string lowAtFirstToJson(const Report& report) {
  Document document;
  document.lowAtFirst(report);
  return document.text();
}

}  // namespace nightjar::detect
