#include "detect/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "detect/parameters.h"
#include "detect/words.h"
#include "series/signals.h"

namespace nightjar::detect {
namespace {

constexpr size_t kWidth = 110;

const SignalFall* find(const std::vector<SignalFall>& falls, std::string_view signal) {
  const auto found =
      std::find_if(falls.begin(), falls.end(), [&](const SignalFall& fall) { return fall.signal == signal; });
  return found == falls.end() ? nullptr : &*found;
}

std::string_view unitOf(std::string_view signal) {
  if (signal == series::kVisible24) return "/24s of IPv4 space";
  if (signal == series::kVisible48) return "/48s of IPv6 space";
  if (signal == series::kPrefixes4) return "IPv4 prefixes";
  if (signal == series::kPrefixes6) return "IPv6 prefixes";
  return signal;
}

std::string_view reasonText(Untold reason) {
  return reason == Untold::kHistory ? "too little history before"
                                    : "too little of the instrument was healthy";
}

class Page {
 public:
  Page(const Report& report, const TableOptions& options) : report_(report), options_(options) {}

  // The whole span is shorter than the history that comes before the first judgement: silence is no good
  // news.
  bool nothingJudged() const {
    return !report_.from || *report_.until - *report_.from < Parameters().min_history;
  }

  std::string text() {
    simulation();
    paragraph(0, introduction());
    if (report_.incidents.empty()) {
      line("");
      line(nothingJudged() ? "Nothing could be judged." : "No incident.");
    } else {
      overview();
      for (const Incident& incident : report_.incidents) tell(incident);
    }
    for (const Observation& observation : report_.observations) tell(observation);
    cannotTell();
    if (!report_.incidents.empty() || !report_.observations.empty()) simulation();
    return std::move(text_);
  }

 private:
  enum class Style { kHeading, kAlarm };

  void line(std::string_view text) {
    text_ += text;
    text_ += '\n';
  }

  std::string styled(std::string_view text, Style style) const {
    if (!options_.colour) return std::string(text);
    return fmt::format("\x1b[{}m{}\x1b[0m", style == Style::kHeading ? "1" : "1;31", text);
  }

  void paragraph(size_t indent, const std::string& text) {
    for (const std::string& wrapped : wrap(text, kWidth - indent)) line(std::string(indent, ' ') + wrapped);
  }

