#include "evidence/report_html.h"

#include <fmt/format.h>
#include <rapidjson/document.h>

#include <cmath>
#include <map>
#include <optional>

#include "base/time.h"

namespace nightjar::evidence {
namespace {

using rapidjson::Value;

constexpr std::string_view kStyle = R"(
:root{--ink:#212124;--faint:#6b6b70;--rule:#d9d9de;--warn:#8a3b00}
body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);max-width:62rem;margin:2rem auto;padding:0 1.2rem}
h1{font-size:1.7rem;line-height:1.25;margin:0 0 .4rem}h2{font-size:1.1rem;margin:2rem 0 .4rem}
.lead{font-size:1.15rem}.warn{border:2px solid var(--warn);color:var(--warn);padding:.6rem .9rem;font-weight:600}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:.3rem .8rem .3rem 0;border-bottom:1px solid var(--rule);vertical-align:top}
th{font-weight:600}td.n,th.n{text-align:right}.faint{color:var(--faint)}svg{width:100%;height:auto}
code{font-size:.9em;overflow-wrap:anywhere}
@media print{body{margin:0;max-width:none;font-size:11pt}h2{break-after:avoid}table,svg{break-inside:avoid}}
)";
constexpr size_t kMostChildren = 60;
constexpr size_t kMostSources = 400;

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

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

// "10:35 UTC on 5 January 2022"; "still open" for a time that is not there.
std::string moment(const std::string& rfc3339, std::string_view absent = "still open") {
  static constexpr std::string_view kMonths[] = {"January",   "February", "March",    "April",
                                                 "May",       "June",     "July",     "August",
                                                 "September", "October",  "November", "December"};
  if (rfc3339.size() < 16 || !parseTime(rfc3339)) return std::string(absent);
  const int month = (rfc3339[5] - '0') * 10 + (rfc3339[6] - '0');
  const int day = (rfc3339[8] - '0') * 10 + (rfc3339[9] - '0');
  return fmt::format("{} UTC on {} {} {}", rfc3339.substr(11, 5), day, kMonths[month - 1],
                     rfc3339.substr(0, 4));
}

std::string percent(const std::optional<double>& share) {
  return share ? fmt::format("{:.0f} %", 100 * *share) : std::string("unknown");
}

std::string placeOf(const Value& object) {
  const std::string name = text(object, "name");
  const std::string code = text(object, "entity");
  return name.empty() ? code : fmt::format("{} ({})", name, code);
}

std::string_view meaningOf(const std::string& kind) {
  static const std::map<std::string, std::string_view> kMeanings = {
      {"withdrawn", "The routes to nearly all of its address space were withdrawn."},
      {"announced-dark", "Its routes stood in the global routing table, while its hosts fell silent."},
      {"dark", "At least half of what was measured fell silent; whether its routes stood is not known."},
      {"partial", "A part of it was cut off."},
      {"throttled", "Hosts answered, but with loss or delay."},
      {"traffic-down", "Less traffic came from there; whether it could be reached was not measured."},
      {"sites-blocked", "Sites could not be fetched."}};
  const auto at = kMeanings.find(kind);
  return at == kMeanings.end() ? std::string_view() : at->second;
}

void putSignals(std::string& html, const Value& incident) {
  const Value* signals = member(incident, "signals");
  if (signals == nullptr || !signals->IsArray()) return;
  html +=
      "<h2>What was measured</h2>\n<table><tr><th>Signal</th><th>From</th><th>Until</th><th "
      "class=n>Ordinary</th>"
      "<th class=n>At worst</th><th class=n>Lost</th></tr>\n";
  for (const Value& signal : signals->GetArray()) {
    const auto value = [&](const char* name) {
      const auto known = number(signal, name);
      return known ? fmt::format("{:g}", *known) : std::string();
    };
    fmt::format_to(std::back_inserter(html),
                   "<tr><td>{}</td><td>{}</td><td>{}</td><td class=n>{}</td><td class=n>{}</td><td "
                   "class=n>{}</td></tr>\n",
                   escaped(text(signal, "signal")), moment(text(signal, "onset")),
                   moment(text(signal, "end")), value("baseline"), value("floor"),
                   percent(number(signal, "depth")));
  }
  html += "</table>\n";
}

void putPhases(std::string& html, const Value& incident) {
  const Value* phases = member(incident, "phases");
  if (phases == nullptr || !phases->IsArray() || phases->Empty()) return;
  html += "<h2>Its course</h2>\n<table><tr><th>Phase</th><th>From</th><th>Until</th></tr>\n";
  for (const Value& phase : phases->GetArray()) {
    fmt::format_to(std::back_inserter(html), "<tr><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                   escaped(text(phase, "phase")), moment(text(phase, "start")),
                   moment(text(phase, "end"), "goes on"));
  }
  html += "</table>\n";
}

