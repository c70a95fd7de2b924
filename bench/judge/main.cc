// The benchmark of the judgement: what each rule finds, and what it claims in error. `make judge` runs it;
// docs/judgement.md tells what it prints.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <string>
#include <string_view>

#include "calibrate.h"
#include "causes.h"
#include "detect/incident/calibration.h"
#include "report.h"

namespace nightjar::bench {
namespace {

constexpr std::string_view kUsage =
    R"(bench_judge [--part tuning|test] [--seed N] [--weeks N] [--rule NAME]... [--scale X]
            [--corpus-only] [--no-curve] [--quick] [--out FOLDER]
bench_judge calibrate [--seed N] [--weeks N] [--out FOLDER]
bench_judge causes
bench_judge --list [--rule NAME] [--part ...] [--seed N] [--weeks N] [--scale X]
bench_judge --dump SAMPLE [--part ...] [--seed N] [--weeks N]

Runs the rules over the generated corpus (test part, seed 1, 5000 series-weeks) and over the real series of the shared
measurements, prints what they found, and writes JSON and plots to FOLDER (build/judge).
  --quick        500 series-weeks
  --scale X      every threshold times X, in the tables
  --corpus-only  without the real series; --no-curve: without moving thresholds
  calibrate      fits src/detect/incident/calibration.h to the rule as it is, and tells what it is worth
  causes         counts src/detect/incident/cause_priors.h from IODA's curated outages, and tells what the hint is worth
  --list         prints each outage of the corpus, found or not, and each false alarm, a line each
  --dump SAMPLE  prints one series of the corpus: bin, value, coverage, depth of the outage that was put in
)";

struct Options {
  CorpusOptions corpus;
  std::vector<std::string> rules;
  double scale = 1;
  bool real = true;
  bool curve = true;
  bool calibrate = false;
  bool causes = false;
  bool list = false;
  std::optional<size_t> dump;
  std::string folder = NIGHTJAR_SHARED_DATA "/series";
  std::string out = "build/judge";
};

// The steps of the common multiplier of thresholds.
constexpr double kScales[] = {0.25, 0.35, 0.5, 0.6, 0.7, 0.85, 1, 1.2, 1.4, 1.7, 2, 2.8, 4, 5.6, 8, 11};
constexpr std::string_view kOurs = "nightjar";
// Of the rule that is calibrated there is a second curve: thresholds low, and what is left is what is
// probable enough.
constexpr double kProbabilities[] = {0.01, 0.03, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95, 0.98};
constexpr double kLowScale = 0.7;
constexpr const char* kByProbability = ", by probability";
constexpr std::string_view kCurveClasses[] = {kMiddleDepth, kDeepAndLong, kMiddleAfterWeeks};

constexpr double kTargetRate = 0.02;  // false alarms per series-week

using ByRule = std::map<std::string, Tallies>;

CurvePoint pointOf(const Tally& tally, const EventClass& which, double scale) {
  const Summary summary = tally.summary(which.holds);
  return {scale, summary.alarmsPerWeek(), summary.share()};
}

void addPoint(Curves& curves, const std::string& name, const Tallies& tallies, double scale) {
  for (const std::string_view which : kCurveClasses) {
    curves[std::string(which)][name].push_back(pointOf(tallies.at(""), eventClass(which), scale));
  }
}

Curves drawCurves(const Corpus& corpus, const std::vector<std::string>& rules) {
  Curves curves;
  for (const std::string& rule : rules) {
    for (const double scale : kScales) addPoint(curves, rule, runRule(corpus, rule, scale), scale);
    if (rule != detect::kCalibratedRule) continue;
    for (const double least : kProbabilities) {
      addPoint(curves, rule + kByProbability, runRule(corpus, rule, kLowScale, least), least);
    }
  }
  return curves;
}

Target againstOthers(const Curves& curves, std::string_view which, const std::string& words, double rate,
                     double ours) {
  double best = 0;
  std::string who = "none";
  for (const auto& [rule, curve] : curves.at(std::string(which))) {
    if (rule.starts_with(kOurs) || foundAt(curve, rate) <= best) continue;
    best = foundAt(curve, rate);
    who = rule;
  }
  return {fmt::format(
              "Corpus: at {}, at least twice the share of the best other rule at {:.4f} false alarms a week",
              words, rate),
          fmt::format("{:.1f} % against {:.1f} % ({})", 100 * ours, 100 * best, who), ours >= 2 * best};
}

// None of 60 days may end before its time; those that did are told by their depth in standard deviations of
// the noise.
Target ofLongest(const Tally& ours) {
  const EventClass& longest = eventClass("60 days");
  const Summary summary = ours.summary(longest.holds);
  std::string outcome =
      fmt::format("{} of {} found, {} closed early", summary.found, summary.events, summary.absorbed);
  for (const EventScore& one : ours.events()) {
    if (!longest.holds(one) || (one.found && one.open_at_end)) continue;
    outcome += fmt::format("; {}: depth {:.1f} %, {:.1f} x the noise", one.found ? "closed" : "missed",
                           100 * one.event.depth, one.share_of_noise);
  }
  return {"Corpus: no outage of 60 days absorbed", outcome, summary.absorbed == 0};
}

// By thresholds or by probability, whichever finds more.
double oursAt(const std::map<std::string, std::vector<CurvePoint>>& by_rule, double rate) {
  double best = 0;
  for (const auto& [rule, curve] : by_rule) {
    if (rule.starts_with(kOurs)) best = std::max(best, foundAt(curve, rate));
  }
  return best;
}

std::vector<Target> corpusTargets(const Tally& ours, const Curves& curves) {
  const auto deep = [&](std::string_view which, const std::string& words) {
    const Summary summary = ours.summary(eventClass(which).holds);
    return Target{fmt::format("Corpus: {}, >= 99 % found at under 0.02 false alarms a series-week", words),
                  fmt::format("{} of {} ({:.2f} %) at {:.4f}", summary.found, summary.events,
                              100 * summary.share(), summary.alarmsPerWeek()),
                  summary.share() >= 0.99 && summary.alarmsPerWeek() < kTargetRate};
  };
  std::vector<Target> targets = {deep(kDeepAndLong, "depth >= 20 % and >= 3 bins"),
                                 deep(kClear, "the same, of those that are 5 times the noise or more")};
  if (!curves.empty()) {
    const double rate = std::max(ours.summary().alarmsPerWeek(), 1 / ours.summary().weeks);
    const auto against = [&](std::string_view which, const std::string& words) {
      targets.push_back(
          againstOthers(curves, which, words, rate, ours.summary(eventClass(which).holds).share()));
      targets.push_back(againstOthers(curves, which, words, kTargetRate,
                                      oursAt(curves.at(std::string(which)), kTargetRate)));
    };
    against(kMiddleDepth, "5 to 20 %");
    against(kMiddleAfterWeeks, "5 to 20 %, after four weeks or more");
  }
  targets.push_back(ofLongest(ours));
  return targets;
}

bool runCorpus(const Options& options, std::vector<Target>& targets) {
  const Corpus corpus(options.folder, options.corpus);
  fmt::print("Generated corpus: {} series, {} series-weeks, {} part, seed {}; {}.\n", corpus.size(),
             options.corpus.weeks, options.corpus.part == Part::kTuning ? "tuning" : "test",
             options.corpus.seed,
             corpus.synthetic() ? "the noise is made up, as the shared measurements are not here"
                                : "the noise is taken from the shared measurements");
  ByRule by_rule;
  for (const std::string& rule : options.rules) {
    by_rule[rule] = runRule(corpus, rule, options.scale);
    printTallies(rule, by_rule[rule]);
  }
  Curves curves;
  if (options.curve) curves = drawCurves(corpus, options.rules);
  if (by_rule.contains(std::string(kOurs))) {
    targets = corpusTargets(by_rule.at(std::string(kOurs)).at(""), curves);
  }
  bool fine = showReliability(corpus, options.out);
  fine = writeTallies(options.out, by_rule) && fine;
  if (options.curve) fine = writeCurves(options.out, curves) && plotCurves(options.out, curves) && fine;
  return fine;
}

// What the probability, which was fitted on the corpus, is worth on real series.
void printRealReliability(const std::vector<RealScore>& scores) {
  std::vector<Example> examples;
  std::vector<double> said;
  size_t untold = 0;
  for (const RealScore& one : scores) {
    for (size_t i = 0; i < one.sayings.anomalies.size(); ++i) {
      const auto probability = detect::anomalyProbability(one.sayings.anomalies[i], one.rule);
      if (!probability) {
        ++untold;
        continue;
      }
      const auto& alarms = one.score.false_alarms;
      examples.push_back({{}, std::find(alarms.begin(), alarms.end(), i) == alarms.end(), 0});
      said.push_back(*probability);
    }
  }
  printReliability(fmt::format("\nProbability of anomalies on the real series ({} have none)", untold),
                   reliabilityOf(said, examples));
}

bool runReal(const Options& options, std::vector<Target>& targets) {
  const RealSets sets = readRealSets(options.folder);
  for (const std::string& file : sets.missing) fmt::print("\nSkipped: {} is not here.\n", file);
  if (sets.series.empty()) return true;
  std::vector<RealScore> scores, ours;
  for (const std::string& name : options.rules) {
    detect::Parameters parameters;
    parameters.threshold_scale = options.scale;
    const auto rule = detect::makeRule(name, parameters);
    if (!rule) continue;
    std::vector<RealScore> mine;
    for (const RealSeries& one : sets.series) {
      const Sayings sayings = listen(**rule, parameters, one.sample.series);
      mine.push_back({&one, name, sayings, score(one.sample, sayings)});
    }
    if (name == kOurs) {
      for (const Target& target : realTargets(mine)) targets.push_back(target);
      ours = mine;
    }
    scores.insert(scores.end(), mine.begin(), mine.end());
  }
  fmt::print("\nReal series:\n");
  printRealScores(scores);
  if (!ours.empty()) printRealReliability(ours);
  return writeRealScores(options.out, scores) && plotRealScores(options.out, scores);
}

// One sample as text.
int dump(const Options& options) {
  const Corpus corpus(options.folder, options.corpus);
  if (*options.dump >= corpus.size()) return 2;
  const Sample sample = corpus.make(*options.dump);
  fmt::print("# {} {} noise {:.4f}\n", sample.kind, formatDuration(sample.series.width.length()),
             sample.noise);
  for (size_t i = 0; i < sample.series.points.size(); ++i) {
    double depth = 0;
    for (const Event& event : sample.events) {
      if (i >= event.from && i < event.until) depth = event.depth;
    }
    fmt::print("{} {} {} {}\n", i, sample.series.points[i].value, sample.series.points[i].coverage, depth);
  }
  return 0;
}

// What became of each outage, and what was told in error, for whoever asks where the misses come from.
int list(const Options& options) {
  const Corpus corpus(options.folder, options.corpus);
  detect::Parameters parameters;
  parameters.threshold_scale = options.scale;
  const auto rule = detect::makeRule(options.rules.front(), parameters);
  if (!rule) return 2;
  fmt::print("what sample kind width noise history_hours bins shape depth times_noise\n");
  for (size_t which = 0; which < corpus.size(); ++which) {
    const Sample sample = corpus.make(which);
    const Sayings sayings = listen(**rule, parameters, sample.series);
    const SampleScore scored = score(sample, sayings);
    const auto line = [&](const char* what, Seconds history, size_t bins, std::string_view shape,
                          double depth) {
      fmt::print("{} {} {} {} {:.4f} {:.1f} {} {} {:.3f} {:.2f}\n", what, which, sample.kind,
                 formatDuration(sample.series.width.length()), sample.noise,
                 std::chrono::duration<double, std::ratio<3600>>(history).count(), bins, shape, depth,
                 sample.noise > 0 ? depth / sample.noise : 1000);
    };
    for (const EventScore& one : scored.events) {
      line(!one.found        ? "missed"
           : one.open_at_end ? "found"
                             : "closed",
           one.history, one.event.bins(), shapeName(one.event.shape), one.event.depth);
    }
    for (const size_t at : scored.false_alarms) {
      const detect::Anomaly& one = sayings.anomalies[at];
      const Time first = sample.series.first.start(sample.series.width);
      line("false", std::chrono::duration_cast<Seconds>(one.onset - first), one.bins, "-", one.depth());
    }
  }
  return 0;
}

int run(const Options& options) {
  if (options.dump) return dump(options);
  if (options.list) return list(options);
  if (options.calibrate) {
    const std::string header = NIGHTJAR_SOURCE_DIR "/src/detect/incident/calibration.h";
    return calibrate(options.folder, options.corpus, options.out, header) ? 0 : 1;
  }
  if (options.causes) {
    return causes(options.folder, NIGHTJAR_SOURCE_DIR "/src/detect/incident/cause_priors.h") ? 0 : 1;
  }
  std::vector<Target> targets;
  bool fine = runCorpus(options, targets);
  if (options.real) fine = runReal(options, targets) && fine;
  if (options.real) causes(options.folder, "");
  if (!targets.empty()) printTargets("Targets (rule nightjar):", targets);
  fine = writeTargets(options.out, targets) && fine;
  fmt::print("\nJSON and plots: {}\n", options.out);
  return fine ? 0 : 1;
}

// False for what is not understood.
bool parse(const std::vector<std::string>& words, Options& options) {
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string& name = words[i];
    if (name == "calibrate") {
      options.calibrate = true;
    } else if (name == "causes") {
      options.causes = true;
    } else if (name == "--list") {
      options.list = true;
    } else if (name == "--quick") {
      options.corpus.weeks = 500;
    } else if (name == "--corpus-only") {
      options.real = false;
    } else if (name == "--no-curve") {
      options.curve = false;
    } else if (i + 1 == words.size()) {
      return false;
    } else if (const std::string& value = words[++i]; name == "--rule") {
      if (!detect::makeRule(value)) return false;
      options.rules.push_back(value);
    } else if (name == "--out") {
      options.out = value;
    } else if (name == "--part") {
      if (value != "tuning" && value != "test") return false;
      options.corpus.part = value == "tuning" ? Part::kTuning : Part::kTest;
    } else {
      char* end = nullptr;
      const double number = std::strtod(value.c_str(), &end);
      if (value.empty() || *end != 0 || !(number >= 0)) return false;
      if (name == "--seed") {
        options.corpus.seed = static_cast<uint64_t>(number);
      } else if (name == "--weeks") {
        options.corpus.weeks = number;
      } else if (name == "--scale") {
        options.scale = number;
      } else if (name == "--dump") {
        options.dump = static_cast<size_t>(number);
      } else {
        return false;
      }
    }
  }
  if (options.rules.empty() && options.list) options.rules.emplace_back(kOurs);
  if (options.rules.empty()) {
    for (const auto rule : detect::ruleNames()) options.rules.emplace_back(rule);
  }
  return true;
}

}  // namespace
}  // namespace nightjar::bench

int main(int argc, char** argv) {
  nightjar::bench::Options options;
  if (!nightjar::bench::parse({argv + 1, argv + argc}, options)) {
    fmt::print(stderr, "{}", nightjar::bench::kUsage);
    return 2;
  }
  return nightjar::bench::run(options);
}
