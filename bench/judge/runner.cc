#include "runner.h"

#include <algorithm>
#include <utility>

#include "detect/incident/confidence.h"
#include "parallel.h"

namespace nightjar::bench {

using std::chrono::hours;

namespace {

void keepProbable(Sayings& sayings, const std::string& rule, double least_probability) {
  if (least_probability <= 0) return;
  std::erase_if(sayings.anomalies, [&](const detect::Anomaly& anomaly) {
    return detect::anomalyProbability(anomaly, rule).value_or(0) < least_probability;
  });
}

}  // namespace

Tallies runRule(const Corpus& corpus, const std::string& name, double scale, double least_probability) {
  detect::Parameters parameters;
  parameters.threshold_scale = scale;
  std::vector<std::pair<std::string, SampleScore>> scores(corpus.size());  // with the kind of series
  inParallel(corpus.size(), [&](size_t which) {
    const auto rule = detect::makeRule(name, parameters);
    if (!rule) return;
    const Sample sample = corpus.make(which);
    Sayings sayings = listen(**rule, parameters, sample.series);
    keepProbable(sayings, name, least_probability);
    scores[which] = {sample.kind, score(sample, sayings)};
  });
  Tallies all;
  for (const auto& [kind, one] : scores) {
    all[""].add(one);
    all[kind].add(one);
  }
  return all;
}

const std::vector<EventClass>& eventClasses() {
  using Score = const EventScore&;
  static const std::vector<EventClass> kClasses = {
      {"all", [](Score) { return true; }},
      {"depth 3-5 %", [](Score one) { return one.event.depth < 0.05; }},
      {std::string(kMiddleDepth), [](Score one) { return one.event.depth >= 0.05 && one.event.depth < 0.2; }},
      {"depth >= 20 %", [](Score one) { return one.event.depth >= 0.2; }},
      {std::string(kDeepAndLong), [](Score one) { return one.event.depth >= 0.2 && one.event.bins() >= 3; }},
      {std::string(kClear),
       [](Score one) { return one.event.depth >= 0.2 && one.event.bins() >= 3 && one.share_of_noise >= 5; }},
      {"under 3 bins", [](Score one) { return one.event.bins() < 3; }},
      {"3 bins to 6 h", [](Score one) { return one.event.bins() >= 3 && one.length < hours(6); }},
      {"6 to 24 h",
       [](Score one) { return one.event.bins() >= 3 && one.length >= hours(6) && one.length < hours(24); }},
      {"1 to 7 days", [](Score one) { return one.length >= hours(24) && one.length < hours(7 * 24); }},
      {"over 7 days", [](Score one) { return one.length >= hours(7 * 24); }},
      {"60 days", [](Score one) { return one.length >= hours(60 * 24 - 1); }},
      {"cliff", [](Score one) { return one.event.shape == Shape::kCliff; }},
      {"staircase", [](Score one) { return one.event.shape == Shape::kStaircase; }},
      {"slow", [](Score one) { return one.event.shape == Shape::kSlow; }},
      {"nightly", [](Score one) { return one.event.shape == Shape::kNightly; }},
      {"flapping", [](Score one) { return one.event.shape == Shape::kFlapping; }},
      {"after under 4 weeks", [](Score one) { return one.history < hours(28 * 24); }},
      {"after over 4 weeks", [](Score one) { return one.history >= hours(28 * 24); }},
      {std::string(kMiddleAfterWeeks),
       [](Score one) {
         return one.history >= hours(28 * 24) && one.event.depth >= 0.05 && one.event.depth < 0.2;
       }},
  };
  return kClasses;
}

const EventClass& eventClass(std::string_view name) {
  return *std::find_if(eventClasses().begin(), eventClasses().end(),
                       [&](const EventClass& one) { return one.name == name; });
}

}  // namespace nightjar::bench
