#include "routing/view/route_table.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "routing/view/geo_for_tests.h"

namespace nightjar::view {
namespace {

constexpr Asn kOne{64500};
constexpr Asn kTwo{64501};

class RouteTableTest : public testing::Test {
 protected:
  RouteTableTest() { table_.growPeers(4); }

  void announce(std::string_view prefix, PeerIndex peer, Asn origin) {
    apply({key(prefix), peer, origin, true});
  }
  void withdraw(std::string_view prefix, PeerIndex peer) { apply({key(prefix), peer, {}, false}); }
  void apply(Event event) { table_.apply({&event, 1}); }

  // The peers that announce the prefix with that origin.
  std::set<PeerIndex> peersOf(std::string_view prefix, Asn origin) {
    std::set<PeerIndex> peers;
    for (PrefixIndex index = 0; index < table_.prefixCount(); ++index) {
      if (table_.prefix(index).key != key(prefix)) continue;
      for (RouteIndex r = table_.prefix(index).firstRoute; r != kNone; r = table_.route(r).next) {
        if (table_.route(r).origin != origin) continue;
        for (PeerIndex peer = 0; peer < 200; ++peer) {
          if (peer / 64 < table_.wordsPerRoute() && table_.bits(r)[peer / 64] >> (peer % 64) & 1)
            peers.insert(peer);
        }
      }
    }
    return peers;
  }
  std::vector<std::string> dirty() {
    std::vector<std::string> prefixes;
    table_.takeDirty([&](PrefixIndex, PrefixEntry& entry) { prefixes.push_back(entry.key.prefix().text()); });
    return prefixes;
  }

  using Peers = std::set<PeerIndex>;
  RouteTable table_;
};

TEST_F(RouteTableTest, AnAnnouncementReplacesTheOneBefore) {
  announce("10.0.0.0/16", 1, kOne);
  announce("10.0.0.0/16", 2, kOne);
  announce("10.0.0.0/16", 2, kTwo);
  EXPECT_EQ(peersOf("10.0.0.0/16", kOne), Peers({1}));
  EXPECT_EQ(peersOf("10.0.0.0/16", kTwo), Peers({2}));
  EXPECT_EQ(table_.tableSize(2, Family::kIpv4), 1U);
  withdraw("10.0.0.0/16", 2);
  withdraw("10.0.0.0/16", 2);
  EXPECT_EQ(table_.tableSize(2, Family::kIpv4), 0U);
  EXPECT_EQ(peersOf("10.0.0.0/16", kTwo), Peers());
}

TEST_F(RouteTableTest, NamesTouchedPrefixesOnce) {
  announce("10.0.0.0/16", 1, kOne);
  announce("10.1.0.0/16", 1, kOne);
  announce("10.0.0.0/16", 2, kOne);
  EXPECT_EQ(dirty(), std::vector<std::string>({"10.0.0.0/16", "10.1.0.0/16"}));
  EXPECT_TRUE(dirty().empty());
  withdraw("10.1.0.0/16", 1);
  EXPECT_EQ(dirty(), std::vector<std::string>({"10.1.0.0/16"}));
}

TEST_F(RouteTableTest, ADumpReplacesWhatItsPeersSaid) {
  announce("10.0.0.0/16", 1, kOne);
  announce("10.1.0.0/16", 1, kOne);
  announce("10.1.0.0/16", 3, kOne);
  const std::vector<PeerIndex> peers{1, 2};
  const std::vector<RouteTable::RibPath> paths{{1, kTwo}, {2, kOne}};
  table_.beginRib(peers);
  table_.setRib(key("10.0.0.0/16"), paths);
  table_.endRib();
  EXPECT_EQ(peersOf("10.0.0.0/16", kTwo), Peers({1}));
  EXPECT_EQ(peersOf("10.0.0.0/16", kOne), Peers({2}));
  EXPECT_EQ(peersOf("10.1.0.0/16", kOne), Peers({3}))
      << "peer 1's dump does not list it; peer 3 is not in the dump";
  EXPECT_EQ(table_.tableSize(1, Family::kIpv4), 1U);
  EXPECT_EQ(table_.tableSize(2, Family::kIpv4), 1U);
}

TEST_F(RouteTableTest, ADumpOfOneFamilySaysNothingOfTheOther) {
  announce("2001:db8::/32", 1, kOne);
  const std::vector<PeerIndex> peers{1};
  const std::vector<RouteTable::RibPath> paths{{1, kOne}};
  table_.beginRib(peers);
  table_.setRib(key("10.0.0.0/16"), paths);
  table_.endRib();
  EXPECT_EQ(peersOf("2001:db8::/32", kOne), Peers({1}));
}

TEST_F(RouteTableTest, APeerThatIsDownHasNoRoutes) {
  announce("10.0.0.0/16", 1, kOne);
  announce("10.0.0.0/16", 2, kOne);
  table_.clearPeer(1);
  EXPECT_EQ(peersOf("10.0.0.0/16", kOne), Peers({2}));
  EXPECT_EQ(table_.tableSize(1, Family::kIpv4), 0U);
}

TEST_F(RouteTableTest, GrowsWithItsPeers) {
  announce("10.0.0.0/16", 1, kOne);
  announce("10.1.0.0/16", 2, kTwo);
  table_.growPeers(150);
  announce("10.0.0.0/16", 149, kOne);
  EXPECT_EQ(peersOf("10.0.0.0/16", kOne), Peers({1, 149}));
  EXPECT_EQ(peersOf("10.1.0.0/16", kTwo), Peers({2}));
}

TEST_F(RouteTableTest, AgreesWithAPlainMap) {
  std::map<std::pair<uint32_t, PeerIndex>, Asn> expected;
  std::mt19937 random(2);
  for (int step = 0; step < 20000; ++step) {
    const uint32_t address = 0x0a000000U | (random() % 3000) << 8;
    const PeerIndex peer = random() % 4;
    const Asn origin{static_cast<uint32_t>(64500 + random() % 3)};
    const bool announces = random() % 3 != 0;
    const Event event{PrefixKey::of(Prefix::of(Address::ipv4(address), 24)).value(), peer, origin, announces};
    table_.apply({&event, 1});
    if (announces) {
      expected[{address, peer}] = origin;
    } else {
      expected.erase({address, peer});
    }
  }
  std::map<std::pair<uint32_t, PeerIndex>, Asn> found;
  for (PrefixIndex index = 0; index < table_.prefixCount(); ++index) {
    for (RouteIndex r = table_.prefix(index).firstRoute; r != kNone; r = table_.route(r).next) {
      for (PeerIndex peer = 0; peer < 4; ++peer) {
        if (table_.bits(r)[0] >> peer & 1) {
          found[{static_cast<uint32_t>(table_.prefix(index).key.address48() >> 16), peer}] =
              table_.route(r).origin;
        }
      }
    }
  }
  EXPECT_EQ(found, expected);
}

}  // namespace
}  // namespace nightjar::view
