#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "geo/geo_map_builder.h"
#include "probing/targets/selection.h"
#include "probing/targets/special.h"

namespace nightjar::targets {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Address addressOf(std::string_view text) {
  return Address::parse(text).value();
}
uint32_t blockOf(std::string_view text) {
  return static_cast<uint32_t>(addressOf(text).high() >> 8);
}

Prefix slash24(std::string_view text) {
  return Prefix::of(addressOf(text), 24);
}

// ---- special-purpose space

struct SpecialCase {
  std::string_view address;
  std::string_view source;  // empty: ordinary space
};
class Special : public testing::TestWithParam<SpecialCase> {};

TEST_P(Special, IsKnownByItsDocument) {
  const SpecialBlock* block = specialBlockOf(addressOf(GetParam().address));
  EXPECT_EQ(block == nullptr ? "" : block->source, GetParam().source);
  const Exclusion expected = GetParam().source.empty() ? Exclusion::kNone : Exclusion::kSpecial;
  EXPECT_EQ(Exclusions().of(addressOf(GetParam().address)), expected);
}

INSTANTIATE_TEST_SUITE_P(Rows, Special,
                         testing::ValuesIn(std::initializer_list<SpecialCase>{
                             {"0.1.2.3", "RFC 791, section 3.2"},
                             {"1.0.0.1", ""},
                             {"9.255.255.255", ""},
                             {"10.0.0.0", "RFC 1918"},
                             {"10.255.255.255", "RFC 1918"},
                             {"11.0.0.0", ""},
                             {"100.63.255.255", ""},
                             {"100.64.0.1", "RFC 6598"},
                             {"100.127.255.255", "RFC 6598"},
                             {"100.128.0.0", ""},
                             {"127.0.0.1", "RFC 1122, section 3.2.1.3"},
                             {"169.254.1.1", "RFC 3927"},
                             {"172.15.255.255", ""},
                             {"172.16.0.1", "RFC 1918"},
                             {"172.32.0.0", ""},
                             {"192.0.0.8", "RFC 6890, section 2.1"},
                             {"192.0.1.1", ""},
                             {"192.0.2.1", "RFC 5737"},
                             {"192.31.196.1", "RFC 7535"},
                             {"192.52.193.1", "RFC 7450"},
                             {"192.88.99.1", "RFC 7526"},
                             {"192.168.255.255", "RFC 1918"},
                             {"192.175.48.1", "RFC 7534"},
                             {"198.17.255.255", ""},
                             {"198.19.255.255", "RFC 2544"},
                             {"198.51.100.1", "RFC 5737"},
                             {"203.0.113.255", "RFC 5737"},
                             {"223.255.255.255", ""},
                             {"224.0.0.1", "RFC 5771"},
                             {"239.255.255.255", "RFC 5771"},
                             {"240.0.0.1", "RFC 1112, section 4; RFC 919"},
                             {"255.255.255.255", "RFC 1112, section 4; RFC 919"},
                             {"::", "RFC 4291"},
                             {"::1", "RFC 4291"},
                             {"::2", "RFC 4291, section 4"},
                             {"::ffff:1.2.3.4", "RFC 4291"},
                             {"64:ff9b::1.2.3.4", "RFC 6052"},
                             {"64:ff9b:1::1", "RFC 8215"},
                             {"100::1", "RFC 6666"},
                             {"100:0:0:1::1", "RFC 9780"},
                             {"2001::1", "RFC 2928"},
                             {"2001:1ff::1", "RFC 2928"},
                             {"2001:200::1", ""},
                             {"2001:db8::1", "RFC 3849"},
                             {"2002::1", "RFC 3056"},
                             {"2620:4f:8000::1", "RFC 7534"},
                             {"2a00::1", ""},
                             {"3fff::1", "RFC 9637"},
                             {"3fff:1000::1", ""},
                             {"4000::1", "RFC 4291, section 4"},
                             {"5f00::1", "RFC 9602"},
                             {"fd00::1", "RFC 4193"},
                             {"fe80::1", "RFC 4291"},
                             {"ff02::1", "RFC 4291, section 2.7"},
                             {"a000::1", "RFC 4291, section 4"},
                         }));

TEST(SpecialBlocks, EachNamesItsDocument) {
  for (const SpecialBlock& block : specialBlocks()) {
    EXPECT_THAT(std::string(block.source), testing::StartsWith("RFC ")) << block.prefix.text();
    EXPECT_FALSE(block.name.empty());
  }
}

// ---- opt-out

Exclusions optOut(std::string_view text) {
  const auto list = readOptOut(text, "out");
  EXPECT_TRUE(list.has_value());
  EXPECT_EQ(list->findings.count, 0U);
  return Exclusions(list->prefixes);
}

TEST(OptOut, TakesOutEveryBlockThatItTouches) {
  const Exclusions exclusions = optOut(
      "# asked by mail\n"
      "8.8.8.0/28   abuse@example.net, 2026-01-02\n"
      "9.9.9.9\n\n"
      "20.0.0.77/23 # the whole /23\r\n"
      "2a00:1::/32\n");
  EXPECT_EQ(exclusions.of(addressOf("8.8.8.15")), Exclusion::kOptedOut);
  EXPECT_EQ(exclusions.of(addressOf("8.8.8.16")), Exclusion::kNone);
  EXPECT_EQ(exclusions.of(slash24("8.8.8.0")), Exclusion::kOptedOut) << "also in part";
  EXPECT_EQ(exclusions.of(slash24("8.8.9.0")), Exclusion::kNone);
  EXPECT_EQ(exclusions.of(slash24("9.9.9.0")), Exclusion::kOptedOut);
  EXPECT_EQ(exclusions.of(slash24("20.0.0.0")), Exclusion::kOptedOut);
  EXPECT_EQ(exclusions.of(slash24("20.0.1.0")), Exclusion::kOptedOut);
  EXPECT_EQ(exclusions.of(slash24("20.0.2.0")), Exclusion::kNone);
  EXPECT_EQ(exclusions.of(addressOf("2a00:1::5")), Exclusion::kOptedOut);
  EXPECT_EQ(exclusions.of(addressOf("2a00:2::5")), Exclusion::kNone);
  EXPECT_EQ(exclusions.of(slash24("10.0.0.0")), Exclusion::kSpecial);
}

TEST(OptOut, EverybodyMayOptOut) {
  const Exclusions exclusions = optOut("0.0.0.0/0\n::/0\n1.2.3.0/24\n");
  EXPECT_EQ(exclusions.of(slash24("200.1.2.0")), Exclusion::kOptedOut);
  EXPECT_EQ(exclusions.of(addressOf("2a00::1")), Exclusion::kOptedOut);
}

TEST(OptOut, WhatCannotBeReadIsToldWithItsPlace) {
  const auto list = readOptOut("1.2.3.0/24\nexample.net\n1.2.3.0/33\n4.4.4.0/24\n", "out");
  ASSERT_TRUE(list.has_value());
  EXPECT_EQ(list->prefixes.size(), 2U);
  ASSERT_EQ(list->findings.count, 2U);
  EXPECT_EQ(list->findings.told[0].describe(),
            "out: byte 11: line 2: 'example.net' is neither a prefix nor an address");
}

// ---- target lists

TEST(TargetList, KeepsPrefixesAndAddressesWithHistory) {
  TargetList list;
  ASSERT_TRUE(
      readTargets("# history\n"
                  "8.8.0.0/20\n"
                  "8.8.8.8 0.75\n"
                  "8.8.8.9\t0.25\r\n"
                  "8.8.8.10\n"
                  "2a00::2\n2a00::1 0.5\n2a00::2\n",
                  "list", list));
  EXPECT_EQ(list.findings.count, 0U);
  EXPECT_THAT(list.prefixes, ElementsAre(Prefix::parse("8.8.0.0/20").value()));
  ASSERT_EQ(list.histories.size(), 1U);
  const BlockHistory& history = list.histories.at(blockOf("8.8.8.0"));
  EXPECT_EQ(history.active.count(), 3U);
  EXPECT_TRUE(history.active[8] && history.active[9] && history.active[10]);
  EXPECT_DOUBLE_EQ(history.availability(), 0.5);
  EXPECT_THAT(list.hosts6, ElementsAre(addressOf("2a00::1"), addressOf("2a00::2")));
}

TEST(TargetList, WrongRowsAreToldAndTheRestCounts) {
  TargetList list;
  ASSERT_TRUE(
      readTargets("8.8.8.0/25\n2a00::/32\n8.8.8.8 1.5\n8.8.8.8 0\n8.8.8.8 nan\n8.8.8.1/24\n1.1.1.0/24\n"
                  "8.8.8.0/24 0.5\n\xff\xfe\n",
                  "list", list));
  EXPECT_EQ(list.prefixes.size(), 1U);
  EXPECT_THAT(list.histories, IsEmpty());
  EXPECT_EQ(list.findings.count, 8U);
  EXPECT_THAT(list.findings.told[0].describe(),
              HasSubstr("list: byte 0: line 1: a prefix of less than a /24"));
  EXPECT_THAT(list.findings.told[1].describe(), HasSubstr("line 2: IPv6 is probed at listed addresses only"));
}

TEST(TargetList, AMillionLinesOfNonsenseAreToldInFewWords) {
  std::string text;
  for (int i = 0; i < 1'000'000; ++i) text += i % 1000 == 7 ? "8.8.8.8 0.5\n" : "nonsense\n";
  TargetList list;
  ASSERT_TRUE(readTargets(text, "list", list));
  EXPECT_EQ(list.findings.count, 999'000U);
  EXPECT_EQ(list.findings.told.size(), Findings::kTold);
  EXPECT_EQ(list.histories.size(), 1U);
}

TEST(TargetList, ALineWithoutEndIsOneFinding) {
  TargetList list;
  ASSERT_TRUE(readTargets(std::string(1 << 20, 'x'), "list", list));
  ASSERT_EQ(list.findings.count, 1U);
  EXPECT_LT(list.findings.told[0].message.size(), 200U);
}

// ---- origins

TEST(OriginMap, TheMoreSpecificRouteWins) {
  const uint32_t base = blockOf("20.0.0.0");
  const OriginMap map(Family::kIpv4, {{base, 16, Asn{1}},
                                      {base + 16, 20, Asn{2}},
                                      {base + 17, 24, Asn{3}},
                                      {base + 31, 24, Asn{4}},
                                      {base + 16, 20, Asn{9}},
                                      {base + 256, 24, Asn{1}}});
  EXPECT_THAT(
      map.ranges(),
      ElementsAre(OriginRange{base, base + 15, Asn{1}}, OriginRange{base + 16, base + 16, Asn{2}},
                  OriginRange{base + 17, base + 17, Asn{3}}, OriginRange{base + 18, base + 30, Asn{2}},
                  OriginRange{base + 31, base + 31, Asn{4}}, OriginRange{base + 32, base + 256, Asn{1}}));
  EXPECT_EQ(map.originOf(base - 1), Asn{});
  EXPECT_EQ(map.originOf(base + 20), Asn{2});
  EXPECT_EQ(map.originOf(base + 257), Asn{});
}

TEST(OriginMap, HoldsTheWholeSpace) {
  const OriginMap map(Family::kIpv4, {{0, 0, Asn{7}}, {0xffffff, 24, Asn{8}}});
  EXPECT_EQ(map.originOf(0), Asn{7});
  EXPECT_EQ(map.originOf(0xfffffe), Asn{7});
  EXPECT_EQ(map.originOf(0xffffff), Asn{8});
}

TEST(OriginMap, KnowsNetworksOfIpv6) {
  const Origins origins{{}, OriginMap(Family::kIpv6, {{0x2a0000010000, 32, Asn{5}}})};
  EXPECT_EQ(origins.of(addressOf("2a00:1:ffff::1")), Asn{5});
  EXPECT_EQ(origins.of(addressOf("2a00:2::1")), Asn{});
  EXPECT_EQ(origins.of(addressOf("8.8.8.8")), Asn{});
}

// ---- selection

class SelectionTest : public testing::Test {
 protected:
  void SetUp() override {
    geo::GeoMapBuilder builder;
    const auto add = [&](std::string_view prefix, std::string_view country, std::string_view region) {
      ASSERT_TRUE(builder.add(Prefix::parse(prefix).value(), builder.place(country, region).value()));
    };
    add("20.0.0.0/22", "KZ", "KZ-ALA");
    add("20.0.4.0/23", "KZ", "");
    add("20.0.6.0/23", "EG", "");
    geo_ = builder.build("test").value();
  }
  Result<std::vector<uint32_t>> blocksOf(std::string_view code, const OriginMap& origins = {}) {
    const auto selection = select({}, {Entity::parse(code).value()}, geo_, origins, Exclusions());
    if (!selection) return std::unexpected(selection.error());
    std::vector<uint32_t> offsets;
    for (const uint32_t block : selection->blocks) offsets.push_back(block - base_);
    return offsets;
  }

  const uint32_t base_ = blockOf("20.0.0.0");
  geo::GeoMap geo_;
};

TEST_F(SelectionTest, PlacesAreTheirBlocks) {
  EXPECT_THAT(blocksOf("KZ").value(), ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_THAT(blocksOf("KZ-ALA").value(), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(blocksOf("FR").error().message, HasSubstr("no /24 of FR is known"));
}

TEST_F(SelectionTest, RoutesTellWhatIsInUse) {
  const OriginMap origins(Family::kIpv4, {{base_ + 2, 23, Asn{9198}}, {base_ + 4, 22, Asn{8452}}});
  EXPECT_THAT(blocksOf("KZ", origins).value(), ElementsAre(2, 3, 4, 5));
  EXPECT_THAT(blocksOf("AS8452", origins).value(), ElementsAre(4, 5, 6, 7));
  EXPECT_THAT(blocksOf("AS8452@KZ", origins).value(), ElementsAre(4, 5));
  EXPECT_THAT(blocksOf("AS8452").error().message, HasSubstr("--rib"));
}

TEST_F(SelectionTest, ExcludedSpaceIsLeftOutAndCounted) {
  TargetList list;
  ASSERT_TRUE(
      readTargets("20.0.0.0/22\n10.0.0.0/23\n20.0.1.0/24\n20.0.9.5\n2a00::1\nfe80::1\n", "list", list));
  const std::vector<Prefix> out{Prefix::parse("20.0.1.128/25").value()};
  const auto selection = select(list, {}, geo_, {}, Exclusions(out));
  ASSERT_TRUE(selection);
  EXPECT_THAT(selection->blocks, ElementsAre(base_, base_ + 2, base_ + 3, base_ + 9));
  EXPECT_EQ(selection->special, 3U);
  EXPECT_EQ(selection->optedOut, 1U);
  EXPECT_THAT(selection->hosts6, ElementsAre(addressOf("2a00::1")));
}

TEST_F(SelectionTest, ThereAreNoMoreBlocksThanThereAre) {
  TargetList list;
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(addTarget(list, "0.0.0.0/0"));
  const auto selection = select(list, {}, geo_, {}, Exclusions());
  ASSERT_TRUE(selection);
  EXPECT_LT(selection->blocks.size(), size_t{1} << 24);
  EXPECT_GT(selection->blocks.size(), 14'000'000U);
}

}  // namespace
}  // namespace nightjar::targets
