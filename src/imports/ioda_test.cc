#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "imports/read_for_tests.h"

namespace nightjar::imports {
namespace {

using std::chrono::minutes;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const BinWidth kFive = BinWidth::of(minutes(5)).value();
const BinWidth kHalfHour = BinWidth::of(minutes(30)).value();

std::string series(const std::string& entity, const std::string& rest) {
  return R"({"entityFqid":"geo.provider.AS.IR.1226",)" + entity + "," + rest + "}";
}
std::string country(const std::string& rest) {
  return series(R"("entityType":"country","entityCode":"IQ","entityName":"Iraq")", rest);
}
std::string answer(const std::string& data) {
  return R"({"type":"signals","metadata":{},"requestParameters":{},"error":null,"perf":null,"data":)" + data +
         R"(,"copyright":"GT"})";
}

TEST(Ioda, SignalsWithNulls) {
  auto all = import(
      "ioda",
      answer("[[" +
             country(R"("datasource":"bgp","subtype":"","from":1692493200,"until":1692494100,"step":300,)"
                     R"("nativeStep":300,"values":[2917,null,0])") +
             "," +
             country(R"("datasource":"gtr","subtype":"WEB_SEARCH","from":1692493200,"until":1692495000,)"
                     R"("step":1800,"values":[955040520])") +
             "," +
             country(R"("datasource":"gtr","subtype":"YOUTUBE","from":1692493200,"step":1800,"values":[7])") +
             "]]"));
  EXPECT_EQ(all.error, "");
  EXPECT_THAT(all.told(), IsEmpty());
  EXPECT_THAT(all.bins("IQ", "ioda.bgp", kFive), ElementsAre("01:00 2917 @1.00", "01:10 0 @1.00"));
  EXPECT_THAT(all.bins("IQ", "ioda.gtr", kHalfHour), ElementsAre("01:00 9.55e+08 @1.00"));
  EXPECT_THAT(all.bins("IQ", "ioda.gtr.youtube", kHalfHour), ElementsAre("01:00 7 @1.00"));
  EXPECT_EQ(all.find("IQ", "ioda.bgp")->name, "Iraq");
}

TEST(Ioda, LossIsAShareAndLatencyAMedian) {
  auto all = import(
      "ioda",
      answer(
          "[" +
          country(
              R"("datasource":"ping-slash24-loss","from":1692493200,"step":600,"values":[)"
              R"([{"agg_values":{"loss_pct":1.5,"probe_count":10}}],[],null,[{"agg_values":{"loss_pct":101}}]])") +
          "," +
          country(R"("datasource":"ping-slash24-latency","from":1692493200,"step":600,"values":[)"
                  R"([{"agg_values":{"median_latency":151.5,"p10_latency":9}}]])") +
          "," +
          country(
              R"("datasource":"gtr-sarima","from":1692493200,"step":1800,"values":[[{"x":1}],[{"x":2}]])") +
          "]"));
  const BinWidth ten = BinWidth::of(minutes(10)).value();
  EXPECT_THAT(all.bins("IQ", "ioda.ping-slash24-loss", ten), ElementsAre("01:00 0.015 @1.00"));
  EXPECT_THAT(all.bins("IQ", "ioda.ping-slash24-latency", ten), ElementsAre("01:00 151.5 @1.00"));
  EXPECT_THAT(all.told(),
              ElementsAre("value 4: ioda.ping-slash24-loss of IQ is more than 100 %",
                          "series 3: 2 values of ioda.gtr-sarima are objects that are not known"));
}

TEST(Ioda, Entities) {
  const std::string rest = R"("datasource":"bgp","from":1692493200,"step":300,"values":[1])";
  const auto of = [&rest](const std::string& type, const std::string& code, const std::string& name) {
    return series(fmt::format(R"("entityType":"{}","entityCode":"{}","entityName":"{}")", type, code, name),
                  rest);
  };
  const std::string text =
      answer("[[" + of("asn", "9198", "x") + "],[" + of("geoasn", "AS9198-KZ", "x") + "],[" +
             of("region", "1226", "Tehran") + "],[" + of("region", "1227", "Atlantis") + "],[" +
             of("continent", "AS", "Asia") + "],[" + of("geoasn", "9198-1226", "x") + "]]");
  auto all = import("ioda", text);
  for (const char* code : {"AS9198", "AS9198@KZ", "IR-23"})
    EXPECT_NE(all.find(code, "ioda.bgp"), nullptr) << code;
  EXPECT_THAT(all.told(),
              ElementsAre(HasSubstr("series 4: the region 'Atlantis' has IODA's own number '1227'"),
                          HasSubstr("series 5: a continent"), HasSubstr("series 6: 'geoasn'")));
  ImportOptions options;
  options.entity_map.emplace("1227", Entity::region("IR-99"));
  EXPECT_NE(import("ioda", text, options).find("IR-99", "ioda.bgp"), nullptr);
}

TEST(Ioda, BadSignals) {
  auto all = import(
      "ioda", answer("[[" + country(R"("datasource":"bgp","from":9e99,"step":300,"values":[1])") + "," +
                     country(R"("datasource":"bgp","from":600,"until":300,"step":300,"values":[1])") + "," +
                     country(R"("datasource":"bgp","from":600,"step":0,"values":[1])") + "," +
                     country(R"("datasource":"bgp","from":600,"step":300,"values":[-1, "x"])") + ",7]]"));
  EXPECT_THAT(all.told(),
              ElementsAre("series 1: has no from, or no step", "series 2: ends before it begins",
                          "series 3: has no from, or no step", "value 1: ioda.bgp of IQ is negative: -1",
                          "series 4: 1 values of ioda.bgp are objects that are not known",
                          "series 5: is no series: datasource and values are needed"));
  EXPECT_THAT(import("ioda", R"({"error":"Not found","data":null})").error, HasSubstr("'Not found'"));
  EXPECT_THAT(import("ioda", "{\"data\":[").error, HasSubstr("is no JSON"));
  EXPECT_THAT(import("ioda", std::string(100000, '[')).error, HasSubstr("is no JSON"));
  EXPECT_THAT(import("ioda", "{}").error, HasSubstr("no list 'data'"));
  EXPECT_EQ(import("ioda", answer("[[]]")).error, "");
}

TEST(Ioda, AlertsAreJudgements) {
  const auto alert = [](int time, const char* level) {
    return fmt::format(
        R"({{"datasource":"bgp","entity":{{"code":"IQ","name":"Iraq","type":"country","attrs":{{}}}},)"
        R"("time":{},"level":"{}","condition":"< 0.99","value":54,"historyValue":2917,)"
        R"("method":"median"}})",
        time, level);
  };
  auto all =
      import("ioda", answer("[" + alert(1692582300, "normal") + "," + alert(1692579600, "warning") + "," +
                            alert(1692579900, "critical") + "," + alert(1692666000, "critical") + "]"));
  ASSERT_EQ(all.intake.judgements().size(), 2U);
  const Judgement& first = all.intake.judgements()[0];
  EXPECT_EQ(first.id, "ioda-alerts-IQ-bgp-20230821T010000Z");
  EXPECT_EQ(formatTime(first.end.value()), "2023-08-21T01:45:00Z");
  EXPECT_THAT(first.json,
              HasSubstr(R"("level":"critical","condition":"< 0.99","method":"median","value":54.0)"));
  EXPECT_FALSE(all.intake.judgements()[1].end);
}

TEST(Ioda, EventsInBothFormats) {
  auto all = import("ioda", answer(R"([
      {"location":"country/IQ","start":1692579600,"duration":14400,"uncertainty":null,"method":"median",
       "datasource":"bgp","status":0,"fraction":null,"score":150.5,"location_name":"Iraq","overlaps_window":false},
      {"location":"country/IQ","start":1692579600,"duration":-5,"datasource":"bgp","score":1},
      {"location":"IQ","start":1692579600,"duration":5,"datasource":"bgp","score":1},
      {"entity":{"type":"country","code":"SY","name":"Syria"},"from":1692579600,"until":1692579500,
       "datasource":"ping-slash24","score":2},
      {"entity":{"type":"country","code":"SY","name":"Syria"},"from":1692579600,"until":1692583200,
       "datasource":"ping-slash24","score":2}])"));
  ASSERT_EQ(all.intake.judgements().size(), 2U);
  EXPECT_EQ(all.intake.judgements()[0].id, "ioda-events-IQ-bgp-20230821T010000Z");
  EXPECT_THAT(all.intake.judgements()[0].json, HasSubstr(R"("score":150.5)"));
  EXPECT_EQ(all.intake.judgements()[1].entity.code(), "SY");
  EXPECT_THAT(all.told(),
              ElementsAre("event 2: ends before it begins", "event 3: the location is not like country/IQ",
                          "event 4: ends before it begins"));
}

TEST(IodaCsv, TheExportOfThePage) {
  ImportOptions options;
  options.entity = Entity::country("IQ");
  auto all = import(
      "ioda-csv",
      "\"DateTime\",\"BGP (# Visible /24s)\",\"Active Probing (# /24s Up)\",\"Merit Telescope\",\"Mystery\"\n"
      "2023-08-20 01:00:00,2917,581,4.4,1\n2023-08-20 01:05:00,2917,,3.2,1\n",
      options);
  EXPECT_THAT(all.bins("IQ", "ioda.bgp", kFive), ElementsAre("01:00 2917 @1.00", "01:05 2917 @1.00"));
  EXPECT_THAT(all.bins("IQ", "ioda.ping-slash24", kFive), ElementsAre("01:00 581 @1.00"));
  EXPECT_NE(all.find("IQ", "ioda.merit-nt"), nullptr);
  EXPECT_THAT(all.told(),
              ElementsAre("line 1: the column 'Mystery' is passed over: it is no signal that is known"));
  all = import("ioda-csv", "DateTime,BGP\n2023-08-20 01:00:00,100\n2023-08-20 01:05:00,98.5\n", options);
  EXPECT_THAT(all.told(), ElementsAre(HasSubstr("normalized export")));
  EXPECT_THAT(import("ioda-csv", "DateTime,BGP\n").error, HasSubstr("--entity"));
  EXPECT_THAT(import("ioda-csv", "DateTime,Weather\n", options).error, HasSubstr("no column of a signal"));
}

}  // namespace
}  // namespace nightjar::imports
