#include "routing/view/prefix_key.h"

#include <gtest/gtest.h>

#include "routing/view/geo_for_tests.h"

namespace nightjar::view {
namespace {

std::optional<PrefixKey> of(std::string_view text) {
  return PrefixKey::of(Prefix::parse(text).value());
}

TEST(PrefixKey, KeepsWhatCoversWholeUnits) {
  for (const char* tracked :
       {"10.0.0.0/8", "198.51.100.0/24", "4.0.0.0/6", "2001:db8::/32", "2002::/16", "2001:db8:1::/48"}) {
    ASSERT_TRUE(of(tracked)) << tracked;
    EXPECT_EQ(of(tracked)->prefix().text(), tracked);
  }
  for (const char* other :
       {"0.0.0.0/0", "0.0.0.0/5", "198.51.100.0/25", "::/0", "2000::/3", "2001:db8::/49"}) {
    EXPECT_FALSE(of(other)) << other;
  }
}

TEST(PrefixKey, CountsUnits) {
  EXPECT_EQ(key("10.0.0.0/8").units(), 65536U);
  EXPECT_EQ(key("10.0.1.0/24").firstUnit(), 0x0a0001U);
  EXPECT_EQ(key("2001:db8::/32").units(), 65536U);
  EXPECT_EQ(key("2001:db8:1::/48").firstUnit(), 0x20010db80001U);
}

TEST(PrefixKey, FindsTheCommonPrefix) {
  EXPECT_EQ(key("10.0.0.0/24").common(key("10.0.1.0/24")), key("10.0.0.0/23"));
  EXPECT_EQ(key("10.0.0.0/16").common(key("10.0.1.0/24")), key("10.0.0.0/16"));
  EXPECT_EQ(key("10.0.0.0/16").common(key("10.0.0.0/16")), key("10.0.0.0/16"));
  EXPECT_EQ(key("2001:db8::/32").common(key("2001:db9::/32")), key("2001:db8::/31"));
}

TEST(PrefixKey, SortsOuterBeforeInner) {
  EXPECT_LT(key("10.0.0.0/16"), key("10.0.0.0/24"));
  EXPECT_LT(key("10.0.0.0/24"), key("10.0.1.0/24"));
  EXPECT_LT(key("223.0.0.0/8"), key("2001::/32"));
}

}  // namespace
}  // namespace nightjar::view
