#include "geo/load.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <vector>

namespace nightjar::geo {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string countryOf(const GeoMap& map, std::string_view address) {
  return map.place(map.placeOf(Address::parse(address).value())).country;
}
std::string regionOf(const GeoMap& map, std::string_view address) {
  return map.place(map.placeOf(Address::parse(address).value())).region;
}

std::string maxmindPath(std::string_view name) {
  return fmt::format("{}/fuzz/corpus/geo_mmdb/{}", NIGHTJAR_SOURCE_DIR, name);
}

std::string readAll(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

Result<Loaded> loadOne(const std::string& path) {
  return load(std::vector<std::string>{path});
}

std::string describeAll(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& finding : findings) text += finding.describe() + "\n";
  return text;
}

class LoadFiles : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = ::testing::TempDir() + "geo-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string write(const std::string& name, std::string_view content) {
    std::string path = folder_ / name;
    std::ofstream(path, std::ios::binary) << content;
    return path;
  }

  fs::path folder_;
};

constexpr std::string_view kTor4 = "# Generated: Thu, 25 Jun 2026 04:33:59 GMT\n38273024,38535167,KZ\n";
constexpr std::string_view kTor6 =
    "# Generated: Thu, 25 Jun 2026 04:33:59 GMT\n2a00::,2a00:0:ffff:ffff:ffff:ffff:ffff:ffff,UZ\n";

TEST_F(LoadFiles, TakesBothFamiliesOfAFolderAndLeavesOutTheRest) {
  write("b-geoip6", kTor6);
  write("a-geoip", kTor4);
  write("notes.txt", "What these files are\n");
  const auto loaded = loadOne(folder_);
  ASSERT_TRUE(loaded) << loaded.error().describe();
  EXPECT_THAT(loaded->map.name(), StartsWith("tor-geoipdb 2026-06-25 (fnv1a64 "));
  EXPECT_EQ(countryOf(loaded->map, "2.72.0.0"), "KZ");
  EXPECT_EQ(countryOf(loaded->map, "2a00::1"), "UZ");
  EXPECT_EQ(
      describeAll(loaded->findings),
      (folder_ / "notes.txt").string() +
          ": left out: is not a geolocation file of a known kind: it starts with 'What these files are'\n");
}

TEST_F(LoadFiles, DoesNotDependOnOrder) {
  const std::string four = write("four", kTor4);
  const std::string six = write("six", kTor6);
  const auto one = load(std::vector<std::string>{four, six});
  const auto other = load(std::vector<std::string>{six, four, six});
  ASSERT_TRUE(one && other);
  EXPECT_EQ(one->map.name(), other->map.name());
}

TEST_F(LoadFiles, RefusesMixedKinds) {
  const std::string tor = write("tor", kTor4);
  const std::string own = write("own", "# nightjar geo map: x\n10.0.0.0/8,KZ\n");
  const auto loaded = load(std::vector<std::string>{tor, own});
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().kind, ErrorKind::kUsage);
  EXPECT_EQ(loaded.error().describe(), own + ": is a map of Nightjar's own kind, but " + tor +
                                           " is a tor geoip file: give files of one kind");
}

struct Refused {
  std::string_view name;
  std::string content;
  ErrorKind kind;
  std::string_view message;  // a part
};

TEST_F(LoadFiles, SaysWhatAFileIsInstead) {
  const std::vector<Refused> cases{
      {"empty", "", ErrorKind::kUnsupported, "is empty"},
      {"comments", "# nothing\n", ErrorKind::kUnsupported, "has no rows"},
      {"gzip", "\x1f\x8b\x08", ErrorKind::kUnsupported, "is compressed with gzip: decompress it first"},
      {"xz", std::string("\xfd\x37zXZ\0", 6), ErrorKind::kUnsupported, "is compressed with xz"},
      {"web page", "<!DOCTYPE html>\n<html>", ErrorKind::kUnsupported, "is a web page"},
      {"junk", std::string(70000, '\x80'), ErrorKind::kUnsupported, "its lines are too long"},
      {"text", "a,b,c\n", ErrorKind::kUnsupported, "it starts with 'a,b,c'"},
      {"own map without a header", "10.0.0.0/8,KZ\n", ErrorKind::kUnsupported,
       "the first line is not '# nightjar geo map: NAME'"},
      {"only unknown", "1,2,??\n", ErrorKind::kInvalid, "no address in it is in any country"},
  };
  for (const Refused& test : cases) {
    const std::string path = write("file", test.content);
    const auto loaded = loadOne(path);
    ASSERT_FALSE(loaded) << test.name;
    EXPECT_EQ(loaded.error().kind, test.kind) << test.name;
    EXPECT_EQ(loaded.error().where, path) << test.name;
    EXPECT_THAT(loaded.error().message, HasSubstr(test.message)) << test.name;
  }
}

