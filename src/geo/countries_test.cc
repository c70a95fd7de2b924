#include "geo/countries.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace nightjar::geo
