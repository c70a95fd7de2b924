#include "corpus.h"

#include <algorithm>
#include <cmath>

namespace nightjar::bench {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr Seconds kDay = hours(24);
constexpr Seconds kWeek = hours(7 * 24);
constexpr size_t kWeekHours = 168;
constexpr Seconds kLongest = 60 * kDay;
// Monday, 4 January 2021, 00:00 UTC: every sample begins in that week.
constexpr Time kBegin{Seconds(1609718400)};

size_t binsIn(Seconds span, Seconds width) {
  return static_cast<size_t>(span / width);
}

// Residuals of the donor in blocks, at its own step.
std::vector<double> bootstrap(const Donor& donor, size_t count, Random& random) {
  std::vector<double> lengths;
  lengths.reserve(donor.runs.size());
  for (const auto& run : donor.runs) lengths.push_back(static_cast<double>(run.size()));
  std::vector<double> result;
  result.reserve(count);
  while (result.size() < count) {
    const auto& run = donor.runs[random.weighted(lengths)];
    const size_t longest = std::max<size_t>(1, binsIn(hours(24), donor.step));
    const size_t wanted = longest / 4 + random.below(std::max<size_t>(1, longest * 3 / 4));
    const size_t length = std::min({wanted, run.size(), count - result.size()});
    const size_t from = random.below(run.size() - length + 1);
    result.insert(result.end(), run.begin() + static_cast<std::ptrdiff_t>(from),
                  run.begin() + static_cast<std::ptrdiff_t>(from + length));
  }
  return result;
}

// The series before anything is put in.
struct Quiet {
  std::vector<double> expected;  // without noise
  std::vector<double> values;    // with it, not rounded yet
  std::vector<float> coverage;
};

void addGaps(Quiet& quiet, Seconds width, Random& random) {
  const size_t n = quiet.values.size();
  quiet.coverage.assign(n, 1.0F);
  if (random.chance(0.1)) {  // an instrument with parts that come and go
    const size_t day = binsIn(kDay, width);
    for (size_t i = 0; i < n; i += day) {
      const auto share = static_cast<float>(random.uniform(0.6, 1));
      std::fill_n(quiet.coverage.begin() + static_cast<std::ptrdiff_t>(i), std::min(day, n - i), share);
    }
  }
  if (random.chance(0.6)) return;
  const double per_bin = random.uniform(0.5, 3) / static_cast<double>(binsIn(kWeek, width));
  for (size_t i = 0; i < n; ++i) {
    if (!random.chance(per_bin)) continue;
    const size_t longest = std::max<size_t>(2, binsIn(kDay, width));
    const auto length = static_cast<size_t>(random.logUniform(1, static_cast<double>(longest)));
    for (size_t j = i; j < std::min(n, i + length); ++j) quiet.coverage[j] = 0;
    i += length;
  }
}

Quiet makeQuiet(const Donor& donor, double level, Seconds width, int weeks, Random& random) {
  const size_t n = binsIn(weeks * kWeek, width);
  const auto steps = static_cast<size_t>(width / donor.step);
  const std::vector<double> residuals = bootstrap(donor, n * steps, random);
  const bool bounded = donor.cap <= 100;
  // Larger places are calmer, in relation; per cent and its steps of ten cannot be stretched.
  const double loudness =
      bounded ? 1 : std::clamp(std::pow(donor.level / level, 0.3), 0.4, 1.5) * random.logUniform(0.7, 1.4);
  const double swing = random.uniform(0.5, 1.5);
  // How much less there is on two days a week, as a share of the rhythm's height.
  const double weekend = random.uniform(-0.1, 0.2);
  const auto [least, most] = std::minmax_element(donor.rhythm.begin(), donor.rhythm.end());
  const double height = *most - *least;
  const size_t shift = random.below(24);
  const double trend =
      bounded ? 0 : random.uniform(-0.15, 0.15) / static_cast<double>(binsIn(14 * kWeek, width));
  const size_t day = binsIn(kDay, width), hour = std::max<size_t>(1, binsIn(hours(1), width));
  Quiet quiet;
  double before = 0, after = 0;  // the drift of the day, which is drawn as a line from day to day
  for (size_t i = 0; i < n; ++i) {
    if (i % day == 0) {
      before = after;
      after = 0.9 * after + donor.drift * random.normal();
    }
    const double drift = before + (after - before) * static_cast<double>(i % day) / static_cast<double>(day);
    // A product, so that no night and no weekend takes more than there is.
    double rhythm = std::pow(std::max(0.0, 1 + donor.rhythm[(i / hour + shift) % 24]), swing);
    if (i / day % 7 >= 5) rhythm *= 1 - weekend * std::min(1.0, swing * height);
    double residual = 0;
    for (size_t j = 0; j < steps; ++j) residual += residuals[i * steps + j];
    residual /= static_cast<double>(steps);
    const double ordinary = (1 + trend * static_cast<double>(i) + drift) * rhythm;
    quiet.expected.push_back(std::clamp(level * ordinary, 0.0, donor.cap));
    quiet.values.push_back(std::clamp(level * (ordinary + loudness * residual), 0.0, donor.cap));
  }
  addGaps(quiet, width, random);
  return quiet;
}

double noiseOf(const Quiet& quiet, Grain grain) {
  std::vector<double> departures;
  for (size_t i = 0; i < quiet.values.size(); ++i) {
    if (quiet.expected[i] <= 0) continue;
    const double off = roundTo(grain, quiet.values[i]) - quiet.expected[i];
    departures.push_back(off * off / (quiet.expected[i] * quiet.expected[i]));
  }
  double sum = 0;
  for (const double one : departures) sum += one;
  return departures.empty() ? 0 : std::sqrt(sum / static_cast<double>(departures.size()));
}

// How long outages last, each class as often as the others.
struct Lengths {
  Seconds least, most;
};
constexpr Lengths kLengths[] = {{Seconds(0), Seconds(0)},
                                {hours(0), hours(6)},
                                {hours(6), hours(24)},
                                {hours(24), 7 * kDay},
                                {7 * kDay, kLongest}};

size_t drawLength(Seconds width, size_t room, Random& random) {
  for (;;) {
    const Lengths& lengths = kLengths[random.below(std::size(kLengths))];
    if (lengths.most == Seconds(0)) return 1 + random.below(2);
    const size_t least = std::max<size_t>(3, binsIn(lengths.least, width));
    const size_t most = std::max<size_t>(least, binsIn(lengths.most, width));
    const auto length =
        static_cast<size_t>(random.logUniform(static_cast<double>(least), static_cast<double>(most)));
    if (length <= room) return length;
  }
}

double drawDepth(Random& random) {
  constexpr double kWeights[] = {0.2, 0.35, 0.35, 0.1};
  switch (random.weighted(kWeights)) {
    case 0:
      return random.uniform(0.03, 0.05);
    case 1:
      return random.logUniform(0.05, 0.20);
    case 2:
      return random.uniform(0.20, 1);
    default:
      return 1;
  }
}

Shape drawShape(size_t bins, Seconds length, Random& random) {
  const double draw = random.uniform();
  if (draw < 0.2 && bins >= 6) return Shape::kStaircase;
  if (draw < 0.35 && bins >= 12 && length <= 3 * kDay) return Shape::kSlow;
  if (draw < 0.5 && bins >= 8 && length <= 2 * kDay) return Shape::kFlapping;
  return Shape::kCliff;
}

// How much of the depth is gone in each bin of an event.
std::vector<double> course(const Event& event, Random& random) {
  const size_t n = event.bins();
  std::vector<double> share(n, 1.0);
  const auto at = [&](size_t i) { return static_cast<double>(i) / static_cast<double>(n); };
  if (event.shape == Shape::kStaircase) {
    const double steps = 2 + static_cast<double>(random.below(3));
    for (size_t i = 0; i < n; ++i) {
      const double down = std::floor(at(i) * 3 * steps + 1) / steps;
      const double up = std::floor((1 - at(i)) * 3 * steps + 0.999) / steps;
      share[i] = std::clamp(std::min(down, up), 1 / steps, 1.0);
    }
  } else if (event.shape == Shape::kSlow) {
    for (size_t i = 0; i < n; ++i)
      share[i] = std::min({1.0, at(i) * 2 + 1 / static_cast<double>(n), (1 - at(i)) * 4});
  } else if (event.shape == Shape::kFlapping) {
    bool dark = true;
    for (size_t i = 0; i < n;) {
      const size_t run = 1 + random.below(6);
      for (size_t j = i; j < std::min(n, i + run); ++j) share[j] = dark ? 1 : 0;
      i += run;
      dark = !dark;
    }
    share.back() = 1;
  }
  return share;
}

double drawLevel(const Donor& donor, Random& random) {
  if (donor.cap <= 100) return donor.level;
  if (donor.grain != Grain::kWhole) return donor.level * random.logUniform(0.1, 10);
  return donor.level < 100 ? donor.level : random.logUniform(30, 30000);
}

// One series in the making.
class Canvas {
 public:
  Canvas(const DonorKind& kind, Seconds width, int weeks, Random& random)
      : kind_(kind),
        donor_(kind.donors[random.below(kind.donors.size())]),
        width_(width),
        level_(drawLevel(donor_, random)),
        quiet_(makeQuiet(donor_, level_, width, weeks, random)),
        noise_(noiseOf(quiet_, donor_.grain)) {}