TEST_F(LoadFiles, SaysWhatIsMissing) {
  const auto file = loadOne(folder_ / "none");
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().kind, ErrorKind::kIo);
  EXPECT_EQ(file.error().describe(),
            (folder_ / "none").string() + ": cannot open: No such file or directory");
  const auto empty = loadOne(folder_);
  ASSERT_FALSE(empty);
  EXPECT_EQ(empty.error().message, "the folder has no geolocation file of a known kind");
}

// ---- text formats
// -------------------------------------------------------------------------------------------

TEST(LoadText, ReadsTorGeoip) {
  const auto loaded = loadText(
      "# Generated: Thu, 5 Mar 2026 04:33:59 GMT\n#\n"
      "38535168,38535423,EU\n16777216,16777471,AU\n38535424,38535679,EU\n38273024,38535167,KZ\n15726992,"
      "15726999,??\n",
      "geoip");
  ASSERT_TRUE(loaded) << loaded.error().describe();
  EXPECT_THAT(loaded->map.name(), StartsWith("tor-geoipdb 2026-03-05, IPv4 only (fnv1a64 "));
  EXPECT_EQ(countryOf(loaded->map, "1.0.0.0"), "AU");
  EXPECT_EQ(countryOf(loaded->map, "2.75.255.255"), "KZ");
  EXPECT_EQ(countryOf(loaded->map, "2.76.0.0"), "");
  EXPECT_EQ(describeAll(loaded->findings),
            "geoip: byte 44: line 3: 'EU' is not a country: its space is unknown (2 times)\n");
}

TEST(LoadText, ReadsRirDelegated) {
  const auto loaded = loadText(
      "2.3|ripencc|1782424799|9|19830705|20260625|+0200\n"
      "ripencc|*|ipv4|*|4|summary\n"
      "ripencc|KZ|asn|9198|1|19980101|allocated|id\n"
      "ripencc|KZ|ipv4|2.72.0.0|768|20100713|allocated|id\n"
      "ripencc|UZ|ipv4|255.255.254.0|512|20100713|assigned\n"
      "ripencc||ipv4|203.0.113.0|256||available\n"
      "ripencc|ZZ|ipv4|192.0.2.0|256||reserved\n"
      "ripencc|EU|ipv4|198.51.100.0|256|20100713|assigned\n"
      "ripencc|KG|ipv6|2a00:1234::|32|20120101|allocated|id\n",
      "delegated");
  ASSERT_TRUE(loaded) << loaded.error().describe();
  EXPECT_THAT(loaded->map.name(), StartsWith("RIR delegated ripencc 2026-06-25 (fnv1a64 "));
  EXPECT_EQ(countryOf(loaded->map, "2.72.2.255"), "KZ");
  EXPECT_EQ(countryOf(loaded->map, "2.72.3.0"), "");
  EXPECT_EQ(countryOf(loaded->map, "255.255.255.255"), "UZ");
  EXPECT_EQ(countryOf(loaded->map, "203.0.113.0"), "");
  EXPECT_EQ(countryOf(loaded->map, "2a00:1234:ffff::"), "KG");
  EXPECT_THAT(describeAll(loaded->findings), EndsWith("'EU' is not a country: its space is unknown\n"));
}

TEST(LoadText, ReadsOwnMaps) {
  const auto loaded = loadText(
      "# nightjar geo map:  egypt-2011 \r\n# comment\r\n\r\n"
      "41.32.0.0/12,EG\r\n 41.32.64.0/18 , EG , EG-ALX\r\n41.33.0.0,41.33.255.255,ZZ\n"
      "41.34.0.0/24,UK\n41.34.1.0/24,EG,KZ-ALA\n2c0f:fc88::/32,EG",
      "geo.csv");
  ASSERT_TRUE(loaded) << loaded.error().describe();
  EXPECT_THAT(loaded->map.name(), StartsWith("own map egypt-2011 (fnv1a64 "));
  EXPECT_THAT(loaded->map.places(),
              ElementsAre(Place{}, Place{"EG", ""}, Place{"EG", "EG-ALX"}, Place{"GB", ""}));
  EXPECT_EQ(regionOf(loaded->map, "41.32.64.0"), "EG-ALX");
  EXPECT_EQ(regionOf(loaded->map, "41.32.0.0"), "");
  EXPECT_EQ(countryOf(loaded->map, "41.32.0.0"), "EG");
  EXPECT_EQ(countryOf(loaded->map, "41.33.77.0"), "");
  EXPECT_EQ(countryOf(loaded->map, "41.34.0.0"), "GB");
  EXPECT_EQ(countryOf(loaded->map, "41.34.1.0"), "EG");
  EXPECT_EQ(countryOf(loaded->map, "2c0f:fc88:1::"), "EG");
  EXPECT_EQ(describeAll(loaded->findings),
            "geo.csv: byte 137: line 8: 'KZ-ALA' is not a region of EG: its space is in EG alone\n");
}

