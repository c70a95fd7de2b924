#include "routing/print/format_number.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <string>

namespace nightjar::print {
namespace {

std::string number(uint32_t value) {
  char text[kU32Room];
  return {text, putU32(text, value)};
}

std::string address(const Address& value, Ipv6Style style) {
  char text[kAddressRoom];
  return {text, putAddress(text, value, style)};
}

std::string address(std::string_view text, Ipv6Style style) {
  return address(Address::parse(text).value(), style);
}

TEST(PutU32, WritesEveryNumberOfDigits) {
  for (uint64_t power = 1; power <= std::numeric_limits<uint32_t>::max(); power *= 10) {
    for (const uint64_t value : {power - 1, power, power + 1, power * 9 % 4294967296}) {
      EXPECT_EQ(number(static_cast<uint32_t>(value)), std::to_string(value));
    }
  }
  EXPECT_EQ(number(std::numeric_limits<uint32_t>::max()), "4294967295");
  std::mt19937 random(1);
  for (int i = 0; i < 10000; ++i) {
    const auto value = static_cast<uint32_t>(random()) >> random() % 32;
    ASSERT_EQ(number(value), std::to_string(value));
  }
}

TEST(PutSixDigits, KeepsLeadingZeros) {
  char text[7];
  EXPECT_EQ(std::string(text, putSixDigits(text, 0)), "000000");
  EXPECT_EQ(std::string(text, putSixDigits(text, 42)), "000042");
  EXPECT_EQ(std::string(text, putSixDigits(text, 999999)), "999999");
}

TEST(PutAddress, WritesEveryOctet) {
  for (uint32_t i = 0; i < 256; ++i) {
    EXPECT_EQ(address(Address::ipv4(i << 24 | i), Ipv6Style::kBgpdump),
              std::to_string(i) + ".0.0." + std::to_string(i));
  }
}

// Each group zero or not, every pattern: the same text as inet_ntop.
TEST(PutAddress, AgreesWithTheSystemInRfc5952Style) {
  for (uint32_t pattern = 0; pattern < 6561; ++pattern) {  // 3 to the power of 8
    Address value{Family::kIpv6, {}};
    uint32_t rest = pattern;
    for (size_t group = 0; group < 8; ++group, rest /= 3) {
      const uint16_t word = rest % 3 == 0 ? 0 : rest % 3 == 1 ? 0xffff : static_cast<uint16_t>(group + 9);
      value.bytes[2 * group] = static_cast<uint8_t>(word >> 8);
      value.bytes[2 * group + 1] = static_cast<uint8_t>(word);
    }
    ASSERT_EQ(address(value, Ipv6Style::kRfc5952), value.text());
  }
}

TEST(PutAddress, ShortensSingleZeroGroupsInBgpdumpStyle) {
  constexpr std::string_view kCases[][2] = {
      {"2001:7f8:30:0:2:1:0:8447", "2001:7f8:30::2:1:0:8447"},
      {"2001:db8:0:1:0:1:0:1", "2001:db8::1:0:1:0:1"},
      {"1:2:3:4:5:6:7:0", "1:2:3:4:5:6:7::"},
      {"0:2:3:4:5:6:7:8", "::2:3:4:5:6:7:8"},
      {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
      {"fe80::", "fe80::"},
      {"::", "::"},
      {"::1", "::1"},
      {"::2", "::0.0.0.2"},
      {"::ffff", "::0.0.255.255"},
      {"::1.2.3.4", "::1.2.3.4"},
      {"::ffff:192.168.2.1", "::ffff:192.168.2.1"},
      {"::ffff:0.0.0.0", "::ffff:0.0.0.0"},
      {"::1:0:0:0", "::1:0:0:0"},
  };
  for (const auto& [text, expected] : kCases) EXPECT_EQ(address(text, Ipv6Style::kBgpdump), expected) << text;
}

TEST(PutPrefix, AddsTheLength) {
  char text[kPrefixRoom];
  const Prefix prefix = Prefix::parse("2001:db8::/32").value();
  EXPECT_EQ(std::string(text, putPrefix(text, prefix, Ipv6Style::kBgpdump)), "2001:db8::/32");
}

}  // namespace
}  // namespace nightjar::print
