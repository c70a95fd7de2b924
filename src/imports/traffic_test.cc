// Cloudflare Radar and Google's Transparency Report.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "imports/read_for_tests.h"

namespace nightjar::imports {
namespace {

using std::chrono::minutes;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const BinWidth kQuarter = BinWidth::of(minutes(15)).value();
const BinWidth kHalfHour = BinWidth::of(minutes(30)).value();

ImportOptions inIran() {
  ImportOptions options;
  options.entity = Entity::country("IR");
  return options;
}

std::string answer(const std::string& meta, const std::string& series) {
  return R"({"success":true,"errors":[],"result":{"meta":{"aggInterval":"FIFTEEN_MINUTES",)" + meta +
         R"("units":[{"name":"*","value":"bytes"}]},)" + series + "}}";
}

TEST(Radar, TheAnswerOfTheApi) {
  const std::string series =
      R"("serie_0":{"timestamps":["2026-01-08T16:30:00Z","2026-01-08T16:45:00Z","2026-01-08T17:00:00Z"],)"
      R"("values":["0.92","0.1",null]})";
  auto all = import("radar", answer(R"("normalization":"MIN0_MAX",)", series), inIran());
  EXPECT_THAT(all.told(), IsEmpty());
  EXPECT_THAT(all.bins("IR", "radar.netflows", kQuarter), ElementsAre("16:30 0.92 @1.00", "16:45 0.1 @1.00"));
  EXPECT_THAT(import("radar", answer("", series)).told(), ElementsAre(HasSubstr("its place is not said")));
  EXPECT_THAT(import("radar", answer(R"("normalization":"PERCENTAGE_CHANGE",)", series), inIran()).error,
              HasSubstr("no levels"));
  EXPECT_THAT(import("radar", answer(R"("normalization":"MIN_MAX",)", series), inIran()).told(),
              ElementsAre(HasSubstr("zero is the lowest value of the period")));
}

TEST(Radar, SeriesNamedByTheRequestAndBadOnes) {
  ImportOptions options;
  options.entity_map.emplace("tehran", Entity::region("IR-23"));
  options.values = {{"KZ", "radar.http"}};
  auto all =
      import("radar",
             answer(R"("dateRange":[{"startTime":"2026-01-09T00:00:00Z","endTime":"2026-01-08T00:00:00Z"}],)",
                    R"("KZ":{"timestamps":["2026-01-08T16:30:00Z"],"values":[1]},)"
                    R"("tehran":{"timestamps":["2026-01-08T16:30:00Z","x"],"values":["1,5","2"]},)"
                    R"("AS9198":{"timestamps":["2026-01-08T16:30:00Z"],"values":[]})"),
             options);
  EXPECT_NE(all.find("KZ", "radar.http"), nullptr);
  EXPECT_THAT(all.told(), ElementsAre(HasSubstr("ends before it begins"), HasSubstr("decimal comma"),
                                      HasSubstr("'x' is not a time"),
                                      "series 'AS9198': has not as many values as timestamps"));
  EXPECT_THAT(import("radar", R"({"result":{}})").error, HasSubstr("no time series"));
}

TEST(Radar, Csv) {
  auto all = import("radar",
                    "Serie_0 timestamps,Serie_0 values\n2026-01-08T16:30:00Z,0.9\n2026-01-08T16:45:00Z,0.1\n",
                    inIran());
  EXPECT_THAT(all.bins("IR", "radar.traffic", kQuarter), ElementsAre("16:30 0.9 @1.00", "16:45 0.1 @1.00"));
}

TEST(Google, TheAnswerThatThePageLoads) {
  auto all = import("google",
                    ")]}'\n[[\"ftr\",[[1678492800000,[[21,0.5],[19,1.5]]],[1678494600000,[[21,0.4]]],[7]]]]",
                    inIran());
  EXPECT_THAT(all.bins("IR", "google.youtube", kHalfHour), ElementsAre("00:00 0.5 @1.00", "00:30 0.4 @1.00"));
  EXPECT_NE(all.find("IR", "google.web-search"), nullptr);
  EXPECT_THAT(all.told(), ElementsAre("point 3: is not like [milliseconds, [[product, value]]]"));
  EXPECT_THAT(import("google", ")]}'\n[[\"ftr\",[]]]").error, HasSubstr("--entity"));
  EXPECT_THAT(import("google", ")]}'\n{}", inIran()).error,
              HasSubstr("no answer of the Transparency Report"));
}

TEST(Google, AProductThatIsNotNamed) {
  const std::string text =
      ")]}'\n\n[[\"tr.atsr\",[[1678492800000,[[null,0.5]]],[1678494600000,[[null,0.4]]],[1678496400000,"
      "[null]],[1678498200000,[[null,null]]],[1678500000000,[[]]]],null,[1230796800000,1735898400000]]]";
  auto all = import("google", text, inIran());
  EXPECT_THAT(all.bins("IR", "google.traffic", kHalfHour), ElementsAre("00:00 0.5 @1.00", "00:30 0.4 @1.00"));
  EXPECT_THAT(all.told(), ElementsAre(HasSubstr("--value null=google.youtube says which"),
                                      "point 3: is not like [milliseconds, [[product, value]]]",
                                      "point 5: is not like [milliseconds, [[product, value]]]"));
  ImportOptions options = inIran();
  options.values = {{"null", "google.youtube"}, {"19", "google.search"}};
  all = import("google", text, options);
  EXPECT_NE(all.find("IR", "google.youtube"), nullptr);
  EXPECT_EQ(all.find("IR", "google.traffic"), nullptr);
  EXPECT_THAT(all.told(), ElementsAre(HasSubstr("point 3: "), HasSubstr("point 5: ")));
  all = import("google", "[[\"ftr\",[[1678492800000,[[19,0.5],[22,1]]],[1678494600000,[[19,0.4],[22,1]]]]]]",
               options);
  EXPECT_NE(all.find("IR", "google.search"), nullptr);
  EXPECT_NE(all.find("IR", "google.product-22"), nullptr);
}

TEST(Google, CsvByProductAndByPlace) {
  auto all = import("google", "timestamp,Google Search,YouTube\n1678492800000,0.5,\n1678494600000,0.6,0.2\n",
                    inIran());
  EXPECT_THAT(all.bins("IR", "google.traffic.google-search", kHalfHour),
              ElementsAre("00:00 0.5 @1.00", "00:30 0.6 @1.00"));
  EXPECT_NE(all.find("IR", "google.traffic.youtube"), nullptr);
  all = import("google", "datetime,ZW,Iran,Narnia\n2023-03-11 00:00,0.5,0.1,1\n2023-03-11 00:30,0.5,0.1,1\n");
  EXPECT_THAT(all.bins("IR", "google.traffic", kHalfHour), ElementsAre("00:00 0.1 @1.00", "00:30 0.1 @1.00"));
  EXPECT_NE(all.find("ZW", "google.traffic"), nullptr);
  EXPECT_THAT(all.told(), ElementsAre(HasSubstr("line 1: the column is passed over: 'Narnia'")));
}

}  // namespace
}  // namespace nightjar::imports