TEST(LoadText, NamesAMapWithoutADate) {
  const auto tor = loadText("# Generated: yesterday\n1,2,KZ\n", "geoip");
  ASSERT_TRUE(tor);
  EXPECT_THAT(tor->map.name(), StartsWith("tor-geoipdb, IPv4 only (fnv1a64 "));
  const auto rir = loadText("ripencc|KZ|ipv4|2.72.0.0|256|20100713|allocated\n", "delegated");
  ASSERT_TRUE(rir);
  EXPECT_THAT(rir->map.name(), StartsWith("RIR delegated, IPv4 only (fnv1a64 "));
}

struct BadRow {
  std::string_view row;  // follows the format's start
  std::string_view message;
};

void expectRefused(std::string_view start, uint32_t line, const std::vector<BadRow>& rows) {
  for (const BadRow& bad : rows) {
    const auto loaded = loadText(std::string(start) + std::string(bad.row) + "\n", "file");
    ASSERT_FALSE(loaded) << bad.row;
    EXPECT_EQ(loaded.error().where, "file") << bad.row;
    EXPECT_EQ(loaded.error().offset, start.size()) << bad.row;
    EXPECT_THAT(loaded.error().message, StartsWith(fmt::format("line {}: ", line))) << bad.row;
    EXPECT_THAT(loaded.error().message, HasSubstr(bad.message)) << bad.row;
  }
}

TEST(LoadText, RefusesDamagedTorRows) {
  expectRefused("1,2,KZ\n", 2,
                {{"9,8,KZ", "ends before it starts"},
                 {"1,4294967296,KZ", "'4294967296' is neither"},
                 {"1", "'' is neither"},
                 {"-1,5,KZ", "'-1' is neither"},
                 {"1,2a00::,KZ", "mixes IPv4 and IPv6"},
                 {"1.2.3.4,1.2.3.5,KZ", "'1.2.3.4' is neither"},
                 {"2a00::,2a00:::,KZ", "'2a00:::' is neither"},
                 {"<html>", "'<html>' is neither"},
                 {std::string_view("\0\1\2", 3), "'?\?\?' is neither"},
                 {"1,2,UZ", "contradicts line 1"}});
}

TEST(LoadText, RefusesDamagedRirRecords) {
  expectRefused("2|ripencc|1|1|19830705|20260625|+0200\nripencc|KZ|ipv4|2.72.0.0|256|20100713|allocated\n", 3,
                {{"ripencc|KZ|ipv4|2.72.0|256|20100713|allocated", "'2.72.0' is not an IPv4 address"},
                 {"ripencc|KZ|ipv4|2a00::|256|20100713|allocated", "is not an IPv4 address"},
                 {"ripencc|KZ|ipv4|2.72.0.0|0|20100713|allocated", "'0' is not a number of addresses"},
                 {"ripencc|KZ|ipv4|255.0.0.0|16777217|20100713|allocated", "that fit after 255.0.0.0"},
                 {"ripencc|KZ|ipv4|2.72.0.0|99999999999999999999|2010|allocated", "is not a number"},
                 {"ripencc|KZ|ipv6|2a00::|129|20100713|allocated", "'2a00::/129' is not an IPv6 prefix"},
                 {"ripencc|KZ|ipv6|2a00::1|32|20100713|allocated", "is not an IPv6 prefix"},
                 {"ripencc|KZ|ipv6|2.72.0.0|16|20100713|allocated", "is not an IPv6 prefix"},
                 {"ripencc|KZ|ipx|2.72.0.0|256|20100713|allocated", "'ipx' is neither asn, ipv4 nor ipv6"},
                 {"<html>", "is not the name of a registry"},
                 {"ripencc|UZ|ipv4|2.72.0.0|256|20100713|allocated", "contradicts line 2"}});
}

