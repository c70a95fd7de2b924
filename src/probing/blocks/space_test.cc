#include "probing/blocks/space.h"

#include <gtest/gtest.h>

namespace nightjar::blocks {
namespace {

TEST(Excluded, HoldsNestedPrefixes) {
  Excluded excluded;
  const auto add = [&](const char* text) { excluded.add(Prefix::parse(text).value()); };
  const auto has = [&](const char* text) { return excluded.has(Address::parse(text).value()); };
  add("10.0.0.0/32");
  add("10.0.0.255/32");
  EXPECT_FALSE(has("10.0.0.7"));
  add("10.0.0.0/24");
  EXPECT_TRUE(has("10.0.0.7"));
  add("10.0.0.8/32");
  EXPECT_FALSE(has("10.0.1.0"));
  EXPECT_FALSE(has("9.255.255.255"));
  add("2001:db8::/32");
  EXPECT_TRUE(has("2001:db8:ffff::1"));
  EXPECT_FALSE(has("2001:db9::1"));
}

}  // namespace
}  // namespace nightjar::blocks
