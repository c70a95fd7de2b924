#include "detect/print/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/printable.h"
#include "detect/incident/joining_parameters.h"
#include "detect/print/incident_text.h"
#include "detect/print/page.h"
#include "detect/print/signal_text.h"
#include "detect/print/words.h"
#include "detect/rule/parameters.h"

namespace nightjar::detect {
namespace {

std::string_view reasonText(Untold reason) {
  switch (reason) {
    case Untold::kCoverage:
      return "too little of the instrument was healthy";
    case Untold::kHistory:
      return "too little history before";
    case Untold::kBeginning:
      return "it held three times as much later, so it may have been dark since before the data begin";
  }
  return "";
}

class Table {
 public:
  Table(const Report& report, const TableOptions& options)
      : report_(report), options_(options), page_(options.colour) {}

  std::string text() {
    simulation();
    page_.paragraph(0, introduction());
    if (report_.incidents.empty()) {
      page_.line("");
      page_.line(nothingJudged() ? "Nothing could be judged." : "No incident.");
    } else {
      overview();
      for (const Incident& incident : report_.incidents) tell(page_, incident, options_.max_networks);
    }
    for (const Observation& observation : report_.observations) observed(observation);
    doubts();
    tooSmall();
    cannotTell();
    if (!report_.incidents.empty() || !report_.observations.empty()) simulation();
    return page_.take();
  }

 private:
  // The whole span is shorter than the history that comes before the first judgement: silence is no good
  // news.
  bool nothingJudged() const {
    return !report_.from || *report_.until - *report_.from < Parameters().min_history;
  }

  void simulation() {
    if (report_.simulation.empty()) return;
    for (const std::string& wrapped :
         wrap("*** SIMULATION, NOT A MEASUREMENT: " + printable(report_.simulation) + " ***", kPageWidth)) {
      page_.alarm(wrapped);
    }
  }

  std::string introduction() const {
    std::string text =
        fmt::format("Judged by rule {}, parameters {}", report_.rule, report_.parameters_version);
    if (report_.from && report_.until) {
      text += fmt::format(": {} to {} UTC, {} series", shortTime(*report_.from), shortTime(*report_.until),
                          grouped(static_cast<double>(report_.series_judged)));
    } else {
      text += ": there is no series to judge";
    }
    if (!report_.geo_source.empty()) text += ", places by " + printable(report_.geo_source);
    return text + ".";
  }

  // "3d 4h", or "40 x 8h" for one that recurs.
  static std::string lengthOf(const Incident& one) {
    if (!one.recurrence) return formatDuration(one.duration());
    const Seconds day = std::chrono::hours(24);
    const Seconds length = (one.recurrence->to - one.recurrence->from + day) % day;
    return fmt::format("{} x {}", one.recurrence->occurrences.size(),
                       formatDuration(std::chrono::round<std::chrono::hours>(length)));
  }

  void overview() {
    page_.line("");
    const auto row = [](std::string_view place, std::string_view since, std::string_view until,
                        std::string_view length, std::string_view depth, std::string_view kind,
                        std::string_view id) {
      return cell(place, 16) + cell(since, 16) + cell(until, 16) + cell(length, 7) + cell(depth, 6) +
             cell(kind, 14) + std::string(id);
    };
    page_.heading(row("PLACE", "SINCE (UTC)", "UNTIL (UTC)", "LENGTH", "DEPTH", "KIND", "INCIDENT"));
    for (const Incident& one : report_.incidents) {
      const std::string until = one.end ? shortTime(*one.end) : "still open";
      const std::string text = row(placeName(one.entity, one.name), shortTime(one.onset), until,
                                   lengthOf(one), percent(one.depth), kindName(one.kind), one.id);
      if (one.open()) {
        page_.alarm(text);
      } else {
        page_.line(text);
      }
    }
  }

