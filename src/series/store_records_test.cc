// What a store keeps beside the series.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "series/store_for_tests.h"

namespace nightjar::series {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class StoreRecordsTest : public StoreTest {};
INSTANTIATE_TEST_SUITE_P(Places, StoreRecordsTest, testing::Bool(),
                         [](const auto& place) { return place.param ? "File" : "Memory"; });

TEST_P(StoreRecordsTest, KeepsSourcesOnceEach) {
  const Source rib{"bview.gz",         "rrc00", "rib",     Time(Seconds(1)), Time(Seconds(2)),
                   "tor-geoipdb 2022", "",      "nightjar"};
  Source simulated = rib;
  simulated.simulation = "a simulation of Egypt in 2011";
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(store_->addSource(rib));
    ASSERT_TRUE(store_->addSource(simulated));
  }
  EXPECT_THAT(store_->sources().value(), ElementsAre(rib, simulated));
}

TEST_P(StoreRecordsTest, KeepsTheLastWordOnEach) {
  const auto note = [](const char* name, int64_t at, const char* json) {
    return Note{"collector", name, Time(Seconds(at)), json};
  };
  ASSERT_TRUE(store_->putNotes(std::vector{note("rrc01", 5, "{}"), note("rrc00", 5, R"({"a":1})")}));
  ASSERT_TRUE(
      store_->putNotes(std::vector{note("rrc01", 4, R"({"older":1})"), note("rrc00", 6, R"({"a":2})")}));
  if (inFile()) open();
  EXPECT_THAT(store_->notes().value(), ElementsAre(note("rrc00", 6, R"({"a":2})"), note("rrc01", 5, "{}")));
}

TEST_P(StoreRecordsTest, KeepsWhatNetworksAreCalled) {
  const NetworkName kcell{{29355}, "Kcell", "mobile"};
  ASSERT_TRUE(store_->putNetworks(std::vector<NetworkName>{kcell, {{9198}, "", "fixed"}}));
  const NetworkName renamed{{9198}, "Kazakhtelecom", "mixed"};
  ASSERT_TRUE(store_->putNetworks(std::vector<NetworkName>{renamed}));
  if (inFile()) open();
  EXPECT_THAT(store_->networks().value(), ElementsAre(renamed, kcell));
}

TEST_P(StoreRecordsTest, KeepsEveryRevisionOfAnIncident) {
  StoredIncident incident{"EG-1",           0, "nightjar", Entity::country("EG"), Time(Seconds(100)), {},
                          "{\"depth\":0.9}"};
  EXPECT_EQ(store_->putIncident(incident).value(), 1U);
  EXPECT_EQ(store_->putIncident(incident).value(), 1U);
  incident.end = Time(Seconds(500));
  EXPECT_EQ(store_->putIncident(incident).value(), 2U);
  incident.json = "{\"depth\":1}";
  EXPECT_EQ(store_->putIncident(incident).value(), 3U);
  if (inFile()) open();
  const auto revisions = store_->revisions("EG-1").value();
  ASSERT_THAT(revisions, SizeIs(3));
  EXPECT_EQ(revisions[0].revision, 1U);
  EXPECT_FALSE(revisions[0].end);
  incident.revision = 3;
  EXPECT_EQ(revisions[2], incident);
  EXPECT_THAT(store_->incidents({}).value(), ElementsAre(incident));
  EXPECT_THAT(store_->revisions("EG-2").value(), IsEmpty());
}

TEST_P(StoreRecordsTest, ListsIncidentsByPlaceRuleTimeAndState) {
  const auto put = [&](const char* id, const char* rule, const char* entity, int onset, int end) {
    StoredIncident incident{id, 0, rule, *Entity::parse(entity), Time(Seconds(onset)), {}, "{}"};
    if (end != 0) incident.end = Time(Seconds(end));
    ASSERT_TRUE(store_->putIncident(incident));
  };
  put("a", "nightjar", "EG", 300, 0);
  put("b", "nightjar", "KZ", 100, 200);
  put("c", "ioda", "KZ", 100, 400);
  const auto listed = [&](const IncidentFilter& filter) {
    std::string ids;
    const auto incidents = store_->incidents(filter).value();
    for (const auto& incident : incidents) ids += incident.id;
    return ids;
  };
  EXPECT_EQ(listed({}), "bca");
  EXPECT_EQ(listed({.entity = Entity::country("KZ")}), "bc");
  EXPECT_EQ(listed({.rule = "ioda"}), "c");
  EXPECT_EQ(listed({.open = true}), "a");
  EXPECT_EQ(listed({.open = false}), "bc");
  EXPECT_EQ(listed({.from = Time(Seconds(200))}), "ca");
  EXPECT_EQ(listed({.until = Time(Seconds(300))}), "bc");
  EXPECT_EQ(listed({.from = Time(Seconds(150)), .until = Time(Seconds(301))}), "bca");
}

}  // namespace
}  // namespace nightjar::series
