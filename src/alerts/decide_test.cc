#include "alerts/decide.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "alerts/alerts_for_tests.h"

namespace nightjar::alerts {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// A channel that remembers. look() gives what it is told: "down KZ-1", or "down A+B" for a bundle.
class Listener {
 public:
  explicit Listener(Configuration configuration) : configuration_(std::move(configuration)) {}

  std::vector<std::string> look(const std::string& clock, const std::vector<Written>& incidents) {
    std::vector<Outage> outages;
    outages.reserve(incidents.size());
    for (const Written& incident : incidents) outages.push_back(incident.outage());
    const Decision decision = decide(configuration_, outages, memory_, at(clock));
    for (const auto& [key, told] : decision.changes) memory_[key] = told;
    std::vector<std::string> all;
    for (const News& news : decision.news) {
      std::string text;
      for (const Outage* outage : news.outages)
        text += fmt::format("{}{}", text.empty() ? "" : "+", outage->id);
      all.push_back(std::string(kEvents[static_cast<size_t>(news.event)]) + " " + text);
    }
    again_ = decision.again;
    return all;
  }
  std::optional<Time> again() const { return again_; }

 private:
  Configuration configuration_;
  Memory memory_;
  std::optional<Time> again_;
};

std::string phases(const std::string& kind, double level) {
  return fmt::format(
      R"(,"signals":[{{"signal":"routing.visible24","baseline":100}}],"phases":[{{"phase":"onset",)"
      R"("levels":{{"routing.visible24":10}}}},{{"phase":"{}","levels":{{"routing.visible24":{}}}}}])",
      kind, level);
}

TEST(Decide, TellsTheWholeStoryOnce) {
  Listener desk(configured(""));
  const auto shallow = Written{"KZ-1", "KZ", "10:00", "10:30", "", 0.4};
  EXPECT_THAT(desk.look("10:31", {shallow}), ElementsAre("down KZ-1"));
  EXPECT_THAT(desk.look("10:32", {shallow}), IsEmpty());
  EXPECT_THAT(desk.look("10:36", {{"KZ-1", "KZ", "10:00", "10:35", "", 0.45}}), IsEmpty())
      << "not a whole step";
  EXPECT_THAT(desk.look("10:41", {{"KZ-1", "KZ", "10:00", "10:40", "", 0.9}}), ElementsAre("worse KZ-1"));
  const auto back = Written{"KZ-1", "KZ", "10:00", "14:00", "", 0.9, "open", phases("recovery", 60)};
  EXPECT_THAT(desk.look("14:01", {back}), ElementsAre("partly back KZ-1"));
  EXPECT_THAT(desk.look("14:02", {back}), IsEmpty());
  EXPECT_THAT(desk.look("15:01", {{"KZ-1", "KZ", "10:00", "15:00", "15:00", 0.9, "ended"}}), IsEmpty())
      << "the end has not settled";
  const auto ended = Written{"KZ-1", "KZ", "10:00", "15:10", "15:00", 0.9, "ended"};
  EXPECT_THAT(desk.look("15:11", {ended}), ElementsAre("restored KZ-1"));
  EXPECT_THAT(desk.look("15:12", {ended}), IsEmpty());
}

TEST(Decide, RulesChooseByPlaceKindDepthDurationAndConfidence) {
  const auto network = Written{"N", "AS9198@KZ", "10:00", "12:00", "", 0.5, "open", R"(,"confidence":0.6)"};
  const struct {
    const char* rule;
    bool told;
  } kCases[] = {
      {"", true},
      {"places = [\"KZ\"]", true},
      {"places = [\"AS9198\"]", true},
      {"places = [\"EG\", \"AS9198@KZ\"]", true},
      {"places = [\"EG\"]", false},
      {"places = [\"AS9198@UZ\"]", false},
      {"kinds = [\"dark\", \"withdrawn\"]", true},
      {"kinds = [\"dark\"]", false},
      {"least_depth = 0.5", true},
      {"least_depth = 0.51", false},
      {"least_duration = \"2h\"", true},
      {"least_duration = \"121m\"", false},
      {"least_confidence = 0.6", true},
      {"least_confidence = 0.7", false},
  };
  for (const auto& one : kCases) {
    Listener desk(configured(one.rule));
    EXPECT_EQ(desk.look("12:00", {network}).size(), one.told ? 1U : 0U) << one.rule;
  }
  Listener desk(configured("least_confidence = 0.9"));
  EXPECT_THAT(desk.look("12:00", {{"KZ-1", "KZ"}}), ElementsAre("down KZ-1"))
      << "nobody knows its confidence";
}

TEST(Decide, AnIncidentThatWasToldIsFollowedWhateverTheRulesSayLater) {
  Listener desk(configured("least_depth = 0.5"));
  EXPECT_THAT(desk.look("10:31", {{"KZ-1", "KZ", "10:00", "10:30", "", 0.6}}), ElementsAre("down KZ-1"));
  EXPECT_THAT(desk.look("15:11", {{"KZ-1", "KZ", "10:00", "15:10", "15:00", 0.45, "ended"}}),
              ElementsAre("restored KZ-1"));
}

TEST(Decide, WhoWatchesANetworkHearsOfItsCountry) {
  Listener desk(configured("places = [\"AS9198@KZ\"]\nleast_depth = 0.8"));
  const std::string child =
      R"(,"children":[{"entity":"AS9198@KZ","kind":"withdrawn","onset":"2022-01-05T10:00:00Z",)";
  EXPECT_THAT(
      desk.look("12:00", {{"KZ-1", "KZ", "10:00", "12:00", "", 0.9, "open", child + R"("depth":0.3}])"}}),
      IsEmpty());
  EXPECT_THAT(
      desk.look("12:01", {{"KZ-1", "KZ", "10:00", "12:00", "", 0.9, "open", child + R"("depth":0.85}])"}}),
      ElementsAre("down KZ-1"));
}

TEST(Decide, TwoHundredNetworksOfACountryAreOneMessage) {
  Listener desk(configured(""));
  std::vector<Written> networks;
  for (int i = 1; i <= 199; ++i) {
    networks.push_back({"N" + std::to_string(i), fmt::format("AS{}@IQ", i), "10:00", "10:05"});
  }
  EXPECT_THAT(desk.look("10:05", networks), IsEmpty()) << "they wait for each other";
  for (Written& network : networks) network.until = "10:15";
  EXPECT_EQ(desk.look("10:15", networks).size(), 1U);
  networks.push_back({"N200", "AS200@IQ", "10:01", "10:15"});
  networks.push_back({"O", "AS300@SY", "10:01", "10:15"});
  EXPECT_THAT(desk.look("10:16", networks), ElementsAre("down O")) << "of another country";
  EXPECT_EQ(desk.again(), at("10:25"));
  EXPECT_THAT(desk.look("10:26", networks), ElementsAre("down N200"));
  for (Written& network : networks) {
    network.end = "11:00";
    network.until = "11:20";
    network.state = "ended";
  }
  EXPECT_EQ(desk.look("11:20", networks).size(), 2U) << "back together: one message for each country";
}

TEST(Decide, MoreThanABundleHoldsAreSplit) {
  Listener desk(configured(""));
  std::vector<Written> networks;
  for (size_t i = 1; i <= kMaxBundle + 1; ++i) {
    networks.push_back({fmt::format("N{}", i), fmt::format("AS{}@IQ", i)});
  }
  EXPECT_EQ(desk.look("12:00", networks).size(), 2U);
}

TEST(Decide, ACountryTakesItsNetworksAlong) {
  Listener desk(configured(""));
  EXPECT_THAT(desk.look("10:15", {{"N", "AS1@KZ", "10:00", "10:15"}}), ElementsAre("down N"));
  const auto joined = Written{"N", "AS1@KZ", "10:00", "10:20", "", 0.9, "joined", R"(,"joined_into":"KZ-1")"};
  EXPECT_THAT(desk.look("10:21", {joined, {"KZ-1", "KZ", "10:10", "10:20"}}), ElementsAre("down KZ-1"));
  EXPECT_THAT(desk.look("11:30", {joined, {"KZ-1", "KZ", "10:10", "11:30", "11:00", 0.9, "ended"}}),
              ElementsAre("restored KZ-1"));
}

TEST(Decide, WhatIsJoinedAndToldByNobodyElseIsTakenBackInWords) {
  Listener desk(configured("kinds = [\"withdrawn\"]\nleast_depth = 0.5"));
  EXPECT_THAT(desk.look("10:15", {{"N", "AS1@KZ", "10:00", "10:15"}}), ElementsAre("down N"));
  const auto joined = Written{"N", "AS1@KZ", "10:00", "10:20", "", 0.9, "joined", R"(,"joined_into":"KZ-1")"};
  const auto country = Written{"KZ-1", "KZ", "10:10", "10:20", "", 0.1};
  EXPECT_THAT(desk.look("10:21", {joined, country}), ElementsAre("retracted N"));
  EXPECT_THAT(desk.look("10:22", {joined, country}), IsEmpty());
}

TEST(Decide, ANightThatTurnsOutToRecurIsNotToldTwice) {
  Listener desk(configured(""));
  const auto first = Written{"KZ-1", "KZ", "01:00", "05:00", "04:00", 0.9, "ended"};
  EXPECT_THAT(desk.look("05:00", {first}), ElementsAre("restored KZ-1"))
      << "it came and went between two looks";
  EXPECT_THAT(desk.look("10:00", {first, {"KZ-2", "KZ", "09:00", "10:00"}}), ElementsAre("down KZ-2"));
  const auto joined = Written{"KZ-2", "KZ", "09:00", "10:00", "", 0.9, "joined", R"(,"joined_into":"KZ-1")"};
  EXPECT_THAT(desk.look("10:10", {{"KZ-1", "KZ", "01:00", "10:10"}, joined}), IsEmpty());
  EXPECT_THAT(desk.look("12:10", {{"KZ-1", "KZ", "01:00", "12:10", "12:00", 0.9, "ended"}, joined}),
              ElementsAre("restored KZ-1"));
}

TEST(Decide, RetractedIsToldOnceAndOnlyToThoseWhoWereTold) {
  Listener desk(configured(""));
  const auto gone = Written{"KZ-1", "KZ", "10:00", "12:30", "", 0.9, "retracted"};
  EXPECT_THAT(desk.look("11:00", {gone}), IsEmpty());
  EXPECT_THAT(desk.look("12:00", {{"KZ-1", "KZ"}}), ElementsAre("down KZ-1"));
  EXPECT_THAT(desk.look("12:30", {gone}), ElementsAre("retracted KZ-1"));
  EXPECT_THAT(desk.look("14:30", {gone}), IsEmpty());
}

TEST(Decide, FlappingIsHeldForTheQuietTime) {
  Listener desk(configured(""));
  std::vector<std::string> told;
  // Every ten minutes it is back, and gone again, for five hours.
  for (int i = 0; i < 30; ++i) {
    const std::string clock = fmt::format("{:02}:{:02}", 10 + i / 6, i % 6 * 10);
    const bool down = i % 2 == 0;
    const auto news = desk.look(clock, {{"KZ-1", "KZ", "09:00", clock, down ? "" : "09:30", 0.9, "x"}});
    told.insert(told.end(), news.begin(), news.end());
  }
  EXPECT_LE(told.size(), 20U);
  EXPECT_GE(told.size(), 4U);
  for (size_t i = 0; i < told.size(); ++i) EXPECT_EQ(told[i], i % 2 == 0 ? "down KZ-1" : "restored KZ-1");
}

TEST(Decide, HistoryIsNotNews) {
  Listener desk(configured(""));
  const auto old = Written{"KZ-1", "KZ", "01:00", "02:00", "01:30", 0.9, "ended"};
  auto late = Written{"EG-1", "EG"}.stored();
  late.json = R"({"kind":"dark","state":"open","depth":0.9,"judged_until":"2022-01-07T00:00:00Z"})";
  const auto configuration = configured("");
  const std::vector<Outage> outages{old.outage(), readOutage(late).value()};
  const Decision decision = decide(configuration, outages, {}, at("12:00"));
  ASSERT_EQ(decision.news.size(), 1U);
  EXPECT_EQ(decision.news[0].outages[0]->id, "EG-1");
}

TEST(Decide, AnAlertThatWouldLapseIsToldAgain) {
  Listener desk(configured("", R"(
    [[channel]]
    name = "desk"
    kind = "alertmanager"
    url = "http://127.0.0.1:9093"
    lasts = "2h")"));
  const auto open = Written{"KZ-1", "KZ"};
  EXPECT_THAT(desk.look("12:00", {open}), ElementsAre("down KZ-1"));
  EXPECT_THAT(desk.look("12:59", {open}), IsEmpty());
  EXPECT_EQ(desk.again(), at("13:00"));
  EXPECT_THAT(desk.look("13:00", {open}), ElementsAre("still KZ-1"));
  EXPECT_THAT(desk.look("13:01", {open}), IsEmpty());
}

TEST(Decide, DocumentsThatAreNoneAreErrors) {
  const std::string deep(1'000'000, '[');
  for (const std::string& json : {std::string(), std::string("[]"), std::string("{"), deep}) {
    auto stored = Written{"KZ-1", "KZ"}.stored();
    stored.json = json;
    EXPECT_FALSE(readOutage(stored)) << json.substr(0, 20);
  }
}

}  // namespace
}  // namespace nightjar::alerts
