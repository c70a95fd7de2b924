#include "probing/packet/checksum.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

namespace nightjar::packet {
namespace {

// RFC 1071 in its plainest form, a byte at a time.
uint16_t plain(Bytes bytes) {
  uint32_t sum = 0;
  for (size_t i = 0; i < bytes.size(); ++i) {
    sum += i % 2 == 0 ? uint32_t{bytes[i]} << 8 : bytes[i];
    sum = (sum & 0xffff) + (sum >> 16);
  }
  return static_cast<uint16_t>(~sum);
}

TEST(Checksum, IsThatOfRfc1071) {
  // The example of section 3: the sum is ddf2.
  const std::vector<uint8_t> example{0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};
  uint16_t stored = checksum(example);
  EXPECT_EQ(loadU16(reinterpret_cast<const uint8_t*>(&stored)), static_cast<uint16_t>(~0xddf2));

  std::vector<uint8_t> bytes;
  for (size_t size = 0; size < 200; ++size) {
    stored = checksum(bytes);
    EXPECT_EQ(loadU16(reinterpret_cast<const uint8_t*>(&stored)), plain(bytes)) << size;
    bytes.push_back(static_cast<uint8_t>(size * 37 + 255));
  }
}

TEST(Checksum, AddsPieces) {
  const std::vector<uint8_t> bytes{0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 7, 8, 9};
  EXPECT_EQ(Checksum().add(Bytes(bytes).first(6)).add(Bytes(bytes).subspan(6)).value(), checksum(bytes));
}

TEST(Checksum, AddsThePseudoHeader) {
  const Address from = Address::parse("192.0.2.1").value();
  const Address to = Address::parse("198.51.100.7").value();
  const std::vector<uint8_t> header{192, 0, 2, 1, 198, 51, 100, 7, 0, 17, 0x01, 0x05};
  EXPECT_EQ(Checksum().addPseudoHeader(from, to, 17, 0x105).value(), checksum(header));
  const Address from6 = Address::parse("2001:db8::1").value();
  const Address to6 = Address::parse("2001:db8::2").value();
  std::vector<uint8_t> header6(40);
  std::memcpy(&header6[0], from6.bytes.data(), 16);
  std::memcpy(&header6[16], to6.bytes.data(), 16);
  header6[34] = 1, header6[35] = 5, header6[39] = 58;
  EXPECT_EQ(Checksum().addPseudoHeader(from6, to6, 58, 0x105).value(), checksum(header6));
}

}  // namespace
}  // namespace nightjar::packet
