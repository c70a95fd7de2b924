#include "detect/json.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cmath>
#include <string_view>

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
    array("observations", report.observations, [&](const Observation& one) { observation(one); });
    array("cannot_tell", report.cannot_tell, [&](const CannotTell& one) { cannotTell(one); });
    writer_.EndObject();
  }

  void incident(const Report& report, const Incident& one) {
    writer_.StartObject();
    string("id", one.id);
    place(one.entity, one.name);
    string("kind", kindName(one.kind));
    string("state", one.open() ? "open" : "ended");
    time("onset", one.onset);
    time("onset_earliest", one.onset_earliest);
    time("end", one.end);
    time("end_earliest", one.end_earliest);
    time("judged_until", one.last_bin_end);
    number("duration_seconds", static_cast<double>(one.duration().count()));
    number("depth", one.depth);
    number("severity_hours", one.severity_hours);
    key("coverage");
    writer_.StartObject();
    number("min", one.coverage_min);
    number("mean", one.coverage_mean);
    writer_.EndObject();
    number("untold_bins", static_cast<double>(one.untold_bins));
    array("signals", one.signals, [&](const SignalFall& fall) { signal(fall); });
    array("phases", one.phases, [&](const Phase& item) { phase(item); });
    array("children", one.children, [&](const Child& item) { child(item); });
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

  void time(std::string_view name, const std::optional<Time>& value) {
    stringOrNull(name, value ? formatTime(*value) : std::string());
  }

  template <typename T, typename Write>
  void array(std::string_view name, const std::vector<T>& items, const Write& write) {
    key(name);
    writer_.StartArray();
    for (const T& item : items) write(item);
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

  void signal(const SignalFall& fall) {
    writer_.StartObject();
    string("signal", fall.signal);
    key("judged");
    writer_.Bool(fall.judged);
    time("onset", fall.onset);
    time("end", fall.end);
    number("baseline", fall.baseline);
    number("floor", fall.floor);
    time("floor_at", fall.floor_at);
    number("depth", fall.depth());
    stringOrNull("level_opened", fall.judged ? levelName(fall.opened) : std::string_view());
    stringOrNull("level_worst", fall.judged ? levelName(fall.worst) : std::string_view());
    time("critical_since", fall.critical_since);
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
    writer_.EndObject();
  }

  void child(const Child& item) {
    writer_.StartObject();
    place(item.entity, item.name);
    time("onset", item.onset);
    time("end", item.end);
    number("lost", item.lost);
    array("signals", item.signals, [&](const SignalFall& fall) { signal(fall); });
    writer_.EndObject();
  }

  void observation(const Observation& one) {
    writer_.StartObject();
    place(one.entity, one.name);
    string("verdict", "announced");
    string("signal", "routing.updates");
    time("start", one.start);
    time("end", one.end);
    number("baseline", one.baseline);
    number("peak", one.peak);
    time("peak_at", one.peak_at);
    number("total", one.total);
    number("coverage_min", one.coverage_min);
    array("networks", one.networks, [&](const Entity& entity) { put(entity.code()); });
    writer_.EndObject();
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

}  // namespace nightjar::detect
