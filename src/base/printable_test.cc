#include "base/printable.h"

#include <gtest/gtest.h>

namespace nightjar {
namespace {

TEST(Printable, KeepsWhatPeopleWrite) {
  for (const char* text : {"", "Egypt ~!", "Қазақстан", "日本", "\xF0\x9F\x93\xA1"})
    EXPECT_EQ(printable(text), text);
}

TEST(Printable, ControlCharactersSteerNoTerminal) {
  EXPECT_EQ(printable("a\x1B[2Jb\n\x7F"), "a?[2Jb??");
  EXPECT_EQ(printable("a\xC2\x9B"
                      "2J"),
            "a??2J")
      << "CSI of C1";
  EXPECT_EQ(printable("\xC2\xA0"), "\xC2\xA0");
  EXPECT_EQ(printable("\x9B"
                      "2J"),
            "?2J");
}

TEST(Printable, WhatIsNoUtf8BecomesQuestions) {
  EXPECT_EQ(printable("\xC0\xAF"), "??") << "overlong";
  EXPECT_EQ(printable("\xE0\x80\xAF"), "???") << "overlong";
  EXPECT_EQ(printable("\xED\xA0\x80"), "???") << "surrogate";
  EXPECT_EQ(printable("\xF4\x90\x80\x80"), "????") << "beyond Unicode";
  EXPECT_EQ(printable("\xE6\x97"), "??") << "cut off";
  EXPECT_EQ(printable("\xE6\x97x"), "??x");
}

TEST(Quote, ShowsFortyCharactersAtMost) {
  EXPECT_EQ(quote("x"), "'x'");
  EXPECT_EQ(quote(std::string(40, 'x')), "'" + std::string(40, 'x') + "'");
  EXPECT_EQ(quote(std::string(41, 'x')), "'" + std::string(40, 'x') + "...'");
  std::string long_name, shown;
  for (int i = 0; i < 50; ++i) long_name += "ж";
  for (int i = 0; i < 40; ++i) shown += "ж";
  EXPECT_EQ(quote(long_name), "'" + shown + "...'");
}

}  // namespace
}  // namespace nightjar
