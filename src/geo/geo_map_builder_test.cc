#include "geo/geo_map_builder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>

namespace nightjar::geo {
namespace {

using ::testing::HasSubstr;

struct Row {
  std::string_view first;
  std::string_view last;
  std::string_view country;  // empty: unknown
};

Result<GeoMap> build(const std::vector<Row>& rows) {
  GeoMapBuilder builder;
  const uint16_t source = builder.addSource("rows").value();
  uint32_t line = 0;
  for (const Row& row : rows) {
    const PlaceId place = row.country.empty() ? kUnknownPlace : builder.place(row.country).value();
    ++line;
    const auto added = builder.add(Address::parse(row.first).value(), Address::parse(row.last).value(), place,
                                   {uint64_t{line} * 100, line, source});
    if (!added) return std::unexpected(added.error());
  }
  return builder.build("test");
}

std::string countryOf(const GeoMap& map, std::string_view address) {
  return map.place(map.placeOf(Address::parse(address).value())).country;
}

struct SharedUnit {
  std::string_view name;
  std::vector<Row> rows;
  std::string_view unit;
  std::string_view country;
};

TEST(GeoMapBuilder, GivesASharedUnitToTheLargestShare) {
  const std::vector<SharedUnit> cases{
      {"a lone part", {{"10.0.0.7", "10.0.0.7", "KZ"}}, "10.0.0.0", "KZ"},
      {"the larger part",
       {{"10.0.0.0", "10.0.0.99", "KZ"}, {"10.0.0.100", "10.0.0.255", "UZ"}},
       "10.0.0.0",
       "UZ"},
      {"equal parts",
       {{"10.0.0.128", "10.0.0.255", "KZ"}, {"10.0.0.0", "10.0.0.127", "UZ"}},
       "10.0.0.0",
       "UZ"},
      {"parts add up",
       {{"10.0.0.0", "10.0.0.59", "KZ"},
        {"10.0.0.60", "10.0.0.159", "UZ"},
        {"10.0.0.160", "10.0.0.255", "KZ"}},
       "10.0.0.0",
       "KZ"},
      {"unknown does not count",
       {{"10.0.0.0", "10.0.0.250", ""}, {"10.0.0.251", "10.0.0.255", "UZ"}},
       "10.0.0.0",
       "UZ"},
      {"the end of a long range",
       {{"10.0.0.0", "10.0.4.100", "KZ"}, {"10.0.4.101", "10.0.9.255", "UZ"}},
       "10.0.4.0",
       "UZ"},
      {"the start of a long range",
       {{"10.0.0.0", "10.0.4.199", "KZ"}, {"10.0.4.200", "10.0.9.255", "UZ"}},
       "10.0.4.0",
       "KZ"},
      {"a /48 in two",
       {{"2001:db8::", "2001:db8:0:7fff:ffff:ffff:ffff:fffe", "KZ"},
        {"2001:db8:0:7fff:ffff:ffff:ffff:ffff", "2001:db8:0:ffff:ffff:ffff:ffff:ffff", "UZ"}},
       "2001:db8::",
       "UZ"},
      {"one address in a /48", {{"2001:db8:1::1", "2001:db8:1::1", "KG"}}, "2001:db8:1::", "KG"},
      {"the last unit",
       {{"ffff:ffff:ffff:ffff::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "KG"}},
       "ffff:ffff:ffff::",
       "KG"},
  };
  for (const SharedUnit& test : cases) {
    const auto map = build(test.rows);
    ASSERT_TRUE(map) << test.name;
    EXPECT_EQ(countryOf(*map, test.unit), test.country) << test.name;
  }
}

TEST(GeoMapBuilder, LetsTheSmallerRangeWin) {
  const std::vector<Row> rows{{"10.0.0.0", "10.255.255.255", "KZ"}, {"10.1.0.0", "10.1.255.255", "UZ"},
                              {"10.1.7.0", "10.1.7.255", "KG"},     {"10.2.0.0", "10.2.255.255", ""},
                              {"10.255.0.0", "11.0.255.255", "TJ"}, {"10.1.7.0", "10.1.7.255", "KG"}};
  for (const bool reversed : {false, true}) {
    auto order = rows;
    if (reversed) std::reverse(order.begin(), order.end());
    const auto map = build(order);
    ASSERT_TRUE(map);
    EXPECT_EQ(countryOf(*map, "10.0.255.0"), "KZ");
    EXPECT_EQ(countryOf(*map, "10.1.6.0"), "UZ");
    EXPECT_EQ(countryOf(*map, "10.1.7.0"), "KG");
    EXPECT_EQ(countryOf(*map, "10.1.8.0"), "UZ");
    EXPECT_EQ(countryOf(*map, "10.2.0.0"), "");
    EXPECT_EQ(countryOf(*map, "10.3.0.0"), "KZ");
    EXPECT_EQ(countryOf(*map, "10.254.0.0"), "KZ");
    EXPECT_EQ(countryOf(*map, "10.255.0.0"), "TJ");
    EXPECT_EQ(countryOf(*map, "11.0.255.0"), "TJ");
    EXPECT_EQ(countryOf(*map, "11.1.0.0"), "");
  }
}

TEST(GeoMapBuilder, RefusesContradictions) {
  const auto same = build({{"10.0.0.0", "10.0.0.255", "KZ"}, {"10.0.0.0", "10.0.0.255", "UZ"}});
  ASSERT_FALSE(same);
  EXPECT_EQ(
      same.error().describe(),
      "rows: byte 200: line 2: 10.0.0.0-10.0.0.255 in UZ contradicts line 1: 10.0.0.0-10.0.0.255 in KZ");
  const auto shifted = build({{"10.0.1.0", "10.0.2.255", "KZ"}, {"10.0.0.0", "10.0.1.255", "KG"}});
  ASSERT_FALSE(shifted);
  EXPECT_THAT(shifted.error().message, HasSubstr("10.0.1.0-10.0.2.255 in KZ contradicts line 2"));
  EXPECT_TRUE(build({{"10.0.0.0", "10.0.0.255", "KZ"}, {"10.0.0.0", "10.0.0.255", "KZ"}}));
  EXPECT_TRUE(build({{"10.0.0.0", "10.0.0.255", "KZ"}, {"10.0.1.0", "10.0.1.255", "UZ"}}));
}

TEST(GeoMapBuilder, RefusesImpossibleRanges) {
  GeoMapBuilder builder;
  const PlaceId place = builder.place("KZ").value();
  const auto backwards = builder.add(Address::ipv4(5), Address::ipv4(4), place);
  ASSERT_FALSE(backwards);
  EXPECT_EQ(backwards.error().message, "the range 0.0.0.5-0.0.0.4 ends before it starts");
  const auto mixed = builder.add(Address::ipv4(5), Address::parse("::9").value(), place);
  ASSERT_FALSE(mixed);
  EXPECT_EQ(mixed.error().message, "the range 0.0.0.5-::9 mixes IPv4 and IPv6");
}

TEST(GeoMapBuilder, BoundsThePlaces) {
  GeoMapBuilder builder;
  for (int i = 0; i < 65535; ++i) ASSERT_TRUE(builder.place("KZ", std::to_string(i)));
  EXPECT_EQ(builder.place("KZ", "0").value(), PlaceId{1});
  const auto more = builder.place("UZ");
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().kind, ErrorKind::kLimit);
}

TEST(GeoMapBuilder, NamesTheSameMapTheSame) {
  const std::vector<Row> rows{
      {"10.0.0.0", "10.0.255.255", "KZ"}, {"10.1.0.0", "10.1.0.255", "UZ"}, {"::", "::", "KG"}};
  auto reversed = rows;
  std::reverse(reversed.begin(), reversed.end());
  const std::string name = build(rows)->name();
  EXPECT_TRUE(name.starts_with("test (fnv1a64 ")) << name;
  EXPECT_EQ(build(reversed)->name(), name);
  auto other = rows;
  other[1].last = "10.1.1.255";
  EXPECT_NE(build(other)->name(), name);
  other = rows;
  other[1].country = "TJ";
  EXPECT_NE(build(other)->name(), name);
  EXPECT_TRUE(build({rows[0]})->name().starts_with("test, IPv4 only (fnv1a64 "));
  EXPECT_TRUE(build({rows[2]})->name().starts_with("test, IPv6 only (fnv1a64 "));
}

TEST(GeoMapBuilder, JoinsNeighbours) {
  const auto map = build(
      {{"10.0.1.0", "10.0.1.255", "KZ"}, {"10.0.0.0", "10.0.0.255", "KZ"}, {"10.0.2.9", "10.0.2.9", "KZ"}});
  ASSERT_TRUE(map);
  const PlaceId place{1};
  EXPECT_THAT(map->ranges(Family::kIpv4), ::testing::ElementsAre(Range{0x0a0000, 0x0a0002, place}));
}

// Holds the sweep against a table with one entry for each address of a small space.
TEST(GeoMapBuilder, AgreesWithOneAddressAtATime) {
  constexpr uint32_t kSpace = 16 * 256;
  constexpr std::array<std::string_view, 4> kCountries{"", "KG", "KZ", "UZ"};
  std::mt19937 random(7);
  int built = 0;
  for (int round = 0; round < 300; ++round) {
    std::vector<uint32_t> sizes(kSpace, kSpace + 1);
    std::vector<size_t> owners(kSpace, 0);
    GeoMapBuilder builder;
    const int count = 1 + static_cast<int>(random() % 12);
    for (int i = 0; i < count; ++i) {
      const uint32_t first = random() % kSpace;
      const uint32_t last = std::min<uint32_t>(first + random() % (1U << (1 + random() % 11)), kSpace - 1);
      const size_t country = random() % kCountries.size();
      const PlaceId place = country == 0 ? kUnknownPlace : builder.place(kCountries[country]).value();
      ASSERT_TRUE(builder.add(Address::ipv4(first), Address::ipv4(last), place));
      for (uint32_t address = first; address <= last; ++address) {
        if (last - first + 1 >= sizes[address]) continue;
        sizes[address] = last - first + 1;
        owners[address] = country;
      }
    }
    const auto map = builder.build("random");
    if (!map) continue;  // equal sizes met
    ++built;
    for (uint32_t unit = 0; unit < kSpace / 256; ++unit) {
      std::array<int, kCountries.size()> shares{};
      std::vector<size_t> order;
      for (uint32_t address = unit * 256; address < (unit + 1) * 256; ++address) {
        const size_t owner = owners[address];
        if (owner != 0 && shares[owner]++ == 0) order.push_back(owner);
      }
      const auto largest = std::max_element(order.begin(), order.end(),
                                            [&](size_t a, size_t b) { return shares[a] < shares[b]; });
      const std::string_view expected = largest == order.end() ? kCountries[0] : kCountries[*largest];
      EXPECT_EQ(map->place(map->placeOfUnit(Family::kIpv4, unit)).country, expected)
          << "round " << round << " unit " << unit;
    }
  }
  EXPECT_GT(built, 200);
}

}  // namespace
}  // namespace nightjar::geo