TEST(LoadText, RefusesDamagedRowsOfOwnMaps) {
  expectRefused("# nightjar geo map: x\n10.0.0.0/8,KZ\n", 3,
                {{"10.0.0.1/8,KZ", "bits set past its length"},
                 {"10.0.0.0/33,KZ", "is not a prefix"},
                 {"10.0.0.0,KZ", "is neither PREFIX,CC"},
                 {"10.0.0.0/8", "is neither PREFIX,CC"},
                 {"10.0.0.0/8,KZ,KZ-ALA,more", "is neither PREFIX,CC"},
                 {"10.0.0.0,10.0.0.x,KZ", "'10.0.0.x' is not an IP address"},
                 {"10.0.0.9,10.0.0.0,KZ", "ends before it starts"},
                 {"10.0.0.0,2a00::,KZ", "mixes IPv4 and IPv6"},
                 {"10.0.0.0/8,UZ", "contradicts line 2"},
                 {std::string(5000, 'x'), "is longer than 4096 bytes"}});
  for (const std::string_view name : {"", "  ", "a\x1b[0m"}) {
    const auto loaded = loadText("# nightjar geo map:" + std::string(name) + "\n10.0.0.0/8,KZ\n", "file");
    ASSERT_FALSE(loaded) << name;
    EXPECT_THAT(loaded.error().message, HasSubstr("name is not 1 to 80 printable characters"));
  }
}

TEST(LoadText, BoundsTheFindings) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += fmt::format("{},{},{}x\n", i * 2, i * 2, i);
  text += "5000,5001,KZ\n";
  const auto loaded = loadText(text, "geoip");
  ASSERT_TRUE(loaded) << loaded.error().describe();
  EXPECT_EQ(loaded->findings.size(), Intake::kMaxFindings + 1);
  uint64_t rows = 0;
  for (const Finding& finding : loaded->findings) rows += finding.count;
  EXPECT_EQ(rows, 1000);
}

// ---- MaxMind DB: files of the format's reference writer, see fuzz/make_geo_mmdb_corpus.pl
// -------------------

TEST(LoadMaxmindDb, ReadsEveryRecordSize) {
  for (const std::string_view name : {"both-24.mmdb", "both-28.mmdb", "ipv4-32.mmdb"}) {
    const auto loaded = loadOne(maxmindPath(name));
    ASSERT_TRUE(loaded) << loaded.error().describe();
    const GeoMap& map = loaded->map;
    EXPECT_THAT(map.name(), StartsWith("MaxMind DB Test-City 2026-06-25"));
    EXPECT_EQ(regionOf(map, "2.72.0.0"), "KZ-ALA");
    EXPECT_EQ(countryOf(map, "2.75.255.255"), "KZ");
    EXPECT_EQ(countryOf(map, "2.76.0.0"), "KZ");
    EXPECT_EQ(regionOf(map, "2.76.0.0"), "");
    EXPECT_EQ(countryOf(map, "2.77.0.0"), "");
    EXPECT_EQ(countryOf(map, "5.1.127.0"), "UZ") << "registered_country";
    EXPECT_EQ(countryOf(map, "5.2.0.0"), "") << "no country";
    EXPECT_EQ(countryOf(map, "198.51.100.0"), "KG") << "half a unit";
    const bool both = name != "ipv4-32.mmdb";
    EXPECT_EQ(regionOf(map, "2001:db8:ffff::"), both ? "KG-GB" : "");
    EXPECT_EQ(countryOf(map, "2a00:1234:5678::"), both ? "UZ" : "");
    EXPECT_EQ(countryOf(map, "2002:248::"), "") << "the IPv4 tree again";
    EXPECT_THAT(describeAll(loaded->findings), HasSubstr("'EU' is not a country: its space is unknown\n"));
    EXPECT_THAT(describeAll(loaded->findings), HasSubstr("'KG-?' is not a region of KG"));
  }
}

TEST(LoadMaxmindDb, GivesTheSameMapForTheSameData) {
  const auto one = loadOne(maxmindPath("both-24.mmdb"));
  const auto other = loadOne(maxmindPath("both-28.mmdb"));
  ASSERT_TRUE(one && other);
  EXPECT_EQ(one->map.name(), other->map.name());
}

TEST(LoadMaxmindDb, RefusesADatabaseWithoutCountries) {
  const auto loaded = loadOne(maxmindPath("no-countries-24.mmdb"));
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().kind, ErrorKind::kUnsupported);
  EXPECT_THAT(loaded.error().message, HasSubstr("(Test-ASN 2026-06-25) tells no countries"));
}

