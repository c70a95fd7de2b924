// The JSON document and the table, on one report that has everything in it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <cstdio>
#include <fstream>
#include <set>
#include <sstream>

#include "detect/incident/case_file.h"
#include "detect/incident/incident_builder.h"
#include "detect/print/json.h"
#include "detect/print/table.h"
#include "detect/print/words.h"

namespace nightjar::detect {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kStory = R"(
name EG Egypt
name AS8452@EG Telecom Egypt
load 5m routing.visible24 EG 2903x500 _x2 2000x2 327x1000 244x500 2900x100
load 5m routing.prefixes4 EG 2903x500 _x2 2000x2 327x1000 244x500 2800x100
load 5m routing.visible48 EG 70000x500 _x2 2000x1502 70000x100
load 5m routing.visible24 AS8452@EG 775x502 20x1502 775x100
load 5m routing.prefixes4 AS8452@EG 775x502 20x1502 700x100
load 5m routing.visible24 AS20928@EG 83x1504 0x500 83x100
load 5m routing.visible24 KZ 12500x2104
load 30m probe.up24 MM 3000x96 [ 400x16 3000x32 ]x3 3000x60
load 30m routing.visible24 MM 3600x300
load 5m routing.updates KZ 60x1500 9000x1 60x603
load 5m routing.updates AS9198@KZ 20x1500 9000x1 20x603
judge nightjar
)";

Report story() {
  auto checks = runCase(kStory);
  EXPECT_TRUE(checks) << checks.error().describe();
  Report report = std::move(checks->front().report);
  report.geo_source = "atlas 7";
  report.simulation = "Egypt 2011, rebuilt from the facts";
  return report;
}

// The names of all members, without those of `levels`, which are signals.
void collect(const rapidjson::Value& value, std::set<std::string>& names) {
  if (value.IsObject()) {
    for (const auto& member : value.GetObject()) {
      names.insert(member.name.GetString());
      if (std::string_view(member.name.GetString()) != "levels") collect(member.value, names);
    }
  } else if (value.IsArray()) {
    for (const auto& item : value.GetArray()) collect(item, names);
  }
}

// What docs/incidents.md lists in its tables: the first cell of each row, in backquotes.
std::set<std::string> documented() {
  std::ifstream in(NIGHTJAR_SOURCE_DIR "/docs/incidents.md");
  std::set<std::string> names;
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("| `")) continue;
    names.insert(line.substr(3, line.find('`', 3) - 3));
  }
  return names;
}

TEST(Json, IsOneDocumentAndEveryFieldIsDocumented) {
  rapidjson::Document document;
  document.Parse(toJson(story()).c_str());
  ASSERT_FALSE(document.HasParseError());
  EXPECT_EQ(document["incidents"].Size(), 2U);
  EXPECT_EQ(document["observations"].Size(), 1U);
  EXPECT_GT(document["cannot_tell"].Size(), 0U);
  std::set<std::string> names;
  collect(document, names);
  EXPECT_EQ(names, documented());
}

TEST(Json, TellsTheStory) {
  rapidjson::Document document;
  document.Parse(toJson(story()).c_str());
  const auto& incident = document["incidents"][0];
  EXPECT_STREQ(incident["id"].GetString(), "EG-20200102-1750");
  EXPECT_STREQ(incident["kind"].GetString(), "withdrawn");
  EXPECT_STREQ(incident["state"].GetString(), "ended");
  EXPECT_STREQ(incident["onset"].GetString(), "2020-01-02T17:50:00Z");
  EXPECT_STREQ(incident["onset_earliest"].GetString(), "2020-01-02T17:40:00Z");
  EXPECT_STREQ(incident["simulation"].GetString(), "Egypt 2011, rebuilt from the facts");
  EXPECT_EQ(incident["signals"][0]["baseline"].GetInt(), 2903);
  EXPECT_EQ(incident["signals"][0]["floor"].GetInt(), 244);
  EXPECT_DOUBLE_EQ(incident["depth"].GetDouble(), 0.9159);
  EXPECT_EQ(incident["phases"][1]["levels"]["routing.prefixes4"].GetInt(), 327);
  EXPECT_STREQ(incident["children"][0]["entity"].GetString(), "AS8452@EG");
  EXPECT_EQ(incident["duration_seconds"].GetInt(), 1502 * 300);
  EXPECT_STREQ(document["observations"][0]["verdict"].GetString(), "announced");
}

TEST(Json, AnIncidentAloneIsTheSameObject) {
  const Report report = story();
  rapidjson::Document whole;
  whole.Parse(toJson(report).c_str());
  rapidjson::Document alone;
  alone.Parse(toJson(report, report.incidents[0]).c_str());
  EXPECT_TRUE(whole["incidents"][0] == alone);
}

