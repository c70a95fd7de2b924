// Whole stories through the real binary: `nightjar episode` builds the archives, `nightjar replay` judges
// them.
#include "scenarios.h"

namespace nightjar {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// ---- What is no outage. Each is first seen to have happened.

constexpr double kSpace = 200 + 90 + 256;  // of ZW, in /24s

void expectNoIncident(const std::string& name) {
  const Verdict verdict(archivesOf(name));
  EXPECT_EQ(verdict.incidents(), "");
}

void expectSpaceStands(const std::string& name) {
  for (const Point& point : seriesOf(name, "ZW", "routing.visible24")) {
    EXPECT_EQ(point.value, kSpace) << name << " at " << point.time;
  }
}

TEST(NoOutage, NothingHappens) {
  expectSpaceStands("world");
  EXPECT_EQ(leastCoverage(seriesOf("world", "ZW", "routing.visible24")), 1);
  EXPECT_EQ(leastCoverage(seriesOf("world", "ZW", "routing.visible48")), 1);
  expectNoIncident("world");
}

TEST(NoOutage, PeersReset) {
  expectSpaceStands("peer_reset");
  const double coverage = leastCoverage(seriesOf("peer_reset", "ZW", "routing.visible24"));
  EXPECT_GT(coverage, 0.4);
  EXPECT_LT(coverage, 0.6) << "three of six sessions are down";
  expectNoIncident("peer_reset");
}

TEST(NoOutage, APeerFallsSilent) {
  expectSpaceStands("peer_silent");
  EXPECT_LT(leastCoverage(seriesOf("peer_silent", "ZW", "routing.visible24")), 0.9);
  expectNoIncident("peer_silent");
}

TEST(NoOutage, ACollectorIsGoneForHours) {
  expectSpaceStands("collector_gone");
  EXPECT_LT(leastCoverage(seriesOf("collector_gone", "ZW", "routing.visible24")), 0.4)
      << "two of six sessions are left";
  expectNoIncident("collector_gone");
}

TEST(NoOutage, PrefixesAreRehomed) {
  expectSpaceStands("rehomed");
  EXPECT_EQ(seriesOf("rehomed", "AS65002", "routing.visible24").back().value, 0);
  EXPECT_EQ(seriesOf("rehomed", "AS65002", "routing.moved24").back().value, 90);
  expectNoIncident("rehomed");
}

TEST(NoOutage, PrefixesAreAggregated) {
  expectSpaceStands("aggregated");
  const Points prefixes = seriesOf("aggregated", "ZW", "routing.prefixes4");
  EXPECT_EQ(prefixes.front().value, 20 + 10 + 256);
  EXPECT_EQ(prefixes.back().value, 90 + 10 + 1);
  expectNoIncident("aggregated");
}

TEST(NoOutage, PrefixesAreHijacked) {
  expectSpaceStands("hijacked");
  EXPECT_EQ(largest(seriesOf("hijacked", "AS65001", "routing.moved24")), 200)
      << "neither origin has a majority";
  EXPECT_EQ(largest(seriesOf("hijacked", "AS65002", "routing.moved24")), 90);
  expectNoIncident("hijacked");
}

TEST(NoOutage, ANetworkLeaksTheTable) {
  expectSpaceStands("leak_storm");
  EXPECT_GT(largest(seriesOf("leak_storm", "FR", "routing.updates")), 1000);
  EXPECT_GT(largest(seriesOf("leak_storm", "BR", "routing.updates")), 200);
  expectNoIncident("leak_storm");
}

TEST(NoOutage, ANetworkFlaps) {
  EXPECT_GT(largest(seriesOf("flapping", "ZW", "routing.updates")), 200);
  expectNoIncident("flapping");
}

TEST(NoOutage, ABurstOfUpdatesIsTold) {
  expectSpaceStands("burst");
  const Verdict verdict(archivesOf("burst"));
  EXPECT_EQ(verdict.incidents(), "");
  const auto* observation = verdict.observation("ZW");
  ASSERT_NE(observation, nullptr) << verdict.text();
  EXPECT_EQ(Verdict::textOf(*observation, "verdict"), "announced");
  EXPECT_EQ(Verdict::textOf(*observation, "start"), "2024-03-02T03:00:00Z");
}

TEST(NoOutage, PlaysEveryScenario) {
  std::set<std::string> files;
  for (const auto& entry : fs::directory_iterator(kSource / "tests/scenarios")) {
    if (entry.is_regular_file()) files.insert(entry.path().stem());
  }
  EXPECT_THAT(files, testing::UnorderedElementsAre("world", "peer_reset", "peer_silent", "collector_gone",
                                                   "rehomed", "aggregated", "hijacked", "leak_storm", "burst",
                                                   "flapping", "withdrawn", "overlap"));
}

// ---- What is one

void expectWithdrawn(const Verdict& verdict) {
  EXPECT_THAT(verdict.incidentEntities(), ElementsAre("ZW")) << verdict.incidents();
  const auto* incident = verdict.incident("ZW");
  ASSERT_NE(incident, nullptr);
  EXPECT_EQ(Verdict::textOf(*incident, "kind"), "withdrawn");
  EXPECT_EQ(Verdict::textOf(*incident, "onset"), "2024-03-02T03:00:00Z");
  EXPECT_EQ(Verdict::textOf(*incident, "end"), "2024-03-02T09:00:00Z");
}

TEST(Withdrawal, IsOne) {
  const Verdict verdict(archivesOf("withdrawn"));
  expectWithdrawn(verdict);
  EXPECT_THAT(verdict.word("simulation"), HasSubstr("simulation: scenario"));
  const auto* prefixes = Verdict::signal(*verdict.incident("ZW"), "routing.prefixes4");
  ASSERT_NE(prefixes, nullptr);
  EXPECT_EQ((*prefixes)["baseline"].GetDouble(), 20 + 10 + 256);
  EXPECT_EQ((*prefixes)["floor"].GetDouble(), 1);
}

TEST(Inputs, TheOrderOfFilesDoesNotMatter) {
  const fs::path& archives = archivesOf("withdrawn");
  std::vector<std::string> files;
  for (const char* collector : {"rrc00", "route-views2"}) {
    for (const auto& entry : fs::directory_iterator(archives / collector)) files.push_back(entry.path());
  }
  std::sort(files.rbegin(), files.rend());
  std::rotate(files.begin(), files.begin() + static_cast<ptrdiff_t>(files.size() / 3), files.end());
  std::string inputs;
  for (const std::string& file : files) inputs += " " + file;
  const std::string names = "--networks " + (archives / "networks.csv").string();
  EXPECT_EQ(Verdict(archives, inputs, names).text(), Verdict(archives).text());
}

TEST(Inputs, TheNumberOfThreadsDoesNotMatter) {
  for (const char* name : {"withdrawn", "leak_storm", "collector_gone"}) {
    const fs::path& archives = archivesOf(name);
    EXPECT_EQ(Verdict(archives, "", "--threads 1").text(), Verdict(archives, "", "--threads 2").text())
        << name;
  }
}

TEST(Inputs, UpdatesMayBeginBeforeTheTable) {
  std::map<std::string, double> space;
  for (const Point& point : seriesOf("overlap", "ZW", "routing.visible24", "route-views2")) {
    if (point.coverage > 0) space[point.time] = point.value;
  }
  ASSERT_FALSE(space.empty());
  EXPECT_EQ(space.begin()->first, "2024-03-01T00:35:00Z");
  EXPECT_EQ(space["2024-03-01T00:35:00Z"], kSpace - 256);
  EXPECT_EQ(space["2024-03-01T00:45:00Z"], kSpace - 256);
  EXPECT_EQ(space["2024-03-01T00:55:00Z"], kSpace);
  EXPECT_EQ(space.rbegin()->second, kSpace);
  expectNoIncident("overlap");
}

// ---- Missing files

// A copy of the archives without these files.
fs::path without(const std::string& name, const std::string& copyName,
                 const std::vector<std::string>& files) {
  const fs::path copy = workFolder() / copyName;
  fs::copy(archivesOf(name), copy, fs::copy_options::recursive);
  for (const std::string& file : files) EXPECT_TRUE(fs::remove(copy / file)) << file;
  return copy;
}

TEST(Inputs, AMissingFileOfUpdatesIsNoOutage) {
  const Verdict verdict(without("world", "holes",
                                {"rrc00/updates.20240302.0300.gz", "rrc00/updates.20240302.0305.gz",
                                 "route-views2/updates.20240302.0415.bz2"}));
  EXPECT_EQ(verdict.incidents(), "");
}

// After the next table all is known again.
TEST(Inputs, AnEarlierMissingFileHidesNoOutage) {
  expectWithdrawn(Verdict(without("withdrawn", "hole", {"rrc00/updates.20240301.0505.gz"})));
}

// ---- The bundled episodes

// A network of the country that fell with it, as facts about Egypt have it.
void expectFell(const rapidjson::Value& incident, const std::string& network, double before, double left) {
  const auto* child = Verdict::find(incident["children"], network + "@EG");
  ASSERT_NE(child, nullptr) << network;
  const auto* prefixes = Verdict::signal(*child, "routing.prefixes4");
  ASSERT_NE(prefixes, nullptr) << network;
  EXPECT_EQ((*prefixes)["baseline"].GetDouble(), before) << network;
  EXPECT_EQ((*prefixes)["floor"].GetDouble(), left) << network;
}

TEST(Egypt2011, GoesProviderByProviderAndReturns) {
  const Verdict verdict(archivesOf("egypt-2011"));
  EXPECT_EQ(verdict.word("simulation"), "simulation: egypt-2011");
  ASSERT_THAT(verdict.incidentEntities(), ElementsAre("EG")) << verdict.incidents();
  const auto& incident = *verdict.incident("EG");
  EXPECT_EQ(Verdict::textOf(incident, "kind"), "withdrawn");
  EXPECT_EQ(Verdict::textOf(incident, "onset"), "2011-01-27T22:10:00Z");
  EXPECT_EQ((*Verdict::signal(incident, "routing.prefixes4"))["baseline"].GetDouble(), 2903);

  const auto* floor = Verdict::phase(incident, "floor");
  ASSERT_NE(floor, nullptr);
  EXPECT_LE(Verdict::textOf(*floor, "start"), "2011-01-27T22:35:00Z");
  EXPECT_EQ((*floor)["levels"]["routing.prefixes4"].GetDouble(), 327);
  const auto* recovery = Verdict::phase(incident, "recovery");
  ASSERT_NE(recovery, nullptr);
  EXPECT_EQ(Verdict::textOf(*recovery, "start"), "2011-02-02T09:25:00Z") << "09:29:31";
  EXPECT_LE(Verdict::textOf(incident, "end"), "2011-02-02T10:00:00Z");

  expectFell(incident, "AS8452", 775, 20);
  expectFell(incident, "AS24863", 774, 0);
  expectFell(incident, "AS36992", 676, 113);
  expectFell(incident, "AS24835", 217, 0);
  expectFell(incident, "AS5536", 102, 0);
  expectFell(incident, "AS36935", 41, 0);
  expectFell(incident, "AS20928", 85, 0);
  const auto* noor = Verdict::find(incident["children"], "AS20928@EG");
  ASSERT_NE(noor, nullptr);
  EXPECT_EQ(Verdict::textOf(*noor, "onset"), "2011-01-31T20:45:00Z") << "20:46";
}

}  // namespace
}  // namespace nightjar
