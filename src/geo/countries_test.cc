#include "geo/countries.h"

#include "geo/country_points.h"

#include <gtest/gtest.h>

#include <cmath>

#include <algorithm>

namespace nightjar::geo {
namespace {

TEST(Countries, AreThoseOfIso3166AndKosovo) {
  EXPECT_EQ(countries().size(), 249 + 1);
  EXPECT_TRUE(std::is_sorted(countries().begin(), countries().end(),
                             [](const Country& a, const Country& b) { return a.code < b.code; }));
  for (const Country& country : countries()) {
    EXPECT_EQ(country.code.size(), 2) << country.code;
    EXPECT_FALSE(country.name.empty()) << country.code;
    EXPECT_EQ(countryName(country.code), country.name);
    EXPECT_EQ(readCountryCode(country.code), country.code);
  }
}

TEST(Countries, AreDescribedForPeople) {
  EXPECT_EQ(describeCountry("KZ"), "Kazakhstan (KZ)");
  EXPECT_EQ(describeCountry("AD"), "Andorra (AD)");
  EXPECT_EQ(describeCountry("ZW"), "Zimbabwe (ZW)");
  EXPECT_EQ(describeCountry("QQ"), "QQ");
  EXPECT_EQ(describeCountry(""), "");
}

TEST(Countries, ReadCodesAsSourcesWriteThem) {
  EXPECT_EQ(readCountryCode("XK"), "XK");
  EXPECT_EQ(readCountryCode("UK"), "GB");
  for (const std::string_view unknown : {"", "??", "ZZ"}) EXPECT_EQ(readCountryCode(unknown), "");
  for (const std::string_view none : {"EU", "AP", "A1", "AN", "SU", "kz", "KAZ", "K", "Kazakhstan"}) {
    EXPECT_EQ(readCountryCode(none), std::nullopt) << none;
  }
}

TEST(Countries, KnowTheShapeOfRegions) {
  for (const std::string_view good : {"KZ-ALA", "KZ-7", "KZ-10"}) EXPECT_TRUE(isRegionOf("KZ", good)) << good;
  for (const std::string_view bad : {"", "KZ", "KZ-", "KZ-ALMA", "KZ-al", "UZ-AN", "KZALA", "KZ-A?"}) {
    EXPECT_FALSE(isRegionOf("KZ", bad)) << bad;
  }
}

TEST(CountryPoint, IsThereForEachCountry) {
  for (const Country& country : countries()) {
    const auto point = countryPoint(country.code);
    ASSERT_TRUE(point) << country.code;
    EXPECT_LE(std::abs(point->latitude), 90) << country.code;
    EXPECT_LE(std::abs(point->longitude), 180) << country.code;
  }
  EXPECT_FALSE(countryPoint("ZZ"));
  // Within the rectangles that atlases give: no two columns were exchanged, no sign lost.
  EXPECT_NEAR(countryPoint("KZ")->latitude, 48, 7);
  EXPECT_NEAR(countryPoint("KZ")->longitude, 67, 20);
  EXPECT_NEAR(countryPoint("CL")->longitude, -70, 5);
  EXPECT_NEAR(countryPoint("FJ")->longitude, 178, 1);
}

}  // namespace
}  // namespace nightjar::geo
