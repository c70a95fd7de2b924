#include "routing/wire/nlri.h"

#include <gtest/gtest.h>

#include <random>

#include "routing/wire/bgp_writer.h"

namespace nightjar::wire {
namespace {

std::vector<Nlri> read(Bytes bytes, Family family, bool addPath, bool expectOk = true) {
  std::vector<Nlri> routes;
  NlriCursor cursor(bytes, family, addPath);
  for (Nlri nlri; cursor.next(nlri);) routes.push_back(nlri);
  EXPECT_EQ(cursor.ok(), expectOk);
  NlriCursor skipping(bytes, family, addPath);
  for (size_t i = 0; i < routes.size(); ++i) EXPECT_TRUE(skipping.skip());
  EXPECT_FALSE(skipping.skip());
  EXPECT_EQ(skipping.position(), cursor.position());
  return routes;
}

std::string texts(const std::vector<Nlri>& routes) {
  std::string text;
  for (const Nlri& nlri : routes) text += nlri.prefix.text() + "#" + std::to_string(nlri.pathId) + " ";
  return text;
}

// Every length of both families, at the end of the bytes and before other bytes.
TEST(Nlri, ReadsWhatWasWritten) {
  std::mt19937 random(1);
  for (const Family family : {Family::kIpv4, Family::kIpv6}) {
    for (const bool addPath : {false, true}) {
      Buffer bytes;
      std::vector<Nlri> routes;
      for (int length = 0; length <= addressBits(family); ++length) {
        Address address{family, {}};
        for (size_t i = 0; i < addressSize(family); ++i) address.bytes[i] = static_cast<uint8_t>(random());
        routes.push_back({Prefix::of(address, static_cast<uint8_t>(length)),
                          addPath ? static_cast<uint32_t>(random()) : 0});
        appendNlri(bytes, routes.back(), addPath);
        const Buffer exact(bytes);  // so that a read past the end is one past an allocation
        EXPECT_EQ(read(exact, family, addPath), routes);
      }
    }
  }
}

TEST(Nlri, ClearsBitsPastTheLength) {
  EXPECT_EQ(texts(read(Buffer{13, 11, 13, 24, 10, 1, 255}, Family::kIpv4, false)),
            "11.8.0.0/13#0 10.1.255.0/24#0 ");
  EXPECT_EQ(texts(read(Buffer{33, 0x20, 0x01, 0x0d, 0xb8, 0xff}, Family::kIpv6, false)),
            "2001:db8:8000::/33#0 ");
}

TEST(Nlri, StopsAtDamage) {
  struct Case {
    const char* name;
    Buffer bytes;
    Family family;
    bool addPath;
    std::string routes;
    size_t position;
  };
  const Case cases[] = {
      {"longer than IPv4", {8, 10, 33, 1, 2, 3, 4, 5}, Family::kIpv4, false, "10.0.0.0/8#0 ", 2},
      {"longer than IPv6", {129}, Family::kIpv6, false, "", 0},
      {"cut octets", {24, 10, 1}, Family::kIpv4, false, "", 0},
      {"cut path identifier", {0, 0, 0, 7, 8, 10, 0, 0}, Family::kIpv4, true, "10.0.0.0/8#7 ", 6},
      {"path identifier alone", {0, 0, 0, 7}, Family::kIpv4, true, "", 0},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(texts(read(c.bytes, c.family, c.addPath, false)), c.routes);
    NlriCursor cursor(c.bytes, c.family, c.addPath);
    while (cursor.skip()) continue;
    EXPECT_EQ(cursor.position(), c.position);
  }
}

}  // namespace
}  // namespace nightjar::wire
