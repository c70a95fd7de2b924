#include "evidence/incident_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <utility>

#include "base/time.h"

namespace nightjar::evidence {
namespace {

using rapidjson::Value;
using Words = std::pair<std::string_view, std::string_view>;

constexpr std::array<Words, 7> kKinds = {{{"withdrawn", "Routes withdrawn"},
                                          {"announced-dark", "Announced, but dark"},
                                          {"dark", "Dark"},
                                          {"partial", "Partial outage"},
                                          {"throttled", "Throttled"},
                                          {"traffic-down", "Traffic down"},
                                          {"sites-blocked", "Sites blocked"}}};
constexpr std::array<Words, 7> kMeanings = {
    {{"withdrawn", "The routes to nearly all of its address space were withdrawn."},
     {"announced-dark",
      "Its routes, all or most of them, stood in the global routing table, while its hosts fell silent."},
     {"dark", "At least half of what was measured fell silent; whether its routes stood is not known."},
     {"partial", "A part of it was cut off."},
     {"throttled", "Hosts answered, but with loss or delay."},
     {"traffic-down", "Less traffic came from there; whether it could be reached was not measured."},
     {"sites-blocked", "Sites could not be fetched."}}};
constexpr std::array<Words, 24> kSignals = {
    {{"routing.visible24", "Reachable address space, IPv4"},
     {"routing.visible48", "Reachable address space, IPv6"},
     {"probe.up24", "Hosts that answer, IPv4"},
     {"probe.up48", "Hosts that answer, IPv6"},
     {"probe.sparse", "Hosts in sparse blocks"},
     {"probe.loss", "Loss"},
     {"probe.rtt", "Delay (ms)"},
     {"ioda.bgp", "Reachable address space, by IODA"},
     {"ioda.ping-slash24", "Hosts that answer, by IODA"},
     {"ioda.ping-slash24-loss", "Loss, by IODA"},
     {"ioda.ping-slash24-latency", "Delay, by IODA"},
     {"ioda.merit-nt", "Telescope, by IODA"},
     {"ioda.ucsd-nt", "Telescope, by IODA"},
     {"ioda.gtr", "Google traffic, by IODA"},
     {"ioda.gtr-norm", "Google traffic, by IODA"},
     {"ioda.mozilla", "Firefox traffic, by IODA"},
     {"monash.connectivity", "Connectivity, by Monash IP Observatory"},
     {"pings.answering", "Addresses that answered"},
     {"radar.traffic", "Traffic, by Cloudflare Radar"},
     {"radar.http", "HTTP requests, by Cloudflare Radar"},
     {"radar.netflows", "Traffic of networks, by Cloudflare Radar"},
     {"google.web-search", "Google searches"},
     {"google.youtube", "YouTube traffic"},
     {"sites.ok", "Sites that open"}}};

std::string_view find(std::span<const Words> table, std::string_view name) {
  const auto at =
      std::find_if(table.begin(), table.end(), [&](const Words& row) { return row.first == name; });
  return at == table.end() ? std::string_view() : at->second;
}

// What fell. An import is named: what one measure lost is not the connectivity of a place.
std::string subjectOf(const Value& incident) {
  const bool simulated = !text(incident, "simulation").empty();
  const std::string place = placeOf(incident);
  if (text(incident, "kind") == "traffic-down")
    return fmt::format("{} from {}", simulated ? "In a simulation, traffic" : "Internet traffic", place);
  const Value* signals = member(incident, "signals");
  const bool told = signals != nullptr && signals->IsArray() && !signals->Empty();
  const std::string first = told ? text((*signals)[0], "signal") : "";
  const bool own = first.empty() || text(incident, "kind") == "throttled" || first.starts_with("routing.") ||
                   first.starts_with("probe.") || first.starts_with("sites.");
  if (!own) return fmt::format("{} in {}", signalName(first), place);
  return fmt::format("{} in {}", simulated ? "In a simulation, connectivity" : "Internet connectivity",
                     place);
}

// What happened, and when it began.
std::string begun(const Value& incident) {
  const std::string kind = text(incident, "kind");
  const std::string subject = subjectOf(incident);
  const std::string onset = moment(text(incident, "onset"));
  const auto depth = number(incident, "depth");
  if (kind == "partial" && depth)
    return fmt::format("{} was lost in part, {} of it, from {}", subject, percent(depth), onset);
  if (kind == "throttled") return fmt::format("{} became slow at {}", subject, onset);
  const std::string level =
      depth ? fmt::format("to {} of its ordinary level", percent(1 - *depth)) : std::string();
  if (const Value* recurs = member(incident, "recurrence"); recurs != nullptr) {
    const Value* times = member(*recurs, "occurrences");
    const size_t count = times != nullptr && times->IsArray() ? times->Size() : 0;
    return fmt::format("{} fell {}{}{} times, from about {} to {} UTC, the first time at {}", subject, level,
                       level.empty() ? "" : " ", count, text(*recurs, "from_clock"),
                       text(*recurs, "until_clock"), onset);
  }
  return fmt::format("{} began to fall at {}{}{}{}", subject, onset, level.empty() ? "" : ", ", level,
                     level.empty() ? "" : ",");
}

}  // namespace

const Value* member(const Value& object, const char* name) {
  if (!object.IsObject()) return nullptr;
  const auto at = object.FindMember(name);
  return at == object.MemberEnd() || at->value.IsNull() ? nullptr : &at->value;
}

std::string text(const Value& object, const char* name) {
  const Value* value = member(object, name);
  return value != nullptr && value->IsString() ? std::string(value->GetString(), value->GetStringLength())
                                               : "";
}

std::optional<double> number(const Value& object, const char* name) {
  const Value* value = member(object, name);
  if (value == nullptr || !value->IsNumber()) return std::nullopt;
  return value->GetDouble();
}

std::string date(const std::string& rfc3339) {
  static constexpr std::array<std::string_view, 12> kMonths = {
      "January", "February", "March",     "April",   "May",      "June",
      "July",    "August",   "September", "October", "November", "December"};
  const auto time = parseTime(rfc3339);
  if (!time) return {};
  const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(*time));
  return fmt::format("{} {} {}", static_cast<unsigned>(day.day()),
                     kMonths[static_cast<unsigned>(day.month()) - 1], static_cast<int>(day.year()));
}

