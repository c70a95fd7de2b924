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
const BinWidth kTen = BinWidth::of(minutes(10)).value();
const BinWidth kHalfHour = BinWidth::of(minutes(30)).value();

ImportOptions plain() {
  ImportOptions options;
  options.time_column = "t";
  options.values = {{"v", "a.v"}};
  options.entity = Entity::country("IQ");
  return options;
}

Imported rows(const std::string& text, std::optional<Seconds> step = {}) {
  return import("csv", "t,v\n" + text, plain(), step);
}

TEST(Csv, EmptyIsAbsentAndZeroIsNot) {
  auto all = rows("2023-01-01 00:00,5\n2023-01-01 00:05,\n2023-01-01 00:10,0\n2023-01-01 00:15,7\n");
  EXPECT_THAT(all.told(), IsEmpty());
  EXPECT_EQ(all.find("IQ", "a.v")->step, minutes(5));
  EXPECT_THAT(all.bins("IQ", "a.v", kFive), ElementsAre("00:00 5 @1.00", "00:10 0 @1.00", "00:15 7 @1.00"));
}

TEST(Csv, AColumnMaySayOfWhichSignalARowIs) {
  ImportOptions options = plain();
  options.signal_column = "what";
  auto all = import("csv",
                    "t,what,v\n2023-01-01 00:00,bgp,5\n2023-01-01 00:00,Ping Slash24,70\n"
                    "2023-01-01 00:05,bgp,6\n2023-01-01 00:05,Ping Slash24,71\n2023-01-01 00:10,,7\n"
                    "2023-01-01 00:10\n",
                    options);
  EXPECT_THAT(all.bins("IQ", "a.v.bgp", kFive), ElementsAre("00:00 5 @1.00", "00:05 6 @1.00"));
  EXPECT_THAT(all.bins("IQ", "a.v.ping-slash24", kFive), ElementsAre("00:00 70 @1.00", "00:05 71 @1.00"));
  EXPECT_THAT(all.told(), ElementsAre("line 6: the row does not say of which signal it is",
                                      "line 7: the row does not say of which signal it is"));
  EXPECT_EQ(all.intake.findings().dropped(), 2U);
  EXPECT_THAT(import("csv", "t,v\n2023-01-01 00:00,5\n", options).error,
              "there is no column 'what'; there are 't', 'v'");
}

TEST(Csv, AFileMayHaveNoNamesOfItsColumns) {
  ImportOptions options = plain();
  options.columns = {"t", "", "v"};
  auto all = import("csv", "2023-01-01 00:00,x,5\n2023-01-01 00:05,x,6\n", options);
  EXPECT_THAT(all.told(), IsEmpty());
  EXPECT_THAT(all.bins("IQ", "a.v", kFive), ElementsAre("00:00 5 @1.00", "00:05 6 @1.00"));
  options.columns = {"t"};
  EXPECT_THAT(import("csv", "2023-01-01 00:00,5\n", options).error, "there is no column 'v'; there are 't'");
}

TEST(Csv, ALongStepFillsItsBinsAndShortOnesAreAveraged) {
  auto all = rows("2023-01-01 00:00,6\n2023-01-01 00:10,8\n2023-01-01 00:20,1\n");
  EXPECT_THAT(all.bins("IQ", "a.v", kFive), ElementsAre("00:00 6 @1.00", "00:05 6 @1.00", "00:10 8 @1.00",
                                                        "00:15 8 @1.00", "00:20 1 @1.00", "00:25 1 @1.00"));
  EXPECT_THAT(all.bins("IQ", "a.v", kHalfHour), ElementsAre("00:00 5 @1.00"));
  // 00:10 to 00:20 is missing.
  all = rows("2023-01-01 00:00,6\n2023-01-01 00:20,1\n2023-01-01 00:30,1\n", minutes(10));
  EXPECT_THAT(all.bins("IQ", "a.v", kHalfHour), ElementsAre("00:00 3.5 @0.67", "00:30 1 @0.33"));
}

