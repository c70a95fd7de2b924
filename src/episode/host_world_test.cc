#include "episode/host_world.h"

#include <gmock/gmock.h>

#include <map>

#include "episode/episode_for_tests.h"

namespace nightjar::episode {
namespace {

constexpr const char* kProber = R"([prober]
name = "prober"
asn = 1299
from = "Stockholm"
address = "192.0.2.200"
references = ["9.9.9.9"]
source = "invented"
[[hosts]]
country = "ZW"
answering = 0.75
rtt = 100
loss = 0.02
source = "invented"
[[hosts]]
network = 65002
answering = 1
ever_active = [254, 254]
availability = [1, 1]
rtt = 200
loss = 0
source = "invented"
)";

Time minute(int minutes) {
  return *parseTime("2024-03-01T00:00:00Z") + std::chrono::minutes(minutes);
}

class Hosted {
 public:
  explicit Hosted(const std::string& events)
      : facts_(smallEpisode(kProber + events)), world_(*World::build(facts_)), hosts(facts_, world_) {}

  uint32_t asnOf(const ProbedBlock& block) const { return world_.nodes()[block.node].asn.number; }
  // Of the blocks for which `which` is true: the share that is up.
  template <typename Which>
  double up(int minutes, Which which) const {
    double all = 0;
    double up = 0;
    for (size_t b = 0; b < hosts.blocks().size(); ++b) {
      if (!which(hosts.blocks()[b]) || !hosts.blocks()[b].answering) continue;
      ++all;
      up += hosts.isUp(b, unixSeconds(minute(minutes))) ? 1 : 0;
    }
    EXPECT_GT(all, 0);
    return up / all;
  }
  double upOf(int minutes, uint32_t asn) const {
    return up(minutes, [&](const ProbedBlock& block) { return asnOf(block) == asn; });
  }
  // Probes one address of each of a network's blocks: the share answered, the mean round trip in
  // milliseconds.
  std::pair<double, double> ask(int minutes, uint32_t asn) const {
    double asked = 0;
    double answered = 0;
    double trip = 0;
    for (const ProbedBlock& block : hosts.blocks()) {
      if (asnOf(block) != asn) continue;
      for (uint8_t octet = 1; octet < 101; ++octet) {
        Address address = block.prefix().address;
        address.bytes[3] = octet;
        const auto outcome = hosts.probe(minute(minutes), address, false);
        ++asked;
        if (outcome.answer != blocks::Answer::kReply) continue;
        ++answered;
        trip += static_cast<double>(outcome.rtt.count()) / 1000;
      }
    }
    return {answered / asked, trip / answered};
  }

 private:
  Facts facts_;
  World world_;

