#include "base/markup.h"

#include <gtest/gtest.h>

namespace nightjar {
namespace {

TEST(EscapeMarkup, LeavesNothingThatMeansSomethingElse) {
  EXPECT_EQ(escapeMarkup(R"(a<b>&"c'd")"), "a&lt;b&gt;&amp;&quot;c'd&quot;");
  EXPECT_EQ(escapeMarkup("&amp;"), "&amp;amp;");
  EXPECT_EQ(escapeMarkup("Қазақстан"), "Қазақстан");
}

}  // namespace
}  // namespace nightjar
