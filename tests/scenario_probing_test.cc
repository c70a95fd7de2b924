// Stories with a prober through the real binary: what the routes say, what the hosts say, and both joined.
#include "scenarios.h"

namespace nightjar {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kUp24 = "probe.up24";

// A verdict of a scenario, read once.
const Verdict& verdictOf(const std::string& name) {
  static std::map<std::string, std::unique_ptr<Verdict>> read;
  auto& verdict = read[name];
  if (!verdict) verdict = std::make_unique<Verdict>(archivesOf(name));
  return *verdict;
}

// The value of a series in the bin that begins then.
double at(const Points& points, const std::string& time) {
  for (const Point& point : points) {
    if (point.time == time) return point.value;
  }
  ADD_FAILURE() << "no point at " << time;
  return 0;
}

double coverageAt(const Points& points, const std::string& time) {
  for (const Point& point : points) {
    if (point.time == time) return point.coverage;
  }
  return 0;
}

std::string kindOf(const rapidjson::Value& incident) {
  return Verdict::textOf(incident, "kind");
}

// That it began between the two.
void expectOnset(const rapidjson::Value& incident, const std::string& first, const std::string& last) {
  const std::string onset = Verdict::textOf(incident, "onset");
  EXPECT_GE(onset, first);
  EXPECT_LE(onset, last);
}

void expectEnd(const rapidjson::Value& incident, const std::string& first, const std::string& last) {
  const std::string end = Verdict::textOf(incident, "end");
  EXPECT_GE(end, first);
  EXPECT_LE(end, last);
}

const rapidjson::Value* child(const rapidjson::Value& incident, const std::string& entity) {
  return Verdict::find(incident["children"], entity);
}

// The country's incident, and no other one.
const rapidjson::Value* only(const std::string& scenario, const std::string& entity = "ZW") {
  const Verdict& verdict = verdictOf(scenario);
  EXPECT_THAT(verdict.incidentEntities(), ElementsAre(entity)) << verdict.incidents();
  return verdict.incident(entity);
}

void expectNothing(const std::string& scenario) {
  EXPECT_EQ(verdictOf(scenario).incidents(), "") << scenario;
}

// ---- Hosts silent, routes standing

TEST(AnnouncedDark, IsACountryWhoseRoutesStand) {
  const auto* incident = only("probed/announced_dark");
  ASSERT_NE(incident, nullptr);
  EXPECT_EQ(kindOf(*incident), "announced-dark");
  expectOnset(*incident, "2024-03-05T03:00:00Z", "2024-03-05T03:15:00Z");
  expectEnd(*incident, "2024-03-05T09:00:00Z", "2024-03-05T09:45:00Z");
  EXPECT_LT(at(seriesOf("probed/announced_dark", "ZW", kUp24), "2024-03-05T06:00:00Z"),
            0.1 * at(seriesOf("probed/announced_dark", "ZW", kUp24), "2024-03-05T02:00:00Z"));
}

TEST(AnnouncedDark, IsNothingWhereAFewBlocksFall) {
  expectNothing("probed/few_dark");
}

TEST(AnnouncedDark, IsNothingWhereNothingHappens) {
  expectNothing("probed/world");
  const Points up = seriesOf("probed/world", "ZW", kUp24);
  EXPECT_GT(at(up, "2024-03-05T06:00:00Z"), 300);
  EXPECT_GT(coverageAt(up, "2024-03-05T06:00:00Z"), 0.95);
}

// ---- Mobile networks alone

TEST(MobileAlone, IsNamedAlthoughTheSumHardlyMoves) {
  const auto* incident = only("probed/mobile_dark");
  ASSERT_NE(incident, nullptr);
  expectOnset(*incident, "2024-03-05T03:00:00Z", "2024-03-05T03:15:00Z");
  expectEnd(*incident, "2024-03-05T09:00:00Z", "2024-03-05T09:45:00Z");
  const auto* mobile = child(*incident, "AS65002@ZW");
  ASSERT_NE(mobile, nullptr);
  EXPECT_EQ(Verdict::textOf(*mobile, "access"), "mobile");
  EXPECT_EQ(kindOf(*mobile), "announced-dark");
  EXPECT_EQ(child(*incident, "AS65003@ZW"), nullptr) << "a fixed network";
}

TEST(MobileAlone, IsNothingWhereItsSpaceMoves) {
  expectNothing("probed/moved");
}

// ---- Both planes

TEST(BothPlanes, MakeOneIncident) {
  const auto* incident = only("probed/both_planes");
  ASSERT_NE(incident, nullptr);
  EXPECT_EQ(kindOf(*incident), "withdrawn");
  expectOnset(*incident, "2024-03-05T03:00:00Z", "2024-03-05T03:05:00Z");
  EXPECT_NE(Verdict::signal(*incident, "routing.visible24"), nullptr);
  EXPECT_NE(Verdict::signal(*incident, kUp24), nullptr);
}

// ---- The prober's own line

TEST(ProberCut, LowersCoverageAndDarkensNobody) {
  expectNothing("probed/prober_cut");
  const Points up = seriesOf("probed/prober_cut", "ZW", kUp24);
  EXPECT_LT(coverageAt(up, "2024-03-05T03:10:00Z"), 0.1);
  EXPECT_GT(coverageAt(up, "2024-03-05T03:40:00Z"), 0.95);
}

// Who had answered before the cut and left in its course is no loss of probes after it.
TEST(ProberCut, ForLongIsNobodysLoss) {
  expectNothing("probed/prober_cut_for_long");
  const Points loss = seriesOf("probed/prober_cut_for_long", "ZW", "probe.loss");
  const auto told = [&](const std::string& time) {
    return std::any_of(loss.begin(), loss.end(), [&](const Point& p) { return p.time == time; });
  };
  EXPECT_TRUE(told("2024-03-05T02:55:00Z"));
  EXPECT_FALSE(told("2024-03-05T12:30:00Z")) << "before all were asked anew";
  EXPECT_TRUE(told("2024-03-05T13:30:00Z"));
}

TEST(ProberCut, InTheMiddleOfABlackoutLeavesItOne) {
  const auto* incident = verdictOf("probed/prober_cut_in_the_dark").incident("ZW");
  ASSERT_NE(incident, nullptr);
  EXPECT_EQ(kindOf(*incident), "announced-dark");
  expectOnset(*incident, "2024-03-05T03:00:00Z", "2024-03-05T03:15:00Z");
  expectEnd(*incident, "2024-03-05T09:00:00Z", "2024-03-05T09:45:00Z");
}

// ---- Several probers

// The log of another prober in the same world, in which what a scenario tells happens (if one is named);
// `changes` are made to the world's text.
std::string logOf(const std::string& prober, const std::string& scenario,
                  std::vector<std::pair<std::string, std::string>> changes = {}) {
  const fs::path folder = kSource / "tests/scenarios/probed";
  std::string world = read(folder / "world.toml");
  changes.emplace_back("name = \"prober\"", "name = \"" + prober + "\"");
  for (const auto& [old, fresh] : changes) {
    EXPECT_NE(world.find(old), std::string::npos) << old;
    for (size_t at = 0; (at = world.find(old, at)) != std::string::npos; at += fresh.size()) {
      world.replace(at, old.size(), fresh);
    }
  }
  const fs::path out = workFolder() / prober;
  std::ofstream(out.string() + ".toml") << world << "\n"
                                        << (scenario.empty() ? "" : read(folder / (scenario + ".toml")));
  const Output built = nightjar("episode " + out.string() + ".toml -o " + out.string());
  EXPECT_EQ(built.status, 0) << built.err;
  return (out / (prober + ".probes")).string();
}

TEST(SeveralProbers, HaveOneSeriesThatACutOfOneLeavesWhole) {
  const fs::path& archives = archivesOf("probed/prober_cut_in_the_dark");
  const std::string routes = (archives / "route-views2").string();
  const std::string one = (archives / "prober.probes").string();
  const std::string two = logOf("second", "announced_dark");
  const Verdict verdict(archives, routes + " " + one + " " + two);
  EXPECT_THAT(verdict.incidentEntities(), ElementsAre("ZW"));
  EXPECT_EQ(Verdict(archives, two + " " + routes + " " + one).text(), verdict.text());
  const auto* incident = verdict.incident("ZW");
  ASSERT_NE(incident, nullptr);
  EXPECT_EQ(kindOf(*incident), "announced-dark");

  const fs::path store = workFolder() / "two.db";
  const Output replayed = nightjar("replay --geo " + (archives / "geo.csv").string() + " --store " +
                                   store.string() + " " + routes + " " + one + " " + two);
  EXPECT_THAT(replayed.out, HasSubstr("Counted 2 logs of 2 probers (prober, second), 544 blocks"));
  const std::string cut = "2024-03-05T05:20:00Z";
  EXPECT_LT(coverageAt(seriesOf("probed/prober_cut_in_the_dark", "ZW", kUp24), cut), 0.1);
  const Points up = pointsIn(store, "ZW", kUp24);
  EXPECT_GT(coverageAt(up, cut), 0.95);
  EXPECT_LT(at(up, cut), 0.1 * at(up, "2024-03-05T02:00:00Z"));
}

// A near one watches half of the blocks, begins half a day sooner, and is away for nine hours.
TEST(SeveralProbers, SeeNoThrottlingWhereOneOfThemComesOrGoes) {
  const fs::path& archives = archivesOf("probed/world");
  const std::string near =
      logOf("near", "prober_cut_for_long",
            {{"rtt = 150", "rtt = 30"}, {"rtt = 190", "rtt = 40"}, {"references", "every = 2\nreferences"}});
  const std::string far = logOf("far", "", {{"2024-03-01T00:00:00Z", "2024-03-01T12:00:00Z"}});
  const Verdict verdict(archives, (archives / "route-views2").string() + " " + near + " " + far);
  EXPECT_EQ(verdict.incidents(), "");
}

// ---- Every night

TEST(EveryNight, IsOneIncidentThatRecurs) {
  const auto* incident = only("probed/nightly");
  ASSERT_NE(incident, nullptr);
  EXPECT_EQ(kindOf(*incident), "announced-dark");
  ASSERT_TRUE((*incident)["recurrence"].IsObject());
  const auto& recurrence = (*incident)["recurrence"];
  EXPECT_EQ(recurrence["occurrences"].Size(), 4U);
  EXPECT_EQ(Verdict::textOf(recurrence, "from_clock").substr(0, 2), "18");
}

TEST(EveryNight, IsNothingWhereAFewAreSwitchedOff) {
  expectNothing("probed/nightly_rest");
}

// ---- Throttling

TEST(Throttled, IsLossAndDelay) {
  const auto* incident = only("probed/throttled");
  ASSERT_NE(incident, nullptr);
  EXPECT_EQ(kindOf(*incident), "throttled");
  expectOnset(*incident, "2024-03-05T03:00:00Z", "2024-03-05T03:20:00Z");
  EXPECT_NE(Verdict::signal(*incident, "probe.rtt"), nullptr);
}

TEST(Throttled, IsNothingOnABusyEvening) {
  expectNothing("probed/busy_evening");
}

// ---- A part

TEST(PartDark, IsPartial) {
  const auto* incident = only("probed/part_dark");
  ASSERT_NE(incident, nullptr);
  EXPECT_EQ(kindOf(*incident), "partial");
  expectOnset(*incident, "2024-03-05T03:00:00Z", "2024-03-05T03:15:00Z");
  const auto* up = Verdict::signal(*incident, kUp24);
  ASSERT_NE(up, nullptr);
  EXPECT_NEAR((*up)["floor"].GetDouble() / (*up)["baseline"].GetDouble(), 0.6, 0.08);
}

TEST(Probed, PlaysEveryScenario) {
  std::set<std::string> files;
  for (const auto& entry : fs::directory_iterator(kSource / "tests/scenarios/probed")) {
    files.insert(entry.path().stem());
  }
  EXPECT_THAT(files, testing::UnorderedElementsAre("world", "announced_dark", "few_dark", "mobile_dark",
                                                   "moved", "both_planes", "prober_cut",
                                                   "prober_cut_for_long", "prober_cut_in_the_dark", "nightly",
                                                   "nightly_rest", "throttled", "busy_evening", "part_dark"));
}

// ---- The bundled episodes

// Times of the phases of one kind.
std::vector<std::pair<std::string, std::string>> phases(const rapidjson::Value& incident,
                                                        const std::string& name) {
  std::vector<std::pair<std::string, std::string>> found;
  for (const auto& phase : incident["phases"].GetArray()) {
    if (Verdict::textOf(phase, "phase") != name) continue;
    found.emplace_back(Verdict::textOf(phase, "start"), Verdict::textOf(phase, "end"));
  }
  return found;
}

// A phase of return covers this time.
bool returned(const rapidjson::Value& incident, const std::string& time) {
  const auto found = phases(incident, "return");
  return std::any_of(found.begin(), found.end(),
                     [&](const auto& phase) { return phase.first <= time && time < phase.second; });
}

TEST(Kazakhstan2022, StaysAnnouncedWhileItIsDark) {
  const Verdict& verdict = verdictOf("kazakhstan-2022");
  EXPECT_EQ(verdict.word("simulation"), "simulation: kazakhstan-2022");
  const auto* incident = verdict.incident("KZ");
  ASSERT_NE(incident, nullptr) << verdict.incidents();
  EXPECT_EQ(kindOf(*incident), "announced-dark");
  expectOnset(*incident, "2022-01-05T10:30:00Z", "2022-01-05T11:15:00Z");
  expectEnd(*incident, "2022-01-11T02:15:00Z", "2022-01-11T04:00:00Z");
}

TEST(Kazakhstan2022, HasTheMobileNetworksFirst) {
  const auto* incident = verdictOf("kazakhstan-2022").incident("KZ");
  ASSERT_NE(incident, nullptr);
  const auto* early = Verdict::phase(*incident, "early");
  ASSERT_NE(early, nullptr);
  EXPECT_GE(Verdict::textOf(*early, "start"), "2022-01-04T14:00:00Z");
  EXPECT_LE(Verdict::textOf(*early, "start"), "2022-01-04T17:00:00Z");
  const auto* kcell = child(*incident, "AS29355@KZ");
  ASSERT_NE(kcell, nullptr);
  EXPECT_EQ(Verdict::textOf(*kcell, "access"), "mobile");
  EXPECT_LE(Verdict::textOf(*kcell, "onset"), "2022-01-04T17:00:00Z");
}

TEST(Kazakhstan2022, HasFiveWindows) {
  const auto* incident = verdictOf("kazakhstan-2022").incident("KZ");
  ASSERT_NE(incident, nullptr);
  for (const char* time : {"2022-01-05T19:30:00Z", "2022-01-06T12:00:00Z", "2022-01-07T04:30:00Z",
                           "2022-01-08T06:00:00Z", "2022-01-09T04:30:00Z", "2022-01-10T05:00:00Z"}) {
    EXPECT_TRUE(returned(*incident, time)) << time;
  }
  for (const char* time :
       {"2022-01-05T13:00:00Z", "2022-01-06T06:00:00Z", "2022-01-06T20:00:00Z", "2022-01-07T16:00:00Z",
        "2022-01-08T20:00:00Z", "2022-01-09T18:00:00Z", "2022-01-10T18:00:00Z"}) {
    EXPECT_FALSE(returned(*incident, time)) << time;
  }
}

TEST(Kazakhstan2022, HasABurstOfUpdatesAndLosesNoSpace) {
  const Points updates = seriesOf("kazakhstan-2022", "KZ", "routing.updates");
  EXPECT_GT(at(updates, "2022-01-05T10:45:00Z"), 1000);
  EXPECT_LT(at(updates, "2022-01-05T10:30:00Z"), 100);
  for (const Point& point : seriesOf("kazakhstan-2022", "KZ", "routing.visible24")) {
    EXPECT_GT(point.value, 12'400) << point.time;
  }
  const auto* incident = verdictOf("kazakhstan-2022").incident("KZ");
  ASSERT_NE(incident, nullptr);
  const auto& bursts = (*incident)["bursts"];
  ASSERT_EQ(bursts.Size(), 1U);
  EXPECT_EQ(Verdict::textOf(bursts[0], "peak_at"), "2022-01-05T10:45:00Z");
  EXPECT_GE(bursts[0]["networks"].Size(), 5U);
}

// In blocks that answer, hour by hour: Almaty has one window, East Kazakhstan two hours less of the third.
TEST(Kazakhstan2022, LeavesAlmatyOutOfTheWindows) {
  const Points almaty = seriesOf("kazakhstan-2022", "KZ-ALA", kUp24);
  const Points capital = seriesOf("kazakhstan-2022", "KZ-AST", kUp24);
  const double usual = at(almaty, "2022-01-04T12:00:00Z");
  EXPECT_GT(at(almaty, "2022-01-05T20:00:00Z"), 0.3 * usual);
  for (const char* time : {"2022-01-06T12:00:00Z", "2022-01-07T04:30:00Z", "2022-01-08T06:00:00Z",
                           "2022-01-09T04:30:00Z", "2022-01-10T02:30:00Z"}) {
    EXPECT_LT(at(almaty, time), 0.1 * usual) << time;
    EXPECT_GT(at(capital, time), 0.3 * at(capital, "2022-01-04T12:00:00Z")) << time;
  }
  EXPECT_GT(at(almaty, "2022-01-10T05:00:00Z"), 0.8 * usual);
}

// A region's and a network's own windows, in the verdict.
TEST(Kazakhstan2022, SaysWhoWasBackWhen) {
  const auto* incident = verdictOf("kazakhstan-2022").incident("KZ");
  ASSERT_NE(incident, nullptr);
  const auto* almaty = child(*incident, "KZ-ALA");
  const auto* capital = child(*incident, "KZ-AST");
  const auto* kazakhtelecom = child(*incident, "AS9198@KZ");
  const auto* beeline = child(*incident, "AS21299@KZ");
  for (const auto* one : {almaty, capital, kazakhtelecom, beeline}) ASSERT_NE(one, nullptr);
  const int64_t whole = (*incident)["down_seconds"].GetInt64();
  EXPECT_EQ((*incident)["returns"].GetInt(), 6);
  EXPECT_EQ((*capital)["returns"].GetInt(), 6);
  EXPECT_EQ((*kazakhtelecom)["returns"].GetInt(), 6);
  EXPECT_LE((*almaty)["returns"].GetInt(), 2);
  EXPECT_GT((*almaty)["down_seconds"].GetInt64(), whole + 12 * 3600);
  EXPECT_LT(std::abs((*capital)["down_seconds"].GetInt64() - whole), 2 * 3600);
  EXPECT_LE((*beeline)["returns"].GetInt(), 1);
  EXPECT_TRUE(returned(*kazakhtelecom, "2022-01-08T06:00:00Z"));
  EXPECT_FALSE(returned(*almaty, "2022-01-08T06:00:00Z"));
}

TEST(Iran2019, GoesOperatorByOperator) {
  const auto* incident = verdictOf("iran-2019").incident("IR");
  ASSERT_NE(incident, nullptr) << verdictOf("iran-2019").incidents();
  EXPECT_LE(Verdict::textOf(*incident, "onset"), "2019-11-16T19:00:00Z");
  expectEnd(*incident, "2019-11-23T10:50:00Z", "2019-11-23T13:00:00Z");
  const auto expectChild = [&](const char* entity, const char* kind, const char* first, const char* last) {
    const auto* one = child(*incident, entity);
    ASSERT_NE(one, nullptr) << entity;
    EXPECT_EQ(kindOf(*one), kind) << entity;
    expectOnset(*one, first, last);
  };
  expectChild("AS197207@IR", "withdrawn", "2019-11-16T14:00:00Z", "2019-11-16T14:15:00Z");
  expectChild("AS44244@IR", "withdrawn", "2019-11-16T14:00:00Z", "2019-11-16T14:15:00Z");
  expectChild("AS57218@IR", "withdrawn", "2019-11-16T14:00:00Z", "2019-11-16T14:15:00Z");
  expectChild("AS31549@IR", "announced-dark", "2019-11-16T17:00:00Z", "2019-11-16T17:30:00Z");
  expectChild("AS12880@IR", "announced-dark", "2019-11-16T18:00:00Z", "2019-11-16T18:30:00Z");
}

TEST(Myanmar2021, HasACurfewEveryNight) {
  const Verdict& verdict = verdictOf("myanmar-2021");
  size_t recurring = 0;
  for (const auto& incident : verdict.list("incidents").GetArray()) {
    if (Verdict::textOf(incident, "entity") != "MM" || !incident["recurrence"].IsObject()) continue;
    ++recurring;
    EXPECT_GE(incident["recurrence"]["occurrences"].Size(), 26U);
    EXPECT_EQ(Verdict::textOf(incident["recurrence"], "from_clock").substr(0, 2), "18");
    EXPECT_EQ(Verdict::textOf(incident["recurrence"], "until_clock").substr(0, 2), "02");
  }
  EXPECT_EQ(recurring, 1U) << verdict.incidents();
  EXPECT_LE(verdict.list("incidents").Size(), 8U) << verdict.incidents();
}

TEST(IraqExams, AreOneIncidentOfEightMornings) {
  const auto* incident = verdictOf("iraq-exams").incident("IQ");
  ASSERT_NE(incident, nullptr) << verdictOf("iraq-exams").incidents();
  ASSERT_TRUE((*incident)["recurrence"].IsObject());
  EXPECT_EQ((*incident)["recurrence"]["occurrences"].Size(), 8U);
  EXPECT_EQ(Verdict::textOf((*incident)["recurrence"], "from_clock").substr(0, 2), "01");
  EXPECT_NE(Verdict::signal(*incident, "routing.visible24"), nullptr);
  EXPECT_NE(Verdict::signal(*incident, kUp24), nullptr);
}

}  // namespace
}  // namespace nightjar