TEST(Csv, TheWidthFitsStepsAndOffsets) {
  EXPECT_EQ(
      fittingWidth(rows("2023-01-01 00:30,1\n2023-01-01 01:30,1\n2023-01-01 02:30,1\n").intake.series()),
      kHalfHour);
  EXPECT_EQ(
      fittingWidth(rows("2023-01-01 00:00,1\n2023-01-01 00:10,1\n2023-01-01 00:20,1\n2023-01-01 00:31,1\n")
                       .intake.series()),
      kTen);
  EXPECT_EQ(fittingWidth(rows("2023-01-01,1\n2023-01-02,1\n").intake.series()).length(), minutes(60));
  EXPECT_EQ(fittingWidth(rows("2023-01-01 00:00:10,1\n2023-01-01 00:00:20,1\n").intake.series()).length(),
            minutes(1));
}

// Rows at these minutes and seconds of 2023-01-01, of the values 1, 2, ...
std::string at(const std::vector<std::pair<int, int>>& times) {
  std::string text;
  for (size_t i = 0; i < times.size(); ++i) {
    const auto [minute, second] = times[i];
    text += fmt::format("2023-01-01 {:02}:{:02}:{:02},{}\n", minute / 60, minute % 60, second, i + 1);
  }
  return text;
}

TEST(Csv, IrregularTimesAreNoFinerBinsThanReadings) {
  auto all = rows(at({{0, 7}, {33, 1}, {70, 20}, {121, 2}, {140, 59}, {185, 30}, {211, 3}, {250, 17}}));
  const ReadSeries& series = *all.find("IQ", "a.v");
  EXPECT_EQ(series.timing, Timing::kIrregular);
  EXPECT_EQ(formatDuration(series.step), "37m 19s") << "the median distance";
  EXPECT_EQ(fittingWidth(all.intake.series()).length(), minutes(60));
  EXPECT_THAT(all.told(), ElementsAre("a.v of IQ comes at irregular times, from 19m 57s to 50m 42s apart, "
                                      "usually 37m 19s"));
  // Each reading counts alike, whatever comes after it, and in its own hour.
  EXPECT_THAT(
      all.bins("IQ", "a.v", BinWidth::of(minutes(60)).value()),
      ElementsAre("00:00 1.5 @1.00", "01:00 3 @0.62", "02:00 4.5 @1.00", "03:00 6.5 @1.00", "04:00 8 @0.62"));
  EXPECT_DOUBLE_EQ(binsOfReading(series, kTen), 3.7316666666666665);
}

TEST(Csv, ASingleReadingAmongIrregularOnesIsASingleBin) {
  // About every ten minutes, and late by some seconds each time: no reading lies in the fifth bin.
  std::string text;
  for (int i = 0; i < 12; ++i) {
    const int second = 580 + i * 605 + i * i % 7;
    text += fmt::format("2023-01-01 {:02}:{:02}:{:02},{}\n", second / 3600, second / 60 % 60, second % 60,
                        i == 1 ? 0 : 5);
  }
  auto all = rows(text);
  EXPECT_EQ(all.find("IQ", "a.v")->timing, Timing::kIrregular);
  EXPECT_EQ(fittingWidth(all.intake.series()), kTen);
  const auto bins = all.bins("IQ", "a.v", kTen);
  ASSERT_EQ(bins.size(), 14U);
  EXPECT_EQ(bins[4], "00:40 5 @1.00");
  EXPECT_EQ(bins[13], "02:10 5 @0.07");
  EXPECT_EQ(std::count_if(bins.begin(), bins.end(),
                          [](const std::string& bin) { return bin.find(" 0 @") != std::string::npos; }),
            1);
  // In narrower bins it goes on, for a step and not for longer.
  all = rows("2023-01-01 00:00:10,4\n2023-01-01 00:09:20,0\n2023-01-01 00:21:01,8\n2023-01-01 00:31:40,8\n");
  EXPECT_EQ(all.find("IQ", "a.v")->step, Seconds(639));
  EXPECT_THAT(all.bins("IQ", "a.v", kFive),
              ElementsAre("00:00 4 @1.00", "00:05 0 @1.00", "00:10 0 @1.00", "00:15 0 @1.00", "00:20 8 @1.00",
                          "00:25 8 @1.00", "00:30 8 @1.00", "00:35 8 @1.00", "00:40 8 @0.46"));
}