 public:
  HostWorld hosts;
};

TEST(HostWorld, HasTheShareOfBlocksThatTheFactsSay) {
  const Hosted hosted("");
  std::map<uint32_t, double> all;
  std::map<uint32_t, double> answering;
  for (const ProbedBlock& block : hosted.hosts.blocks()) {
    ++all[hosted.asnOf(block)];
    answering[hosted.asnOf(block)] += block.answering ? 1 : 0;
  }
  EXPECT_EQ(all[65001], 200);
  EXPECT_NEAR(answering[65001] / 200, 0.75, 0.08);
  EXPECT_EQ(all[65002], 8) << "the last [[hosts]] that fits holds";
  EXPECT_EQ(answering[65002], 8);
}

TEST(HostWorld, ProbesOneBlockInSoMany) {
  std::string facts = kProber;
  facts.replace(facts.find("source"), 0, "every = 4\n");
  const Facts read = smallEpisode(facts);
  const auto world = World::build(read);
  ASSERT_TRUE(world);
  std::map<uint32_t, int> blocks;
  const HostWorld hosts(read, *world);
  for (const ProbedBlock& block : hosts.blocks()) ++blocks[world->nodes()[block.node].asn.number];
  EXPECT_EQ(blocks[65001], 50);
  EXPECT_EQ(blocks[65002], 2);
}

TEST(HostWorld, AnswersAsItsHostsDo) {
  const Hosted hosted("");
  const auto [share, trip] = hosted.ask(5, 65002);
  EXPECT_EQ(share, 1);
  EXPECT_GT(trip, 200);
  EXPECT_LT(trip, 235);
  EXPECT_LT(hosted.ask(5, 65001).first, 0.5) << "most addresses are nobody's";
}

TEST(HostWorld, SaysTheSameWhenAskedAgain) {
  const Hosted hosted("");
  EXPECT_EQ(hosted.ask(5, 65001), hosted.ask(5, 65001));
}

TEST(HostWorld, FallsDarkAndReturns) {
  const Hosted hosted(
      eventAtHalfPast("kind = \"dark\"\ncountry = \"ZW\"\nshare = 0.9\nspread = \"10m\"") +
      "[[event]]\nkind = \"lit\"\nat = 2024-03-01T01:00:00Z\ncountry = \"ZW\"\naccess = \"none\"\n"
      "region = \"ZW-HA\"\nsource = \"invented\"\n");
  EXPECT_EQ(hosted.upOf(29, 65001), 1);
  EXPECT_NEAR(hosted.upOf(35, 65001), 0.55, 0.12) << "half-way";
  EXPECT_NEAR(hosted.upOf(41, 65001), 0.1, 0.06);
  EXPECT_EQ(hosted.ask(41, 65002).first, 0);
  const auto inRegion = [](const ProbedBlock& block) { return block.region == "ZW-HA"; };
  EXPECT_EQ(hosted.up(61, inRegion), 1);
  EXPECT_NEAR(hosted.upOf(61, 65001), 0.55, 0.08) << "half of it is there";
}

TEST(HostWorld, LeavesOutWhatLiesOutside) {
  const Hosted hosted(eventAtHalfPast("kind = \"dark\"\ncountry = \"ZW\"\noutside = [\"ZW-HA\", \"ZW-BU\"]"));
  EXPECT_NEAR(hosted.upOf(40, 65001), 0.75, 0.05);
  EXPECT_EQ(hosted.upOf(40, 65002), 0);
}

TEST(HostWorld, ThrottlesUntilItStops) {
  const Hosted hosted(eventAtHalfPast("kind = \"throttle\"\nnetwork = 65002\nloss = 0.3\ndelay = 400") +
                      "[[event]]\nkind = \"throttle\"\nat = 2024-03-01T01:00:00Z\nnetwork = 65002\nloss = 0\n"
                      "delay = 0\nsource = \"invented\"\n");
  const auto [share, trip] = hosted.ask(40, 65002);
  EXPECT_NEAR(share, 0.7, 0.05);
  EXPECT_GT(trip, 400);
  EXPECT_EQ(hosted.upOf(40, 65002), 1);
  EXPECT_EQ(hosted.ask(62, 65002).first, 1);
}

TEST(HostWorld, NobodyAnswersAProberThatIsCutOff) {
  const Hosted hosted(eventAtHalfPast("kind = \"prober_cut\"\nfor = \"20m\""));
  const auto reference = [&](int minutes) {
    return hosted.hosts.probe(minute(minutes), *Address::parse("9.9.9.9"), true).answer;
  };
  EXPECT_EQ(reference(29), blocks::Answer::kReply);
  EXPECT_EQ(reference(31), blocks::Answer::kNone);
  EXPECT_EQ(hosted.ask(31, 65002).first, 0);
  EXPECT_EQ(hosted.upOf(31, 65002), 1) << "they are all there";
  EXPECT_EQ(hosted.ask(51, 65002).first, 1);
}

TEST(HostWorld, IsSilentWithoutARoute) {
  Hosted hosted("");
  const ProbedBlock block = hosted.hosts.blocks().front();
  const Prefix around = Prefix::of(block.prefix().address, 23);
  hosted.hosts.routeChanged(unixSeconds(minute(10)), around, true);  // covered twice
  hosted.hosts.routeChanged(unixSeconds(minute(20)), around, false);
  hosted.hosts.routeChanged(unixSeconds(minute(30)), block.prefix(), false);
  hosted.hosts.routeChanged(unixSeconds(minute(40)), block.prefix(), true);
  EXPECT_EQ(hosted.hosts.isUp(0, unixSeconds(minute(25))), block.answering);
  EXPECT_FALSE(hosted.hosts.isUp(0, unixSeconds(minute(35))));
  EXPECT_EQ(hosted.hosts.isUp(0, unixSeconds(minute(45))), block.answering);
}

}  // namespace
}  // namespace nightjar::episode
