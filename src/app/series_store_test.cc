#include "app/series_store.h"

#include <gtest/gtest.h>

namespace nightjar::app {
namespace {

constexpr BinWidth kWidth;

class SeriesStoreTest : public testing::Test {
 protected:
  // Incidents of Egypt that last an hour each; `hours` are their onsets, and make their ids.
  static detect::Report reportOf(std::initializer_list<int> hours) {
    detect::Report report;
    report.rule = kKeptRule;
    for (const int hour : hours) {
      detect::Incident incident{.id = "EG-" + std::to_string(hour), .entity = Entity::country("EG")};
      incident.onset = Time(std::chrono::hours(360000 + hour));
      incident.end = incident.onset + std::chrono::hours(1);
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

TEST_F(SeriesStoreTest, ReadsTheSameWhateverIsExpected) {
  std::vector<series::SeriesKey> keys;
  for (const char* code : {"EG", "KZ", "IR", "RU", "SY"})
    keys.push_back({std::string(series::kVisible24), Entity::country(code)});
  for (int64_t bin = 0; bin < 200; ++bin) {
    std::vector<series::Sample> samples;
    for (size_t i = 0; i + 1 < keys.size(); ++i)
      samples.push_back({store_->idOf(keys[i]).value(), {static_cast<double>(bin * 10) + double(i), 1}});
    ASSERT_TRUE(store_->append(Bin{1000 + bin}, samples));
  }
  StoreReader plain(*store_);
  StoreReader reader(*store_);
  // keys[3] is not, nobody knows keys[4]
  const std::vector<series::SeriesKey> expected{keys[2], keys[0], keys[4], keys[2], keys[1]};
  reader.expect(expected);
  const Time from = Bin{1050}.start(kWidth);
  const Time until = Bin{1060}.start(kWidth);
  for (const size_t i : {2, 2, 3, 1, 0, 4, 2}) {
    const auto all = plain.read(keys[i]).value();
    EXPECT_EQ(reader.read(keys[i]).value().points, all.points) << i;
    for (StoreReader* one : {&plain, &reader}) {
      const auto span = one->readSpan(keys[i], from, until).value();
      ASSERT_LE(span.first, Bin{1050});
      ASSERT_GE(span.end(), Bin{1060});
      for (int64_t bin = 1050; bin < 1060; ++bin) {
        EXPECT_EQ(span.points[static_cast<size_t>(bin - span.first.index)],
                  all.points[static_cast<size_t>(bin - 1000)]);
      }
    }
  }
  EXPECT_LT(plain.readSpan(keys[0], from, until).value().points.size(), 20U);
  const auto before = plain.readSpan(keys[0], Bin{10}.start(kWidth), Bin{20}.start(kWidth)).value();
  EXPECT_TRUE(before.points.empty());
}

TEST_F(SeriesStoreTest, AJudgementThatIsTakenBackSaysSo) {
  ASSERT_TRUE(keepIncidents(*store_, reportOf({1, 2})));
  ASSERT_TRUE(keepIncidents(*store_, reportOf({2})));
  ASSERT_TRUE(keepIncidents(*store_, reportOf({2})));
  const auto first = store_->revisions("EG-1").value();
  ASSERT_EQ(first.size(), 2U);
  EXPECT_EQ(first[0].json.find("retracted"), std::string::npos);
  EXPECT_NE(first[1].json.find(R"("state":"retracted")"), std::string::npos);
  EXPECT_EQ(store_->revisions("EG-2").value().size(), 1U) << "the same judgement is no new revision";
}

TEST_F(SeriesStoreTest, AnIncidentThatAnotherOneTellsNamesIt) {
  ASSERT_TRUE(keepIncidents(*store_, reportOf({1, 3})));
  detect::Report report = reportOf({1});
  report.incidents[0].end = report.incidents[0].onset + std::chrono::hours(5);
  ASSERT_TRUE(keepIncidents(*store_, report));
  ASSERT_TRUE(keepIncidents(*store_, report));
  const auto joined = store_->revisions("EG-3").value();
  ASSERT_EQ(joined.size(), 2U);
  EXPECT_NE(joined[1].json.find(R"("state":"joined")"), std::string::npos);
  EXPECT_NE(joined[1].json.find(R"("joined_into":"EG-1")"), std::string::npos);
}

TEST_F(SeriesStoreTest, KeepsWhatMayHaveBeenDarkAtFirst) {
  detect::Report report = reportOf({1});
  const Time from = report.incidents[0].onset;
  report.until = from + std::chrono::hours(2);
  report.low_at_first = {
      {{from, *report.until, detect::Untold::kBeginning}, "probe.up24", {Entity::country("IR")}}};
  ASSERT_TRUE(keepIncidents(*store_, report));
  const auto notes = store_->notes().value();
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_EQ(notes[0].kind, "judgement");
  EXPECT_NE(notes[0].json.find(R"("reason":"beginning","signal":"probe.up24","entities":["IR"])"),
            std::string::npos)
      << notes[0].json;
  report.low_at_first.clear();
  ASSERT_TRUE(keepIncidents(*store_, report));
  EXPECT_EQ(store_->notes().value().at(0).json, R"({"cannot_tell":[]})");
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
