#include "detect/incident/case_file.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <random>
#include <sstream>
#include <utility>

#include "detect/incident/phases.h"

namespace nightjar::detect {
namespace {

const Time kStart = parseTime("2020-01-01T00:00:00Z").value();

std::vector<std::string> wordsOf(const std::string& line) {
  std::istringstream in(line);
  std::vector<std::string> result;
  for (std::string word; in >> word;) result.push_back(word);
  return result;
}

bool number(std::string_view text, double* value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value);
  return error == std::errc() && end == text.data() + text.size();
}

// "2903@0.4x10" and its kin.
bool addPoints(const std::string& word, std::mt19937& random, std::vector<series::Point>& points) {
  const size_t times = word.rfind('x');
  double count = 0;
  if (times == std::string::npos || !number(std::string_view(word).substr(times + 1), &count)) return false;
  std::string value = word.substr(0, times);
  const auto n = static_cast<size_t>(count);
  if (value == "_") {
    points.resize(points.size() + n);
    return true;
  }
  double coverage = 1;
  if (const size_t at = value.find('@'); at != std::string::npos) {
    if (!number(std::string_view(value).substr(at + 1), &coverage)) return false;
    value.resize(at);
  }
  double from = 0;
  double to = 0;
  double noise = 0;
  if (const size_t line = value.find(".."); line != std::string::npos) {
    if (!number(value.substr(0, line), &from) || !number(value.substr(line + 2), &to)) return false;
  } else if (const size_t sign = value.find("+-"); sign != std::string::npos) {
    if (!number(value.substr(0, sign), &from) || !number(value.substr(sign + 2), &noise)) return false;
    to = from;
  } else {
    if (!number(value, &from)) return false;
    to = from;
  }
  // Values with a point have four decimals, others none.
  const double scale = value.find('.') != value.find("..") ? 1e4 : 1;
  const double spread = std::round(noise * scale);
  for (size_t i = 0; i < n; ++i) {
    double v = scale * (from + (to - from) * static_cast<double>(i) / static_cast<double>(n));
    if (noise > 0) v += static_cast<double>(random() % static_cast<unsigned>(2 * spread + 1)) - spread;
    points.push_back({std::round(v) / scale, static_cast<float>(coverage)});
  }
  return true;
}

// Writes "[ A B ]x3" out as "A B A B A B". Groups do not nest.
bool unfold(std::vector<std::string>& tokens) {
  std::vector<std::string> result;
  bool open = false;
  size_t group_at = 0;
  for (const std::string& token : tokens) {
    if (token == "[") {
      open = true;
      group_at = result.size();
    } else if (token.starts_with("]x")) {
      double times = 0;
      if (!open || !number(std::string_view(token).substr(2), &times)) return false;
      const std::vector<std::string> group(result.begin() + static_cast<std::ptrdiff_t>(group_at),
                                           result.end());
      for (double i = 1; i < times; ++i) result.insert(result.end(), group.begin(), group.end());
      open = false;
    } else {
      result.push_back(token);
    }
  }
  tokens = std::move(result);
  return !open;
}

std::optional<Access> accessOf(std::string_view name) {
  for (const Access access : {Access::kMobile, Access::kFixed, Access::kMixed}) {
    if (name == accessName(access)) return access;
  }
  return std::nullopt;
}

// "500..2000" in bins.
std::string span(Time from, std::optional<Time> until, BinWidth width) {
  const auto bin = [&](Time time) { return (time - kStart) / width.length(); };
  return until ? fmt::format("{}..{}", bin(from), bin(*until)) : fmt::format("{}..", bin(from));
}

std::string describe(const SignalFall& fall, BinWidth width) {
  const std::string numbers =
      fmt::format("{} {} {:.6g} to {:.6g} at {}", fall.signal, span(fall.onset, fall.end, width),
                  fall.baseline, fall.floor, (fall.floor_at - kStart) / width.length());
  return fall.judged ? fmt::format("{} {}, worst {}", numbers, levelName(fall.opened), levelName(fall.worst))
                     : numbers + " told";
}

std::string codes(const std::vector<Entity>& entities) {
  std::string text;
  for (const Entity& entity : entities) text += " " + entity.code();
  return text;
}

std::string clock(Seconds since_midnight) {
  return formatTime(Time(since_midnight)).substr(11, 5);
}

std::string describe(const Recurrence& one, BinWidth width) {
  std::string text = fmt::format("{} {}-{} on {} of {} days, {} untold:", one.daily ? "daily" : "irregular",
                                 clock(one.from), clock(one.to), one.days_seen, one.days, one.days_untold);
  for (const Occurrence& occurrence : one.occurrences) {
    text += fmt::format(" {}/{:.2f}", span(occurrence.onset, occurrence.end, width), occurrence.depth);
  }
  return text;
}

std::string describePlanes(const Incident& one) {
  std::string text = "planes";
  for (size_t i = 0; i < kPlaneCount; ++i) {
    if (one.planes[i] == PlaneVerdict::kNotMeasured) continue;
    text += fmt::format(" {} {}", planeName(static_cast<series::Plane>(i)), planeVerdictName(one.planes[i]));
  }
  for (const StandingSignal& other : one.others) {
    text += fmt::format(", {} {} {:.2f}", other.signal, other.stands ? "stands" : "cannot-tell",
                        other.judged_share);
  }
  return text;
}

std::string describe(const Observation& one, BinWidth width) {
  return fmt::format("{} baseline {:.6g} peak {:.6g} total {:.6g}{}", span(one.start, one.end, width),
                     one.baseline, one.peak, one.total, codes(one.networks));
}

void describe(const Incident& one, BinWidth width, std::vector<std::string>& lines) {
  lines.push_back(fmt::format("incident {} {}{}{} {} depth {:.2f} severity {:.1f}h coverage {:.2f}", one.id,
                              accessName(one.access), one.access == Access::kUnknown ? "" : " ",
                              kindName(one.kind), span(one.onset, one.end, width), one.depth,
                              one.severity_hours, one.coverage_min));
  if (one.onset_earliest != one.onset || one.end_earliest != one.end || one.untold_bins > 0) {
    lines.push_back(fmt::format("  unsure {} untold {}", span(one.onset_earliest, one.end_earliest, width),
                                one.untold_bins));
  }
  // One plane that was measured and fell is what every incident has.
  const auto measured = std::count_if(one.planes.begin(), one.planes.end(), [](PlaneVerdict verdict) {
    return verdict != PlaneVerdict::kNotMeasured;
  });
  if (measured > 1 || !one.others.empty()) lines.push_back("  " + describePlanes(one));
  for (const SignalFall& fall : one.signals) lines.push_back("  signal " + describe(fall, width));
  for (const Phase& phase : one.phases) {
    std::string line =
        fmt::format("  phase {} {}", phaseName(phase.kind), span(phase.start, phase.end, width));
    for (const PhaseLevel& level : phase.levels) line += fmt::format(" {}={:.6g}", level.signal, level.value);
    lines.push_back(line + codes(phase.entities));
  }
  if (one.recurrence) lines.push_back("  recurs " + describe(*one.recurrence, width));
  for (const Child& child : one.children) {
    lines.push_back(fmt::format("  child {} {}{}{} {} lost {:.6g}{}", child.entity.code(),
                                accessName(child.access), child.access == Access::kUnknown ? "" : " ",
                                kindName(child.kind), span(child.onset, child.end, width),
                                child.lost.value_or(0),
                                child.falls > 1 ? fmt::format(" in {} falls", child.falls) : ""));
    for (const SignalFall& fall : child.signals) lines.push_back("    signal " + describe(fall, width));
    const TimeDown time = timeDown(child.phases, one.last_bin_end);
    if (time.returns > 0) {
      lines.push_back(fmt::format("    down {} back {} x", formatDuration(time.down), time.returns));
    }
  }
  for (const Observation& burst : one.bursts) lines.push_back("  burst " + describe(burst, width));
}

std::vector<std::string> describe(const Report& report, BinWidth width) {
  std::vector<std::string> lines;
  for (const Incident& one : report.incidents) describe(one, width, lines);
  for (const Incident& one : report.doubtful) {
    lines.push_back(fmt::format("doubt {} {}", one.id, span(one.onset, one.end, width)));
  }
  for (const Observation& one : report.observations) {
    lines.push_back(fmt::format("announced {} {}", one.entity.code(), describe(one, width)));
  }
  for (const Entity& entity : report.too_small) {
    lines.push_back(fmt::format("too_small {}", entity.code()));
  }
  for (const CannotTell& one : report.cannot_tell) {
    lines.push_back(fmt::format("cannot_tell {} {} {}{}", untoldName(one.span.reason),
                                span(one.span.from, one.span.until, width), one.signal, codes(one.entities)));
  }
  return lines;
}

}  // namespace

