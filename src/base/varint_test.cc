#include "base/varint.h"

#include <gtest/gtest.h>

namespace nightjar {
namespace {

TEST(Varint, ComesBackAndKeepsItsBounds) {
  for (const uint64_t value : {UINT64_C(0), UINT64_C(127), UINT64_C(128), UINT64_C(16384), UINT64_MAX}) {
    std::vector<uint8_t> bytes;
    putVarint(bytes, value);
    ByteReader in(bytes);
    EXPECT_EQ(getVarint(in), value);
    EXPECT_TRUE(in.ok() && in.atEnd());
  }
  for (const int64_t value : {INT64_C(0), INT64_C(-1), INT64_C(1), INT64_MAX, INT64_MIN}) {
    EXPECT_EQ(unzigzag(zigzag(value)), value);
  }
  EXPECT_EQ(zigzag(-1), 1U);
  EXPECT_EQ(zigzag(1), 2U);
  const std::vector<std::vector<uint8_t>> wrong = {
      {},
      {0x80},
      {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x02},
      {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00},
  };
  for (const auto& bytes : wrong) {
    ByteReader in(bytes);
    EXPECT_EQ(getVarint(in), 0U);
    EXPECT_FALSE(in.ok());
  }
}

}  // namespace
}  // namespace nightjar
