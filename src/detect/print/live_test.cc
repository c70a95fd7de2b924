// Judging as the data come in gives what judging all at once gives: an id that was published stays, or its
// incident is part of another one from then on.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "detect/incident/case_file.h"
#include "detect/print/json.h"

namespace nightjar::detect {
namespace {

// The same series, cut off at a time.
class Prefix final : public SeriesReader {
 public:
  explicit Prefix(SeriesReader& whole) : whole_(whole) {}
  void until(Time time) { until_ = time; }

  Result<std::vector<series::SeriesKey>> keys() override { return whole_.keys(); }
  Result<series::Series> read(const series::SeriesKey& key) override {
    auto series = whole_.read(key);
    const int64_t bins = Bin::of(until_, series->width).index - series->first.index;
    if (bins < static_cast<int64_t>(series->points.size()))
      series->points.resize(static_cast<size_t>(std::max<int64_t>(0, bins)));
    return series;
  }
  std::string name(const Entity& entity) override { return whole_.name(entity); }
  Access access(const Entity& entity) override { return whole_.access(entity); }

 private:
  SeriesReader& whole_;
  Time until_;
};

struct Published {
  Entity entity;
  Time onset;
  Kind kind;
};

// Judges every `step` and holds what was published against what is found next.
void follow(SeriesReader& whole, Time from, Time until, Seconds step) {
  Prefix prefix(whole);
  std::map<std::string, Published> published;
  for (Time now = from;; now = std::min(now + step, until)) {
    prefix.until(now);
    const auto report = judge(prefix);
    ASSERT_TRUE(report);
    std::map<std::string, Published> standing;
    for (const Incident& one : report->incidents) {
      EXPECT_TRUE(standing.try_emplace(one.id, Published{one.entity, one.onset, one.kind}).second) << one.id;
    }
    for (const auto& [id, before] : published) {
      const auto found = standing.find(id);
      if (found == standing.end()) {
        EXPECT_NE(joinedInto(*report, before.entity, before.onset), nullptr)
            << id << " is gone at " << formatTime(now);
      } else if (found->second.kind == before.kind) {
        EXPECT_EQ(found->second.onset, before.onset) << id << " at " << formatTime(now);
      }
    }
    published = std::move(standing);
    if (now == until) break;
  }
  const auto all = judge(whole);
  prefix.until(until);
  const auto last = judge(prefix);
  EXPECT_EQ(toJson(*last), toJson(*all));
}

class Live : public testing::TestWithParam<std::string> {};

TEST_P(Live, AnIdStaysOrIsJoined) {
  const std::filesystem::path file =
      std::filesystem::path(NIGHTJAR_SOURCE_DIR "/src/detect/incident/testdata") / (GetParam() + ".case");
  std::ifstream in(file);
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  const auto loaded = loadCase(text);
  ASSERT_TRUE(loaded) << loaded.error().describe();
  ASSERT_GT(loaded->until, loaded->from);
  const Seconds width = loaded->width.length();
  const auto bins = static_cast<size_t>((loaded->until - loaded->from) / width);
  // Every bin of short cases; a few hundred steps, never in the same rhythm as the bins' hours, of long ones.
  constexpr size_t kMostSteps = 400;
  follow(*loaded->reader, loaded->from, loaded->until, width * static_cast<int64_t>(1 + bins / kMostSteps));
}

INSTANTIATE_TEST_SUITE_P(Cases, Live,
                         testing::Values("announced_dark", "both_fall", "both_families", "disagree", "exams",
                                         "little_between", "mixed", "mobile_nights", "mobile_only",
                                         "network_alone", "nights", "prober_gone", "recovery_in_steps",
                                         "region_nights", "ripple", "slow_start", "sparse", "throttled",
                                         "v6_lead", "v6_long_before", "windows_of_return"),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace nightjar::detect
