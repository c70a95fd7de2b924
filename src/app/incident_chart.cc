#include "app/incident_chart.h"

#include <fmt/format.h>
#include <rapidjson/document.h>

#include <algorithm>
#include <utility>

#include "evidence/incident_text.h"

namespace nightjar::app {
namespace {

using evidence::text;
using rapidjson::Value;

constexpr Seconds kShownBefore = std::chrono::hours(2 * 24);
constexpr Seconds kShownAfter = std::chrono::hours(24);
constexpr Seconds kCardMargin = std::chrono::hours(6);
constexpr size_t kMostPanels = 8;

Result<rapidjson::Document> parse(const series::StoredIncident& incident) {
  rapidjson::Document document;
  document.Parse(incident.json.c_str(), incident.json.size());
  if (!document.IsObject())
    return fail(ErrorKind::kInvalid, fmt::format("incident '{}' cannot be read", incident.id));
  return document;
}

Result<Time> judgedUntil(const series::StoredIncident& incident, const Value& document) {
  const auto time = parseTime(text(document, "judged_until"));
  if (!time) return fail(ErrorKind::kInvalid, fmt::format("incident '{}' cannot be read", incident.id));
  return *time;
}

std::vector<evidence::Speaker> panelsOf(const Value& document) {
  std::vector<evidence::Speaker> panels;
  const Value* signals = evidence::member(document, "signals");
  if (signals != nullptr && signals->IsArray()) {
    for (const Value& signal : signals->GetArray()) {
      const Value* judged = evidence::member(signal, "judged");
      if (judged == nullptr || !judged->IsTrue() || panels.size() == kMostPanels) continue;
      panels.push_back({text(signal, "signal"), evidence::number(signal, "baseline")});
    }
  }
  if (panels.empty()) panels.push_back(evidence::speakerOf(document));
  return panels;
}

}  // namespace

Result<ShownBins> shownBins(const series::StoredIncident& incident, BinWidth width) {
  const auto document = parse(incident);
  if (!document) return std::unexpected(document.error());
  const auto judged = judgedUntil(incident, *document);
  if (!judged) return std::unexpected(judged.error());
  const Bin data_end = Bin::of(*judged, width);
  const Time last = incident.end.value_or(*judged);
  return ShownBins{Bin::of(std::max(incident.onset - kShownBefore, Time{}), width),
                   std::min(data_end, Bin::of(last + kShownAfter, width).next())};
}

Result<evidence::Chart> chartOf(series::Store& store, const series::StoredIncident& incident) {
  const auto document = parse(incident);
  if (!document) return std::unexpected(document.error());
  const auto shown = shownBins(incident, store.width());
  if (!shown) return std::unexpected(shown.error());
  const BinWidth width = store.width();
  const std::string simulation = text(*document, "simulation");
  evidence::Chart chart{
      .title =
          fmt::format("{}, {}: {}", evidence::placeOf(*document), evidence::date(text(*document, "onset")),
                      evidence::kindName(text(*document, "kind"))),
      .note =
          fmt::format("{}Nightjar, incident {}, revision {}. UTC. Dashed: ordinary. Shaded: the incident.",
                      simulation.empty() ? "" : "NOT A MEASUREMENT (" + simulation + "). ", incident.id,
                      incident.revision),
      .from = shown->from.start(width),
      .until = shown->until.start(width)};
  for (const evidence::Span& span : evidence::spansOf(*document))
    chart.bands.push_back({span.from, span.until, "incident"});
  for (const evidence::Speaker& panel : panelsOf(*document)) {
    if (panel.signal.empty()) continue;
    auto series = store.read({panel.signal, incident.entity}, shown->from, shown->until);
    if (!series) return std::unexpected(series.error());
    chart.lines.push_back({evidence::signalName(panel.signal), std::move(*series), panel.baseline});
  }
  return chart;
}

Result<evidence::Card> cardOf(series::Store& store, const series::StoredIncident& incident) {
  const auto document = parse(incident);
  if (!document) return std::unexpected(document.error());
  const auto judged = judgedUntil(incident, *document);
  if (!judged) return std::unexpected(judged.error());
  const evidence::Speaker speaker = evidence::speakerOf(*document);
  evidence::Card card{.incident_json = incident.json,
                      .revision = incident.revision,
                      .signal = speaker.signal,
                      .baseline = speaker.baseline};
  if (speaker.signal.empty()) return card;
  const Time last = incident.end.value_or(*judged);
  const Time::duration margin = std::max<Time::duration>(kCardMargin, (last - incident.onset) / 6);
  const BinWidth width = store.width();
  const Bin from = Bin::of(std::max(incident.onset - margin, Time{}), width);
  const Bin until = std::min(Bin::of(*judged, width), Bin::of(last + margin, width).next());
  auto series = store.read({speaker.signal, incident.entity}, from, std::max(from.next(), until));
  if (!series) return std::unexpected(series.error());
  const bool known = std::any_of(series->points.begin(), series->points.end(),
                                 [](const series::Point& point) { return point.present(); });
  if (known) card.series = std::move(*series);
  return card;
}

}  // namespace nightjar::app
