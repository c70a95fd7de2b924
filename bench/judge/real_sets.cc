#include "real_sets.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "csv.h"

namespace nightjar::bench {
namespace {

using detect::Anomaly;
using std::chrono::hours;
using std::chrono::minutes;

// Iran's and Venezuela's times are local, written as if they were UTC.
constexpr Seconds kIranAhead = minutes(210);
constexpr Seconds kVenezuelaAhead = hours(-4);
// 16 November 2019, 17:00 UTC: the hour in which most of Iran went.
constexpr Time kIranFall{Seconds(1573923600)};
// 22 July 2019, 18:00 UTC. Venezuela's grid failed at 20:41; the file's values are smoothed over hours, and
// their fall begins here.
constexpr Time kVenezuelaFall{Seconds(1563818400)};

Time at(int64_t seconds) {
  return Time(Seconds(seconds));
}

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

bool addIraq(RealSets& sets, const std::string& folder) {
  const auto csv = Csv::open(folder + "/iraq-2023-exams.csv");
  if (!csv) return false;
  for (const char* column : {"bgp", "ping-slash24", "merit-nt", "gtr"}) {
    const BinWidth width;
    const std::string signal = fmt::format("ioda.{}", column);
    RealSeries one{"iraq-2023", column, {{{signal, Entity::country("IQ")}, width, {}, {}}, {}, signal}};
    Sample& sample = one.sample;
    for (const auto& row : csv->rows()) {
      const Bin bin = Bin::of(at(std::stoll(csv->text(row, "timestamp"))), width);
      if (sample.series.points.empty()) sample.series.first = bin;
      const auto value = csv->number(row, column);
      const size_t i = sample.series.points.size();
      sample.series.points.push_back({value.value_or(0), value ? 1.0F : 0.0F});
      if (!csv->text(row, "LABEL").starts_with("1")) continue;
      if (sample.events.empty() || sample.events.back().until != i) sample.events.push_back({i, i + 1});
      sample.events.back().until = i + 1;
    }
    setDepths(sample);
    sets.series.push_back(one);
  }
  return true;
}

// Hourly connectivity of many places. Every place has one event: from `fall` to the end of the data.
struct Monash {
  const char* set;
  const char* file;
  bool counties;
  Seconds ahead;
  Time fall;
  const char* country;
};

RealSeries placeOf(const Monash& what, const std::string& place, const std::map<int64_t, double>& by_hour) {
  const BinWidth width = BinWidth::of(hours(1)).value_or(BinWidth());
  RealSeries one{what.set,
                 place,
                 {{{"monash.connectivity", Entity::country(what.country)}, width, {}, {}}, {}, what.set}};
  series::Series& series = one.sample.series;
  series.first = {by_hour.begin()->first};
  series.points.resize(static_cast<size_t>(by_hour.rbegin()->first - by_hour.begin()->first + 1));
  for (const auto& [hour, value] : by_hour)
    series.points[static_cast<size_t>(hour - series.first.index)] = {value, 1};
  one.sample.events.push_back(
      {static_cast<size_t>(Bin::of(what.fall, width).index - series.first.index), series.points.size()});
  const Event& event = one.sample.events.back();
  double least = 100;
  for (size_t i = event.from; i < event.until; ++i) {
    if (series.points[i].present()) least = std::min(least, series.points[i].value);
  }
  one.sample.events.back().depth = 1 - least / std::max(1.0, medianOf(series, 0, event.from));
  return one;
}

bool addMonash(RealSets& sets, const std::string& folder, const Monash& what) {
  const auto csv = Csv::open(folder + what.file);
  if (!csv) return false;
  std::map<std::string, std::map<int64_t, double>> places;
  std::map<int64_t, std::pair<double, int>> nation;
  for (const auto& row : csv->rows()) {
    const std::string place = csv->text(row, what.counties ? "name_2" : "name_1");
    const auto value = csv->number(row, "connectivity");
    if (!value) continue;
    const int64_t hour = Bin::of(at(std::stoll(csv->text(row, "time_e"))) - what.ahead,
                                 BinWidth::of(hours(1)).value_or(BinWidth()))
                             .index;
    places[(what.counties ? csv->text(row, "name_1") + ", " : "") + place][hour] = *value;
    nation[hour].first += *value;
    ++nation[hour].second;
  }
  std::map<int64_t, double> mean;
  for (const auto& [hour, sum] : nation) mean[hour] = sum.first / sum.second;
  sets.series.push_back(placeOf(what, "nation", mean));
  for (const auto& [place, by_hour] : places) sets.series.push_back(placeOf(what, place, by_hour));
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

}  // namespace

RealSets readRealSets(const std::string& folder) {
  RealSets sets;
  if (!addIraq(sets, folder)) sets.missing.emplace_back("iraq-2023-exams.csv");
  if (!addMonash(sets, folder, {"iran-2019", "/iran-2019-counties.csv", true, kIranAhead, kIranFall, "IR"})) {
    sets.missing.emplace_back("iran-2019-counties.csv");
  }
  if (!addMonash(
          sets, folder,
          {"venezuela-2019", "/venezuela-2019-states.csv", false, kVenezuelaAhead, kVenezuelaFall, "VE"})) {
    sets.missing.emplace_back("venezuela-2019-states.csv");
  }
  return sets;
}

std::vector<Target> realTargets(const std::vector<RealScore>& scores) {
  std::vector<Target> targets;
  iraqTargets(targets, scores, "bgp", true);
  iraqTargets(targets, scores, "ping-slash24", false);
  iranTargets(targets, scores);
  venezuelaTargets(targets, scores);
  return targets;
}

}  // namespace nightjar::bench
