#include "base/result.h"

#include <gtest/gtest.h>

namespace nightjar {
namespace {

TEST(Error, SaysWhatWhereAndAtWhichByte) {
  EXPECT_EQ((Error{ErrorKind::kInvalid, "is no gzip", "updates.gz", 7}).describe(),
            "updates.gz: byte 7: is no gzip");
  EXPECT_EQ((Error{ErrorKind::kInvalid, "is no gzip"}).describe(), "is no gzip");
}

TEST(Error, ANameOfAFileSteersNoTerminal) {
  EXPECT_EQ((Error{ErrorKind::kIo, "is not there", "\x1B[2J\xFF"}).describe(), "?[2J?: is not there");
}

}  // namespace
}  // namespace nightjar
