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
      "2023-01-01 00:35,1\n");
  EXPECT_THAT(
      all.told(),
      ElementsAre("line 3: the value '3,5' has a decimal comma",
                  "line 4: the value 'NaN' is no finite number", "line 5: a.v of IQ is negative: -4",
                  "line 6: columns are missing", "line 7: the time '32.01.2023' is no date of the calendar",
                  "line 8: the value '1e999' is no number", "line 9: the value '12 MB' is no number"));
  EXPECT_EQ(all.intake.findings().dropped(), 7U);
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
