#include "routing/wire/attributes.h"

#include <gtest/gtest.h>

#include "routing/wire/bgp_writer.h"

namespace nightjar::wire {
namespace {

using enum AttributeType;

const Address kSpeaker = Address::ipv4(0xc0000201);
const Address kV6 = *Address::parse("2001:db8::1");
const Address kLinkLocal = *Address::parse("fe80::1");

// The single attribute in `bytes`; its flags must be those of the RFC.
Bytes only(Bytes bytes, AttributeType type) {
  AttributeCursor cursor(bytes);
  Attribute attribute;
  EXPECT_TRUE(cursor.next(attribute));
  EXPECT_TRUE(attribute.is(type));
  EXPECT_EQ(attribute.flags & ~kExtendedLength, formOf(attribute.type)->flags);
  Attribute none;
  EXPECT_FALSE(cursor.next(none));
  EXPECT_TRUE(cursor.ok());
  return attribute.value;
}

TEST(Attributes, ValuesReadAsTheyWereWritten) {
  Buffer b;
  const auto fresh = [&b](AsnSize size = AsnSize::kFour) {
    b.clear();
    return AttributeWriter(b, size);
  };
  for (const Origin origin : {Origin::kIgp, Origin::kEgp, Origin::kIncomplete}) {
    fresh().origin(origin);
    EXPECT_EQ(decodeOrigin(only(b, kOrigin)), origin);
  }
  fresh().nextHop(kSpeaker);
  EXPECT_EQ(decodeIpv4(only(b, kNextHop)), kSpeaker);
  fresh().originatorId(kSpeaker);
  EXPECT_EQ(decodeIpv4(only(b, kOriginatorId)), kSpeaker);
  fresh().multiExitDisc(0xfffffffe);
  EXPECT_EQ(decodeU32(only(b, kMultiExitDisc)), 0xfffffffe);
  fresh().localPref(100);
  EXPECT_EQ(decodeU32(only(b, kLocalPref)), 100U);
  fresh().atomicAggregate();
  EXPECT_TRUE(only(b, kAtomicAggregate).empty());

  const Aggregator wide{Asn{131072}, kSpeaker};
  fresh().aggregator(wide);
  EXPECT_EQ(decodeAggregator(only(b, kAggregator), AsnSize::kFour), wide);
  fresh(AsnSize::kTwo).aggregator(wide);
  EXPECT_EQ(decodeAggregator(only(b, kAggregator), AsnSize::kTwo), (Aggregator{kAsTrans, kSpeaker}));
  fresh(AsnSize::kTwo).as4Aggregator(wide);
  EXPECT_EQ(decodeAggregator(only(b, kAs4Aggregator), AsnSize::kFour), wide);

  const std::vector<uint32_t> numbers{0xfde80001, 0xffffff01, 7};
  fresh().communities(numbers);
  const Bytes communities = only(b, kCommunities);
  ASSERT_EQ(countU32(communities), 3U);
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(u32At(communities, i), numbers[i]);
  fresh().clusterList(numbers);
  EXPECT_EQ(countU32(only(b, kClusterList)), 3U);

  const std::vector<LargeCommunity> large{{64500, 1, 2}, {0xffffffff, 0, 9}};
  fresh().largeCommunities(large);
  const Bytes value = only(b, kLargeCommunities);
  ASSERT_EQ(largeCommunityCount(value), 2U);
  for (size_t i = 0; i < 2; ++i) EXPECT_EQ(largeCommunityAt(value, i), large[i]);

  fresh().extendedCommunities(std::vector<uint64_t>{0x0002fde800000001});
  EXPECT_EQ(Buffer(only(b, kExtendedCommunities).begin(), only(b, kExtendedCommunities).end()),
            (Buffer{0, 2, 0xfd, 0xe8, 0, 0, 0, 1}));
}

TEST(Attributes, ValuesOfAnotherFormAreRefused) {
  EXPECT_FALSE(decodeOrigin(Buffer{3}));
  EXPECT_FALSE(decodeOrigin(Buffer{}));
  EXPECT_FALSE(decodeOrigin(Buffer{0, 0}));
  for (const size_t size : {0, 3, 5, 16}) {
    EXPECT_FALSE(decodeIpv4(Buffer(size)));
    EXPECT_FALSE(decodeU32(Buffer(size)));
  }
  EXPECT_FALSE(decodeAggregator(Buffer(6), AsnSize::kFour));
  EXPECT_FALSE(decodeAggregator(Buffer(8), AsnSize::kTwo));
}

TEST(Attributes, MpReachFull) {
  const std::vector<Address> nextHop{kV6, kLinkLocal};
  const std::vector<Nlri> routes{{*Prefix::parse("2001:db8:5::/48"), 9}, {*Prefix::parse("::/0"), 10}};
  Buffer b;
  AttributeWriter(b).mpReach(Family::kIpv6, nextHop, routes, true);
  const auto reach = decodeMpReach(only(b, kMpReachNlri));
  ASSERT_TRUE(reach);
  EXPECT_FALSE(reach->abbreviated);
  EXPECT_TRUE(reach->nlri.isUnicast());
  EXPECT_EQ(reach->nlri.family(), Family::kIpv6);
  EXPECT_EQ(reach->nextHop.size(), 32U);
  EXPECT_EQ(globalNextHop(reach->nextHop), kV6);
  NlriCursor cursor(reach->nlri.bytes, Family::kIpv6, true);
  for (const Nlri& route : routes) {
    Nlri read;
    ASSERT_TRUE(cursor.next(read));
    EXPECT_EQ(read, route);
  }
}

// RFC 6396, section 4.3.4.
TEST(Attributes, MpReachAbbreviated) {
  for (const std::vector<Address>& nextHop :
       {std::vector{kV6}, std::vector{kV6, kLinkLocal}, std::vector{kSpeaker}}) {
    Buffer b;
    AttributeWriter(b).mpReachAbbreviated(nextHop);
    const auto reach = decodeMpReach(only(b, kMpReachNlri));
    ASSERT_TRUE(reach);
    EXPECT_TRUE(reach->abbreviated);
    EXPECT_FALSE(reach->nlri.isIp());
    EXPECT_EQ(globalNextHop(reach->nextHop), nextHop[0]);
  }
}

TEST(Attributes, MpReachDamaged) {
  EXPECT_FALSE(decodeMpReach(Buffer{}));
  EXPECT_FALSE(decodeMpReach(Buffer{16, 1, 2, 3}));             // abbreviated, cut
  EXPECT_FALSE(decodeMpReach(Buffer{0, 2, 1}));                 // no next hop
  EXPECT_FALSE(decodeMpReach(Buffer{0, 1, 1, 4, 1, 2, 3}));     // next hop cut
  EXPECT_FALSE(decodeMpReach(Buffer{0, 1, 1, 4, 1, 2, 3, 4}));  // no reserved octet
  EXPECT_TRUE(decodeMpReach(Buffer{0, 1, 1, 4, 1, 2, 3, 4, 0}));
}

TEST(Attributes, MpUnreach) {
  Buffer b;
  AttributeWriter(b).mpUnreach(Family::kIpv4, std::vector<Nlri>{{*Prefix::parse("10.0.0.0/8"), 0}}, false,
                               kSafiMulticast);
  const auto block = decodeMpUnreach(only(b, kMpUnreachNlri));
  ASSERT_TRUE(block);
  EXPECT_TRUE(block->isIp());
  EXPECT_FALSE(block->isUnicast());
  EXPECT_EQ(block->bytes.size(), 2U);
  EXPECT_FALSE(decodeMpUnreach(Buffer{0, 1}));
}

TEST(Attributes, LongValueTakesTheExtendedLength) {
  for (const size_t size : {0U, 255U, 256U, 65535U}) {
    Buffer b;
    AttributeWriter(b).raw(kOptional, 200, Buffer(size, 7));
    AttributeCursor cursor(b);
    Attribute attribute;
    ASSERT_TRUE(cursor.next(attribute));
    EXPECT_EQ(attribute.type, 200);
    EXPECT_EQ(attribute.value.size(), size);
    EXPECT_EQ(attribute.flags, size > 255 ? kOptional | kExtendedLength : kOptional);
  }
}

TEST(Attributes, CursorStopsWhereAnAttributeRunsOver) {
  struct Case {
    Buffer bytes;
    size_t position;
  };
  const Case cases[] = {
      {{0x40, 1}, 0},    {{0x40, 1, 1, 0, 0x40}, 4}, {{0x40, 1, 1, 0, 0x40, 2, 1}, 4},
      {{0x50, 1, 0}, 0}, {{0x50, 1, 0, 2, 9}, 0},
  };
  for (const Case& c : cases) {
    const Buffer exact(c.bytes);
    AttributeCursor cursor(exact);
    for (Attribute attribute; cursor.next(attribute);) continue;
    EXPECT_FALSE(cursor.ok());
    EXPECT_EQ(cursor.position(), c.position);
  }
}

TEST(Attributes, OriginOfARoute) {
  Buffer b;
  AttributeWriter(b).origin(Origin::kIgp).localPref(100).asPath({Asn{64500}, Asn{131072}}).nextHop(kSpeaker);
  EXPECT_EQ(originOf(b, AsnSize::kFour), Asn{131072});
  EXPECT_EQ(originOf({}, AsnSize::kFour), Asn{});
  const Buffer cut(b.begin(), b.begin() + 16);  // inside AS_PATH
  EXPECT_EQ(originOf(cut, AsnSize::kFour), Asn{});
}

// RFC 6793, section 4.2.3: when AS4_PATH counts.
TEST(Attributes, OriginBehindAsTrans) {
  const std::vector<PathSegment> wide{{SegmentType::kSequence, {Asn{131072}, Asn{196608}}}};
  const std::vector<PathSegment> longer{{SegmentType::kSequence, {Asn{1}, Asn{2}, Asn{3}, Asn{4}}}};
  const auto origin = [](auto&& more) {
    Buffer b;
    AttributeWriter writer(b, AsnSize::kTwo);
    writer.origin(Origin::kIgp).asPath({Asn{64500}, Asn{131072}, Asn{196608}});
    more(writer);
    return originOf(b, AsnSize::kTwo).number;
  };
  EXPECT_EQ(origin([](AttributeWriter&) {}), kAsTrans.number);
  EXPECT_EQ(origin([&](AttributeWriter& w) { w.as4Path(wide); }), 196608U);
  EXPECT_EQ(origin([&](AttributeWriter& w) { w.as4Path(longer); }), kAsTrans.number);
  EXPECT_EQ(origin([&](AttributeWriter& w) { w.raw(0xc0, 17, Buffer{2, 9, 0, 0}); }), kAsTrans.number);
  // A two-octet speaker aggregated after AS4_PATH was written: AS4_PATH is stale.
  EXPECT_EQ(origin([&](AttributeWriter& w) {
              w.as4Path(wide).aggregator({Asn{64500}, kSpeaker}).as4Aggregator({Asn{131072}, kSpeaker});
            }),
            kAsTrans.number);
  EXPECT_EQ(origin([&](AttributeWriter& w) {
              w.as4Path(wide).aggregator({Asn{131072}, kSpeaker}).as4Aggregator({Asn{131072}, kSpeaker});
            }),
            196608U);
  EXPECT_EQ(origin([&](AttributeWriter& w) { w.as4Path(wide).aggregator({Asn{64500}, kSpeaker}); }), 196608U);
}

}  // namespace
}  // namespace nightjar::wire
