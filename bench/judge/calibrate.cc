#include "calibrate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>

#include "detect/incident/calibration.h"
#include "detect/incident/confidence.h"
#include "detect/rule/recorder.h"
#include "parallel.h"
#include "random.h"
#include "report.h"
#include "scoring.h"
#include "series/signal_traits.h"

namespace nightjar::bench {
namespace {

using detect::Anomaly;

constexpr const char* kRule = "nightjar";

// --- Examples -----------------------------------------------------------------------------------------

enum class Truth { kOutage, kFalse, kNeither };

// As in scoring.h: an anomaly that began well before the outage that it overlaps is neither.
Truth truthOf(const Anomaly& anomaly, const Sample& sample) {
  const BinWidth width = sample.series.width;
  const auto at = [&](size_t bin) {
    return Bin{sample.series.first.index + static_cast<int64_t>(bin)}.start(width);
  };
  bool touches = false;
  for (const Event& event : sample.events) {
    if (anomaly.onset >= at(event.until) || anomaly.last_low < at(event.from)) continue;
    if (anomaly.onset >= at(event.from) - toleranceOf(width)) return Truth::kOutage;
    touches = true;
  }
  return touches ? Truth::kNeither : Truth::kFalse;
}

struct Heard {
  std::vector<detect::Verdict> verdicts;
  std::vector<Anomaly> anomalies;
};

Heard hear(detect::Rule& rule, const detect::Parameters& parameters, const series::Series& series) {
  Heard heard{std::vector<detect::Verdict>(series.points.size()), {}};
  rule.begin(series.key.signal, series.width);
  rule.judge(series.points, {}, heard.verdicts);
  detect::Recorder recorder(parameters);
  recorder.begin(series.key, series.width, series.first);
  recorder.add(heard.verdicts, series.points);
  heard.anomalies = recorder.anomalies();
  return heard;
}

// The anomaly that is open at the end of the first `bins`, as a live stream has it then.
std::optional<Anomaly> openAfter(const Heard& heard, const detect::Parameters& parameters,
                                 const series::Series& series, size_t bins) {
  detect::Recorder recorder(parameters);
  recorder.begin(series.key, series.width, series.first);
  recorder.add(std::span(heard.verdicts).first(bins), std::span(series.points).first(bins));
  const std::vector<Anomaly> anomalies = recorder.anomalies();
  if (anomalies.empty() || !anomalies.back().open()) return std::nullopt;
  return anomalies.back();
}

void addExamples(const Sample& sample, size_t which, std::span<const double> scales,
                 std::vector<Example>& examples) {
  Random random(mixSeed(which, 77));
  for (const double scale : scales) {
    detect::Parameters parameters;
    parameters.threshold_scale = scale;
    const auto rule = detect::makeRule(kRule, parameters);
    if (!rule) return;
    const Heard heard = hear(**rule, parameters, sample.series);
    const auto add = [&](const Anomaly& anomaly) {
      const Truth truth = truthOf(anomaly, sample);
      if (truth == Truth::kNeither || !detect::enoughToTell(anomaly)) return;
      const detect::AnomalyFeatures features = detect::featuresOf(anomaly);
      examples.push_back({{features.begin(), features.end()}, truth == Truth::kOutage, which});
    };
    for (const Anomaly& anomaly : heard.anomalies) add(anomaly);
    for (size_t i = 0; i < std::min<size_t>(3, heard.anomalies.size()); ++i) {
      const Anomaly& anomaly = heard.anomalies[random.below(heard.anomalies.size())];
      const int64_t onset = Bin::of(anomaly.onset, sample.series.width).index - sample.series.first.index;
      const auto later = static_cast<size_t>(random.logUniform(1, static_cast<double>(anomaly.bins) + 1));
      const size_t bins = std::min(sample.series.points.size(), static_cast<size_t>(onset) + later);
      if (const auto open = openAfter(heard, parameters, sample.series, bins)) add(*open);
    }
  }
}

std::vector<Example> inOrder(std::vector<std::vector<Example>> parts) {
  std::vector<Example> all;
  for (auto& part : parts) std::move(part.begin(), part.end(), std::back_inserter(all));
  return all;
}

// Anomalies of one place that overlap in time are one incident.
void addIncidents(const std::vector<Sample>& place, size_t which, const Fit& fit,
                  std::span<const double> scales, std::vector<Example>& examples) {
  for (const double scale : scales) {
    detect::Parameters parameters;
    parameters.threshold_scale = scale;
    const auto rule = detect::makeRule(kRule, parameters);
    if (!rule) return;
    std::vector<Anomaly> all;
    for (const Sample& sample : place) {
      for (Anomaly& anomaly : hear(**rule, parameters, sample.series).anomalies) {
        if (!detect::enoughToTell(anomaly)) continue;
        anomaly.probability = fit.says(detect::featuresOf(anomaly));
        all.push_back(std::move(anomaly));
      }
    }
    std::sort(all.begin(), all.end(), [](const Anomaly& a, const Anomaly& b) { return a.onset < b.onset; });
    for (size_t i = 0; i < all.size();) {
      std::vector<const Anomaly*> incident;
      Time until = all[i].last_low;
      bool outage = false, neither = false;
      for (; i < all.size() && (incident.empty() || all[i].onset <= until); ++i) {
        incident.push_back(&all[i]);
        until = std::max(until, all[i].last_low);
        const Truth truth = truthOf(all[i], place.front());
        outage = outage || truth == Truth::kOutage;
        neither = neither || truth == Truth::kNeither;
      }
      if (neither && !outage) continue;
      const detect::IncidentFeatures features = detect::featuresOf(std::span<const Anomaly* const>(incident));
      examples.push_back({{features.begin(), features.end()}, outage, which});
    }
  }
}

// --- Telling ------------------------------------------------------------------------------------------

std::string numbers(std::span<const double> values) {
  std::string text;
  for (const double value : values) text += fmt::format("{}{:.5f}", text.empty() ? "" : ", ", value);
  return text;
}

std::string knots(std::span<const detect::CurveKnot> curve) {
  std::string text;
  for (const auto& knot : curve)
    text += fmt::format("{}{{{:.3f}, {:.3f}}}", text.empty() ? "" : ", ", knot.sum, knot.log_odds);
  return text;
}

bool writeHeader(const std::string& path, const Fit& anomalies, const Fit& incidents,
                 const CorpusOptions& options) {
  std::ofstream out(path);
  out << fmt::format(
      R"(// Made by `build/bench_judge calibrate --seed {} --weeks {}`: do not edit.
#pragma once

#include <string_view>

#include "detect/incident/confidence.h"

namespace nightjar::detect {{

// For which rule, and which version of its parameters (parameters.h), these numbers hold.
inline constexpr std::string_view kCalibratedRule = "{}";
inline constexpr std::string_view kCalibratedParameters = "{}";
// clang-format off
inline constexpr double kAnomalyWeights[] = {{{}}};
inline constexpr CurveKnot kAnomalyCurve[] = {{{}}};
inline constexpr double kIncidentWeights[] = {{{}}};
inline constexpr CurveKnot kIncidentCurve[] = {{{}}};
// clang-format on

}}  // namespace nightjar::detect
)",
      options.seed, options.weeks, kRule, detect::kParametersVersion, numbers(anomalies.weights),
      knots(anomalies.curve), numbers(incidents.weights), knots(incidents.curve));
  return static_cast<bool>(out);
}

// Points of a reliability diagram, under a name for gnuplot.
std::string pointsOf(const char* name, const Reliability& reliability) {
  std::string text = fmt::format("${} << EOD\n", name);
  for (const auto& step : reliability.steps) {
    if (step.examples > 0) text += fmt::format("{} {} {}\n", step.said, step.was, step.examples);
  }
  return text + "EOD\n";
}

bool plot(const std::string& out, const Reliability& anomalies, const Reliability& incidents) {
  std::string script =
      "set terminal pngcairo size 700,700 font 'sans,11'\nset output 'reliability.png'\nset xrange [0:1]\n"
      "set yrange [0:1]\nset grid\nset key top left\nset xlabel 'probability that was said'\n"
      "set ylabel 'share that was an outage'\nset size square\n";
  script +=
      pointsOf("anomalies", anomalies) + pointsOf("incidents", incidents) + "plot x notitle linecolor 'gray'";
  const auto line = [&](const char* name, const Reliability& reliability) {
    script +=
        fmt::format(", ${0} using 1:2 with linespoints linewidth 2 pointtype 7 title '{0}: Brier {1:.3f}'",
                    name, reliability.brier);
  };
  line("anomalies", anomalies);
  line("incidents", incidents);
  return gnuplot(out, "reliability", script + "\n");
}

}  // namespace

