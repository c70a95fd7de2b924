#include "base/time.h"

#include <gtest/gtest.h>

namespace nightjar {
namespace {

using namespace std::chrono_literals;

Time at(std::string_view text) {
  return parseTime(text).value();
}

TEST(Time, ReadsEveryFormOfRfc3339) {
  EXPECT_EQ(at("1970-01-01").time_since_epoch(), 0s);
  EXPECT_EQ(at("2022-01-05T10:45:00Z").time_since_epoch(), 1641379500s);
  EXPECT_EQ(at("2022-01-05 10:45"), at("2022-01-05T10:45:00Z"));
  EXPECT_EQ(at("2022-01-05T16:45:00+06:00"), at("2022-01-05T10:45:00Z"));
  EXPECT_EQ(at("2022-01-05T10:45:00.25Z") - at("2022-01-05T10:45:00Z"), 250ms);
}

TEST(Time, RefusesWhatIsNoTime) {
  for (const char* text :
       {"", "yesterday", "2022-13-01", "2022-02-30", "2022-01-05T24:00:00Z", "2022-01-05T10:45:00Zx",
        "2022-01-05T10", "1969-12-31T23:59:59Z", "2022-01-05T10:45:00+6", "2022-01-05T10:45:00."}) {
    EXPECT_FALSE(parseTime(text)) << text;
  }
}

TEST(Time, FormatsWhatItReads) {
  for (const char* text : {"2022-01-05T10:45:00Z", "2011-01-27T22:12:43Z", "2015-10-23T02:07:58.509481Z"}) {
    EXPECT_EQ(formatTime(at(text)), text);
  }
}

TEST(Duration, RoundTrips) {
  EXPECT_EQ(parseDuration("5m").value(), 300s);
  EXPECT_EQ(parseDuration("2d").value(), 48h);
  for (const char* text : {"", "5", "m", "-5m", "0m", "5 m", "99999999999h"})
    EXPECT_FALSE(parseDuration(text)) << text;
  EXPECT_EQ(formatDuration(0s), "0s");
  EXPECT_EQ(formatDuration(5400s), "1h 30m");
  EXPECT_EQ(formatDuration(86400s * 5 + 59s), "5d");
}

TEST(Bin, AlignsToTheEpoch) {
  const BinWidth width;
  const Bin bin = Bin::of(at("2022-01-05T10:47:59Z"), width);
  EXPECT_EQ(formatTime(bin.start(width)), "2022-01-05T10:45:00Z");
  EXPECT_EQ(formatTime(bin.end(width)), "2022-01-05T10:50:00Z");
}

TEST(BinWidth, TakesWhatFillsAnHour) {
  EXPECT_TRUE(BinWidth::of(1min));
  EXPECT_TRUE(BinWidth::of(1h));
  for (Seconds bad : {30s, 7 * 60s, 7200s, 0s}) EXPECT_FALSE(BinWidth::of(bad));
}

}  // namespace
}  // namespace nightjar
