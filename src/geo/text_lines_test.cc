#include "geo/text_lines.h"
#include "base/printable.h"

#include <gtest/gtest.h>

#include <vector>

namespace nightjar::geo {
namespace {

TEST(LineReader, TellsWhereEachLineIs) {
  LineReader lines("one\r\n\nthree\nlast");
  struct Expected {
    std::string_view text;
    uint64_t offset;
  };
  uint32_t number = 0;
  Line line;
  for (const Expected& expected : std::vector<Expected>{{"one", 0}, {"", 5}, {"three", 6}, {"last", 12}}) {
    ASSERT_EQ(lines.next(line), true);
    EXPECT_EQ(line.text, expected.text);
    EXPECT_EQ(line.offset, expected.offset);
    EXPECT_EQ(line.number, ++number);
  }
  EXPECT_EQ(lines.next(line), false);
  EXPECT_EQ(lines.next(line), false);
}

TEST(LineReader, HasNoLinesInAnEmptyText) {
  Line line;
  EXPECT_EQ(LineReader("").next(line), false);
}

TEST(LineReader, RefusesHugeLines) {
  const std::string longest(LineReader::kMaxLine, 'x');
  const std::string text = longest + "\n" + longest + "y\n";
  LineReader lines(text);
  Line line;
  ASSERT_EQ(lines.next(line), true);
  const auto next = lines.next(line);
  ASSERT_FALSE(next);
  EXPECT_EQ(next.error().describe(), "byte 4097: line 2: is longer than 4096 bytes");
}

TEST(TextLines, CutFieldsAndBlanks) {
  std::string_view rest = "a,,b";
  EXPECT_EQ(takeField(rest, ','), "a");
  EXPECT_EQ(takeField(rest, ','), "");
  EXPECT_EQ(takeField(rest, ','), "b");
  EXPECT_EQ(takeField(rest, ','), "");
  EXPECT_EQ(trim(" \ta b\t "), "a b");
  EXPECT_EQ(trim("  "), "");
  EXPECT_EQ(readNumber<uint32_t>("4294967295"), 4294967295U);
  for (const std::string_view bad : {"", "4294967296", "1x", "-1", " 1"}) {
    EXPECT_EQ(readNumber<uint32_t>(bad), std::nullopt) << bad;
  }
}

TEST(TextLines, QuoteWhatATerminalCanShow) {
  EXPECT_EQ(quote("KZ"), "'KZ'");
  EXPECT_EQ(quote(std::string_view("a\x1b[0m\0\xff", 7)), "'a?[0m?\?'");
  EXPECT_EQ(quote(std::string(41, 'x')), "'" + std::string(40, 'x') + "...'");
}

}  // namespace
}  // namespace nightjar::geo
