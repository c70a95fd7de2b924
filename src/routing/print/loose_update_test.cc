#include "routing/print/loose_update.h"

#include <gtest/gtest.h>

#include "routing/wire/bgp_writer.h"

namespace nightjar::print {
namespace {

using wire::AsnSize;
using wire::AttributeWriter;
using wire::Buffer;

TEST(LooseUpdate, ReadsEveryLengthOfACutMessage) {
  const Buffer withdrawn{24, 198, 51, 100};
  Buffer attributes;
  AttributeWriter(attributes).origin(wire::Origin::kIgp);
  const Buffer nlri{24, 203, 0, 113};
  Buffer message;
  wire::appendUpdate(message, withdrawn, attributes, nlri);
  for (size_t size = 0; size <= message.size(); ++size) {
    const auto update = readLooseUpdate(Bytes(message).first(size));
    ASSERT_EQ(update.has_value(), size >= 19) << size;
    if (!update) continue;
    const size_t body = size - 19;
    EXPECT_EQ(update->withdrawn.size(), body < 2 ? 0 : std::min<size_t>(body - 2, 4));
    EXPECT_EQ(update->attributes.size(), body < 8 ? 0 : std::min<size_t>(body - 8, 4));
    EXPECT_EQ(update->nlri.size(), body < 12 ? 0 : body - 12);
  }
}

TEST(LooseUpdate, IsNotForOtherMessages) {
  Buffer keepalive;
  wire::appendKeepalive(keepalive);
  EXPECT_FALSE(readLooseUpdate(keepalive));
  Buffer update;
  wire::appendUpdate(update, {}, {}, {});
  EXPECT_TRUE(readLooseUpdate(update));
  update[15] = 0xfe;  // the marker
  EXPECT_FALSE(readLooseUpdate(update));
}

TEST(LooseAttributes, FillsShortValuesWithZeros) {
  Buffer bytes;
  const Buffer one{1};
  const Buffer six{0xfd, 0xe8, 192, 0, 2, 1};
  AttributeWriter(bytes)
      .raw(0x40, 1, {})
      .raw(0x40, 3, one)
      .raw(0x80, 4, one)
      .raw(0x40, 5, {})
      .raw(0xc0, 7, six);
  const LooseAttributes four = readLooseAttributes(bytes, AsnSize::kFour);
  EXPECT_EQ(four.origin, 0);
  EXPECT_EQ(four.nextHop, (RawIpv4{1, 0, 0, 0}));
  EXPECT_EQ(four.multiExitDisc, 0x01000000U);
  EXPECT_EQ(four.localPref, 0U);
  ASSERT_TRUE(four.has(wire::AttributeType::kAggregator));
  EXPECT_EQ(four.aggregator.asn, Asn{0xfde8c000});
  EXPECT_EQ(four.aggregator.speaker, (RawIpv4{2, 1, 0, 0}));
  const LooseAttributes two = readLooseAttributes(bytes, AsnSize::kTwo);
  EXPECT_EQ(two.aggregator.asn, Asn{0xfde8});
  EXPECT_EQ(two.aggregator.speaker, (RawIpv4{192, 0, 2, 1}));
}

TEST(LooseAttributes, TakesTheFirstOfTwo) {
  Buffer bytes;
  AttributeWriter(bytes)
      .multiExitDisc(1)
      .multiExitDisc(2)
      .origin(wire::Origin::kEgp)
      .origin(wire::Origin::kIgp);
  const LooseAttributes attributes = readLooseAttributes(bytes, AsnSize::kFour);
  EXPECT_EQ(attributes.multiExitDisc, 1U);
  EXPECT_EQ(attributes.origin, 1);
}

// RFC 6793, section 4.2.3.
TEST(ApplyAs4, LetsTheAggregatorDecide) {
  struct Case {
    Asn aggregator;
    bool merges;
  };
  for (const auto& [asn, merges] : {Case{kAsTrans, true}, Case{{64500}, false}}) {
    Buffer bytes;
    const wire::PathSegment path4{wire::SegmentType::kSequence, {{200100}}};
    AttributeWriter(bytes, AsnSize::kTwo)
        .asPath({{64500}, kAsTrans})
        .as4Path({&path4, 1})
        .aggregator({asn, Address::ipv4(1)})
        .as4Aggregator({{200100}, Address::ipv4(2)});
    LooseAttributes attributes = readLooseAttributes(bytes, AsnSize::kTwo);
    std::vector<uint8_t> merged;
    EXPECT_EQ(applyAs4(attributes, merged), merges);
    EXPECT_EQ(attributes.aggregator.asn, merges ? Asn{200100} : asn);
  }
}

}  // namespace
}  // namespace nightjar::print