void putChildren(std::string& html, const Value& incident) {
  const Value* children = member(incident, "children");
  if (children == nullptr || !children->IsArray() || children->Empty()) return;
  html +=
      "<h2>Networks and regions</h2>\n<table><tr><th>Place</th><th>Access</th><th>From</th><th>Until</th>"
      "<th class=n>Lost</th></tr>\n";
  size_t told = 0;
  for (const Value& child : children->GetArray()) {
    if (told++ == kMostChildren) break;
    fmt::format_to(std::back_inserter(html),
                   "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td class=n>{}</td></tr>\n",
                   escaped(placeOf(child)), escaped(text(child, "access")), moment(text(child, "onset")),
                   moment(text(child, "end")), percent(number(child, "depth")));
  }
  html += "</table>\n";
  if (children->Size() > kMostChildren) {
    fmt::format_to(std::back_inserter(html), "<p class=faint>and {} more, in incident.json</p>\n",
                   children->Size() - kMostChildren);
  }
}

void putSources(std::string& html, const ReportPage& page, const Value& incident) {
  const auto coverage = member(incident, "coverage");
  html += "<h2>How it is known</h2>\n<table>\n";
  const auto row = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) {
      fmt::format_to(std::back_inserter(html), "<tr><th>{}</th><td>{}</td></tr>\n", name, escaped(value));
    }
  };
  row("Judged by", fmt::format("rule {}, parameters {}, {}", text(incident, "rule"),
                               text(incident, "parameters_version"), page.program));
  if (coverage != nullptr) {
    row("Coverage of the instruments",
        fmt::format("{} on average, {} at worst", percent(number(*coverage, "mean")),
                    percent(number(*coverage, "min"))));
  }
  const auto confidence = number(incident, "confidence");
  row("Confidence", confidence ? percent(confidence) : std::string("not known"));
  row("Places by", text(incident, "geo_source"));
  row("Signed by", "Ed25519 " + page.public_key);
  row("Check it", "nightjar verify FOLDER");
  html +=
      "</table>\n<h2>Inputs</h2>\n<table><tr><th>Input</th><th>Collector</th><th>From</th><th>Until</th></"
      "tr>\n";
  for (size_t i = 0; i < std::min(page.sources.size(), kMostSources); ++i) {
    const series::Source& source = page.sources[i];
    fmt::format_to(
        std::back_inserter(html), "<tr><td><code>{}</code></td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
        escaped(source.input), escaped(source.collector), formatTime(source.from), formatTime(source.until));
  }
  html += "</table>\n";
  if (page.sources.size() > kMostSources) {
    fmt::format_to(std::back_inserter(html), "<p class=faint>and {} more, in sources.csv</p>\n",
                   page.sources.size() - kMostSources);
  }
}

std::string sentence(const Value& incident) {
  const std::string place = placeOf(incident);
  const auto depth = number(incident, "depth");
  const std::string end = text(incident, "end");
  const std::string simulated = text(incident, "simulation").empty() ? "" : "In a simulation, connectivity";
  return fmt::format(
      "{} in {} fell {}at {}{}.", simulated.empty() ? "Internet connectivity" : simulated, place,
      depth ? fmt::format("to {:.0f} % of its ordinary level ", 100 * (1 - *depth)) : std::string(),
      moment(text(incident, "onset")),
      end.empty() ? std::string(" and was not back when the data ended")
                  : fmt::format(" and was back at {}", moment(end)));
}

}  // namespace

Result<std::string> sentenceOf(std::string_view incident_json) {
  rapidjson::Document document;
  document.Parse(incident_json.data(), incident_json.size());
  if (!document.IsObject()) return fail(ErrorKind::kInvalid, "is no incident");
  return sentence(document);
}

Result<std::string> toHtml(const ReportPage& page) {
  rapidjson::Document incident;
  incident.Parse(page.incident_json.c_str(), page.incident_json.size());
  if (!incident.IsObject()) return fail(ErrorKind::kInvalid, "is no incident");
  const std::string title = fmt::format("{}: {}", placeOf(incident), text(incident, "kind"));
  std::string html = fmt::format(
      "<!doctype html>\n<html lang=en><head><meta charset=utf-8><meta name=viewport "
      "content=\"width=device-width,initial-scale=1\"><title>{}</title><style>{}</style></head><body>\n",
      escaped(title), kStyle);
  const std::string simulation = text(incident, "simulation");
  if (!simulation.empty()) {
    fmt::format_to(std::back_inserter(html), "<p class=warn>Simulation, not a measurement: {}</p>\n",
                   escaped(simulation));
  }
  fmt::format_to(std::back_inserter(html),
                 "<h1>{}</h1>\n<p class=lead>{} {}</p>\n<p class=faint>Incident "
                 "<code>{}</code>, revision {}. All times are UTC.</p>\n{}\n",
                 escaped(title), escaped(sentence(incident)), meaningOf(text(incident, "kind")),
                 escaped(text(incident, "id")), page.revision,
                 page.chart_svg.substr(page.chart_svg.find("<svg")));
  putSignals(html, incident);
  putPhases(html, incident);
  putChildren(html, incident);
  putSources(html, page, incident);
  return html + "</body></html>\n";
}

}  // namespace nightjar::evidence