TEST(Json, NumbersThatAreNoneAreNull) {
  Report report = story();
  report.incidents[0].severity_hours = std::numeric_limits<double>::infinity();
  rapidjson::Document document;
  document.Parse(toJson(report).c_str());
  ASSERT_FALSE(document.HasParseError());
  EXPECT_TRUE(document["incidents"][0]["severity_hours"].IsNull());
}

void expectWidth(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 110U) << line;
}

TEST(Table, TellsTheStoryWithin110Columns) {
  const std::string text = toTable(story());
  if (std::getenv("NIGHTJAR_SHOW_TABLE") != nullptr) std::puts(text.c_str());
  EXPECT_THAT(text, HasSubstr("*** SIMULATION, NOT A MEASUREMENT: Egypt 2011"));
  EXPECT_THAT(
      text,
      HasSubstr("2,903 to 327 IPv4 prefixes (-89 %); lowest 244 (-92 %) on 6 January 2020, 05:20 UTC."));
  EXPECT_THAT(text, HasSubstr("AS8452 Telecom Egypt"));
  EXPECT_THAT(text, HasSubstr("775 to 20 (-97 %)"));
  EXPECT_THAT(text, HasSubstr("5d 5h in all"));
  EXPECT_THAT(text, HasSubstr("KZ, 6 January 2020, 05:00 UTC: announced"));
  EXPECT_THAT(text, HasSubstr("atlas 7"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  expectWidth(text);
}

TEST(Table, KeepsItsWidthWithLongNames) {
  Report report = story();
  Incident& incident = report.incidents[0];
  incident.entity = Entity::networkInCountry({4294967295}, "EG");
  incident.id = incidentId(incident.entity, incident.onset);
  incident.name = std::string(200, 'n');
  incident.signals[0].baseline = 9e15;
  incident.children[0].signals[0] = incident.signals[0];
  report.observations[0].name = std::string(200, 'n');
  report.simulation = std::string(200, 's');
  expectWidth(toTable(report));
}

TEST(Table, SaysWhenThereIsNothing) {
  const std::string text = toTable(Report{.rule = "nightjar", .parameters_version = "1"});
  EXPECT_THAT(text, HasSubstr("there is no series to judge"));
  EXPECT_THAT(text, HasSubstr("Nothing could be judged."));
}

std::string tableOf(std::string_view story) {
  const auto checks = runCase(story);
  EXPECT_TRUE(checks) << checks.error().describe();
  return toTable(checks->front().report, {});
}

TEST(Table, SaysWhichSignalWasBackBeforeTheRest) {
  const std::string text = tableOf(R"(
load 5m routing.visible24 EG 2900x500 300x500 2900x500
load 5m probe.up24 EG 2000x500 100x800 2000x200
judge nightjar
)");
  EXPECT_THAT(text, HasSubstr("2,900 to 300 /24s of IPv4 space (-90 %); back on 4 January 2020, 11:20 UTC."));
  EXPECT_THAT(text, HasSubstr("2,000 to 100 /24s that answer (-95 %).\n"));
}

TEST(Table, NamesWhoIsTooSmallToBeTold) {
  const std::string text = tableOf(R"(
load 5m probe.up24 AS64500 8x500 0x100 8x100
judge nightjar
)");
  EXPECT_THAT(text, HasSubstr("No incident."));
  EXPECT_THAT(text, HasSubstr("fewer than 20 /24s or blocks: AS64500\n"));
}

TEST(Table, ColoursOnRequest) {
  EXPECT_THAT(toTable(story(), {.colour = true}), HasSubstr("\x1b[1m"));
}

TEST(Table, LetsNoControlCharacterThrough) {
  Report report = story();
  report.incidents[0].name = "Eg\x1b[31mypt\n\xC2\x9B";
  report.incidents[0].children[0].name = std::string(200, 'x') + "\r";
  const std::string text = toTable(report);
  EXPECT_THAT(text, HasSubstr("Eg?[31mypt??"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, Not(HasSubstr("\r")));
}

TEST(Words, Numbers) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(0.5), "0.5");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(2903), "2,903");
  EXPECT_EQ(grouped(999999), "999,999");
  EXPECT_EQ(grouped(999999.7), "1.0 M");
  EXPECT_EQ(grouped(48e6), "48.0 M");
  EXPECT_EQ(percent(0.8875), "-89 %");
  EXPECT_EQ(percent(0.999), "-99 %");
  EXPECT_EQ(percent(1), "-100 %");
}

TEST(Words, WidthsCountCharacters) {
  EXPECT_EQ(cell("Türkiye", 8), "Türkiye  ");
  EXPECT_EQ(clipped("Türkiye", 6), "Tür...");
  EXPECT_EQ(wrap("a bc def", 4), (std::vector<std::string>{"a bc", "def"}));
  EXPECT_EQ(wrap("abcdefgh", 4), (std::vector<std::string>{"a..."}));
}

}  // namespace
}  // namespace nightjar::detect
