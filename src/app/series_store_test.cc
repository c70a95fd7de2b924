#include "app/series_store.h"

#include <gtest/gtest.h>

namespace nightjar::app {
namespace {

constexpr BinWidth kWidth;

class SeriesStoreTest : public testing::Test {
 protected:
  static detect::Report reportOf(std::initializer_list<const char*> ids) {
    detect::Report report;
    report.rule = kKeptRule;
    for (const char* id : ids) {
      detect::Incident incident{.id = id, .entity = Entity::country("EG")};
      incident.onset = Time(std::chrono::seconds(1296166200));
      report.incidents.push_back(incident);
    }
    return report;
  }

  std::unique_ptr<series::Store> store_ = series::openStore(":memory:").value();
};

TEST_F(SeriesStoreTest, KeepsEverySeriesOfEveryBin) {
  view::Counters counters;
  const auto kz = counters.names().addCountry("KZ");
  StoreSink sink(*store_);
  counters.set(kz, view::Measure::kSpace4, 7);
  counters.set(kz, view::Measure::kUpdates, 2);
  ASSERT_TRUE(sink.take({Bin{100}, {1, 0}, counters.takeChanges()}, counters));
  counters.set(kz, view::Measure::kUpdates, 0);
  ASSERT_TRUE(sink.take({Bin{101}, {0, 0}, counters.takeChanges()}, counters));
  ASSERT_TRUE(sink.take({Bin{102}, {1, 0}, counters.takeChanges()}, counters));
  ASSERT_TRUE(sink.finish());

  StoreReader reader(*store_);
  EXPECT_EQ(reader.keys().value().size(), 2U);
  const auto space = reader.read({std::string(series::kVisible24), Entity::country("KZ")}).value();
  EXPECT_EQ(space.first, Bin{100});
  EXPECT_EQ(space.points, (std::vector<series::Point>{{7, 1}, {}, {7, 1}}));
  const auto updates = reader.read({std::string(series::kUpdates), Entity::country("KZ")}).value();
  EXPECT_EQ(updates.points, (std::vector<series::Point>{{2, 1}, {}, {0, 1}}));
}

TEST_F(SeriesStoreTest, AJudgementThatIsTakenBackSaysSo) {
  ASSERT_TRUE(keepIncidents(*store_, reportOf({"EG-1", "EG-2"})));
  ASSERT_TRUE(keepIncidents(*store_, reportOf({"EG-2"})));
  ASSERT_TRUE(keepIncidents(*store_, reportOf({"EG-2"})));
  const auto first = store_->revisions("EG-1").value();
  ASSERT_EQ(first.size(), 2U);
  EXPECT_EQ(first[0].json.find("retracted"), std::string::npos);
  EXPECT_NE(first[1].json.find(R"("state":"retracted")"), std::string::npos);
  EXPECT_EQ(store_->revisions("EG-2").value().size(), 1U) << "the same judgement is no new revision";
}

TEST_F(SeriesStoreTest, OneSimulatedSourceMarksTheStore) {
  series::Source source{.input = "bview.gz", .collector = "rrc00", .kind = "rib", .geolocation = "map one"};
  ASSERT_TRUE(store_->addSource(source));
  EXPECT_EQ(provenanceOf(*store_).value().simulation, "");
  source.geolocation = "map two";
  source.simulation = "simulation: egypt-2011";
  ASSERT_TRUE(store_->addSource(source));
  const Provenance provenance = provenanceOf(*store_).value();
  EXPECT_EQ(provenance.simulation, "simulation: egypt-2011");
  EXPECT_EQ(provenance.geolocation, "map one; map two");
}

}  // namespace
}  // namespace nightjar::app