namespace {

// Lines of a case, those that go on put together.
class Lines {
 public:
  explicit Lines(std::string_view text) : in_(std::string(text)) {}

  bool next(std::string& line) {
    if (!std::getline(in_, line)) return false;
    ++number_;
    while (line.ends_with('\\')) {
      line.pop_back();
      std::string more;
      if (!std::getline(in_, more)) break;
      ++number_;
      line += more;
    }
    return true;
  }

  std::unexpected<Error> wrong(std::string_view what) const {
    return fail(ErrorKind::kInvalid, fmt::format("line {}: {}", number_, what));
  }

 private:
  std::istringstream in_;
  size_t number_ = 0;
};

Result<void> load(std::vector<std::string> parts, const Lines& lines, LoadedCase& loaded) {
  const auto length = parseDuration(parts[1]);
  const auto entity = Entity::parse(parts[3]);
  if (!length || !entity) return lines.wrong("bad width or entity");
  const auto bins = BinWidth::of(*length);
  if (!bins) return std::unexpected(bins.error());
  loaded.width = *bins;
  series::Series series{{parts[2], *entity}, *bins, Bin::of(kStart, *bins), {}};
  if (!unfold(parts)) return lines.wrong("bad group");
  std::mt19937 random(1);
  for (size_t i = 4; i < parts.size(); ++i) {
    if (!addPoints(parts[i], random, series.points)) return lines.wrong("bad points: " + parts[i]);
  }
  loaded.until = std::max(loaded.until, series.end().start(*bins));
  loaded.reader->add(std::move(series));
  return {};
}

// What `load`, `name` and `access` say.
Result<void> prepare(const std::string& line, const Lines& lines, LoadedCase& loaded) {
  const auto parts = wordsOf(line);
  if (parts[0] == "load" && parts.size() >= 5) return load(parts, lines, loaded);
  if (parts.size() < 3) return lines.wrong("neither load, name, access, judge nor expect");
  const auto entity = Entity::parse(parts[1]);
  if (!entity) return std::unexpected(entity.error());
  if (parts[0] == "name") {
    loaded.reader->setName(*entity, line.substr(line.find(parts[2], 5 + parts[1].size())));
    return {};
  }
  const auto access = accessOf(parts[2]);
  if (parts[0] != "access" || !access) return lines.wrong("neither load, name, access, judge nor expect");
  loaded.reader->setAccess(*entity, *access);
  return {};
}

LoadedCase emptyCase() {
  return {.reader = std::make_unique<MemoryReader>(), .width = {}, .from = kStart, .until = kStart};
}

}  // namespace

