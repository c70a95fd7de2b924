#include "episode/probing_log.h"

#include <gmock/gmock.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "episode/archives.h"
#include "episode/episode_for_tests.h"
#include "probing/blocks/engine.h"
#include "probing/log/log.h"

namespace nightjar::episode {
namespace {

namespace fs = std::filesystem;

// Three days of the small world: all is well on the first two, then a cut with a window in it.
Facts threeDays() {
  std::string text = kSmallEpisode;
  const std::string until = "until = 2024-03-01T02:00:00Z";
  text.replace(text.find(until), until.size(), "until = 2024-03-04T00:00:00Z");
  const auto facts = parseFacts(text + R"([prober]
name = "prober"
asn = 1299
from = "Stockholm"
address = "192.0.2.200"
references = ["9.9.9.9", "8.8.8.8"]
source = "invented"
[[hosts]]
country = "ZW"
answering = 0.75
rtt = 100
source = "invented"
[[event]]
kind = "dark"
at = 2024-03-03T03:00:00Z
country = "ZW"
share = 0.9
spread = "10m"
source = "invented"
[[event]]
kind = "lit"
at = 2024-03-03T08:00:00Z
network = 65001
spread = "10m"
source = "invented"
[[event]]
kind = "dark"
at = 2024-03-03T12:00:00Z
country = "ZW"
share = 0.9
source = "invented"
[[event]]
kind = "lit"
at = 2024-03-03T18:00:00Z
country = "ZW"
source = "invented"
)");
  EXPECT_TRUE(facts) << facts.error().describe();
  return facts.value_or(Facts{});
}

// The log of one play, read back.
class Played {
 public:
  Played() : facts_(threeDays()), world_(*World::build(facts_)), hosts_(facts_, world_) {
    std::string name = (fs::temp_directory_path() / "nightjar-probing-XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  Played(const Played&) = delete;
  Played& operator=(const Played&) = delete;
  ~Played() { fs::remove_all(folder_); }

  std::string write(const std::string& name) {
    const std::string path = (folder_ / name).string();
    const auto count = writeProbingLog(facts_, hosts_, path);
    EXPECT_TRUE(count) << count.error().describe();
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }

  // Calls `atHour(time, engine)` as the log has come to each full hour.
  template <typename AtHour>
  void replay(const std::string& name, AtHour atHour) {
    auto log = probe_log::LogReader::open((folder_ / name).string());
    ASSERT_TRUE(log) << log.error().describe();
    EXPECT_EQ(log->header().simulation, "simulation: small");
    blocks::Engine engine;
    for (const ProbedBlock& block : hosts_.blocks()) ASSERT_TRUE(engine.add(block.prefix()));
    Time hour = facts_.from + std::chrono::hours(1);
    for (auto chunk = log->next(); chunk && *chunk; chunk = log->next()) {
      for (const blocks::Outcome& outcome : (*chunk)->outcomes) {
        for (; outcome.sent >= hour; hour += std::chrono::hours(1)) atHour(hour, engine);
        if (!outcome.reference) engine.apply(outcome);
      }
    }
    atHour(hour, engine);
  }

  const Facts& facts() const { return facts_; }
  const World& world() const { return world_; }
  const HostWorld& hosts() const { return hosts_; }

 private:
  Facts facts_;
  World world_;
  HostWorld hosts_;
  fs::path folder_;
};

TEST(ProbingLog, GivesTheSameBytesEveryTime) {
  Played played;
  const std::string first = played.write("first");
  EXPECT_GT(first.size(), 10'000U);
  EXPECT_EQ(first, played.write("second"));
}

// From the second day on, and but for the round in which something changes, what the prober believes is the
// truth.
TEST(ProbingLog, FindsOutWhatIsTrue) {
  Played played;
  played.write("log");
  const Time learnt = played.facts().from + std::chrono::hours(30);
  double asked = 0;
  double wrong = 0;
  std::map<std::string, uint32_t> up;  // of AS65001
  played.replay("log", [&](Time time, const blocks::Engine& engine) {
    const Time before = time - std::chrono::minutes(20);
    for (uint32_t b = 0; b < engine.size(); ++b) {
      const auto status = engine.status(b);
      if (played.world().nodes()[played.hosts().blocks()[b].node].asn.number == 65001) {
        up[formatTime(time).substr(5, 8)] += status.state == blocks::State::kUp ? 1 : 0;
      }
      const bool truth = played.hosts().isUp(b, unixSeconds(time));
      if (time < learnt || truth != played.hosts().isUp(b, unixSeconds(before))) continue;
      if (!played.hosts().blocks()[b].answering) {
        EXPECT_EQ(status.state, blocks::State::kUnknown);
        continue;
      }
      ++asked;
      wrong += (status.state == blocks::State::kUp) != truth ? 1 : 0;
    }
  });
  EXPECT_GT(asked, 7000);
  EXPECT_LT(wrong / asked, 0.01);
  EXPECT_NEAR(up["03-03T02"], 150, 15);
  EXPECT_NEAR(up["03-03T05"], 15, 12);
  EXPECT_NEAR(up["03-03T10"], 150, 15);
  EXPECT_NEAR(up["03-03T15"], 15, 12);
  EXPECT_NEAR(up["03-03T20"], 150, 15);
}

TEST(ProbingLog, TellsThatItCannotBeWritten) {
  Played played;
  const auto count = writeProbingLog(played.facts(), played.hosts(), "/nowhere/log");
  ASSERT_FALSE(count);
  EXPECT_EQ(count.error().kind, ErrorKind::kIo);
}

}  // namespace
}  // namespace nightjar::episode
