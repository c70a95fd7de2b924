#include "donor.h"

#include <algorithm>
#include <cmath>

#include "random.h"
#include "shared_data.h"

namespace nightjar::bench {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using Values = std::vector<std::optional<double>>;

constexpr Seconds kDay = hours(24);
// 25 August 2023, 16:30 to 21:00 UTC: probing lost 9 % of Iraq for four hours. No label says so, and nobody
// can tell whether it was an outage: it serves neither as one nor as quiet.
constexpr Span kUnlabelled{Time(Seconds(1692981000)), Time(Seconds(1692997200))};

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

size_t hourOf(const QuietSeries& series, size_t i) {
  const auto since = series.first.time_since_epoch() + static_cast<int64_t>(i) * series.step;
  return static_cast<size_t>(std::chrono::duration_cast<hours>(since).count() % 24);
}

// Departures from the level by hour of day, from at least two days; a series of one day has none.
std::vector<double> rhythmOf(const QuietSeries& series, double level) {
  std::vector<std::vector<double>> by_hour(24);
  for (size_t i = 0; i < series.values.size(); ++i) {
    if (series.values[i]) by_hour[hourOf(series, i)].push_back(*series.values[i] / level - 1);
  }
  std::vector<double> rhythm(24);
  for (size_t hour = 0; hour < 24; ++hour) rhythm[hour] = median(by_hour[hour]);
  return rhythm;
}

// The median of a day around each step: how the level wandered.
std::vector<double> wandering(const Values& relative, size_t day) {
  std::vector<double> result(relative.size());
  for (size_t i = 0; i < relative.size(); i += std::max<size_t>(1, day / 24)) {
    std::vector<double> around;
    const size_t from = i > day / 2 ? i - day / 2 : 0;
    for (size_t j = from; j < std::min(relative.size(), i + day / 2); ++j) {
      if (relative[j]) around.push_back(*relative[j]);
    }
    const double here = median(std::move(around));
    std::fill_n(result.begin() + static_cast<std::ptrdiff_t>(i),
                std::min(std::max<size_t>(1, day / 24), relative.size() - i), here);
  }
  return result;
}

double driftOf(const std::vector<double>& wander, size_t day) {
  std::vector<double> changes;
  for (size_t i = day; i < wander.size(); i += day) changes.push_back(std::abs(wander[i] - wander[i - day]));
  return 1.4826 * median(std::move(changes));
}

// What was read of a series, a value a step.
QuietSeries quietOf(const imports::ReadSeries& read) {
  QuietSeries series{.name = read.name.empty() ? read.key.entity.code() : read.name,
                     .signal = read.key.signal,
                     .step = read.step};
  for (const imports::Reading& reading : read.readings) {
    if (series.values.empty()) series.first = reading.time;
    const auto at = static_cast<size_t>((reading.time - series.first) / read.step);
    series.values.resize(std::max(series.values.size(), at + 1));
    if (reading.coverage >= 0.5F) series.values[at] = reading.value;
  }
  return series;
}

// What lies in a span, or within the margins around it, was not quiet.
void cut(QuietSeries& series, const Span& span, Seconds before, Seconds after) {
  for (size_t i = 0; i < series.values.size(); ++i) {
    const Time time = series.first + static_cast<int64_t>(i) * series.step;
    if (time >= span.first - before && time < span.second + after) series.values[i].reset();
  }
}

void addHalf(DonorKind& kind, const QuietSeries& series, Part part) {
  const size_t middle = series.values.size() / 2;
  const auto donor = part == Part::kTuning ? makeDonor(series, 0, middle) : makeDonor(series, middle);
  if (donor) kind.donors.push_back(*donor);
}

void addIraq(std::vector<DonorKind>& kinds, const std::string& folder, Part part) {
  auto intake = readShared(folder, iraqFile());
  if (!intake) return;
  struct Column {
    const char* read;
    const char* signal;
    Grain grain;
    double weight;
    std::vector<Seconds> widths;
  };
  const std::vector<Seconds> all = {minutes(5), minutes(5), minutes(10), minutes(15), minutes(30), hours(1)};
  const Column columns[] = {{"ioda.bgp", "routing.visible24", Grain::kWhole, 0.36, all},
                            {"ioda.ping-slash24", "probe.up24", Grain::kWhole, 0.30, all},
                            {"ioda.merit-nt", "ioda.merit-nt", Grain::kFifths, 0.03, all},
                            {"ioda.gtr", "ioda.gtr", Grain::kNone, 0.05, {minutes(30), hours(1)}}};
  const std::vector<Span> shutdowns = iraqShutdowns(*intake);
  for (const Column& column : columns) {
    for (const imports::ReadSeries& read : intake->series()) {
      if (read.key.signal != column.read) continue;
      QuietSeries series = quietOf(read);
      series.signal = column.signal;
      series.grain = column.grain;
      for (const Span& span : shutdowns) cut(series, span, hours(1), minutes(150));
      cut(series, kUnlabelled, Seconds(0), Seconds(0));
      DonorKind kind{.name = column.signal, .weight = column.weight, .widths = column.widths};
      addHalf(kind, series, part);
      kinds.push_back(kind);
    }
  }
}

// Hourly connectivity of places until it all began: every other place goes to the one part.
void addMonash(DonorKind& kind, const std::string& folder, const SharedFile& file, Time until, Part part) {
  auto intake = readShared(folder, file);
  if (!intake) return;
  size_t which = 0;
  for (const imports::ReadSeries& read : intake->series()) {
    if (read.key.entity.kind() != EntityKind::kRegion) continue;
    if ((which++ % 2 == 0) != (part == Part::kTuning)) continue;
    QuietSeries series = quietOf(read);
    series.grain = Grain::kTens;
    series.cap = 100;
    cut(series, {until, Time::max() - hours(1)}, Seconds(0), Seconds(0));
    if (const auto donor = makeDonor(series)) kind.donors.push_back(*donor);
  }
}

DonorKind monash(const std::string& folder, Part part) {
  DonorKind kind{.name = "monash.connectivity", .weight = 0.24, .widths = {hours(1)}};
  addMonash(kind, folder, iranFile(), kIranFall - hours(28), part);
  addMonash(kind, folder, venezuelaFile(), kVenezuelaFall - hours(3), part);
  return kind;
}

// Addresses that answered in an hour, without the nights.
DonorKind bago(const std::string& folder, Part part) {
  DonorKind kind{.name = "pings.answering", .weight = 0.02, .widths = {hours(1)}};
  auto intake = readShared(folder, bagoFile());
  if (!intake || intake->series().empty()) return kind;
  QuietSeries series = quietOf(intake->series().front());
  series.grain = Grain::kWhole;
  for (const Span& night : bagoNights()) cut(series, night, minutes(30), minutes(30));
  addHalf(kind, series, part);
  return kind;
}

}  // namespace