TEST(Csv, ARegularStepAtOddMomentsIsSampledToo) {
  const auto hourly = [](int minute, int second) {
    auto all = rows(at({{minute, second}, {minute + 60, second}, {minute + 120, second}}));
    return std::pair(all.find("IQ", "a.v")->timing, fittingWidth(all.intake.series()).length());
  };
  EXPECT_EQ(hourly(0, 0), std::pair(Timing::kRegular, Seconds(minutes(60))));
  EXPECT_EQ(hourly(30, 0), std::pair(Timing::kRegular, Seconds(minutes(30))));
  EXPECT_EQ(hourly(45, 0), std::pair(Timing::kRegular, Seconds(minutes(15)))) << "Nepal's hours";
  EXPECT_EQ(hourly(50, 0), std::pair(Timing::kOffGrid, Seconds(minutes(60))));
  EXPECT_EQ(hourly(42, 3), std::pair(Timing::kOffGrid, Seconds(minutes(60))));
}

TEST(Csv, TheFinestRegularSeriesDecidesAmongSeveral) {
  const auto width = [](const std::string& regular, const std::string& irregular) {
    ImportOptions options = plain();
    options.values = {{"v", "a.v"}, {"w", "a.w"}};
    std::string text = "t,v,w\n";
    for (const auto& [lines, comma] : {std::pair(regular, ","), std::pair(irregular, ",,")}) {
      size_t begin = 0;
      for (size_t end = 0; (end = lines.find('\n', begin)) != std::string::npos; begin = end + 1) {
        std::string line = lines.substr(begin, end - begin);
        text += line.replace(line.find(','), 1, comma) + "\n";
      }
    }
    auto all = import("csv", text, options);
    EXPECT_EQ(all.find("IQ", "a.v")->timing, Timing::kRegular);
    EXPECT_EQ(all.find("IQ", "a.w")->timing, Timing::kIrregular);
    return fittingWidth(all.intake.series()).length();
  };
  const std::string five = at({{0, 0}, {5, 0}, {10, 0}, {15, 0}});
  const std::string hours = at({{0, 0}, {60, 0}, {120, 0}, {180, 0}});
  const std::string odd = at({{0, 7}, {7, 1}, {21, 20}, {29, 2}});
  EXPECT_EQ(width(five, odd), minutes(5));
  EXPECT_EQ(width(hours, odd), minutes(60));
}

TEST(Csv, UnsoundRowsAreNamedByLine) {
  auto all = rows(
      "2023-01-01 00:00,1\n"
      "2023-01-01 00:05,\"3,5\"\n"
      "2023-01-01 00:10,NaN\n"
      "2023-01-01 00:15,-4\n"
      "2023-01-01 00:20\n"
      "32.01.2023,1\n"
      "2023-01-01 00:25,1e999\n"
      "2023-01-01 00:30,12 MB\n"
      "2023-01-01 00:35,1\n"
      "2023-01-01 00:40,1e308\n");
  EXPECT_THAT(
      all.told(),
      ElementsAre("line 3: the value '3,5' has a decimal comma",
                  "line 4: the value 'NaN' is no finite number", "line 5: a.v of IQ is negative: -4",
                  "line 6: columns are missing", "line 7: the time '32.01.2023' is no date of the calendar",
                  "line 8: the value '1e999' is no number", "line 9: the value '12 MB' is no number",
                  "line 11: a.v of IQ is too large: 1e+308"));
  EXPECT_EQ(all.intake.findings().dropped(), 8U);
  EXPECT_EQ(all.find("IQ", "a.v")->readings.size(), 2U);
}