Result<LoadedCase> loadCase(std::string_view text) {
  LoadedCase loaded = emptyCase();
  Lines lines(text);
  for (std::string line; lines.next(line);) {
    if (line.empty() || line.starts_with('#') || line.starts_with("expect ") || line.starts_with("judge "))
      continue;
    if (auto done = prepare(line, lines, loaded); !done) return std::unexpected(done.error());
  }
  return loaded;
}

Result<std::vector<CaseCheck>> runCase(std::string_view text) {
  LoadedCase loaded = emptyCase();
  std::vector<CaseCheck> checks;
  Lines lines(text);
  for (std::string line; lines.next(line);) {
    if (line.empty() || line.starts_with('#')) continue;
    if (line.starts_with("expect ")) {
      if (checks.empty()) return lines.wrong("expect before judge");
      checks.back().expected.push_back(line.substr(7));
      continue;
    }
    const auto parts = wordsOf(line);
    if (parts[0] != "judge" || parts.size() < 2) {
      if (auto done = prepare(line, lines, loaded); !done) return std::unexpected(done.error());
      continue;
    }
    CaseCheck check{.judge = line, .options = {.rule = parts[1]}};
    if (parts.size() > 2) {
      const auto entity = Entity::parse(parts[2]);
      if (!entity) return std::unexpected(entity.error());
      check.options.entity = *entity;
    }
    auto report = judge(*loaded.reader, check.options);
    if (!report) return std::unexpected(report.error());
    check.report = std::move(*report);
    check.found = describe(check.report, loaded.width);
    checks.push_back(std::move(check));
  }
  return checks;
}

}  // namespace nightjar::detect
