#include "imports/csv_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nightjar::imports {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct Read {
  std::vector<std::vector<std::string>> rows;
  std::vector<uint32_t> lines;
  Findings findings;
  std::string error;
};

Read read(std::string_view text) {
  Read read;
  CsvReader reader(text, read.findings);
  for (CsvRow row;;) {
    const auto more = reader.next(row);
    if (!more) read.error = more.error().message;
    if (!more || !*more) return read;
    read.rows.emplace_back(row.fields.begin(), row.fields.end());
    read.lines.push_back(row.line);
  }
}

TEST(CsvReader, ByteOrderMarkQuotesAndLineEnds) {
  const Read all = read(
      "\xef\xbb\xbf"
      "a,b\r\n\r\n\"x, \"\"y\"\"\",\"two\nlines\"\r\n 1 ,\t2\n,\nlast,");
  EXPECT_THAT(all.rows, ElementsAre(ElementsAre("a", "b"), ElementsAre("x, \"y\"", "two\nlines"),
                                    ElementsAre("1", "2"), ElementsAre("", ""), ElementsAre("last", "")));
  EXPECT_THAT(all.lines, ElementsAre(1, 3, 5, 6, 7));
  EXPECT_EQ(all.findings.all(), 0U);
}

TEST(CsvReader, TheSeparatorIsTheOneOfTheHeader) {
  EXPECT_THAT(read("a;b\n1,5;2\n").rows, ElementsAre(ElementsAre("a", "b"), ElementsAre("1,5", "2")));
  EXPECT_THAT(read("a\tb\n1 \t\n").rows, ElementsAre(ElementsAre("a", "b"), ElementsAre("1", "")));
  EXPECT_THAT(read("\"a;b;c\",d\n").rows, ElementsAre(ElementsAre("a;b;c", "d")));
}

TEST(CsvReader, DamagedRowsAreNamedAndTheNextOnesRead) {
  const Read all = read(std::string("a,b\n1,\"open\n2,3\n\"x\"y,4\n5,6\n7,\0\n8,9\n", 35));
  EXPECT_THAT(all.rows, ElementsAre(ElementsAre("a", "b"), ElementsAre("2", "3"), ElementsAre("5", "6"),
                                    ElementsAre("8", "9")));
  EXPECT_EQ(all.findings.dropped(), 3U);
  EXPECT_EQ(all.findings.kept()[0].describe(),
            "line 2: something stands between a closing quote and the next separator");
  EXPECT_EQ(all.findings.kept()[1].place, "line 4");
  EXPECT_EQ(all.findings.kept()[2].describe(), "line 6: holds a zero byte");
}

TEST(CsvReader, CommentsInFront) {
  Read all = read("\xef\xbb\xbf#\r\n# Made on Monday, with care\n## a;b\n#https://example.org\na;b\n#1;2\n");
  EXPECT_THAT(all.rows, ElementsAre(ElementsAre("a", "b"), ElementsAre("#1", "2")));
  EXPECT_THAT(all.lines, ElementsAre(5, 6));
  all = read("# users\n#time,value\n1,2\n");
  EXPECT_THAT(all.rows, ElementsAre(ElementsAre("#time", "value"), ElementsAre("1", "2")));
}

TEST(CsvReader, ManyFindingsInTheSameWordsAreOne) {
  const auto told = [](size_t lines) {
    std::string text = "a\n";
    for (size_t i = 0; i < lines; ++i) text += "\"1\" 2\n";
    Read all = read(text);
    EXPECT_EQ(all.findings.all(), lines);
    EXPECT_EQ(all.findings.dropped(), lines);
    EXPECT_EQ(all.findings.untold(), 0U);
    std::vector<std::string> places;
    for (const Finding& finding : all.findings.kept()) {
      places.push_back(finding.describe().substr(0, finding.describe().find(':')));
    }
    return places;
  };
  EXPECT_THAT(told(3), ElementsAre("line 2", "line 3", "line 4"));
  EXPECT_THAT(told(4), ElementsAre("line 2 and 3 more"));
  EXPECT_THAT(told(118), ElementsAre("line 2 and 117 more"));
}

TEST(CsvReader, Bounds) {
  EXPECT_THAT(read(std::string(CsvReader::kMaxFields, ',')).error, HasSubstr("more than 4096 fields"));
  std::string open;
  for (int i = 0; i < 200; ++i) open += "\"\n";
  EXPECT_EQ(read(open + "x").error, "");  // two by two they close
  EXPECT_THAT(read("\"" + std::string(CsvReader::kMaxField, 'x') + "\"\nnext\n").rows,
              ElementsAre(ElementsAre("next")));
  EXPECT_THAT(read("\xff\xfe"
                   "a")
                  .error,
              HasSubstr("UTF-16"));
}

}  // namespace
}  // namespace nightjar::imports
