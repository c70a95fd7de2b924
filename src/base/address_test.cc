#include "base/address.h"

#include <gtest/gtest.h>

namespace nightjar {
namespace {

TEST(Address, TextRoundTrips) {
  for (const char* text :
       {"0.0.0.0", "198.51.100.7", "255.255.255.255", "::", "2001:db8::1", "::ffff:192.0.2.1"}) {
    EXPECT_EQ(Address::parse(text).value().text(), text);
  }
  for (const char* text : {"", "1.2.3", "1.2.3.256", "1.2.3.4 ", ":::", "2001:db8"})
    EXPECT_FALSE(Address::parse(text)) << text;
  EXPECT_EQ(Address::ipv4(0xc6336407).text(), "198.51.100.7");
}

TEST(Prefix, IsCanonical) {
  const auto address = Address::parse("198.51.103.255").value();
  EXPECT_EQ(Prefix::of(address, 22).text(), "198.51.100.0/22");
  EXPECT_EQ(Prefix::of(address, 32).text(), "198.51.103.255/32");
  EXPECT_EQ(Prefix::of(address, 0).text(), "0.0.0.0/0");
  EXPECT_EQ(Prefix::of(Address::parse("2001:db8:ffff::1").value(), 33).text(), "2001:db8:8000::/33");
}

TEST(Prefix, ReadsAndRefuses) {
  EXPECT_EQ(Prefix::parse("10.0.0.0/8").value().text(), "10.0.0.0/8");
  for (const char* text : {"10.0.0.0", "10.0.0.0/33", "10.0.0.1/8", "10.0.0.0/", "10.0.0.0/8x", "::/129"}) {
    EXPECT_FALSE(Prefix::parse(text)) << text;
  }
}

TEST(Prefix, ContainsItsOwnFamilyOnly) {
  const auto prefix = Prefix::parse("198.51.100.0/22").value();
  EXPECT_TRUE(prefix.contains(Address::parse("198.51.103.1").value()));
  EXPECT_FALSE(prefix.contains(Address::parse("198.51.104.1").value()));
  EXPECT_FALSE(Prefix::parse("::/0").value().contains(Address::parse("198.51.103.1").value()));
}

}  // namespace
}  // namespace nightjar
