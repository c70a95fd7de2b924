#include "base/entity.h"

#include <gtest/gtest.h>

namespace nightjar {
namespace {

TEST(Entity, KnowsItsKind) {
  EXPECT_EQ(Entity::parse("KZ").value().kind(), EntityKind::kCountry);
  EXPECT_EQ(Entity::parse("KZ-ALA").value().kind(), EntityKind::kRegion);
  EXPECT_EQ(Entity::parse("AS9198").value().kind(), EntityKind::kNetwork);
  EXPECT_EQ(Entity::parse("AS9198@KZ").value().kind(), EntityKind::kNetworkInCountry);
  EXPECT_EQ(Entity::parse("site:vlast.kz").value().kind(), EntityKind::kSite);
}

TEST(Entity, TellsItsParts) {
  const Entity both = Entity::networkInCountry(Asn{9198}, "KZ");
  EXPECT_EQ(both.code(), "AS9198@KZ");
  EXPECT_EQ(both.asn(), Asn{9198});
  EXPECT_EQ(both.countryCode(), "KZ");
  EXPECT_EQ(Entity::parse("KZ-ALA").value().countryCode(), "KZ");
  EXPECT_EQ(Entity::parse("KZ").value().asn(), std::nullopt);
  EXPECT_EQ(Entity::network(Asn{9198}).countryCode(), "");
}

TEST(Entity, RefusesOtherSpellings) {
  for (const char* code : {"", "kz", "KAZ", "KZ-", "AS01", "AS4294967296", "AS9198@", "AS9198@kz", "9198",
                           "site:", "site:a b"}) {
    EXPECT_FALSE(Entity::parse(code)) << code;
  }
}

TEST(Entity, BelongsToItsCountryAndItsNetwork) {
  const auto belongs = [](const char* entity, const char* place) {
    return Entity::parse(entity).value().belongsTo(Entity::parse(place).value());
  };
  EXPECT_TRUE(belongs("KZ-ALA", "KZ"));
  EXPECT_TRUE(belongs("AS9198@KZ", "KZ"));
  EXPECT_TRUE(belongs("AS9198@KZ", "AS9198"));
  EXPECT_TRUE(belongs("AS9198@KZ", "AS9198@KZ"));
  EXPECT_FALSE(belongs("AS9198", "KZ"));
  EXPECT_FALSE(belongs("KZ", "KZ-ALA"));
  EXPECT_FALSE(belongs("AS9198@KZ", "AS919"));
  EXPECT_FALSE(belongs("AS9198", "AS9198@KZ"));
}

}  // namespace
}  // namespace nightjar
