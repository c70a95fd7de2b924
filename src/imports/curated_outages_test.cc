#include "imports/curated_outages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

namespace nightjar::imports {
namespace {

constexpr std::string_view kHeader =
    "\xef\xbb\xbfID,Begin time,End time,Country,IODA BGP visible by human,IODA AP visible by human , IODA "
    "IBR "
    "visible by human,Scope (based on granularity at which the outage appears in IODA),Region,AS,Cause,"
    "Confirmation Status\r\n";

CuratedOutages read(std::string_view rows) {
  auto read = readCuratedOutages(std::string(kHeader) + std::string(rows));
  EXPECT_TRUE(read) << read.error().message;
  return read.value_or(CuratedOutages{});
}

TEST(CuratedOutages, ReadsARow) {
  const auto all = read(
      "A1,\"Wednesday, March 17, 2021, 4:40:00 PM\",\"3/17/2021  17:40:00 PM\",Myanmar/Burma,TRUE,False ,N/A,"
      "\"Region (Central, \"\"C\"\")\",,,Government-Ordered,Confirmed\r\n"
      "A2,\"Monday, May 28, 2018, 11:00 PM\",N/A,European Union,ture,,,AS (58224),,,,\n");
  ASSERT_EQ(all.outages.size(), 2U);
  const CuratedOutage& first = all.outages[0];
  EXPECT_EQ(first.line, 2U);
  EXPECT_EQ(first.id, "A1");
  EXPECT_EQ(formatTime(first.begin), "2021-03-17T16:40:00Z");
  EXPECT_EQ(formatTime(first.end.value()), "2021-03-17T17:40:00Z");
  EXPECT_EQ(first.country, "MM");
  EXPECT_EQ(first.scope, OutageScope::kRegion);
  EXPECT_EQ(first.region, "Central, \"C\"");
  EXPECT_EQ(first.in_bgp, true);
  EXPECT_EQ(first.in_probing, false);
  EXPECT_EQ(first.in_telescope, std::nullopt);
  EXPECT_EQ(first.cause, "Government-Ordered");
  EXPECT_EQ(first.confirmed, true);
  const CuratedOutage& second = all.outages[1];
  EXPECT_FALSE(second.end);
  EXPECT_EQ(second.country, "");
  EXPECT_EQ(second.asn, Asn{58224});
  EXPECT_EQ(second.in_bgp, true);
  EXPECT_FALSE(second.confirmed);
  EXPECT_EQ(all.findings.dropped(), 0U);
}

TEST(CuratedOutages, UnsoundRowsAreNamedByLineAndDropped) {
  const auto all = read(
      "A1,4/15/2020  23:40:00 AM,N/A,Iran,TRUE,TRUE,TRUE,Country,,,,\n"
      "A2,\"Saturday, June 9, 2018, 3:00 AM\",\"Wednesday, June 6, 2018, 8:00 "
      "AM\",Iraq,T,T,T,Country,,,Exams,\n"
      "A3,\"Saturday, June 9, 2018, 3:00 AM\",soon,Iraq,T,T,T,Country,,,Exams,\n"
      "A4,\"Saturday, June 9, 2018, 3:00 AM\"\n"
      "A5,\"Saturday, June 9, 2018, 3:00 AM\",,Iraq,T,T,T,Continent,,,Exams,\n"
      "A6,\"Saturday, June 9, 2018, 3:00 AM\",\"Saturday, June 9, 2018, 8:00 "
      "AM\",Iraq,T,T,T,Country,,,Exams,\n");
  EXPECT_EQ(all.rows, 6U);
  EXPECT_EQ(all.findings.dropped(), 5U);
  ASSERT_EQ(all.outages.size(), 1U);
  EXPECT_EQ(all.outages[0].id, "A6");
  EXPECT_EQ(all.findings.kept().at(0).describe(),
            "line 2: the begin '4/15/2020  23:40:00 AM' has an hour that is not before noon");
  EXPECT_EQ(all.findings.kept().at(1).describe(),
            "line 3: ends before it begins: 2018-06-09T03:00:00Z to 2018-06-06T08:00:00Z");
}

TEST(CuratedOutages, AMissingColumnIsNamed) {
  const auto read = readCuratedOutages("ID,Begin time\n1,2\n");
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().message, testing::HasSubstr("there is no column 'End time'"));
}

TEST(CuratedOutages, ThePublishedFile) {
  std::ifstream in(std::string(NIGHTJAR_SHARED_DATA) + "/series/ioda-curated-outages-2018-2022.csv");
  if (!in) GTEST_SKIP() << "the shared data is not here";
  std::stringstream text;
  text << in.rdbuf();
  const auto all = readCuratedOutages(text.str()).value();
  EXPECT_EQ(all.rows, 1704U);
  EXPECT_EQ(all.outages.size(), 1625U);
  std::map<std::string, int> causes;
  for (const CuratedOutage& outage : all.outages) ++causes[outage.cause];
  // 102, 64 and 55 in the file; the others end before they begin, or name the wrong day of the week.
  EXPECT_EQ(causes["Government-Ordered"], 98);
  EXPECT_EQ(causes["Exams"], 63);
  EXPECT_EQ(causes["Cable-Cut"] + causes["Power-Outage"], 53);
}

}  // namespace
}  // namespace nightjar::imports