TEST(Csv, TimesTwiceAndOutOfOrder) {
  auto all = rows(
      "2023-01-01 00:05,2\n2023-01-01 00:00,1\n2023-01-01 00:10,3\n2023-01-01 00:10,3\n2023-01-01 00:05,9\n");
  EXPECT_THAT(
      all.told(),
      ElementsAre("line 3: times run backwards, 2023-01-01T00:00:00Z after 2023-01-01T00:05:00Z: they are "
                  "put in order",
                  "line 2: a.v of IQ at 2023-01-01T00:05:00Z is 2 here and 9 in line 6 of file, which "
                  "wins"));
  EXPECT_EQ(all.intake.findings().dropped(), 1U);
  EXPECT_THAT(all.bins("IQ", "a.v", kFive), ElementsAre("00:00 1 @1.00", "00:05 9 @1.00", "00:10 3 @1.00"));
}

TEST(Csv, AChangedStepAndAChangedFormAreTold) {
  std::string text;
  for (int i = 0; i < 10; ++i) text += fmt::format("2023-01-01 00:{:02},1\n", i * 2);
  for (int i = 0; i < 4; ++i) text += fmt::format("01.01.2023 00:{:02},1\n", 25 + i * 5);
  EXPECT_THAT(rows(text).told(),
              ElementsAre("line 12: the form of the times changes, from 2021-03-17 16:40 to 17.03.2021 16:40",
                          "line 12: the step of a.v of IQ changes here, from 2m to 5m"));
}

TEST(Csv, EachPartOfASeriesHasItsStep) {
  // Every two hours, a hole, then every hour and a half, which is more often.
  std::vector<std::pair<int, int>> times;
  for (int i = 0; i < 5; ++i) times.emplace_back(i * 120, 0);
  for (int i = 0; i < 7; ++i) times.emplace_back(780 + i * 90, 0);
  auto all = rows(at(times));
  const ReadSeries& series = *all.find("IQ", "a.v");
  EXPECT_EQ(series.timing, Timing::kChanging);
  EXPECT_EQ(series.step, minutes(90));
  EXPECT_EQ(fittingWidth(all.intake.series()), kHalfHour);
  EXPECT_THAT(all.told(), ElementsAre("line 7: the step of a.v of IQ changes here, from 2h to 1h 30m"));
  const auto bins = all.bins("IQ", "a.v", kHalfHour);
  ASSERT_EQ(bins.size(), 5U * 4 + 7 * 3) << "no hole between the first values, and the one behind them stays";
  EXPECT_EQ(bins[3], "01:30 1 @1.00");
  EXPECT_EQ(bins[19], "09:30 5 @1.00");
  EXPECT_EQ(bins[20], "13:00 6 @1.00");
  // What the command line says holds in all parts, and how wide a bin is remains.
  all = rows(at(times), minutes(80));
  EXPECT_EQ(all.find("IQ", "a.v")->timing, Timing::kRegular);
  EXPECT_THAT(all.told(), IsEmpty());
  EXPECT_EQ(fittingWidth(all.intake.series()), kHalfHour);
  EXPECT_EQ(all.bins("IQ", "a.v", kHalfHour)[2], "01:00 1 @0.67");
}

