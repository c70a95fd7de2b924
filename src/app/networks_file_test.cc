#include "app/networks_file.h"

#include <gtest/gtest.h>

#include "app/names.h"
#include "detect/incident/memory_reader.h"

namespace nightjar::app {
namespace {

TEST(NetworksFile, ReadsRows) {
  const auto networks = readNetworks(
      "# nightjar networks: simulation: kz\r\n\n# why\nasn,name,access\n"
      "9198,JSC Kazakhtelecom, Almaty,fixed\nAS29355, Kcell ,mobile\n64512,,\n");
  ASSERT_TRUE(networks) << networks.error().describe();
  ASSERT_EQ(networks->size(), 3U);
  EXPECT_EQ((*networks)[0], (series::NetworkName{{9198}, "JSC Kazakhtelecom, Almaty", "fixed"}));
  EXPECT_EQ((*networks)[1], (series::NetworkName{{29355}, "Kcell", "mobile"}));
  EXPECT_EQ((*networks)[2], (series::NetworkName{{64512}, "", ""}));
}

TEST(NetworksFile, SaysWhatIsWrongWhere) {
  const std::string head = "# nightjar networks: x\n";
  const auto expectRefused = [](const std::string& text, const std::string& message) {
    const auto networks = readNetworks(text);
    ASSERT_FALSE(networks) << text;
    EXPECT_EQ(networks.error().message, message);
  };
  expectRefused("9198,Kazakhtelecom,fixed\n", "the first line is not '# nightjar networks: NAME'");
  expectRefused(head + "9198,Kazakhtelecom\n", "line 2 is not ASN,NAME,ACCESS");
  expectRefused(head + "\nKZ,Kazakhtelecom,fixed\n", "line 3 does not begin with the number of a network");
  expectRefused(head + "4294967296,x,fixed\n", "line 2 does not begin with the number of a network");
  expectRefused(head + "1,x,wireless\n", "line 2 has an access that is not mobile, fixed, mixed or nothing");
  expectRefused(head + "1,\xFFx,fixed\n", "line 2 has a name that is not up to 200 bytes of UTF-8");
  expectRefused(head + "1,\x1b[31m,fixed\n", "line 2 has a name that is not up to 200 bytes of UTF-8");
}

TEST(NetworksFile, NamesTheFileItCannotRead) {
  const auto networks = loadNetworks("/no/such/file.csv");
  ASSERT_FALSE(networks);
  EXPECT_EQ(networks.error().where, "/no/such/file.csv");
}

TEST(NamedReader, KnowsNetworksWhereverTheyAre) {
  detect::MemoryReader series;
  NamedReader reader(series,
                     {{{29355}, "Kcell", "mobile"}, {{9198}, "", "fixed"}, {{29355}, "Kcell JSC", "mobile"}});
  EXPECT_EQ(reader.name(Entity::network(Asn{29355})), "Kcell JSC") << "the later row";
  EXPECT_EQ(reader.name(Entity::networkInCountry(Asn{29355}, "KZ")), "Kcell JSC");
  EXPECT_EQ(reader.access(Entity::networkInCountry(Asn{29355}, "KZ")), detect::Access::kMobile);
  EXPECT_EQ(reader.name(Entity::network(Asn{9198})), "");
  EXPECT_EQ(reader.access(Entity::network(Asn{9198})), detect::Access::kFixed);
  EXPECT_EQ(reader.access(Entity::network(Asn{1})), detect::Access::kUnknown);
  EXPECT_EQ(reader.name(Entity::country("KZ")), "") << "asks the other reader";
}

}  // namespace
}  // namespace nightjar::app