  // "ITC (AS12880), 24 November 2019, 08:20 UTC, 1h 30m: throttled; 0.15 that it is an outage."
  void doubts() {
    constexpr size_t kMostDoubts = 20;
    if (report_.doubtful.empty()) return;
    page_.line("");
    page_.heading("In doubt: likelier a whim of the series than an outage");
    const size_t shown = std::min(report_.doubtful.size(), kMostDoubts);
    for (size_t i = 0; i < shown; ++i) {
      const Incident& one = report_.doubtful[i];
      page_.paragraph(
          2, fmt::format("{}, {}, {}: {}, {}; {:.2f} that it is an outage", placeName(one.entity, one.name),
                         longTime(one.onset), formatDuration(one.duration()), kindName(one.kind),
                         percent(one.depth), *one.confidence));
    }
    if (shown < report_.doubtful.size()) {
      page_.line(fmt::format("  and {} more", report_.doubtful.size() - shown));
    }
  }

  void observed(const Observation& one) {
    page_.line("");
    page_.heading(clipped(fmt::format("{}, {}: announced, a burst of updates while the address space stood",
                                      placeName(one.entity, one.name), longTime(one.start)),
                          kPageWidth));
    std::string text = fmt::format(
        "{} updates in one bin where the ordinary number is {}, {} in all until {}. The visible address "
        "space stayed "
        "in its ordinary range: no outage is "
        "claimed. Whether hosts still answered, routing cannot tell.",
        grouped(one.peak), grouped(one.baseline), grouped(one.total), longTime(one.end));
    if (!one.networks.empty()) text += " Networks:";
    const size_t shown = std::min(one.networks.size(), options_.max_networks);
    for (size_t i = 0; i < shown; ++i) text += (i == 0 ? " " : ", ") + one.networks[i].code();
    if (shown < one.networks.size()) text += fmt::format(" and {} more", one.networks.size() - shown);
    if (!one.networks.empty()) text += ".";
    page_.paragraph(2, text);
  }

  void tooSmall() {
    constexpr size_t kMostNamed = 40;
    if (report_.too_small.empty()) return;
    page_.line("");
    page_.heading("Fell by themselves, too small to be told; ask for one by its name");
    std::string text = fmt::format("fewer than {:.0f} /24s or blocks:", JoiningParameters().min_own_size);
    size_t named = 0;
    for (const Entity& entity : report_.too_small) {
      if (++named > kMostNamed) break;
      text += " " + entity.code();
    }
    if (named > kMostNamed) text += fmt::format(" and {} more", report_.too_small.size() - kMostNamed);
    page_.paragraph(2, text);
  }

  // Of routes and hosts, where there are any: the others have holes whenever hosts are silent, and are
  // counted.
  void cannotTell() {
    constexpr size_t kMostSpans = 20;
    const auto& all = report_.cannot_tell;
    if (all.empty()) return;
    page_.line("");
    page_.heading("Cannot tell");
    const bool none_speaks = std::none_of(all.begin(), all.end(), speaks);
    size_t shown = 0;
    for (const CannotTell& one : all) {
      const bool told = none_speaks || speaks(one) || one.span.reason == Untold::kBeginning;
      if (!told || shown == kMostSpans) continue;
      ++shown;
      page_.paragraph(2, cannotTellSentence(one));
    }
    if (shown < all.size()) page_.line(fmt::format("  and {} more spans", all.size() - shown));
  }

  static bool speaks(const CannotTell& one) {
    const SignalInfo signal = signalInfo(one.signal);
    return signal.voice() == SignalInfo::Voice::kFirst || signal.sees == Sees::kSpace6;
  }

  static std::string cannotTellSentence(const CannotTell& one) {
    constexpr size_t kMostNamed = 12;
    std::string text = fmt::format("{} to {} UTC, {}: {}; ", shortTime(one.span.from),
                                   shortTime(one.span.until), one.signal, reasonText(one.span.reason));
    const size_t named = std::min(one.entities.size(), kMostNamed);
    for (size_t k = 0; k < named; ++k) text += (k == 0 ? "" : " ") + one.entities[k].code();
    if (named < one.entities.size()) text += fmt::format(" and {} more", one.entities.size() - named);
    return text;
  }

  const Report& report_;
  const TableOptions& options_;
  Page page_;
};

}  // namespace

std::string toTable(const Report& report, const TableOptions& options) {
  return Table(report, options).text();
}

}  // namespace nightjar::detect
