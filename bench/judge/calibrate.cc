#include "calibrate.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <fstream>
#include <numeric>
#include <thread>

#include "detect/confidence.h"
#include "detect/recorder.h"
#include "random.h"
#include "report.h"
#include "scoring.h"
#include "series/signal_traits.h"

namespace nightjar::bench {
namespace {

using detect::Anomaly;

constexpr double kScales[] = {0.5, 0.7, 1};
constexpr size_t kFolds = 5;
constexpr size_t kKnots = 20;
constexpr double kRidge = 1e-3;
constexpr const char* kRule = "nightjar";

// --- Fitting ------------------------------------------------------------------------------------------

// Solves a x = b for a symmetric positive definite matrix (Cholesky).
std::vector<double> solve(std::vector<std::vector<double>> a, std::vector<double> b) {
  const size_t n = b.size();
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = 0; j <= i; ++j) {
      double sum = a[i][j];
      for (size_t k = 0; k < j; ++k) sum -= a[i][k] * a[j][k];
      a[i][j] = i == j ? std::sqrt(std::max(sum, 1e-12)) : sum / a[j][j];
    }
  }
  for (size_t i = 0; i < n; ++i) {
    for (size_t k = 0; k < i; ++k) b[i] -= a[i][k] * b[k];
    b[i] /= a[i][i];
  }
  for (size_t i = n; i-- > 0;) {
    for (size_t k = i + 1; k < n; ++k) b[i] -= a[k][i] * b[k];
    b[i] /= a[i][i];
  }
  return b;
}

double sumOf(std::span<const double> weights, std::span<const double> features) {
  double sum = 0;
  for (size_t i = 0; i < weights.size(); ++i) sum += weights[i] * features[i];
  return sum;
}

bool inFold(const Example& one, size_t fold) {
  return one.series % kFolds == fold;
}

std::vector<Example> without(std::span<const Example> examples, size_t fold) {
  std::vector<Example> others;
  for (const Example& one : examples) {
    if (!inFold(one, fold)) others.push_back(one);
  }
  return others;
}

std::vector<double> saysOf(const Fit& fit, std::span<const Example> examples) {
  std::vector<double> said;
  for (const Example& one : examples) said.push_back(fit.says(one.features));
  return said;
}

// Each example told by a fit that has not seen its series.
std::vector<double> heldOut(std::span<const Example> examples) {
  std::vector<double> said(examples.size());
  for (size_t fold = 0; fold < kFolds; ++fold) {
    const Fit others = fit(without(examples, fold));
    for (size_t i = 0; i < examples.size(); ++i) {
      if (inFold(examples[i], fold)) said[i] = others.says(examples[i].features);
    }
  }
  return said;
}

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

template <typename Work>
void inParallel(size_t count, Work work) {
  std::atomic<size_t> next{0};
  std::vector<std::jthread> threads;
  for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i) {
    threads.emplace_back([&] {
      for (size_t which; (which = next++) < count;) work(which);
    });
  }
}

