#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "imports/read_for_tests.h"

namespace nightjar::imports {
namespace {

using std::chrono::hours;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const BinWidth kHour = BinWidth::of(hours(1)).value();

std::string measured(const std::string& time, const std::string& input, const std::string& keys,
                     const std::string& cc = "KZ", const std::string& asn = "AS9198") {
  return fmt::format(R"({{"measurement_start_time":"{}","input":"{}","probe_cc":"{}","probe_asn":"{}",)"
                     R"("test_name":"web_connectivity","test_keys":{}}})",
                     time, input, cc, asn, keys);
}

TEST(Ooni, TheShareOfSitesThatAreAccessible) {
  std::string text;
  for (int i = 0; i < 5; ++i) {
    text += measured(fmt::format("2022-01-05 10:{:02}:07", i), "https://Vlast.kz/news",
                     i < 4 ? R"({"accessible":true,"blocking":false})"
                           : R"({"accessible":null,"blocking":"dns"})") +
            "\n";
  }
  text += measured("2022-01-05 11:00:00", "http://orda.kz:80", R"({"accessible":false,"blocking":"tcp_ip"})",
                   "KZ", "AS0") +
          "\n";
  text += measured("2022-01-05 11:00:00", "http://orda.kz", "{}") + "\n";
  auto all = import("ooni", text);
  EXPECT_THAT(all.bins("site:vlast.kz", "sites.ok", kHour), ElementsAre("10:00 0.8 @0.50"));
  EXPECT_THAT(all.bins("KZ", "sites.ok", kHour), ElementsAre("10:00 0.8 @0.50", "11:00 0 @0.10"));
  EXPECT_THAT(all.bins("AS9198@KZ", "sites.ok", kHour), ElementsAre("10:00 0.8 @0.50"));
  EXPECT_EQ(all.intake.series().size(), 4U);
  EXPECT_THAT(all.told(), ElementsAre("1 measurement without a verdict (accessible): nothing is made of it"));
}

TEST(Ooni, ListsOfTheApiAndPrettyDocuments) {
  auto all = import("ooni", R"({"metadata":{},
    "results":[{"anomaly":false,"confirmed":false,"failure":false,"input":"http://a.org/",
                "measurement_start_time":"2020-12-31T00:00:00Z","probe_asn":"AS22394","probe_cc":"US",
                "test_name":"web_connectivity"},
               {"anomaly":true,"failure":false,"input":"http://a.org/","measurement_start_time":"2020-12-31T00:10:00Z",
                "probe_cc":"ZZ","test_name":"web_connectivity"},
               {"anomaly":true,"failure":true,"input":"http://a.org/","measurement_start_time":"2020-12-31T00:10:00Z"},
               {"input":"x","test_name":"telegram"}]})");
  EXPECT_THAT(all.bins("site:a.org", "sites.ok", kHour), ElementsAre("00:00 0.5 @0.20"));
  EXPECT_THAT(all.bins("US", "sites.ok", kHour), ElementsAre("00:00 1 @0.10"));
  EXPECT_THAT(all.told(), ElementsAre("1 measurement without a verdict (accessible): nothing is made of it",
                                      "1 measurement of other tests than web_connectivity"));
}

TEST(Ooni, DamageIsNamedAndTheNextLineRead) {
  const std::string good = measured("2022-01-05 10:00:07", "http://яндекс.рф/", R"({"accessible":true})");
  auto all = import("ooni", good + "\n{\"cut\":\n" + good + "\n[1]\n" +
                                measured("soon", "http://a.kz", R"({"accessible":true})") + "\n");
  EXPECT_THAT(all.bins("KZ", "sites.ok", kHour), ElementsAre("10:00 1 @0.20"));
  EXPECT_THAT(all.told(), ElementsAre(HasSubstr("is no JSON"), "measurement 3: is no object",
                                      HasSubstr("measurement 4: the time 'soon'"),
                                      HasSubstr("2 measurements of a site")));
  EXPECT_THAT(import("ooni", "<html>").error, HasSubstr("no measurement"));
}

TEST(Ooni, MeasurementsWithoutTheirVerdict) {
  const std::string text = sharedText("ooni/successWithHTTP.json");
  if (text.empty()) GTEST_SKIP() << "the shared data is not here";
  auto all = import("ooni", text);
  EXPECT_THAT(all.intake.series(), IsEmpty());
  EXPECT_THAT(all.told(), ElementsAre("1 measurement without a verdict (accessible): nothing is made of it"));
}

}  // namespace
}  // namespace nightjar::imports