  size_t size() const { return quiet_.values.size(); }
  Seconds width() const { return width_; }

  // Puts an outage in, unless the instrument cannot show it: its grain is too coarse, or it saw less than
  // half of the bins, or less than three of them. Such an event leaves no trace.
  bool inject(const Event& event, Random& random) {
    if (event.depth * level_ < stepAt(donor_.grain, level_)) return false;
    const auto from = quiet_.coverage.begin() + static_cast<std::ptrdiff_t>(event.from);
    const auto seen = std::count_if(from, from + static_cast<std::ptrdiff_t>(event.bins()),
                                    [](float one) { return one > 0; });
    if (static_cast<size_t>(seen) < std::max(event.bins() / 2, std::min<size_t>(3, event.bins())))
      return false;
    const std::vector<double> share = course(event, random);
    for (size_t i = event.from; i < event.until; ++i) {
      quiet_.values[i] *= 1 - event.depth * share[i - event.from];
    }
    return true;
  }

  Sample sample(Time first, const std::vector<Event>& events) const {
    const BinWidth width = BinWidth::of(width_).value_or(BinWidth());
    Sample sample{.series = {{donor_.signal, Entity::country("ZZ")}, width, Bin::of(first, width), {}},
                  .events = events,
                  .kind = kind_.name,
                  .expected = quiet_.expected,
                  .noise = noise_};
    sample.series.points.reserve(size());
    for (size_t i = 0; i < size(); ++i) {
      const float coverage = quiet_.coverage[i];
      sample.series.points.push_back({coverage > 0 ? roundTo(donor_.grain, quiet_.values[i]) : 0, coverage});
    }
    return sample;
  }

