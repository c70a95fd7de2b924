#include "evidence/report_html.h"

#include <fmt/format.h>
#include <rapidjson/document.h>

#include <cmath>
#include <optional>

#include "base/markup.h"
#include "base/time.h"
#include "evidence/incident_text.h"

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

// "12500", "23.1", "0.079".
std::string level(double value) {
  return std::abs(value) >= 100 ? fmt::format("{:.0f}", value) : fmt::format("{:.3g}", value);
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
      return known ? level(*known) : std::string();
    };
    fmt::format_to(std::back_inserter(html),
                   "<tr><td>{}</td><td>{}</td><td>{}</td><td class=n>{}</td><td class=n>{}</td><td "
                   "class=n>{}</td></tr>\n",
                   escapeMarkup(signalName(text(signal, "signal"))), moment(text(signal, "onset")),
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
                   escapeMarkup(text(phase, "phase")), moment(text(phase, "start")),
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
                   escapeMarkup(placeOf(child)), escapeMarkup(text(child, "access")),
                   moment(text(child, "onset")), moment(text(child, "end")), percent(number(child, "depth")));
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
      fmt::format_to(std::back_inserter(html), "<tr><th>{}</th><td>{}</td></tr>\n", name,
                     escapeMarkup(value));
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
    fmt::format_to(std::back_inserter(html),
                   "<tr><td><code>{}</code></td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                   escapeMarkup(source.input), escapeMarkup(source.collector), formatTime(source.from),
                   formatTime(source.until));
  }
  html += "</table>\n";
  if (page.sources.size() > kMostSources) {
    fmt::format_to(std::back_inserter(html), "<p class=faint>and {} more, in sources.csv</p>\n",
                   page.sources.size() - kMostSources);
  }
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
  const std::string title = fmt::format("{}, {}: {}", placeOf(incident), date(text(incident, "onset")),
                                        kindName(text(incident, "kind")));
  std::string html = fmt::format(
      "<!doctype html>\n<html lang=en><head><meta charset=utf-8><meta name=viewport "
      "content=\"width=device-width,initial-scale=1\"><title>{}</title><style>{}</style></head><body>\n",
      escapeMarkup(title), kStyle);
  const std::string simulation = text(incident, "simulation");
  if (!simulation.empty()) {
    fmt::format_to(std::back_inserter(html), "<p class=warn>Simulation, not a measurement: {}</p>\n",
                   escapeMarkup(simulation));
  }
  fmt::format_to(std::back_inserter(html),
                 "<h1>{}</h1>\n<p class=lead>{} {}</p>\n<p class=faint>Incident "
                 "<code>{}</code>, revision {}. All times are UTC.</p>\n{}\n",
                 escapeMarkup(title), escapeMarkup(sentence(incident)), meaningOf(text(incident, "kind")),
                 escapeMarkup(text(incident, "id")), page.revision,
                 page.chart_svg.substr(page.chart_svg.find("<svg")));
  putSignals(html, incident);
  putPhases(html, incident);
  putChildren(html, incident);
  putSources(html, page, incident);
  return html + "</body></html>\n";
}

}  // namespace nightjar::evidence