double roundTo(Grain grain, double value) {
  const double step = stepAt(grain, value);
  return step > 0 ? std::round(value / step) * step : value;
}

double stepAt(Grain grain, double value) {
  switch (grain) {
    case Grain::kNone:
      return 0;
    case Grain::kWhole:
      return 1;
    case Grain::kFifths:
      return 0.2;
    case Grain::kTens:
      return value < 10 ? 1 : 10;
  }
  return 0;
}

size_t Donor::residuals() const {
  size_t count = 0;
  for (const auto& run : runs) count += run.size();
  return count;
}

std::optional<Donor> makeDonor(const QuietSeries& series, size_t from, size_t until) {
  std::vector<double> quiet;
  for (const auto& value : series.values) {
    if (value) quiet.push_back(*value);
  }
  const auto day = static_cast<size_t>(kDay / series.step);
  Donor donor{.name = series.name,
              .signal = series.signal,
              .step = series.step,
              .level = median(quiet),
              .grain = series.grain,
              .cap = series.cap};
  if (quiet.size() < day || donor.level <= 0) return std::nullopt;
  donor.rhythm = rhythmOf(series, donor.level);
  Values relative(series.values.size());
  for (size_t i = 0; i < relative.size(); ++i) {
    if (series.values[i]) {
      relative[i] = *series.values[i] / donor.level - 1 - donor.rhythm[hourOf(series, i)];
    }
  }
  const std::vector<double> wander = wandering(relative, day);
  donor.drift = driftOf(wander, day);
  bool running = false;
  for (size_t i = from; i < std::min(until, relative.size()); ++i) {
    if (relative[i] && !running) donor.runs.emplace_back();
    running = relative[i].has_value();
    if (running) donor.runs.back().push_back(*relative[i] - wander[i]);
  }
  if (donor.residuals() < day / 2) return std::nullopt;
  return donor;
}

std::vector<DonorKind> realDonors(const std::string& folder, Part part) {
  std::vector<DonorKind> kinds;
  addIraq(kinds, folder, part);
  kinds.push_back(monash(folder, part));
  kinds.push_back(bago(folder, part));
  std::erase_if(kinds, [](const DonorKind& kind) { return kind.donors.empty(); });
  return kinds;
}

std::vector<DonorKind> syntheticDonors(Part part) {
  Random random(mixSeed(20261123, part == Part::kTuning ? 1 : 2));
  const auto donor = [&](const char* signal, Seconds step, double level, Grain grain, double cap,
                         double noise, double memory, double swing) {
    Donor made{.name = "made up", .signal = signal, .step = step, .level = level, .grain = grain, .cap = cap};
    for (int hour = 0; hour < 24; ++hour) {
      made.rhythm.push_back(swing * std::sin(2 * std::numbers::pi * hour / 24));
    }
    made.drift = noise / 2;
    std::vector<double> run;
    double now = 0;
    for (Seconds at{0}; at < 6 * kDay; at += step) {
      now = memory * now + noise * std::sqrt(1 - memory * memory) * random.normal();
      run.push_back(random.chance(0.01) ? now - 3 * noise * random.uniform() : now);
    }
    made.runs.push_back(run);
    return made;
  };
  const double none = std::numeric_limits<double>::infinity();
  const std::vector<Seconds> all = {minutes(5), minutes(5), minutes(10), minutes(15), minutes(30), hours(1)};
  std::vector<DonorKind> kinds(4);
  kinds[0] = {"routing.visible24",
              0.40,
              all,
              {donor("routing.visible24", minutes(5), 2900, Grain::kWhole, none, 0.0008, 0.95, 0)}};
  kinds[1] = {"probe.up24",
              0.30,
              all,
              {donor("probe.up24", minutes(5), 580, Grain::kWhole, none, 0.012, 0.9, 0.005)}};
  kinds[2] = {"monash.connectivity", 0.25, {hours(1)}, {}};
  for (int i = 0; i < 30; ++i) {
    kinds[2].donors.push_back(donor("monash.connectivity", hours(1), 100, Grain::kTens, 100,
                                    random.uniform(0.02, 0.08), 0.6, 0.01));
  }
  kinds[3] = {"ioda.gtr",
              0.05,
              {minutes(30), hours(1)},
              {donor("ioda.gtr", minutes(30), 3e9, Grain::kNone, none, 0.05, 0.7, 0.35)}};
  return kinds;
}

}  // namespace nightjar::bench