TEST_F(LoadFiles, SurvivesTruncatedMaxmindDbs) {
  const std::string whole = readAll(maxmindPath("both-24.mmdb"));
  ASSERT_GT(whole.size(), 1000);
  for (size_t cut = 1; cut < whole.size(); cut += 7) {
    // The metadata comes last: a file that lost its end is no MaxMind DB, one that lost its start is a bad
    // one.
    const auto noEnd = loadOne(write("no-end.mmdb", whole.substr(0, whole.size() - cut)));
    EXPECT_TRUE(noEnd || !noEnd.error().message.empty());
    const auto noStart = loadOne(write("no-start.mmdb", whole.substr(cut)));
    EXPECT_TRUE(noStart || !noStart.error().message.empty());
  }
  EXPECT_FALSE(loadOne(write("half.mmdb", whole.substr(0, whole.size() / 2))));
  EXPECT_FALSE(loadOne(write("half.mmdb", whole.substr(whole.size() / 2))));
}

// In a file with 24-bit records, node N is at byte 6 N: its left record, then its right one.
TEST_F(LoadFiles, RefusesATreeThatIsNone) {
  std::string bytes = readAll(maxmindPath("both-24.mmdb"));
  bytes.replace(9, 3, std::string("\0\0\1", 3));  // the right side of node 1 is node 1
  const auto loop = loadOne(write("loop.mmdb", bytes));
  ASSERT_FALSE(loop);
  EXPECT_EQ(loop.error().offset, 6);
  EXPECT_THAT(loop.error().message, HasSubstr("node 1 hangs in two places"));

  bytes.replace(6, 6, "\xff\xff\xff\xff\xff\xff");
  const auto outside = loadOne(write("outside.mmdb", bytes));
  ASSERT_FALSE(outside);
  EXPECT_EQ(outside.error().kind, ErrorKind::kInvalid);
  EXPECT_THAT(outside.error().message, HasSubstr("damaged"));
}

// ---- the real files of Debian's package tor-geoipdb
// ---------------------------------------------------------

TEST(LoadDefault, KnowsTheWorld) {
  const auto loaded = load({});
  if (!loaded && loaded.error().kind == ErrorKind::kIo) {
    EXPECT_THAT(loaded.error().message, HasSubstr("the Debian package tor-geoipdb"));
    GTEST_SKIP() << loaded.error().describe();
  }
  ASSERT_TRUE(loaded) << loaded.error().describe();
  const GeoMap& map = loaded->map;
  EXPECT_THAT(map.name(), StartsWith("tor-geoipdb 20"));

  EXPECT_EQ(countryOf(map, "2.72.0.0"), "KZ") << "AS9198, Kazakhtelecom";
  EXPECT_EQ(countryOf(map, "193.0.6.139"), "NL") << "the RIPE NCC's web site";
  EXPECT_EQ(countryOf(map, "41.32.0.0"), "EG") << "AS8452, TE Data";
  EXPECT_EQ(countryOf(map, "127.0.0.1"), "");

  std::map<std::string, uint64_t> units;
  uint64_t total = 0;
  map.forEachRun(Family::kIpv4, 0, unitCount(Family::kIpv4), [&](PlaceId place, uint64_t count) {
    units[map.place(place).country] += count;
    total += count;
  });
  EXPECT_EQ(total, unitCount(Family::kIpv4)) << "every unit is in exactly one place";
  struct Bounds {
    std::string_view country;
    uint64_t least;
    uint64_t most;
  };
  // Orders of magnitude: a change of the source's mind about a block must not fail this, a misread must.
  for (const Bounds& bounds : std::initializer_list<Bounds>{{"US", 4'000'000, 8'000'000},
                                                            {"CN", 1'000'000, 1'700'000},
                                                            {"IR", 30'000, 60'000},
                                                            {"KZ", 8'000, 20'000},
                                                            {"EG", 60'000, 130'000},
                                                            {"IQ", 1'500, 10'000}}) {
    EXPECT_GE(units[std::string(bounds.country)], bounds.least) << bounds.country;
    EXPECT_LE(units[std::string(bounds.country)], bounds.most) << bounds.country;
  }
  for (const Family family : {Family::kIpv4, Family::kIpv6}) {
    const Range* before = nullptr;
    for (const Range& range : map.ranges(family)) {
      ASSERT_LE(range.first, range.last);
      ASSERT_TRUE(before == nullptr || before->last < range.first);
      before = &range;
    }
    EXPECT_GT(map.ranges(family).size(), 100'000);
  }
}

}  // namespace
}  // namespace nightjar::geo