 private:
  const DonorKind& kind_;
  const Donor& donor_;
  Seconds width_;
  double level_;
  Quiet quiet_;
  double noise_;
};

class Injector {
 public:
  Injector(Canvas& canvas, Random& random) : canvas_(canvas), width_(canvas.width()), random_(random) {}

  std::vector<Event> run(int weeks) {
    const size_t n = canvas_.size();
    const double draw = random_.uniform();
    if (draw < 0.3) return {};
    // Weekly rules need four weeks before they say anything: half of the long histories give them that.
    const size_t start = weeks >= 6 && random_.chance(0.5) ? binsIn(29 * kDay, width_)
                                                           : bins(random_.logUniform(0.5, 1.5 + weeks));
    if (weeks >= 14 && draw < 0.45) {
      const size_t from = start + bins(random_.uniform(0, 3));
      if (from + bins(60) + bins(2) < n) add({from, from + bins(60), drawDepth(random_)});
    } else if (draw < 0.55 && weeks >= 2) {
      nightly(start);
    } else {
      separate(start);
    }
    return events_;
  }

 private:
  size_t bins(double days) const {
    return static_cast<size_t>(days * static_cast<double>(kDay / std::chrono::seconds(1)) /
                               static_cast<double>(width_.count()));
  }

  void add(const Event& event) {
    if (canvas_.inject(event, random_)) events_.push_back(event);
  }

