#include "base/byte_reader.h"

#include <gtest/gtest.h>

#include <array>

namespace nightjar {
namespace {

TEST(ByteReader, ReadsBigEndian) {
  const std::array<uint8_t, 7> bytes{1, 2, 3, 4, 5, 6, 7};
  ByteReader reader(bytes);
  EXPECT_EQ(reader.u8(), 1);
  EXPECT_EQ(reader.u16(), 0x0203);
  EXPECT_EQ(reader.u32(), 0x04050607U);
  EXPECT_TRUE(reader.ok() && reader.atEnd());
}

TEST(ByteReader, NeverReadsPastTheEnd) {
  const std::array<uint8_t, 3> bytes{1, 2, 3};
  ByteReader reader(bytes);
  EXPECT_EQ(reader.u32(), 0U);
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.u8(), 0) << "stays failed, even for what would have fitted";
  EXPECT_TRUE(reader.take(1).empty());
}

}  // namespace
}  // namespace nightjar
