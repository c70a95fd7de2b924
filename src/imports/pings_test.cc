#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "imports/read_for_tests.h"

namespace nightjar::imports {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

const BinWidth kHour = BinWidth::of(hours(1)).value();
constexpr std::string_view kHeader = "ip_hash,iso,name_1,isp_name,time_local_str,rtt\n";

// `addresses` hosts that each answer every `every` hours, in turns, for `days` days; silent in [from, until).
std::string steady(int addresses, int every, int days, int from = 0, int until = 0) {
  std::string text(kHeader);
  for (int hour = 0; hour < days * 24; ++hour) {
    if (hour >= from && hour < until) continue;
    for (int address = 0; address < addresses; ++address) {
      if (hour % every != address % every) continue;
      text +=
          fmt::format("{},MMR,Bago,MPT,2021-02-{:02} {:02}:30:00,142\n", address, 1 + hour / 24, hour % 24);
    }
  }
  return text;
}

TEST(Pings, ThePastSaysHowManyAnswersAreToBeExpected) {
  auto all = import("pings", steady(24, 12, 5, 72, 80));
  const ReadSeries& bago = *all.find("MM-02", "pings.answering");
  ASSERT_THAT(bago.readings,
              SizeIs(24 * 5 - 2));  // nothing is known of the first bin, and the file ends in the last
  // Less than a day counts as a day: two answers in the first hour are two a day.
  EXPECT_EQ(formatTime(bago.readings[0].time), "2021-02-01T01:00:00Z");
  EXPECT_NEAR(bago.readings[0].coverage, 1 - std::exp(-2.0 / 24), 1e-6);
  // After three days: 24 addresses, each 6 times in 61 to 72 hours.
  const Reading& silent = bago.readings[71];
  EXPECT_EQ(formatTime(silent.time), "2021-02-04T00:00:00Z");
  EXPECT_EQ(silent.value, 0);
  double expected = 0;
  for (int address = 0; address < 12; ++address) expected += 2 * 6.0 / (72 - address - 0.5);
  EXPECT_NEAR(silent.coverage, 1 - std::exp(-expected), 1e-6);
  EXPECT_EQ(bago.readings[70].value, 2);
  EXPECT_THAT(all.told(),
              ElementsAre("only answers are told: where the prober stopped, the place looks silent"));
}

TEST(Pings, FewAnswersToExpectIsLittleCoverage) {
  // Three hosts that answer twice a day: a silent hour says nothing.
  auto all = import("pings", steady(3, 12, 8));
  for (const Reading& reading : all.find("MM-02", "pings.answering")->readings)
    EXPECT_LT(reading.coverage, 0.5F);
}

TEST(Pings, TheFutureDoesNotChangeThePast) {
  auto shorter = import("pings", steady(24, 12, 4));
  auto longer = import("pings", steady(24, 12, 8, 96, 150));
  const auto& few = shorter.find("MM-02", "pings.answering")->readings;
  const auto& many = longer.find("MM-02", "pings.answering")->readings;
  ASSERT_LT(few.size(), many.size());
  for (size_t i = 0; i < few.size(); ++i) {
    EXPECT_EQ(few[i].value, many[i].value);
    EXPECT_EQ(few[i].coverage, many[i].coverage);
  }
}

TEST(Pings, TheAddressesOfOneRegionSayNothingOfItsCountry) {
  const std::string row = "1,MMR,{},MPT,2021-02-01 06:30:00,1\n2,MMR,{},MPT,2021-02-02 06:30:00,1\n";
  const auto of = [&](std::string_view first, std::string_view second) {
    return import("pings", std::string(kHeader) + fmt::format(fmt::runtime(row), first, second));
  };
  EXPECT_EQ(of("Bago", "Bago").find("MM", "pings.answering"), nullptr);
  EXPECT_NE(of("Bago", "Shan").find("MM", "pings.answering"), nullptr);
  EXPECT_NE(of("Bago", "").find("MM", "pings.answering"), nullptr);
  EXPECT_NE(of("Atlantis", "Atlantis").find("MM", "pings.answering"), nullptr) << "no other place is known";
}

TEST(Pings, PlacesNetworksAndBadRows) {
  ImportOptions options;
  options.asn_map.emplace("MPT", Asn{9988});
  options.zone = hours(6) + minutes(30);
  auto all = import("pings",
                    std::string(kHeader) +
                        "1,MMR,Bago,MPT,2021-02-01 06:30:00,1\n2,MMR,Bago,Other,2021-02-01 07:30:00,1\n"
                        "3,MMR,Atlantis,MPT,2021-02-01 08:30:00,1\n4,XXX,Bago,MPT,2021-02-01 08:30:00,1\n"
                        "5,MMR,Bago,MPT,never,1\n6,MMR,Bago,MPT,2021-02-01 08:30:00,-2\n"
                        "7,MMR,Bago,MPT,2021-02-01 08:30:00,\n8,MMR\n",
                    options);
  EXPECT_THAT(all.bins("MM", "pings.answering", kHour), ElementsAre("01:00 1 @0.04"));
  EXPECT_THAT(all.bins("AS9988@MM", "pings.answering", kHour), ElementsAre("01:00 0 @0.04"));
  EXPECT_EQ(all.intake.findings().dropped(), 4U);
  EXPECT_THAT(
      all.told(),
      ElementsAre(HasSubstr("line 4: the code of 'Atlantis' is not known"), "line 5: 'XXX' is no country",
                  HasSubstr("line 6: the time 'never'"), "line 7: the round-trip time is negative",
                  "line 9: columns are missing", "pings without an answer, which are left out: 1",
                  HasSubstr("only answers are told")));
  EXPECT_THAT(import("pings", "a,b\n").error, HasSubstr("--time COLUMN"));
}

TEST(Pings, TheNightsOfBago) {
  const std::string text = sharedText("series/bago-2021-pings.csv");
  if (text.empty()) GTEST_SKIP() << "the shared data is not here";
  ImportOptions options;
  options.zone = hours(6) + minutes(30);
  auto all = import("pings", text, options);
  const auto& readings = all.find("MM-02", "pings.answering")->readings;
  EXPECT_EQ(readings.size(), 2256U);
  const Time curfew = parseTime("2021-02-14T18:30:00Z").value();
  int silent_before = 0, silent_nights = 0, silent_days = 0, night_hours = 0;
  for (const Reading& reading : readings) {
    const bool silent = reading.value == 0;
    const auto hour = std::chrono::floor<hours>(reading.time.time_since_epoch()).count() % 24;
    if (reading.time < curfew - minutes(30)) silent_before += silent ? 1 : 0;
    if (reading.time < curfew || reading.time > parseTime("2021-04-27T18:00:00Z").value()) continue;
    const bool night = hour >= 19 || hour < 2;
    night_hours += night ? 1 : 0;
    (night ? silent_nights : silent_days) += silent ? 1 : 0;
  }
  EXPECT_EQ(silent_before, 0);
  EXPECT_GT(silent_nights, night_hours * 6 / 10);
  RecordProperty("silent_nights", silent_nights);
  EXPECT_LT(silent_days, 25);
}

}  // namespace
}  // namespace nightjar::imports