  void nightly(size_t start) {
    const size_t length = std::max<size_t>(1, bins(random_.uniform(1, 10) / 24));
    const double depth = drawDepth(random_);
    const size_t nights = 3 + random_.below(12);
    for (size_t night = 0; night < nights; ++night) {
      const size_t from = start + night * bins(1);
      if (from + length + bins(0.5) > canvas_.size()) break;
      add({from, from + length, depth, Shape::kNightly});
    }
  }

  void separate(size_t start) {
    const size_t n = canvas_.size();
    for (size_t at = start; at + bins(1) < n;) {
      const size_t length = drawLength(width_, n - at - bins(0.75), random_);
      const Seconds lasts = static_cast<int64_t>(length) * width_;
      add({at, at + length, drawDepth(random_), drawShape(length, lasts, random_)});
      at += length + bins(random_.uniform(1, 1 + static_cast<double>(n) / static_cast<double>(bins(7))));
    }
  }

  Canvas& canvas_;
  Seconds width_;
  Random& random_;
  std::vector<Event> events_;
};

}  // namespace

std::string_view shapeName(Shape shape) {
  constexpr std::string_view kNames[] = {"cliff", "staircase", "slow", "nightly", "flapping"};
  return kNames[static_cast<size_t>(shape)];
}

double Sample::weeks() const {
  return static_cast<double>(series.points.size()) * static_cast<double>(series.width.length().count()) /
         static_cast<double>(kWeek / std::chrono::seconds(1));
}

Corpus::Corpus(const std::string& folder, const CorpusOptions& options)
    : options_(options), kinds_(realDonors(folder, options.part)) {
  if (kinds_.empty()) {
    synthetic_ = true;
    kinds_ = syntheticDonors(options.part);
  }
  constexpr double kWeights[] = {0.35, 0.25, 0.25, 0.15};
  constexpr int kWeeks[] = {1, 2, 6, 14};
  Random random(mixSeed(options_.seed, 0x3ee45));
  for (double sum = 0; sum < options_.weeks;) {
    weeks_.push_back(kWeeks[random.weighted(kWeights)]);
    sum += weeks_.back();
  }
}

const DonorKind& Corpus::drawKind(Random& random) const {
  std::vector<double> weights;
  weights.reserve(kinds_.size());
  for (const DonorKind& kind : kinds_) weights.push_back(kind.weight);
  return kinds_[random.weighted(weights)];
}

Sample Corpus::make(size_t which) const {
  Random random(mixSeed(mixSeed(options_.seed, options_.part == Part::kTuning ? 1 : 2), which));
  const DonorKind& kind = drawKind(random);
  const Seconds width = kind.widths[random.below(kind.widths.size())];
  Canvas canvas(kind, width, weeks_[which], random);
  const std::vector<Event> events = Injector(canvas, random).run(weeks_[which]);
  return canvas.sample(kBegin + hours(random.below(kWeekHours)), events);
}

std::vector<Sample> Corpus::makePlace(size_t which) const {
  Random random(mixSeed(mixSeed(options_.seed, options_.part == Part::kTuning ? 3 : 4), which));
  const Seconds width = hours(1);  // the one that every kind has
  const Time first = kBegin + hours(random.below(kWeekHours));
  Canvas seen_first(drawKind(random), width, weeks_[which], random);
  const std::vector<Event> events = Injector(seen_first, random).run(weeks_[which]);
  std::vector<Sample> place = {seen_first.sample(first, events)};
  for (size_t others = 1 + random.below(2); others > 0; --others) {
    const DonorKind& kind = drawKind(random);
    const bool known =
        std::any_of(place.begin(), place.end(), [&](const Sample& one) { return one.kind == kind.name; });
    if (known) continue;
    Canvas canvas(kind, width, weeks_[which], random);
    std::vector<Event> shown;
    for (Event event : events) {
      event.depth = std::min(1.0, event.depth * random.uniform(0.4, 1.3));
      if (random.chance(0.75) && canvas.inject(event, random)) shown.push_back(event);
    }
    place.push_back(canvas.sample(first, shown));
  }
  return place;
}

}  // namespace nightjar::bench
