#include "real_sets.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "detect/incident/judge.h"
#include "detect/incident/memory_reader.h"
#include "shared_data.h"

namespace nightjar::bench {
namespace {

using detect::Anomaly;
using std::chrono::hours;
using std::chrono::minutes;

double medianOf(const series::Series& series, size_t from, size_t until) {
  std::vector<double> values;
  for (size_t i = from; i < until; ++i) {
    if (series.points[i].present()) values.push_back(series.points[i].value);
  }
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// The depth of labelled bins: their median against that of the day before.
void setDepths(Sample& sample) {
  const auto day = static_cast<size_t>(hours(24) / sample.series.width.length());
  for (Event& event : sample.events) {
    const size_t from = event.from > day ? event.from - day : 0;
    const double before = medianOf(sample.series, from, event.from);
    if (before > 0)
      event.depth = std::max(0.0, 1 - medianOf(sample.series, event.from, event.until) / before);
  }
}

// The bins of the spans that lie in the series.
std::vector<Event> eventsOf(const series::Series& series, const std::vector<Span>& spans) {
  std::vector<Event> events;
  for (const auto& [from, until] : spans) {
    const int64_t first = Bin::of(from, series.width).index - series.first.index;
    const int64_t last = Bin::of(until, series.width).index - series.first.index;
    const auto size = static_cast<int64_t>(series.points.size());
    if (first >= 0 && first < size)
      events.push_back({static_cast<size_t>(first), static_cast<size_t>(std::min(last, size))});
  }
  return events;
}

bool addIraq(RealSets& sets, const std::string& folder) {
  auto intake = readShared(folder, iraqFile());
  if (!intake) return false;
  for (const series::Series& series : storedSeries(*intake)) {
    Sample sample{
        .series = series, .events = eventsOf(series, iraqShutdowns(*intake)), .kind = series.key.signal};
    setDepths(sample);
    sets.series.push_back({"iraq-2023", series.key.signal.substr(5), sample});
  }
  return true;
}

// Connectivity of many places. Every place has one event, from `first` (the nation from `fall`) to the end of
// the data, as deep as its lowest value.
bool addMonash(RealSets& sets, const std::string& folder, const char* set, const SharedFile& file, Time first,
               Time fall) {
  auto intake = readShared(folder, file);
  if (!intake) return false;
  std::map<Entity, std::string> names;
  for (const imports::ReadSeries& read : intake->series()) names[read.key.entity] = read.name;
  for (const series::Series& series : storedSeries(*intake)) {
    const Time end = series.end().start(series.width);
    const bool nation = series.key.entity.kind() == EntityKind::kCountry;
    Sample sample{.series = series, .events = eventsOf(series, {{nation ? fall : first, end}}), .kind = set};
    if (sample.events.empty()) continue;
    Event& event = sample.events.front();
    double least = 100;
    for (size_t i = event.from; i < event.until; ++i) {
      if (series.points[i].present()) least = std::min(least, series.points[i].value);
    }
    event.depth = 1 - least / std::max(1.0, medianOf(series, 0, event.from));
    sets.series.push_back({set, nation ? "nation" : names[series.key.entity], sample});
  }
  return true;
}

bool addBago(RealSets& sets, const std::string& folder) {
  auto intake = readShared(folder, bagoFile());
  if (!intake) return false;
  for (const series::Series& series : storedSeries(*intake)) {
    Sample sample{.series = series, .events = eventsOf(series, bagoNights()), .kind = "bago-2021"};
    for (Event& event : sample.events) {
      event.shape = Shape::kNightly;
      event.depth = 1;
    }
    sets.series.push_back({"bago-2021", "pings", sample});
  }
  return true;
}

// --- What is asked of them ----------------------------------------------------------------------------

double minutesOf(Seconds span) {
  return std::chrono::duration<double, std::ratio<60>>(span).count();
}

std::string clockOf(Time time) {
  return formatTime(time).substr(5, 11);
}

const RealScore* find(const std::vector<RealScore>& scores, std::string_view set, std::string_view place) {
  for (const RealScore& one : scores) {
    if (one.series->set == set && one.series->place.find(place) != std::string::npos) return &one;
  }
  return nullptr;
}

void iraqTargets(std::vector<Target>& targets, const std::vector<RealScore>& scores, const char* place,
                 bool end_at_label) {
  const RealScore* one = find(scores, "iraq-2023", place);
  if (one == nullptr) return;
  size_t found = 0;
  Seconds onset{0}, end{0};
  for (const EventScore& event : one->score.events) {
    if (!event.found) continue;
    ++found;
    onset = std::max(onset, event.onset_error);
    end = std::max(end, event.end_error);
  }
  const size_t alarms = one->score.false_alarms.size();
  const bool ends = !end_at_label || end <= minutes(5);
  targets.push_back(
      {fmt::format("Iraq 2023, {}: 8 of 8, no false alarm, onset within a bin{}", place,
                   end_at_label ? ", end within a bin" : ", its own later end"),
       fmt::format("{} of {}, {} false alarms, onset within {:.0f} min, end within {:.0f} min of the label",
                   found, one->score.events.size(), alarms, minutesOf(onset), minutesOf(end)),
       found == 8 && alarms == 0 && onset <= minutes(5) && ends});
}

const Anomaly* openAt(const RealScore& score, Time from, Time until) {
  for (const Anomaly& anomaly : score.sayings.anomalies) {
    if (anomaly.onset >= from && anomaly.onset < until) return &anomaly;
  }
  return nullptr;
}

void iranTargets(std::vector<Target>& targets, const std::vector<RealScore>& scores) {
  const RealScore* nation = find(scores, "iran-2019", "nation");
  if (nation == nullptr) return;
  const Anomaly* fall = openAt(*nation, kIranFall - hours(1), kIranFall + hours(2));
  targets.push_back({"Iran 2019: the nation from 16 November, 17:30 to 18:30 UTC, open at the end",
                     fall == nullptr
                         ? "not found"
                         : fmt::format("from {}, {}", clockOf(fall->onset), fall->open() ? "open" : "closed"),
                     fall != nullptr && fall->onset >= kIranFall && fall->open()});
  size_t counties = 0, opened = 0, still = 0, before = 0;
  for (const RealScore& one : scores) {
    if (one.series->set != "iran-2019" || one.series->place == "nation") continue;
    ++counties;
    const Anomaly* county = openAt(one, kIranFall - hours(5), kIranFall + hours(8));
    const bool running = std::any_of(one.sayings.anomalies.begin(), one.sayings.anomalies.end(),
                                     [](const Anomaly& anomaly) { return anomaly.open(); });
    if (county != nullptr) ++opened;
    if (running) ++still;
    for (const Anomaly& anomaly : one.sayings.anomalies) {
      if (anomaly.onset < kIranFall - hours(30)) ++before;
    }
  }
  targets.push_back({"Iran 2019: 72 of 73 counties open between 12:30 and 00:30 UTC, and stay open",
                     fmt::format("{} of {} opened, {} open at the end", opened, counties, still),
                     opened >= 72 && still >= 72});
  targets.push_back({"Iran 2019: nothing before 15 November, 11:00 UTC",
                     fmt::format("{} anomalies in 73 counties", before), before == 0});
  const RealScore* ahvaz = find(scores, "iran-2019", "Ahvaz");
  const Anomaly* night =
      ahvaz == nullptr ? nullptr : openAt(*ahvaz, kIranFall - hours(24), kIranFall - hours(20));
  targets.push_back({"Iran 2019: Ahvaz from 15 November, 18:30 UTC",
                     night == nullptr ? "not found" : fmt::format("from {}", clockOf(night->onset)),
                     night != nullptr && night->onset >= kIranFall - hours(24)});
}

void venezuelaTargets(std::vector<Target>& targets, const std::vector<RealScore>& scores) {
  size_t states = 0, found = 0, alarms = 0;
  double worst = 0;
  for (const RealScore& one : scores) {
    if (one.series->set != "venezuela-2019" || one.series->place == "nation") continue;
    ++states;
    alarms += one.score.false_alarms.size();
    for (const EventScore& event : one.score.events) {
      if (!event.found) continue;
      ++found;
      worst = std::max(worst, std::abs(event.depth_error));
    }
  }
  if (states == 0) return;
  targets.push_back(
      {"Venezuela 2019: the failure of 22 July in every state, with the state's own depth",
       fmt::format("{} of {} states, depth within {:.2f}, {} false alarms", found, states, worst, alarms),
       found == states && worst <= 0.05});
}

// Asked of the whole judgement, which joins the nights.
void bagoTargets(std::vector<Target>& targets, const std::vector<RealScore>& scores) {
  const RealScore* one = find(scores, "bago-2021", "pings");
  if (one == nullptr) return;
  const series::Series& series = one->series->sample.series;
  detect::MemoryReader reader;
  reader.add(series);
  const auto report = detect::judge(reader, {.rule = one->rule, .entity = series.key.entity});
  if (!report) return;
  size_t recurring = 0, nights = 0;
  for (const detect::Incident& incident : report->incidents) {
    if (!incident.recurrence) continue;
    ++recurring;
    nights = std::max(nights, incident.recurrence->days_seen);
  }
  const double told = static_cast<double>(one->sayings.told) / static_cast<double>(series.points.size());
  const size_t found =
      static_cast<size_t>(std::count_if(one->score.events.begin(), one->score.events.end(),
                                        [](const EventScore& event) { return event.found; }));
  targets.push_back(
      {"Bago 2021: the nights are one recurring incident, or it is said that nothing can be told",
       fmt::format(
           "{} of {} nights found, {} false alarms; {} incidents, {} recurring, the longest of {} nights; "
           "something said of {:.0f} % of the bins",
           found, one->score.events.size(), one->score.false_alarms.size(), report->incidents.size(),
           recurring, nights, 100 * told),
       (recurring == 1 && nights >= one->score.events.size() / 2) || told < 0.5});
}

}  // namespace

RealSets readRealSets(const std::string& folder) {
  RealSets sets;
  const auto note = [&](bool here, const SharedFile& file) {
    if (!here) sets.missing.emplace_back(file.name);
  };
  note(addIraq(sets, folder), iraqFile());
  note(addMonash(sets, folder, "iran-2019", iranFile(), kIranFirst, kIranFall), iranFile());
  note(addMonash(sets, folder, "venezuela-2019", venezuelaFile(), kVenezuelaFall, kVenezuelaFall),
       venezuelaFile());
  note(addBago(sets, folder), bagoFile());
  return sets;
}

std::vector<Target> realTargets(const std::vector<RealScore>& scores) {
  std::vector<Target> targets;
  iraqTargets(targets, scores, "bgp", true);
  iraqTargets(targets, scores, "ping-slash24", false);
  iranTargets(targets, scores);
  venezuelaTargets(targets, scores);
  bagoTargets(targets, scores);
  return targets;
}

}  // namespace nightjar::bench
