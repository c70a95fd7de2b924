// The benchmark of the judgement. `make judge` runs it.
#include <fmt/format.h>

#include <atomic>
#include <cstdlib>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "scoring.h"

namespace nightjar::bench {
namespace {

struct Options {
  CorpusOptions corpus;
  std::vector<std::string> rules;
  std::vector<double> scales = {1};
  std::string folder = NIGHTJAR_SHARED_DATA "/series";
};

using Tallies = std::map<std::string, Tally>;  // by kind of series; "" is all

Tallies runRule(const Corpus& corpus, const std::string& name, double scale) {
  detect::Parameters parameters;
  parameters.threshold_scale = scale;
  std::atomic<size_t> next{0};
  std::mutex mutex;
  Tallies all;
  {
    std::vector<std::jthread> threads;
    for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i) {
      threads.emplace_back([&] {
        const auto rule = detect::makeRule(name, parameters);
        if (!rule) return;
        Tallies mine;
        for (size_t which; (which = next++) < corpus.size();) {
          const Sample sample = corpus.make(which);
          const SampleScore scored = score(sample, listen(**rule, parameters, sample.series));
          mine[""].add(scored);
          mine[sample.kind].add(scored);
        }
        const std::lock_guard lock(mutex);
        for (const auto& [kind, tally] : mine) all[kind].merge(tally);
      });
    }
  }
  return all;
}

void printRow(std::string_view label, const Summary& summary) {
  fmt::print(
      "  {:<26} {:>5} of {:<5} {:>6.1f} %  onset {:>6.0f} min  end {:>6.0f} min  depth {:>5.3f}  alarm "
      "{:>6.0f} min\n",
      label, summary.found, summary.events, 100 * summary.share(), summary.onset_minutes, summary.end_minutes,
      summary.depth_error, summary.alarm_minutes);
}

void printTally(const Tally& tally) {
  using std::chrono::hours;
  const auto deep = [](const EventScore& one, double least, double most) {
    return one.event.depth >= least && one.event.depth < most;
  };
  printRow("all", tally.summary());
  printRow("depth 3-5 %", tally.summary([&](const EventScore& one) { return deep(one, 0, 0.05); }));
  printRow("depth 5-20 %", tally.summary([&](const EventScore& one) { return deep(one, 0.05, 0.2); }));
  printRow("depth >= 20 %", tally.summary([&](const EventScore& one) { return deep(one, 0.2, 2); }));
  printRow("  >= 20 %, >= 3 bins",
           tally.summary([&](const EventScore& one) { return deep(one, 0.2, 2) && one.event.bins() >= 3; }));
  printRow("  ... and >= 5 x the noise", tally.summary([&](const EventScore& one) {
    return deep(one, 0.2, 2) && one.event.bins() >= 3 && one.share_of_noise >= 5;
  }));
  printRow("under 3 bins", tally.summary([](const EventScore& one) { return one.event.bins() < 3; }));
  printRow("3 bins to 6 h", tally.summary([](const EventScore& one) {
    return one.event.bins() >= 3 && one.length < hours(6);
  }));
  printRow("6 h to 24 h", tally.summary([](const EventScore& one) {
    return one.event.bins() >= 3 && one.length >= hours(6) && one.length < hours(24);
  }));
  printRow("1 to 7 days", tally.summary([](const EventScore& one) {
    return one.length >= hours(24) && one.length < hours(7 * 24);
  }));
  printRow("over 7 days", tally.summary([](const EventScore& one) { return one.length >= hours(7 * 24); }));
  for (const Shape shape :
       {Shape::kCliff, Shape::kStaircase, Shape::kSlow, Shape::kNightly, Shape::kFlapping}) {
    printRow(shapeName(shape),
             tally.summary([&](const EventScore& one) { return one.event.shape == shape; }));
  }
  printRow("before: under 4 weeks",
           tally.summary([](const EventScore& one) { return one.history < hours(28 * 24); }));
  printRow("before: over 4 weeks",
           tally.summary([](const EventScore& one) { return one.history >= hours(28 * 24); }));
  const Summary longest =
      tally.summary([](const EventScore& one) { return one.length >= hours(60 * 24 - 1); });
  fmt::print("  60-day outages: {} of {} found, {} of those closed before their end (absorbed)\n",
             longest.found, longest.events, longest.absorbed);
}

int run(const Options& options) {
  const Corpus corpus(options.folder, options.corpus);
  fmt::print("Corpus: {} series, {} series-weeks, {} part, seed {}; {}\n", corpus.size(),
             options.corpus.weeks, options.corpus.part == Part::kTuning ? "tuning" : "test",
             options.corpus.seed,
             corpus.synthetic() ? "noise is made up: the shared measurements are not here"
                                : "noise taken from the shared measurements");
  for (const std::string& rule : options.rules) {
    for (const double scale : options.scales) {
      const Tallies tallies = runRule(corpus, rule, scale);
      const Tally& tally = tallies.at("");
      const Summary summary = tally.summary();
      fmt::print("\n{} (thresholds x {}): {} false alarms, {:.4f} per series-week\n", rule, scale,
                 summary.false_alarms, summary.alarmsPerWeek());
      printTally(tally);
      for (const auto& [kind, one] : tallies) {
        if (kind.empty()) continue;
        fmt::print("  {:<20} {:>7.0f} series-weeks, {:.4f} false alarms a week", kind, one.summary().weeks,
                   one.summary().alarmsPerWeek());
        const Summary clear = one.summary(
            [](const EventScore& event) { return event.event.depth >= 0.2 && event.event.bins() >= 3; });
        fmt::print("; found {} of {}, of those of >= 20 % and >= 3 bins {} of {}\n", one.summary().found,
                   one.summary().events, clear.found, clear.events);
      }
    }
  }
  return 0;
}

// One sample as text: bin, value, coverage, depth of the event it lies in.
void dump(const Options& options, size_t which) {
  const Sample sample = Corpus(options.folder, options.corpus).make(which);
  fmt::print("# {} {} noise {:.4f}\n", sample.kind, formatDuration(sample.series.width.length()),
             sample.noise);
  for (size_t i = 0; i < sample.series.points.size(); ++i) {
    double depth = 0;
    for (const Event& event : sample.events) {
      if (i >= event.from && i < event.until) depth = event.depth;
    }
    const series::Point& point = sample.series.points[i];
    fmt::print("{} {} {} {}\n", i, point.value, point.coverage, depth);
  }
}

}  // namespace
}  // namespace nightjar::bench

int main(int argc, char** argv) {
  nightjar::bench::Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    const std::string value = argv[i + 1];
    if (name == "--part")
      options.corpus.part = value == "tuning" ? nightjar::bench::Part::kTuning : nightjar::bench::Part::kTest;
    if (name == "--seed") options.corpus.seed = std::strtoull(value.c_str(), nullptr, 10);
    if (name == "--weeks") options.corpus.weeks = std::strtod(value.c_str(), nullptr);
    if (name == "--rule") options.rules.push_back(value);
    if (name == "--scale") options.scales = {std::strtod(value.c_str(), nullptr)};
  }
  for (int i = 1; i + 1 < argc; ++i) {
    if (std::string_view(argv[i]) != "--dump") continue;
    nightjar::bench::dump(options, std::strtoull(argv[i + 1], nullptr, 10));
    return 0;
  }
  if (options.rules.empty()) {
    for (const auto rule : nightjar::detect::ruleNames()) options.rules.emplace_back(rule);
  }
  return nightjar::bench::run(options);
}