void addExamples(const Sample& sample, size_t which, std::vector<Example>& examples) {
  Random random(mixSeed(which, 77));
  for (const double scale : kScales) {
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
                  std::vector<Example>& examples) {
  for (const double scale : kScales) {
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

#include "detect/confidence.h"

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

bool plot(const std::string& out, const Reliability& anomalies, const Reliability& incidents) {
  std::string script =
      "set terminal pngcairo size 700,700 font 'sans,11'\nset output 'reliability.png'\nset xrange [0:1]\n"
      "set yrange [0:1]\nset grid\nset key top left\nset xlabel 'probability that was said'\n"
      "set ylabel 'share that was an outage'\nset size square\n";
  const auto data = [](const char* name, const Reliability& reliability) {
    std::string text = fmt::format("${} << EOD\n", name);
    for (const auto& step : reliability.steps) {
      if (step.examples > 0) text += fmt::format("{} {} {}\n", step.said, step.was, step.examples);
    }
    return text + "EOD\n";
  };
  script += data("anomalies", anomalies) + data("incidents", incidents);
  script += fmt::format(
      "plot x notitle linecolor 'gray', $anomalies using 1:2 with linespoints linewidth 2 pointtype 7 title "
      "'anomalies, Brier "
      "{:.3f}', $incidents using 1:2 with linespoints linewidth 2 pointtype 5 title 'incidents, Brier "
      "{:.3f}'\n",
      anomalies.brier, incidents.brier);
  return gnuplot(out, "reliability", script);
}

}  // namespace

std::vector<double> fitLogistic(std::span<const Example> examples) {
  if (examples.empty()) return {};
  const size_t n = examples.front().features.size();
  std::vector<double> weights(n);
  for (int round = 0; round < 30; ++round) {
    std::vector<std::vector<double>> curvature(n, std::vector<double>(n));
    std::vector<double> slope(n);
    for (const Example& one : examples) {
      const double said = 1 / (1 + std::exp(-sumOf(weights, one.features)));
      const double spread = std::max(said * (1 - said), 1e-9);
      for (size_t i = 0; i < n; ++i) {
        slope[i] += ((one.truth ? 1 : 0) - said) * one.features[i];
        for (size_t j = 0; j <= i; ++j) curvature[i][j] += spread * one.features[i] * one.features[j];
      }
    }
    const double ridge = kRidge * static_cast<double>(examples.size());
    for (size_t i = 1; i < n; ++i) {
      curvature[i][i] += ridge;
      slope[i] -= ridge * weights[i];
    }
    curvature[0][0] += 1e-6;
    const std::vector<double> change = solve(curvature, slope);
    double largest = 0;
    for (size_t i = 0; i < n; ++i) {
      weights[i] += change[i];
      largest = std::max(largest, std::abs(change[i]));
    }
    if (largest < 1e-6) break;
  }
  return weights;
}

std::vector<detect::CurveKnot> fitCurve(std::span<const double> sums, std::span<const Example> examples) {
  struct Pool {
    double count = 0, sum = 0, outages = 0;
    double share() const { return outages / count; }
  };
  std::vector<size_t> order(sums.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return sums[a] < sums[b]; });
  const double per_pool = std::max(50.0, static_cast<double>(sums.size()) / 400);
  std::vector<Pool> pools;
  for (const size_t i : order) {
    if (pools.empty() || pools.back().count >= per_pool) pools.emplace_back();
    pools.back().count += 1;
    pools.back().sum += sums[i];
    pools.back().outages += examples[i].truth ? 1 : 0;
    // A pool that is full joins those before it which have a larger share.
    while (pools.size() > 1 && pools.back().count >= per_pool &&
           pools[pools.size() - 2].share() >= pools.back().share()) {
      const Pool last = pools.back();
      pools.pop_back();
      pools.back().count += last.count;
      pools.back().sum += last.sum;
      pools.back().outages += last.outages;
    }
  }
  std::vector<detect::CurveKnot> curve;
  const size_t stride = std::max<size_t>(1, (pools.size() + kKnots - 1) / kKnots);
  for (size_t i = 0; i < pools.size(); i += stride) {
    Pool all;
    for (size_t j = i; j < std::min(pools.size(), i + stride); ++j) {
      all.count += pools[j].count;
      all.sum += pools[j].sum;
      all.outages += pools[j].outages;
    }
    curve.push_back({all.sum / all.count, detect::logOdds((all.outages + 0.5) / (all.count + 1))});
  }
  return curve;
}

Fit fit(std::span<const Example> examples) {
  std::vector<double> sums(examples.size());
  for (size_t fold = 0; fold < kFolds; ++fold) {
    const std::vector<double> weights = fitLogistic(without(examples, fold));
    for (size_t i = 0; i < examples.size(); ++i) {
      if (inFold(examples[i], fold)) sums[i] = sumOf(weights, examples[i].features);
    }
  }
  return {fitLogistic(examples), fitCurve(sums, examples)};
}

Reliability reliabilityOf(std::span<const double> said, std::span<const Example> examples) {
  Reliability result{.steps = std::vector<Reliability::Step>(10), .examples = examples.size()};
  if (examples.empty()) return result;
  double outages = 0;
  for (size_t i = 0; i < examples.size(); ++i) {
    const double truth = examples[i].truth ? 1 : 0;
    auto& step = result.steps[std::min<size_t>(9, static_cast<size_t>(said[i] * 10))];
    ++step.examples;
    step.said += said[i];
    step.was += truth;
    result.brier += (said[i] - truth) * (said[i] - truth);
    outages += truth;
  }
  const auto count = static_cast<double>(examples.size());
  result.brier /= count;
  result.brier_base = outages / count * (1 - outages / count);
  for (auto& step : result.steps) {
    if (step.examples == 0) continue;
    step.said /= static_cast<double>(step.examples);
    step.was /= static_cast<double>(step.examples);
  }
  return result;
}

void printReliability(const std::string& what, const Reliability& reliability) {
  fmt::print("{}: {} examples, Brier score {:.4f} (always the share of outages: {:.4f})\n", what,
             reliability.examples, reliability.brier, reliability.brier_base);
  for (const Reliability::Step& step : reliability.steps) {
    if (step.examples > 0)
      fmt::print("  said {:.3f}, was {:.3f} of {}\n", step.said, step.was, step.examples);
  }
}

std::vector<Example> anomalyExamples(const Corpus& corpus) {
  std::vector<std::vector<Example>> parts(corpus.size());
  inParallel(corpus.size(), [&](size_t which) { addExamples(corpus.make(which), which, parts[which]); });
  return inOrder(std::move(parts));
}

std::vector<Example> incidentExamples(const Corpus& corpus, const Fit& fit) {
  std::vector<std::vector<Example>> parts(corpus.size());
  inParallel(corpus.size(),
             [&](size_t which) { addIncidents(corpus.makePlace(which), which, fit, parts[which]); });
  return inOrder(std::move(parts));
}

bool calibrate(const std::string& folder, const CorpusOptions& options, const std::string& out,
               const std::string& header) {
  CorpusOptions tuning = options, test = options;
  tuning.part = Part::kTuning;
  test.part = Part::kTest;
  const Corpus to_fit(folder, tuning), unseen(folder, test);
  const std::vector<Example> anomalies = anomalyExamples(to_fit), unseen_anomalies = anomalyExamples(unseen);
  if (anomalies.empty() || unseen_anomalies.empty()) {
    fmt::print(stderr, "the rule {} tells no anomaly with enough history behind it\n", kRule);
    return false;
  }
  const Fit of_one = fit(anomalies);
  const std::vector<Example> incidents = incidentExamples(to_fit, of_one),
                             unseen_incidents = incidentExamples(unseen, of_one);
  const Fit of_all = fit(incidents);
  printReliability("Anomalies, tuning part, five folds by series",
                   reliabilityOf(heldOut(anomalies), anomalies));
  const Reliability anomaly_truth = reliabilityOf(saysOf(of_one, unseen_anomalies), unseen_anomalies);
  printReliability("Anomalies, test part (other noise, other outages)", anomaly_truth);
  printReliability("Incidents, tuning part, five folds by place",
                   reliabilityOf(heldOut(incidents), incidents));
  const Reliability incident_truth = reliabilityOf(saysOf(of_all, unseen_incidents), unseen_incidents);
  printReliability("Incidents, test part (other noise, other outages)", incident_truth);
  const bool drawn = plot(out, anomaly_truth, incident_truth);
  return (header.empty() || writeHeader(header, of_one, of_all, options)) && drawn;
}

}  // namespace nightjar::bench
