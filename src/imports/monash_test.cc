#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "imports/read_for_tests.h"

namespace nightjar::imports {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const BinWidth kHour = BinWidth::of(hours(1)).value();

TEST(Monash, StatesByNameAndTheNationAsTheirMean) {
  auto all = import("monash",
                    "iso,id_1,name_1,time_e,time_e_str,lat,lon,connectivity\n"
                    "VEN,2,Anzoátegui,1563580800,20-Jul-2019 00:00:00,1,1,100\n"
                    "VEN,2,Anzoátegui,1563584400,20-Jul-2019 01:00:00,1,1,50\n"
                    "VEN,99,Nowhere,1563580800,20-Jul-2019 00:00:00,1,1,40\n"
                    "VEN,4,Aragua,1563580800,20-Jul-2019 00:00:00,1,1,-1\n"
                    "XYZ,4,Aragua,1563580800,20-Jul-2019 00:00:00,1,1,10\n");
  EXPECT_THAT(all.bins("VE-B", "monash.connectivity", kHour),
              ElementsAre("00:00 100 @1.00", "01:00 50 @1.00"));
  EXPECT_THAT(all.bins("VE-099", "monash.connectivity", kHour), ElementsAre("00:00 40 @1.00"));
  EXPECT_THAT(all.bins("VE", "monash.connectivity", kHour), ElementsAre("00:00 70 @0.67", "01:00 50 @0.33"));
  EXPECT_EQ(all.find("VE-B", "monash.connectivity")->name, "Anzoátegui");
  EXPECT_THAT(all.told(), ElementsAre("line 5: monash.connectivity of VE-D is negative: -1",
                                      "line 6: 'XYZ' is no country"));
}

TEST(Monash, TheIranianCounties) {
  const std::string text = sharedText("series/iran-2019-counties.csv");
  if (text.empty()) GTEST_SKIP() << "the shared data is not here";
  ImportOptions options;
  options.zone = hours(3) + minutes(30);
  auto all = import("monash", text, options);
  EXPECT_THAT(all.told(), IsEmpty());
  EXPECT_EQ(all.intake.series().size(), 74U);
  EXPECT_EQ(fittingWidth(all.intake.series()).length(), minutes(30));
  const ReadSeries& nation = *all.find("IR", "monash.connectivity");
  EXPECT_EQ(nation.readings.size(), 223U);
  EXPECT_EQ(formatTime(nation.readings.front().time), "2019-11-10T20:30:00Z");
}

TEST(Monash, TheVenezuelanStates) {
  const std::string text = sharedText("series/venezuela-2019-states.csv");
  if (text.empty()) GTEST_SKIP() << "the shared data is not here";
  ImportOptions options;
  options.zone = hours(-4);
  auto all = import("monash", text, options);
  EXPECT_THAT(all.told(), ElementsAre(HasSubstr("of VE-S is negative: -1")));
  EXPECT_EQ(all.intake.series().size(), 14U);
  // The nationwide power failure was at 16:41 local time, 20:41 UTC, on 22 July.
  const auto bins = all.bins("VE", "monash.connectivity", kHour);
  ASSERT_GT(bins.size(), 72U);
  EXPECT_EQ(bins[60], "16:00 100 @1.00");
  EXPECT_EQ(bins[67], "23:00 19.85 @1.00");
}

}  // namespace
}  // namespace nightjar::imports