std::vector<Example> anomalyExamples(const Corpus& corpus, std::span<const double> scales) {
  std::vector<std::vector<Example>> parts(corpus.size());
  inParallel(corpus.size(),
             [&](size_t which) { addExamples(corpus.make(which), which, scales, parts[which]); });
  return inOrder(std::move(parts));
}

std::vector<Example> incidentExamples(const Corpus& corpus, const Fit& fit, std::span<const double> scales) {
  std::vector<std::vector<Example>> parts(corpus.size());
  inParallel(corpus.size(),
             [&](size_t which) { addIncidents(corpus.makePlace(which), which, fit, scales, parts[which]); });
  return inOrder(std::move(parts));
}

bool showReliability(const Corpus& corpus, const Fit& of_one, const Fit& of_all, const std::string& out) {
  const auto told = [](const std::string& what, const Fit& fit, const std::vector<Example>& examples) {
    const Reliability reliability = reliabilityOf(saysOf(fit, examples), examples);
    printReliability(what, reliability);
    return reliability;
  };
  const Reliability anomalies = told("Probability of anomalies", of_one, anomalyExamples(corpus, kAsItIs));
  const Reliability incidents =
      told("Probability of incidents", of_all, incidentExamples(corpus, of_one, kAsItIs));
  const bool written = writeReliability(out, {{"anomalies", anomalies}, {"incidents", incidents}});
  return plot(out, anomalies, incidents) && written;
}

