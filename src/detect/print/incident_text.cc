#include "detect/print/incident_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/printable.h"
#include "detect/incident/phases.h"
#include "detect/print/signal_text.h"
#include "detect/print/words.h"

namespace nightjar::detect {
namespace {

// "2,903 to 327 /24s of IPv4 space (-89 %); lowest 244 (-92 %) on 31 January 2011, 20:50 UTC; back on 2
// February 2011, 09:50 UTC."
std::string fallSentence(const Incident& one, const SignalFall& fall) {
  double first = fall.floor;
  for (const Phase& phase : one.phases) {
    if (phase.kind != PhaseKind::kFloor) continue;
    for (const PhaseLevel& level : phase.levels) {
      if (level.signal == fall.signal) first = level.value;
    }
    break;
  }
  const series::SignalTraits traits = series::traitsOf(fall.signal);
  const bool falls = traits.sense == series::Sense::kFallIsBad;
  const auto share = [&](double value) {
    if (!falls) return std::string();
    return fmt::format(" ({})", percent(fall.baseline > 0 ? 1 - value / fall.baseline : 0));
  };
  const auto text = [&](double value) { return valueText(fall.signal, value); };
  std::string sentence =
      fmt::format("{} to {} {}{}", text(fall.baseline), text(first), unitOf(fall.signal), share(first));
  if (text(first) != text(fall.floor)) {
    sentence += fmt::format("; {} {}{} on {}", falls ? "lowest" : "worst", text(fall.floor),
                            share(fall.floor), longTime(fall.floor_at));
  }
  const bool sooner = fall.judged && fall.end && *fall.end < one.end.value_or(one.last_bin_end);
  if (sooner && !one.recurrence) sentence += fmt::format("; back on {}", longTime(*fall.end));
  return sentence + ".";
}

// "the hosts fell"; nothing of a plane without a word to say.
std::string planeText(series::Plane plane, PlaneVerdict verdict, Kind kind) {
  struct Words {
    std::string_view plane, fell, stands;
  };
  if (kind == Kind::kThrottled && plane == series::Plane::kData && verdict == PlaneVerdict::kFell)
    return "the hosts answer late or in part";
  constexpr std::array<Words, kPlaneCount> kWords = {{{"the routes", "fell", "stand"},
                                                      {"the hosts", "fell", "stand"},
                                                      {"the traffic", "fell", "stands"},
                                                      {"what was imported", "fell", "stands"}}};
  const Words& words = kWords[static_cast<size_t>(plane)];
  switch (verdict) {
    case PlaneVerdict::kFell:
      return fmt::format("{} {}", words.plane, words.fell);
    case PlaneVerdict::kStands:
      return fmt::format("{} {}", words.plane, words.stands);
    case PlaneVerdict::kCannotTell:
      return fmt::format("of {} nobody can tell", words.plane);
    case PlaneVerdict::kNotMeasured:
      break;
  }
  return plane == series::Plane::kOther ? ""
                                        : fmt::format("{} {} not measured", words.plane,
                                                      plane == series::Plane::kTraffic ? "was" : "were");
}

std::string standingText(const StandingSignal& other) {
  if (!other.stands)
    return fmt::format("{} cannot tell (judged {:.0f} %)", other.signal, 100 * other.judged_share);
  if (!other.usual || !other.worst) return fmt::format("{} stands", other.signal);
  return fmt::format("{} stands (usually {}, at the worst {})", other.signal,
                     valueText(other.signal, *other.usual), valueText(other.signal, *other.worst));
}

// What the planes saw, and the signals that did not fall.
void planes(Page& page, const Incident& one) {
  std::string text;
  for (size_t i = 0; i < kPlaneCount; ++i) {
    const std::string plane = planeText(static_cast<series::Plane>(i), one.planes[i], one.kind);
    if (!plane.empty()) text += (text.empty() ? "" : "; ") + plane;
  }
  const auto said = [&](PlaneVerdict verdict) {
    return std::count(one.planes.begin(), one.planes.end(), verdict) > 0;
  };
  const bool disagree = said(PlaneVerdict::kFell) && said(PlaneVerdict::kStands);
  page.paragraph(2, fmt::format("{}: {}.", disagree ? "The signals disagree" : "Seen", text));
  std::string others;
  for (const StandingSignal& other : one.others) others += (others.empty() ? "" : "; ") + standingText(other);
  if (!others.empty()) page.paragraph(2, others + ".");
}

std::string lengthSentence(const Incident& one) {
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

std::string clockText(Seconds since_midnight) {
  return formatTime(Time(since_midnight)).substr(11, 5);
}

// "Every day from 18:30 to 02:30 UTC (8h): 40 times, first on 14 February 2021, last on 26 March 2021."
std::string recurrenceSentence(const Recurrence& one) {
  const Seconds day = std::chrono::hours(24);
  const Seconds length = (one.to - one.from + day) % day;
  const bool every = one.days_seen == one.days;
  std::string text = every ? "Every day" : fmt::format("On {} of {} days", one.days_seen, one.days);
  text +=
      fmt::format(" from {} to {} UTC ({})", clockText(one.from), clockText(one.to), formatDuration(length));
  if (one.days_untold > 0) text += fmt::format("; of {} of the other days nobody can tell", one.days_untold);
  const auto [least, most] =
      std::minmax_element(one.occurrences.begin(), one.occurrences.end(),
                          [](const Occurrence& a, const Occurrence& b) { return a.depth < b.depth; });
  return fmt::format("{}: {} times, {} to {}, first on {}, last on {}.", text, one.occurrences.size(),
                     percent(least->depth), percent(most->depth), longTime(one.occurrences.front().onset),
                     longTime(one.occurrences.back().onset));
}

// "At 10:45 UTC on 5 January 2022 a burst of updates: 12,345 in one bin where the ordinary number is 120,
// ..."
std::string burstSentence(const Observation& one, size_t max_networks) {
  std::string text = fmt::format("A burst of route updates: {} in the bin of {}, where {} are ordinary",
                                 grouped(one.peak), longTime(one.peak_at), grouped(one.baseline));
  const size_t shown = std::min(one.networks.size(), max_networks);
  for (size_t i = 0; i < shown; ++i) {
    text += fmt::format("{}AS{}", i == 0 ? "; of " : ", ", one.networks[i].asn()->number);
  }
  if (shown < one.networks.size()) text += fmt::format(" and {} more", one.networks.size() - shown);
  return text + ".";
}

// "Down longest of the regions: Almaty (KZ-ALA), 4d 15h; the whole 3d 17h."
std::string longestSentence(const Incident& one) {
  const Child* longest = nullptr;
  Seconds down{0};
  size_t regions = 0;
  for (const Child& child : one.children) {
    if (child.entity.kind() != EntityKind::kRegion) continue;
    ++regions;
    const Seconds its = timeDown(child.phases, one.last_bin_end).down;
    if (its > down) {
      longest = &child;
      down = its;
    }
  }
  if (regions < 2 || longest == nullptr) return {};
  return fmt::format("Down longest of {} regions: {}, {}; the place itself {}.", regions,
                     placeName(longest->entity, longest->name), formatDuration(down),
                     formatDuration(timeDown(one.phases, one.last_bin_end).down));
}

std::string coverageSentence(const Incident& one) {
  std::string text = fmt::format("Coverage {:.0f} % on average, at least {:.0f} %", 100 * one.coverage_mean,
                                 100 * static_cast<double>(one.coverage_min));
  if (one.untold_bins > 0) text += fmt::format("; {} bins inside cannot be told", one.untold_bins);
  if (one.confidence) text += fmt::format(". Confidence that it is an outage {:.2f}", *one.confidence);
  return text + ".";
}

// "Hints, not a verdict: ordered 0.70 (starts on the hour; 6 networks within 10 min), power 0.12."
std::string hintSentence(const Incident& one) {
  constexpr size_t kMostHints = 2;
  constexpr size_t kMostEvidence = 3;
  const bool strong = one.cause_hints.front().probability >= kStrongHint;
  std::string text = strong ? "Hints, not a verdict:" : "Of the cause no hint is strong:";
  for (size_t i = 0; i < std::min(kMostHints, one.cause_hints.size()); ++i) {
    const CauseGuess& guess = one.cause_hints[i];
    text += fmt::format("{} {} {:.2f}", i == 0 ? "" : ",", causeName(guess.cause), guess.probability);
    if (i > 0 || !strong) continue;
    std::string evidence;
    size_t named = 0;
    for (const CauseEvidence& item : guess.evidence) {
      if (item.ratio < 1 || named == kMostEvidence) continue;
      evidence += (named++ == 0 ? "" : "; ") + item.what;
    }
    if (!evidence.empty()) text += " (" + evidence + ")";
  }
  return text + ".";
}

// "AS29355 Kcell": the code first, which must not be cut off; the country is said once, by the incident.
std::string childName(const Incident& one, const Child& child) {
  const auto asn = child.entity.asn();
  const bool at_home = asn && one.entity.kind() == EntityKind::kCountry && child.entity.belongsTo(one.entity);
  const std::string code = at_home ? fmt::format("AS{}", asn->number) : child.entity.code();
  return child.name.empty() ? code : code + " " + printable(child.name);
}

std::string nameOf(const Incident& one, const Entity& entity) {
  for (const Child& child : one.children) {
    if (child.entity == entity) return child.name.empty() ? entity.code() : printable(child.name);
  }
  return entity.code();
}

// The phases, one a line, with the levels of the signals that fell.
void course(Page& page, const Incident& one, size_t max_networks) {
  constexpr size_t kMostPhases = 40;
  constexpr size_t kMostSignals = 4;
  if (one.phases.empty()) return;
  std::vector<std::string_view> signals;
  for (const SignalFall& fall : one.signals) {
    if (signals.size() < kMostSignals) signals.push_back(fall.signal);
  }
  std::string head = "  " + cell("COURSE", 10) + cell("SINCE (UTC)", 13) + cell("LENGTH", 9);
  for (const std::string_view signal : signals) head += cell(labelOf(signal), 12);
  page.heading(head);
  for (size_t i = 0; i < std::min(one.phases.size(), kMostPhases); ++i) {
    const Phase& phase = one.phases[i];
    const Time end = phase.end.value_or(one.last_bin_end);
    const bool restored = phase.kind == PhaseKind::kRestored;
    const auto length = std::chrono::duration_cast<Seconds>(end - phase.start);
    std::string text = "  " + cell(phaseName(phase.kind), 10) + cell(dayTime(phase.start), 13) +
                       cell(restored ? "" : formatDuration(length), 9);
    for (const std::string_view signal : signals) {
      const auto level =
          std::find_if(phase.levels.begin(), phase.levels.end(),
                       [&](const PhaseLevel& candidate) { return candidate.signal == signal; });
      text += cell(level == phase.levels.end() ? "-" : valueText(signal, level->value), 12);
    }
    page.line(text);
    std::string who;
    for (size_t k = 0; k < std::min(max_networks, phase.entities.size()); ++k) {
      who += (k == 0 ? "" : ", ") + nameOf(one, phase.entities[k]);
    }
    if (phase.entities.size() > max_networks) {
      who += fmt::format(" and {} more", phase.entities.size() - max_networks);
    }
    if (!who.empty()) page.paragraph(4, "down by then: " + who);
  }
  if (one.phases.size() > kMostPhases) {
    page.line(fmt::format("  and {} more phases", one.phases.size() - kMostPhases));
  }
}

// "3d 17h, back 5 x"; of a recurring incident "39 x".
std::string downText(const Incident& one, const Child& child) {
  if (one.recurrence) return fmt::format("{} x", child.falls);
  const TimeDown time = timeDown(child.phases, one.last_bin_end);
  const std::string down = formatDuration(time.down);
  return time.returns == 0 ? down : fmt::format("{}, back {} x", down, time.returns);
}

constexpr size_t kChildName = 22;
constexpr size_t kChildWhat = 27;
constexpr size_t kChildSince = 12;

void childRow(Page& page, const Incident& one, const Child& child) {
  const SignalFall& fall = child.signals.front();
  std::string what =
      fmt::format("{} to {}", valueText(fall.signal, fall.baseline), valueText(fall.signal, fall.floor));
  if (series::traitsOf(fall.signal).sense == series::Sense::kFallIsBad)
    what += fmt::format(" ({})", percent(fall.depth));
  what += fmt::format(" {}", labelOf(fall.signal));
  page.line("  " + cell(childName(one, child), kChildName) + cell(kindName(child.kind), 14) +
            cell(what, kChildWhat) + cell(dayTime(child.onset), kChildSince) +
            cell(child.end ? dayTime(*child.end) : "open", kChildSince) + downText(one, child));
}

// Mobile and fixed networks apart, then the regions.
void children(Page& page, const Incident& one, size_t max_networks) {
  const auto section = [](const Child& child) -> std::string_view {
    if (child.entity.kind() == EntityKind::kRegion) return "REGIONS";
    switch (child.access) {
      case Access::kMobile:
        return "MOBILE NETWORKS";
      case Access::kFixed:
        return "FIXED NETWORKS";
      case Access::kMixed:
        return "NETWORKS, MOBILE AND FIXED";
      case Access::kUnknown:
        break;
    }
    return "NETWORKS";
  };
  for (const std::string_view title :
       {"MOBILE NETWORKS", "FIXED NETWORKS", "NETWORKS, MOBILE AND FIXED", "NETWORKS", "REGIONS"}) {
    size_t count = 0;
    for (const Child& child : one.children) {
      if (section(child) != title) continue;
      if (count == 0) {
        page.heading("  " + cell(title, kChildName) + cell("KIND", 14) + cell("WHAT", kChildWhat) +
                     cell("SINCE (UTC)", kChildSince) + cell("UNTIL (UTC)", kChildSince) +
                     (one.recurrence ? "FELL" : "DOWN FOR"));
      }
      if (count++ < max_networks) childRow(page, one, child);
    }
    if (count > max_networks) page.line(fmt::format("  and {} more", count - max_networks));
  }
}

std::string_view partOf(const Incident& one) {
  if (one.signals.empty() || !one.signals.front().judged) {
    return one.access == Access::kMobile ? "its mobile networks alone fell"
                                         : "some of its networks fell together";
  }
  switch (signalInfo(one.signals.front().signal).sees) {
    case Sees::kSpace:
      return "a part of the address space is gone from the routing tables";
    case Sees::kSpace6:
      return "a part of the IPv6 space is gone from the routing tables";
    case Sees::kHosts:
    case Sees::kHosts6:
      return "a part of the hosts is silent";
    case Sees::kOther:
    case Sees::kTraffic:
    case Sees::kSites:
    case Sees::kQuality:
      break;
  }
  return "a part of what was measured is gone";
}

}  // namespace

std::string placeName(const Entity& entity, const std::string& name) {
  return name.empty() ? entity.code() : printable(name) + " (" + entity.code() + ")";
}

std::string headlineOf(const Incident& one) {
  switch (one.kind) {
    case Kind::kWithdrawn: {
      const bool only_v6 =
          !one.signals.empty() && signalInfo(one.signals.front().signal).sees == Sees::kSpace6;
      return fmt::format("{} withdrawn from the routing tables", only_v6 ? "IPv6 space" : "address space");
    }
    case Kind::kAnnouncedDark:
      return one.planes[static_cast<size_t>(series::Plane::kControl)] == PlaneVerdict::kFell
                 ? "announced but dark: the hosts are silent, most of the routes stand"
                 : "announced but dark: the routes stand, the hosts are silent";
    case Kind::kDark:
      return "dark: half or more of what was measured is gone; of the routes nothing is known";
    case Kind::kPartial:
      return std::string(partOf(one));
    case Kind::kThrottled:
      return "throttled: hosts answer, but with loss or delay";
    case Kind::kTrafficDown:
      return "less traffic than usual comes from there";
    case Kind::kSitesBlocked:
      return "sites cannot be fetched";
  }
  return {};
}

void tell(Page& page, const Incident& one, size_t max_networks) {
  page.line("");
  page.heading(clipped(
      fmt::format("{}, {}: {}", placeName(one.entity, one.name), longTime(one.onset), headlineOf(one)),
      kPageWidth));
  page.paragraph(2, lengthSentence(one));
  if (one.recurrence) page.paragraph(2, recurrenceSentence(*one.recurrence));
  for (const SignalFall& fall : one.signals) page.paragraph(2, fallSentence(one, fall));
  planes(page, one);
  for (const Observation& burst : one.bursts) page.paragraph(2, burstSentence(burst, max_networks));
  const std::string longest = longestSentence(one);
  if (!longest.empty()) page.paragraph(2, longest);
  page.paragraph(2, coverageSentence(one));
  if (!one.cause_hints.empty()) page.paragraph(2, hintSentence(one));
  course(page, one, max_networks);
  children(page, one, max_networks);
}

}  // namespace nightjar::detect
