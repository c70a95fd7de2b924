#include "geo/geo_map.h"

#include <gtest/gtest.h>

#include <string_view>
#include <utility>

#include "geo/geo_map_builder.h"

namespace nightjar::geo {
namespace {

using Runs = std::vector<std::pair<std::string, uint64_t>>;

GeoMap mapOf(const std::vector<std::pair<std::string_view, std::string_view>>& prefixes) {
  GeoMapBuilder builder;
  for (const auto& [prefix, country] : prefixes) {
    EXPECT_TRUE(builder.add(Prefix::parse(prefix).value(), builder.place(country).value()));
  }
  return builder.build("test").value();
}

Runs runsOf(const GeoMap& map, Family family, uint64_t first, uint64_t count) {
  Runs runs;
  map.forEachRun(family, first, count,
                 [&](PlaceId place, uint64_t units) { runs.emplace_back(map.place(place).country, units); });
  return runs;
}

std::string countryOf(const GeoMap& map, std::string_view address) {
  return map.place(map.placeOf(Address::parse(address).value())).country;
}

TEST(GeoMap, KnowsNothingWhenEmpty) {
  for (const GeoMap& map : {GeoMap(), mapOf({})}) {
    EXPECT_EQ(map.places().size(), 1);
    EXPECT_EQ(countryOf(map, "192.0.2.1"), "");
    EXPECT_EQ(countryOf(map, "2001:db8::"), "");
    EXPECT_EQ(runsOf(map, Family::kIpv6, 0, unitCount(Family::kIpv6)), (Runs{{"", uint64_t{1} << 48}}));
  }
  EXPECT_EQ(GeoMap().name(), "none");
}

TEST(GeoMap, FindsTheUnitOfAnAddress) {
  const GeoMap map = mapOf({{"10.0.0.0/16", "KZ"}, {"10.2.3.0/24", "UZ"}, {"2001:db8:5::/48", "KG"}});
  EXPECT_EQ(countryOf(map, "9.255.255.255"), "");
  EXPECT_EQ(countryOf(map, "10.0.0.0"), "KZ");
  EXPECT_EQ(countryOf(map, "10.0.255.255"), "KZ");
  EXPECT_EQ(countryOf(map, "10.1.0.0"), "");
  EXPECT_EQ(countryOf(map, "10.2.3.77"), "UZ");
  EXPECT_EQ(countryOf(map, "255.255.255.255"), "");
  EXPECT_EQ(countryOf(map, "2001:db8:4:ffff::"), "");
  EXPECT_EQ(countryOf(map, "2001:db8:5:1234::1"), "KG");
  EXPECT_EQ(countryOf(map, "2001:db8:6::"), "");
  EXPECT_EQ(countryOf(map, "ffff::"), "");
}

TEST(GeoMap, TellsRunsInOrderWithGaps) {
  const GeoMap map = mapOf({{"10.0.0.0/16", "KZ"}, {"10.1.0.0/17", "UZ"}, {"10.2.0.0/16", "KZ"}});
  const uint64_t start = unitOf(Address::parse("10.0.0.0").value());
  EXPECT_EQ(runsOf(map, Family::kIpv4, start, 1), (Runs{{"KZ", 1}}));
  EXPECT_EQ(runsOf(map, Family::kIpv4, start, 0), Runs{});
  EXPECT_EQ(runsOf(map, Family::kIpv4, start + 255, 2), (Runs{{"KZ", 1}, {"UZ", 1}}));
  EXPECT_EQ(runsOf(map, Family::kIpv4, start + 384, 128), (Runs{{"", 128}}));
  EXPECT_EQ(runsOf(map, Family::kIpv4, start - 10, 1000),
            (Runs{{"", 10}, {"KZ", 256}, {"UZ", 128}, {"", 128}, {"KZ", 256}, {"", 222}}));
  EXPECT_EQ(runsOf(map, Family::kIpv4, 0, unitCount(Family::kIpv4)),
            (Runs{{"", start},
                  {"KZ", 256},
                  {"UZ", 128},
                  {"", 128},
                  {"KZ", 256},
                  {"", unitCount(Family::kIpv4) - start - 768}}));
}

TEST(GeoMap, CoversTheWholeSpace) {
  const GeoMap map = mapOf({{"0.0.0.0/0", "KZ"}, {"::/0", "UZ"}});
  EXPECT_EQ(runsOf(map, Family::kIpv4, 0, unitCount(Family::kIpv4)), (Runs{{"KZ", uint64_t{1} << 24}}));
  EXPECT_EQ(runsOf(map, Family::kIpv6, 0, unitCount(Family::kIpv6)), (Runs{{"UZ", uint64_t{1} << 48}}));
  EXPECT_EQ(countryOf(map, "255.255.255.255"), "KZ");
  EXPECT_EQ(countryOf(map, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), "UZ");
}

}  // namespace
}  // namespace nightjar::geo