bool showReliability(const Corpus& corpus, const std::string& out) {
  if (detect::kCalibratedRule != kRule || detect::kCalibratedParameters != detect::kParametersVersion) {
    fmt::print("\nProbability: not calibrated for this version of the parameters.\n");
    return true;
  }
  const auto fitOf = [](const auto& weights, const auto& curve) {
    return Fit{{std::begin(weights), std::end(weights)}, {std::begin(curve), std::end(curve)}};
  };
  fmt::print("\n");
  return showReliability(corpus, fitOf(detect::kAnomalyWeights, detect::kAnomalyCurve),
                         fitOf(detect::kIncidentWeights, detect::kIncidentCurve), out);
}

bool calibrate(const std::string& folder, const CorpusOptions& options, const std::string& out,
               const std::string& header) {
  CorpusOptions tuning = options, test = options;
  tuning.part = Part::kTuning;
  test.part = Part::kTest;
  const Corpus corpus(folder, tuning);
  const std::vector<Example> anomalies = anomalyExamples(corpus, kLowerToo),
                             plain = anomalyExamples(corpus, kAsItIs);
  if (plain.empty()) {
    fmt::print(stderr, "the rule {} tells no anomaly with enough history behind it\n", kRule);
    return false;
  }
  const Fit of_one = fit(anomalies, plain);
  const std::vector<Example> incidents = incidentExamples(corpus, of_one, kLowerToo),
                             plain_incidents = incidentExamples(corpus, of_one, kAsItIs);
  const Fit of_all = fit(incidents, plain_incidents);
  fmt::print("Tuning part, five folds by series:\n");
  printReliability("Anomalies", reliabilityOf(heldOut(anomalies, plain), plain));
  printReliability("Incidents", reliabilityOf(heldOut(incidents, plain_incidents), plain_incidents));
  fmt::print("\nTest part (other noise, other outages):\n");
  const bool shown = showReliability(Corpus(folder, test), of_one, of_all, out);
  return writeHeader(header, of_one, of_all, options) && shown;
}

}  // namespace nightjar::bench