TEST(Csv, MissingValuesAreNoChangeOfTheStep) {
  // Every second value is missing for a while.
  std::string text;
  for (const int i : {0, 1, 2, 3, 4, 6, 8, 10, 12, 14, 15, 16, 17}) {
    text += fmt::format("2023-01-01 {:02}:{:02},1\n", i / 12, i * 5 % 60);
  }
  auto all = rows(text);
  EXPECT_THAT(all.told(), IsEmpty());
  EXPECT_EQ(all.find("IQ", "a.v")->timing, Timing::kRegular);
  EXPECT_EQ(all.bins("IQ", "a.v", kFive).size(), 13U);
  // It is one if it lasts.
  text.clear();
  for (int i = 0; i < 20; ++i) text += fmt::format("2023-01-01 00:{:02},1\n", i);
  for (int i = 0; i < 14; ++i) text += fmt::format("2023-01-01 00:{:02},1\n", 22 + i * 2);
  all = rows(text);
  EXPECT_THAT(all.told(), ElementsAre("line 22: the step of a.v of IQ changes here, from 1m to 2m"));
  EXPECT_EQ(all.bins("IQ", "a.v", BinWidth::of(minutes(1)).value()).size(), 20U + 14 * 2);
}

TEST(Csv, ManyChangesAreToldOnce) {
  std::string text;
  int minute = 0;
  for (int part = 0; part < 6; ++part) {
    for (int i = 0; i < 5; ++i, minute += part % 2 == 0 ? 2 : 5) {
      text += fmt::format("2023-01-01 {:02}:{:02},1\n", minute / 60, minute % 60);
    }
  }
  EXPECT_THAT(rows(text).told(),
              ElementsAre("line 7: the step of a.v of IQ changes here, from 2m to 5m, and 4 times more"));
}

TEST(Csv, MissingColumnsAndWrongUse) {
  EXPECT_THAT(import("csv", "time,v\n", plain()).error,
              HasSubstr("there is no column 't'; there are 'time', 'v'"));
  EXPECT_THAT(import("csv", "", plain()).error, HasSubstr("no header"));
  ImportOptions options = plain();
  options.entity.reset();
  EXPECT_THAT(import("csv", "t,v\n", options).error, HasSubstr("--entity"));
  EXPECT_THAT(rows("2023-01-01,1\n").error, HasSubstr("--step"));
}

TEST(Csv, PlacesByColumn) {
  ImportOptions options = plain();
  options.entity.reset();
  options.entity_column = "place";
  options.entity_map.emplace("Bago", Entity::region("MM-02"));
  auto all =
      import("csv",
             "place,t,v\nBago,2023-01-01 00:00,1\nMyanmar,2023-01-01 00:00,2\nAS9988,2023-01-01 00:00,3\n"
             "Narnia,2023-01-01 00:00,4\n",
             options, minutes(5));
  for (const char* code : {"MM-02", "MM", "AS9988"}) EXPECT_NE(all.find(code, "a.v"), nullptr) << code;
  EXPECT_THAT(all.told(), ElementsAre(HasSubstr("line 5: 'Narnia' is no place that is known")));
}

TEST(Csv, CodesInSmallLettersAreCodesInAColumn) {
  ImportOptions options = plain();
  options.entity.reset();
  options.entity_column = "p";
  std::string text = "# a comment, of somebody\n#\np,t,v\n";
  for (const char* place : {"ve", "ve-b", "as8048", "ven", "iran"}) {
    text += std::string(place) + ",2023-01-01 00:00,1\n";
  }
  for (int i = 0; i < 5; ++i) text += fmt::format("??,2023-01-01 00:{:02},1\n", i);
  auto all = import("csv", text, options, minutes(5));
  for (const char* code : {"VE", "VE-B", "AS8048", "IR"}) EXPECT_NE(all.find(code, "a.v"), nullptr) << code;
  EXPECT_THAT(all.told(), ElementsAre(HasSubstr("line 9 and 4 more: '?\?' is no place that is known")));
  EXPECT_EQ(all.intake.findings().dropped(), 5U);
  // Not in the names of columns.
  EXPECT_THAT(import("google", "date,in,no\n2023-01-01,1,2\n2023-01-02,1,2\n").error, HasSubstr("--entity"));
}