std::string moment(const std::string& rfc3339, std::string_view absent) {
  const auto time = parseTime(rfc3339);
  if (!time) return std::string(absent);
  return fmt::format("{} UTC on {}", formatTime(*time).substr(11, 5), date(rfc3339));
}

std::string percent(const std::optional<double>& share) {
  if (!share) return "unknown";
  const double hundredths = std::round(100 * *share);
  if (*share < 1 && hundredths >= 100) return "99 %";
  if (*share > 0 && hundredths <= 0) return "less than 1 %";
  return fmt::format("{:.0f} %", hundredths);
}

std::string placeOf(const Value& object) {
  const std::string name = text(object, "name");
  const std::string code = text(object, "entity");
  return name.empty() ? code : fmt::format("{} ({})", name, code);
}

std::string kindName(const std::string& kind) {
  const std::string_view name = find(kKinds, kind);
  return std::string(name.empty() ? kind : name);
}

std::string_view meaningOf(const std::string& kind) {
  return find(kMeanings, kind);
}

std::string signalName(const std::string& signal) {
  const std::string_view name = find(kSignals, signal);
  return std::string(name.empty() ? signal : name);
}

std::string sentence(const Value& incident) {
  const std::string end = text(incident, "end");
  return fmt::format("{}{}.", begun(incident),
                     end.empty() ? std::string(" and was not back when the data ended")
                                 : fmt::format(" and was back at {}", moment(end)));
}

std::vector<Span> spansOf(const Value& incident) {
  const auto last = parseTime(text(incident, "judged_until"));
  std::vector<Span> spans;
  const auto take = [&](const Value& one) {
    const auto from = parseTime(text(one, "onset"));
    const auto until = parseTime(text(one, "end"));
    if (from && (until || last)) spans.push_back({*from, until ? *until : *last});
  };
  const Value* recurs = member(incident, "recurrence");
  const Value* times = recurs == nullptr ? nullptr : member(*recurs, "occurrences");
  if (times != nullptr && times->IsArray()) {
    for (const Value& one : times->GetArray()) take(one);
  } else {
    take(incident);
  }
  return spans;
}

Speaker speakerOf(const Value& incident) {
  const auto firstOf = [](const Value& of, const char* list, const char* baseline) -> Speaker {
    const Value* signals = member(of, list);
    if (signals == nullptr || !signals->IsArray()) return {};
    for (const Value& one : signals->GetArray()) {
      const Value* judged = member(one, "judged");
      if (judged != nullptr && judged->IsFalse()) continue;
      return {text(one, "signal"), number(one, baseline)};
    }
    return {};
  };
  if (Speaker fell = firstOf(incident, "signals", "baseline"); !fell.signal.empty()) return fell;
  if (Speaker stood = firstOf(incident, "others", "usual"); !stood.signal.empty()) return stood;
  const Value* children = member(incident, "children");
  if (children == nullptr || !children->IsArray() || children->Empty()) return {};
  return {firstOf((*children)[0], "signals", "baseline").signal, std::nullopt};
}

}  // namespace nightjar::evidence
