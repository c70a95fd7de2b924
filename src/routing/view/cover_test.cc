#include "routing/view/cover.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "routing/view/geo_for_tests.h"

namespace nightjar::view {
namespace {

// Adds up what a cover says it won and lost.
class Tally {
 public:
  explicit Tally(const geo::GeoMap& geo) : geo_(geo) {}
  void take(std::span<const Cover::Change> changes) {
    for (const auto& change : changes) units_[geo_.place(change.place).country] += change.units;
  }
  int64_t at(const std::string& country) { return units_[country]; }

 private:
  const geo::GeoMap& geo_;
  std::map<std::string, int64_t> units_;
};

class CoverTest : public testing::Test {
 protected:
  void add(std::string_view prefix) { tally_.take(cover_.add(enter(0, key(prefix)))); }
  void remove(std::string_view prefix) { tally_.take(cover_.remove(enter(0, key(prefix)))); }

  Cover::NodeIndex enter(Cover::SetId set, PrefixKey prefix) {
    return cover_.enter(set, prefix, cover_.homeOf(prefix));
  }

  geo::GeoMap geo_ = geoOf({{"10.0.0.0/9", "KZ"}, {"10.128.0.0/9", "UZ"}, {"2001:db8::/32", "KZ"}});
  Cover cover_{geo_};
  Tally tally_{geo_};
};

TEST_F(CoverTest, CountsNestedSpaceOnce) {
  add("10.1.0.0/24");
  add("10.1.0.0/16");
  EXPECT_EQ(tally_.at("KZ"), 256);
  add("10.1.2.0/23");
  remove("10.1.0.0/16");
  EXPECT_EQ(tally_.at("KZ"), 3);
}

TEST_F(CoverTest, AggregationLosesNothing) {
  for (int i = 0; i < 256; ++i) add("10.1." + std::to_string(i) + ".0/24");
  add("10.1.0.0/16");
  for (int i = 0; i < 256; ++i) remove("10.1." + std::to_string(i) + ".0/24");
  EXPECT_EQ(tally_.at("KZ"), 256);
}

TEST_F(CoverTest, SplitsSpaceThatSpansPlaces) {
  add("10.0.0.0/8");
  EXPECT_EQ(tally_.at("KZ"), 32768);
  EXPECT_EQ(tally_.at("UZ"), 32768);
  add("10.127.0.0/16");
  add("10.128.0.0/16");
  remove("10.0.0.0/8");
  EXPECT_EQ(tally_.at("KZ"), 256);
  EXPECT_EQ(tally_.at("UZ"), 256);
}

TEST_F(CoverTest, KeepsSetsAndFamiliesApart) {
  add("10.1.0.0/16");
  tally_.take(cover_.add(enter(7, key("10.1.0.0/16"))));
  EXPECT_EQ(tally_.at("KZ"), 512);
  add("2001:db8::/33");
  EXPECT_EQ(tally_.at("KZ"), 512 + 32768);
}

TEST_F(CoverTest, TellsWhatIsUncovered) {
  add("10.1.0.0/24");
  const auto open = cover_.uncovered(0, key("10.1.0.0/16"));
  ASSERT_EQ(open.size(), 1U);
  EXPECT_EQ(open[0].units, 255);
  add("10.0.0.0/8");
  EXPECT_TRUE(cover_.uncovered(0, key("10.1.0.0/16")).empty());
}

// Against the plainest way to count: mark every unit.
TEST(Cover, AgreesWithMarkingUnits) {
  const auto geo =
      geoOf({{"10.0.0.0/17", "KZ"}, {"10.0.128.0/18", "UZ"}, {"10.0.208.0/20", "TM"}, {"10.0.4.0/24", "UZ"}});
  Cover cover(geo);
  Tally tally(geo);
  std::set<PrefixKey> members;
  std::mt19937 random(1);
  for (int step = 0; step < 4000; ++step) {
    const auto length = static_cast<uint8_t>(14 + random() % 11);
    const uint32_t address = (0x0a000000U | (random() & 0xff00U)) & ~(0xffffffffU >> length);
    const PrefixKey prefix = PrefixKey::of(Prefix::of(Address::ipv4(address), length)).value();
    if (members.erase(prefix) > 0) {
      tally.take(cover.remove(cover.enter(0, prefix, cover.homeOf(prefix))));
    } else {
      members.insert(prefix);
      tally.take(cover.add(cover.enter(0, prefix, cover.homeOf(prefix))));
    }
    if (step % 40 != 0) continue;
    std::set<uint64_t> units;
    for (const PrefixKey& member : members) {
      for (uint64_t unit = 0; unit < member.units(); ++unit) units.insert(member.firstUnit() + unit);
    }
    std::map<std::string, int64_t> expected;
    for (const uint64_t unit : units) ++expected[geo.place(geo.placeOfUnit(Family::kIpv4, unit)).country];
    for (const char* country : {"KZ", "UZ", "TM", ""})
      ASSERT_EQ(tally.at(country), expected[country]) << step << country;
  }
}

}  // namespace
}  // namespace nightjar::view