TEST(Csv, DateAndTimeInTwoColumns) {
  ImportOptions options = plain();
  options.time_column = "date+time";
  options.time_format = "%m/%d/%y %H:%M";
  const std::string text = "Date,v,Time\n02/10/21,5,13:00\n02/10/21,6,13:05\n02/10/21,7\n";
  auto all = import("csv", text, options);
  EXPECT_THAT(all.bins("IQ", "a.v", kFive), ElementsAre("13:00 5 @1.00", "13:05 6 @1.00"));
  EXPECT_THAT(all.told(), ElementsAre("line 4: the row ends before the column of the time"));
  EXPECT_THAT(import("csv", "Date,v\n", options).error, HasSubstr("there is no column 'time'"));
  // A column of that very name.
  options.time_format.clear();
  EXPECT_THAT(import("csv", "date+time,v\n2023-01-01 00:00,1\n", options, minutes(5)).error, IsEmpty());
}

TEST(Csv, PerCentIsAHundredth) {
  EXPECT_THAT(rows("2023-01-01 00:00,0.0%\n2023-01-01 00:05,12.5 %\n").bins("IQ", "a.v", kFive),
              ElementsAre("00:00 0 @1.00", "00:05 0.125 @1.00"));
  EXPECT_THAT(rows("2023-01-01 00:00,5%%\n2023-01-01 00:05,%\n2023-01-01 00:10,\"1,5%\"\n").told(),
              ElementsAre("line 2: the value '5%%' is no number", "line 3: the value '%' is no number",
                          "line 4: the value '1,5%' has a decimal comma"));
}

TEST(Csv, MoreFieldsThanNames) {
  EXPECT_THAT(rows("2023-01-01 00:00,5,\n2023-01-01 00:05,5,6\n").told(),
              ElementsAre("line 3: there are 3 fields, and names for 2: are the values under theirs?"));
}

TEST(Csv, LabelsAreJudgementsOfOthers) {
  ImportOptions options = plain();
  options.label_column = "label";
  auto all = import("csv",
                    "t,v,label\n2023-01-01 00:00,1,0\n2023-01-01 00:05,1,1\n2023-01-01 00:10,1,1\n"
                    "2023-01-01 00:15,1,0\n2023-01-01 00:20,1,1\n",
                    options);
  ASSERT_EQ(all.intake.judgements().size(), 2U);
  const Judgement& first = all.intake.judgements()[0];
  EXPECT_EQ(first.rule, "label");
  EXPECT_EQ(formatTime(first.onset), "2023-01-01T00:05:00Z");
  EXPECT_EQ(formatTime(first.end.value()), "2023-01-01T00:15:00Z");
  EXPECT_THAT(first.json, HasSubstr(R"("state":"closed","entity":"IQ","onset":"2023-01-01T00:05:00Z")"));
  EXPECT_FALSE(all.intake.judgements()[1].end);
}

TEST(Csv, TheIraqiExams) {
  const std::string text = sharedText("series/iraq-2023-exams.csv");
  if (text.empty()) GTEST_SKIP() << "the shared data is not here";
  ImportOptions options;
  options.time_column = "timestamp";
  options.values = {{"bgp", "ioda.bgp"}, {"gtr", "ioda.gtr"}};
  options.label_column = "LABEL";
  options.entity = Entity::country("IQ");
  auto all = import("csv", text, options);
  EXPECT_THAT(all.told(), IsEmpty());
  EXPECT_EQ(all.find("IQ", "ioda.bgp")->step, minutes(5));
  EXPECT_EQ(all.find("IQ", "ioda.gtr")->step, minutes(30));
  EXPECT_EQ(fittingWidth(all.intake.series()), kFive);
  EXPECT_EQ(all.intake.judgements().size(), 8U);
}

}  // namespace
}  // namespace nightjar::imports
