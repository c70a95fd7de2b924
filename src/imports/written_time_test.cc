#include "imports/written_time.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nightjar::imports {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

std::string readWith(TimeReader reader, std::string_view text) {
  const auto time = reader.read(text);
  return time ? formatTime(*time) : time.error().message;
}

TEST(WrittenTime, TheUsualForms) {
  constexpr std::pair<std::string_view, std::string_view> kForms[] = {
      {"2023-08-20T01:05:00Z", "2023-08-20T01:05:00Z"},
      {"2023-08-20 01:05:00+00:00", "2023-08-20T01:05:00Z"},
      {"2023-08-20 01:05:00+0330", "2023-08-19T21:35:00Z"},
      {"2021-02-19 10:24:36.500", "2021-02-19T10:24:36.500000Z"},
      {"2021-02-19 10:24 UTC", "2021-02-19T10:24:00Z"},
      {"2021-02-19", "2021-02-19T00:00:00Z"},
      {"2021/2/9 1:05", "2021-02-09T01:05:00Z"},
      {"1692493200", "2023-08-20T01:00:00Z"},
      {"1692493200.5", "2023-08-20T01:00:00.500000Z"},
      {"1692493200123", "2023-08-20T01:00:00.123000Z"},
      {"11-Nov-2019 00:00:00", "2019-11-11T00:00:00Z"},
      {"Wednesday, March 17, 2021, 4:40:00 PM", "2021-03-17T16:40:00Z"},
      {"Wed Mar 17 2021 4:40 pm", "2021-03-17T16:40:00Z"},
      {"Saturday June 2, 2018, 12:00 AM", "2018-06-02T00:00:00Z"},
      {"Monday, October 25, 2021, 2:30: AM", "2021-10-25T02:30:00Z"},
      {"17.03.2021 16:40", "2021-03-17T16:40:00Z"},
      {"03.04.2021", "2021-04-03T00:00:00Z"},
      {"3/17/2021 4:40:00 PM", "2021-03-17T16:40:00Z"},
      {"17/3/2021", "2021-03-17T00:00:00Z"},
      {"5/5/2021", "2021-05-05T00:00:00Z"},
      {"7/28/2020  17:00:00 PM", "2020-07-28T17:00:00Z"},
  };
  for (const auto& [text, time] : kForms) EXPECT_EQ(readWith(TimeReader(), text), time) << text;
}

TEST(WrittenTime, WhatIsNoTimeIsSaid) {
  constexpr std::pair<std::string_view, std::string_view> kForms[] = {
      {"", "'' is not a time that can be read"},
      {"soon", "'soon' is not a time that can be read"},
      {"12345", "'12345' is not a time that can be read"},
      {"2023-08-20 01:05:00 Mars", "'2023-08-20 01:05:00 Mars' is not a time that can be read"},
      {"2023-02-30", "'2023-02-30' is no date of the calendar"},
      {"2023-08-20 25:00", "'2023-08-20 25:00' is no date of the calendar"},
      {"3/4/2021", "'3/4/2021' can be read in two ways: which is the month is not said"},
      {"4/15/2020 23:40:00 AM", "'4/15/2020 23:40:00 AM' has an hour that is not before noon"},
      {"Monday, May 29, 2018, 11:00 PM", "'Monday, May 29, 2018, 11:00 PM' is not on that day of the week"},
      {"1816-01-01", "'1816-01-01' is outside the years 1970 to 2199"},
  };
  for (const auto& [text, words] : kForms) EXPECT_EQ(readWith(TimeReader(), text), words) << text;
}

TEST(WrittenTime, AZoneMovesWhatNamesNone) {
  const TimeReader tehran(hours(3) + minutes(30));
  EXPECT_EQ(readWith(tehran, "1573430400"), "2019-11-10T20:30:00Z");
  EXPECT_EQ(readWith(tehran, "11-Nov-2019 00:00:00"), "2019-11-10T20:30:00Z");
  EXPECT_EQ(readWith(tehran, "2019-11-11T00:00:00Z"), "2019-11-11T00:00:00Z");
  EXPECT_EQ(readWith(TimeReader(hours(-4)), "2019-07-22 16:41"), "2019-07-22T20:41:00Z");
  EXPECT_EQ(readZone("+03:30").value(), hours(3) + minutes(30));
  EXPECT_EQ(readZone("-4").value(), hours(-4));
  EXPECT_EQ(readZone("UTC").value(), Seconds(0));
  for (const char* bad : {"", "3:30", "+25", "+03:70", "+3h"}) EXPECT_FALSE(readZone(bad)) << bad;
}

TEST(WrittenTime, AFormatReadsThatFormOnly) {
  const auto with = [](const char* format) { return TimeReader::withFormat(format).value(); };
  EXPECT_EQ(readWith(with("%d/%m/%Y %H:%M"), "03/04/2021 16:40"), "2021-04-03T16:40:00Z");
  EXPECT_EQ(readWith(with("%a %d %b %y %I:%M %p %z"), "Wed 17 Mar 21 4:40 PM +06:30"),
            "2021-03-17T10:10:00Z");
  EXPECT_EQ(readWith(with("%s"), "12345"), "1970-01-01T03:25:45Z");
  EXPECT_EQ(readWith(with("%Y%m%dT%H%M%S"), "20210317T164000"), "2021-03-17T16:40:00Z");
  EXPECT_EQ(readWith(with("%Y-%m-%d"), "03/04/2021"), "'03/04/2021' is not written as '%Y-%m-%d'");
  for (const char* bad : {"%", "%Q", "%H:%M", ""}) EXPECT_FALSE(TimeReader::withFormat(bad)) << bad;
}

TEST(WrittenTime, TheFormIsTold) {
  TimeReader reader;
  ASSERT_TRUE(reader.read("1692493200"));
  EXPECT_EQ(reader.form(), TimeForm::kSeconds);
  ASSERT_TRUE(reader.read("11-Nov-2019"));
  EXPECT_EQ(reader.form(), TimeForm::kMonthWords);
}

}  // namespace
}  // namespace nightjar::imports
