// Fed bin by bin, in pieces or at once, a rule says the same.
#include <gtest/gtest.h>

#include <algorithm>

#include "corpus.h"
#include "detect/rule/recorder.h"
#include "random.h"

namespace nightjar::bench {
namespace {

struct Heard {
  std::vector<detect::State> states;
  std::vector<double> baselines;
  std::vector<Time> onsets;
  std::vector<std::optional<Time>> ends;
  bool operator==(const Heard&) const = default;
};

// Pieces of up to `most` bins.
Heard hear(detect::Rule& rule, const series::Series& series, size_t most) {
  Random random(9);
  std::vector<detect::Verdict> verdicts(series.points.size());
  detect::Recorder recorder({});
  rule.begin(series.key.signal, series.width);
  recorder.begin(series.key, series.width, series.first);
  const std::span<const series::Point> points(series.points);
  for (size_t i = 0; i < points.size();) {
    const size_t length = std::min(points.size() - i, 1 + random.below(most));
    const auto piece = points.subspan(i, length);
    const auto said = std::span(verdicts).subspan(i, length);
    rule.judge(piece, {}, said);
    recorder.add(said, piece);
    i += length;
  }
  Heard heard;
  for (const detect::Verdict& verdict : verdicts) {
    heard.states.push_back(verdict.state);
    heard.baselines.push_back(verdict.baseline);
  }
  for (const detect::Anomaly& anomaly : recorder.anomalies()) {
    heard.onsets.push_back(anomaly.onset);
    heard.ends.push_back(anomaly.end);
  }
  return heard;
}

TEST(Live, EqualsReplayForEveryRule) {
  const Corpus corpus("/nowhere", {.part = Part::kTest, .seed = 11, .weeks = 60});
  for (const std::string_view name : detect::ruleNames()) {
    const auto rule = detect::makeRule(name);
    ASSERT_TRUE(rule) << name;
    size_t anomalies = 0;
    for (size_t which = 0; which < corpus.size(); ++which) {
      const Sample sample = corpus.make(which);
      const Heard at_once = hear(**rule, sample.series, sample.series.points.size());
      anomalies += at_once.onsets.size();
      EXPECT_TRUE(hear(**rule, sample.series, 1) == at_once) << name << ", sample " << which;
      EXPECT_TRUE(hear(**rule, sample.series, 500) == at_once) << name << ", sample " << which;
    }
    EXPECT_GT(anomalies, 0U) << name << " has nothing to compare";
  }
}

}  // namespace
}  // namespace nightjar::bench