  void simulation() {
    if (report_.simulation.empty()) return;
    for (const std::string& wrapped :
         wrap("*** SIMULATION, NOT A MEASUREMENT: " + printable(report_.simulation) + " ***", kWidth)) {
      line(styled(wrapped, Style::kAlarm));
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

  static std::string placeName(const Entity& entity, const std::string& name) {
    return name.empty() ? entity.code() : printable(name) + " (" + entity.code() + ")";
  }

  void overview() {
    line("");
    const auto row = [](std::string_view place, std::string_view since, std::string_view until,
                        std::string_view length, std::string_view depth, std::string_view kind,
                        std::string_view id) {
      return cell(place, 20) + cell(since, 16) + cell(until, 16) + cell(length, 7) + cell(depth, 6) +
             cell(kind, 9) + std::string(id);
    };
    line(styled(row("PLACE", "SINCE (UTC)", "UNTIL (UTC)", "LENGTH", "DEPTH", "KIND", "INCIDENT"),
                Style::kHeading));
    for (const Incident& one : report_.incidents) {
      const std::string until = one.end ? shortTime(*one.end) : "still open";
      const std::string text =
          row(placeName(one.entity, one.name), shortTime(one.onset), until, formatDuration(one.duration()),
              percent(one.depth), kindName(one.kind), one.id);
      line(one.open() ? styled(text, Style::kAlarm) : text);
    }
  }

  void tell(const Incident& one) {
    line("");
    line(styled(clipped(fmt::format("{}, {}: {}", placeName(one.entity, one.name), longTime(one.onset),
                                    headline(one)),
                        kWidth),
                Style::kHeading));
    for (const SignalFall& fall : one.signals) paragraph(2, fallSentence(one, fall));
    paragraph(2, lengthSentence(one));
    paragraph(2, course(one));
    paragraph(2, coverageSentence(one));
    networks(one);
  }

  static std::string headline(const Incident& one) {
    const bool only_v6 = one.signals.front().signal == series::kVisible48;
    const std::string_view what = only_v6 ? "IPv6 space" : "address space";
    if (one.kind == Kind::kWithdrawn) return fmt::format("{} withdrawn from the routing tables", what);
    return fmt::format("a part of the {} is gone from the routing tables", what);
  }

  // "2,903 to 327 /24s of IPv4 space (-89 %); lowest 244 (-92 %) on 31 January 2011, 20:50 UTC."
  static std::string fallSentence(const Incident& one, const SignalFall& fall) {
    double first = fall.floor;
    for (const Phase& phase : one.phases) {
      if (phase.kind != PhaseKind::kFloor) continue;
      for (const PhaseLevel& level : phase.levels) {
        if (level.signal == fall.signal) first = level.value;
      }
      break;
    }
    const auto depth = [&](double value) { return fall.baseline > 0 ? 1 - value / fall.baseline : 0; };
    std::string text = fmt::format("{} to {} {} ({})", grouped(fall.baseline), grouped(first),
                                   unitOf(fall.signal), percent(depth(first)));
    if (grouped(first) != grouped(fall.floor)) {
      text += fmt::format("; lowest {} ({}) on {}", grouped(fall.floor), percent(depth(fall.floor)),
                          longTime(fall.floor_at));
    }
    return text + ".";
  }

  static std::string lengthSentence(const Incident& one) {
    std::string text = fmt::format("Since {}", longTime(one.onset));
    if (one.onset_earliest != one.onset) {
      text += fmt::format(" or earlier: nothing can be told from {} on", longTime(one.onset_earliest));
    }
    if (!one.end) {
      return fmt::format("{}; still going on at {}, after {}.", text, longTime(one.last_bin_end),
                         formatDuration(one.duration()));
    }
    text += fmt::format("; ended {}", longTime(*one.end));
    if (one.end_earliest != one.end) {
      text += fmt::format(" or earlier: nothing can be told from {} on", longTime(*one.end_earliest));
    }
    return fmt::format("{}; {} in all, as much as {:.1f} h of total loss.", text,
                       formatDuration(one.duration()), one.severity_hours);
  }

  static std::string course(const Incident& one) {
    constexpr size_t kMostPhases = 12;
    std::string text = "Course:";
    for (size_t i = 0; i < std::min(one.phases.size(), kMostPhases); ++i) {
      const Phase& phase = one.phases[i];
      text += fmt::format("{} {} {}", i == 0 ? "" : ",", phaseName(phase.kind), dayTime(phase.start));
      if (phase.levels.empty()) continue;
      text += fmt::format(" ({})", grouped(phase.levels.front().value));
    }
    if (one.phases.size() > kMostPhases) {
      text += fmt::format(", and {} more", one.phases.size() - kMostPhases);
    }
    return text + ".";
  }

  static std::string coverageSentence(const Incident& one) {
    std::string text = fmt::format("Coverage {:.0f} % on average, at least {:.0f} %", 100 * one.coverage_mean,
                                   100 * static_cast<double>(one.coverage_min));
    if (one.untold_bins > 0) text += fmt::format("; {} bins inside cannot be told", one.untold_bins);
    return text + ".";
  }

  void networks(const Incident& one) {
    if (one.children.empty()) return;
    const auto row = [](std::string_view name, std::string_view space, std::string_view prefixes,
                        std::string_view since, std::string_view until) {
      return "  " + cell(name, 32) + cell(space, 29) + cell(prefixes, 17) + cell(since, 13) +
             std::string(until);
    };
    line(styled(row("WHO FELL", "SPACE (/24s)", "PREFIXES", "SINCE (UTC)", "UNTIL (UTC)"), Style::kHeading));
    const size_t shown = std::min(one.children.size(), options_.max_networks);
    for (size_t i = 0; i < shown; ++i) {
      const Child& child = one.children[i];
      const SignalFall& fall = child.signals.front();
      const bool v6 = fall.signal == series::kVisible48;
      const SignalFall* told = find(child.signals, v6 ? series::kPrefixes6 : series::kPrefixes4);
      const std::string space = fmt::format("{} to {} ({}){}", grouped(fall.baseline), grouped(fall.floor),
                                            percent(fall.depth()), v6 ? " /48s" : "");
      const std::string prefixes =
          told == nullptr ? "" : fmt::format("{} to {}", grouped(told->baseline), grouped(told->floor));
      line(row(childName(child), space, prefixes, dayTime(child.onset),
               child.end ? dayTime(*child.end) : "open"));
    }
    if (shown < one.children.size()) {
      line(fmt::format("  and {} more", one.children.size() - shown));
    }
  }

  static std::string childName(const Child& child) {
    std::string name = child.entity.code();
    if (!child.name.empty()) name += " " + printable(child.name);
    return name;
  }

  void tell(const Observation& one) {
    line("");
    line(styled(clipped(fmt::format("{}, {}: announced, a burst of updates while the address space stood",
                                    placeName(one.entity, one.name), longTime(one.start)),
                        kWidth),
                Style::kHeading));
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
    paragraph(2, text);
  }

  void cannotTell() {
    constexpr size_t kMostNamed = 12;
    constexpr size_t kMostSpans = 20;
    if (report_.cannot_tell.empty()) return;
    line("");
    line(styled("Cannot tell", Style::kHeading));
    for (size_t i = 0; i < std::min(report_.cannot_tell.size(), kMostSpans); ++i) {
      const CannotTell& one = report_.cannot_tell[i];
      std::string text =
          fmt::format("{} to {} UTC, {}: {}; ", shortTime(one.span.from), shortTime(one.span.until),
                      one.signal == series::kVisible48 ? "IPv6" : "IPv4", reasonText(one.span.reason));
      const size_t named = std::min(one.entities.size(), kMostNamed);
      for (size_t k = 0; k < named; ++k) text += (k == 0 ? "" : " ") + one.entities[k].code();
      if (named < one.entities.size()) text += fmt::format(" and {} more", one.entities.size() - named);
      paragraph(2, text);
    }
    if (report_.cannot_tell.size() > kMostSpans) {
      line(fmt::format("  and {} more spans", report_.cannot_tell.size() - kMostSpans));
    }
  }

  const Report& report_;
  const TableOptions& options_;
  std::string text_;
};

}  // namespace

std::string toTable(const Report& report, const TableOptions& options) {
  return Page(report, options).text();
}

}  // namespace nightjar::detect
