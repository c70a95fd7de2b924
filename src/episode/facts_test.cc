#include "episode/facts.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace nightjar::episode {
namespace {

using testing::HasSubstr;

// The smallest episode that makes sense; `more` goes at its end.
std::string episodeWith(const std::string& more) {
  return R"([episode]
name = "tiny"
title = "tiny"
seed = 1
from = 2024-03-01T00:00:00Z
until = 2024-03-02T00:00:00Z
[sources]
invented = "invented"
[[collector]]
name = "rrc00"
style = "ris"
asn = 12654
bgp_id = "193.0.4.28"
ribs = [2024-03-01T00:00:00Z]
peer = [{ asn = 3356, address = "192.0.2.1" }]
[[network]]
asn = 3356
name = "tier 1"
kind = "transit"
source = "invented"
[[network]]
asn = 9198
name = "incumbent"
kind = "incumbent"
country = "KZ"
ipv4 = { prefixes = 4, slash24s = 6 }
ipv6 = { prefixes = 1, slash48s = 65536 }
upstreams = [3356]
source = "invented"
)" + more;
}

TEST(ParseFacts, ReadsAnEpisode) {
  const auto facts = parseFacts(episodeWith(R"([[event]]
kind = "withdraw"
at = 2024-03-01T12:00:05+01:00
network = 9198
family = "ipv4"
left = 1
spread = "2m"
source = "invented"
)"));
  ASSERT_TRUE(facts) << facts.error().describe();
  EXPECT_EQ(facts->name, "tiny");
  ASSERT_EQ(facts->events.size(), 1U);
  const Event& event = facts->events[0];
  EXPECT_EQ(event.kind, EventKind::kWithdraw);
  EXPECT_EQ(formatTime(event.at), "2024-03-01T11:00:05Z");
  EXPECT_EQ(event.target.network, Asn{9198});
  EXPECT_EQ(event.family, Family::kIpv4);
  EXPECT_EQ(event.left, 1U);
  EXPECT_EQ(event.spread, Seconds(120));
  EXPECT_EQ(facts->networks[1].ipv4.units, 6U);
}

struct Wrong {
  const char* what;
  std::string text;
  const char* message;
};

class WrongFacts : public testing::TestWithParam<Wrong> {};

TEST_P(WrongFacts, SayWhereAndWhat) {
  const auto facts = parseFacts(GetParam().text);
  ASSERT_FALSE(facts);
  EXPECT_THAT(facts.error().message, HasSubstr(GetParam().message));
}

std::string event(const std::string& keys) {
  return episodeWith("[[event]]\nsource = \"invented\"\nat = 2024-03-01T12:00:00Z\n" + keys + "\n");
}

std::string replaced(const std::string& from, const std::string& to) {
  std::string text = episodeWith("");
  return text.replace(text.find(from), from.size(), to);
}

INSTANTIATE_TEST_SUITE_P(
    Files, WrongFacts,
    testing::Values(
        Wrong{"Syntax", "[episode\n", "line 1, column 9: "},  //
        Wrong{"Empty", "", "line 1, column 1: 'episode' is missing"},
        Wrong{"UnknownKey", replaced("slash24s = 6", "slash24s = 6, slash25s = 1"),
              "line 26, column 38: network 2.ipv4: unknown key 'slash25s'"},
        Wrong{"UnknownTable", episodeWith("[probing]\n"), "line 30, column 2: unknown key 'probing'"},
        Wrong{"WrongType", replaced("seed = 1", "seed = \"1\""),
              "line 4, column 8: episode: 'seed' must be a whole number"},
        Wrong{"OutOfRange", replaced("asn = 9198", "asn = 4294967296"),
              "network 2: 'asn' must be 1 to 4294967295, not 4294967296"},
        Wrong{"FolderName", replaced("\"tiny\"", "\"../tiny\""), "'name' must be lower-case letters"},
        Wrong{"NoTime", replaced("2024-03-01T00:00:00Z", "\"2024-03-01\""), "'from' must be a time"},
        Wrong{"EndsFirst", replaced("2024-03-02", "2024-02-02"), "'until' must come after 'from'"},
        Wrong{"TooLong", replaced("2024-03-02", "2034-03-02"), "by at most 62d"},
        Wrong{"NoSource", replaced("upstreams = [3356]\nsource = \"invented\"", "source = \"bgpmon\""),
              "source 'bgpmon' is not in [sources]"},
        Wrong{"UnknownUpstream", replaced("[3356]", "[174]"), "upstream 174 is not a [[network]] further up"},
        Wrong{"OwnUpstream", replaced("[3356]", "[9198]"), "upstream 9198 is not a [[network]] further up"},
        Wrong{"PrefixesDoNotFit", replaced("prefixes = 4", "prefixes = 1"), "1 prefixes cannot cover 6 /24s"},
        Wrong{"TooManyPrefixes", replaced("prefixes = 4", "prefixes = 7"), "take 2 to 6"},
        Wrong{"NoCountry", replaced("country = \"KZ\"", ""),
              "AS9198 announces prefixes, so it needs a 'country'"},
        Wrong{"CountryCode", replaced("\"KZ\"", "\"kz\""), "'country' must be two capital letters"},
        Wrong{"PeerUnknown", replaced("{ asn = 3356,", "{ asn = 174,"), "AS174 is not a [[network]]"},
        Wrong{"RibOutside", replaced("[2024-03-01T00:00:00Z]", "[2024-03-03T00:00:00Z]"), "'ribs' must list"},
        Wrong{"Kind", event("kind = \"vanish\""), "'vanish' is none of withdraw, announce"},
        Wrong{"NoTarget", event("kind = \"withdraw\""),
              "'network, group or country (exactly one)' is missing"},
        Wrong{"TwoTargets", event("kind = \"withdraw\"\nnetwork = 9198\ncountry = \"KZ\""), "exactly one"},
        Wrong{"TargetUnknown", event("kind = \"withdraw\"\ncountry = \"EG\""),
              "nobody announces anything in 'EG'"},
        Wrong{"KeyOfOtherKind", event("kind = \"withdraw\"\ncountry = \"KZ\"\nrounds = 3"),
              "unknown key 'rounds'"},
        Wrong{"KeyMissing", event("kind = \"burst\"\ncountry = \"KZ\""), "'for' is missing"},
        Wrong{"CountOfBothFamilies", event("kind = \"withdraw\"\ncountry = \"KZ\"\nleft = 1"),
              "needs a 'family'"},
        Wrong{"PeerOfEvent",
              event("kind = \"peer_reset\"\ncollector = \"rrc00\"\npeer = \"192.0.2.9\"\nfor = \"1m\""),
              "collector 'rrc00' has no peer 192.0.2.9"},
        Wrong{"EventOutside",
              replaced("[[network]]\nasn = 3356",
                       "[[event]]\nkind = \"withdraw\"\nat = 2025-01-01\ncountry = \"KZ\"\nsource = "
                       "\"invented\"\n[[network]]\nasn = 3356"),
              "'at' must be a time"},
        Wrong{"TooManyUpdates",
              event("kind = \"flap\"\ncountry = \"KZ\"\nfor = \"1s\"\ntimes = 1000") +
                  "[[group]]\nname = \"x\"\ncountry = \"KZ\"\nnetworks = 1\nupstreams = [3356]\nsource = "
                  "\"invented\"\nipv4 = { prefixes = 90000, slash24s = 90000 }\n",
              "updates: at most"},
        Wrong{"TooManyPrefixesInAll",
              episodeWith(
                  "[[group]]\nname = \"x\"\ncountry = \"KZ\"\nnetworks = 1\nupstreams = [3356]\nsource = "
                  "\"invented\"\nipv4 = { prefixes = 100000, slash24s = 100000 }\n"),
              "prefixes: at most 100000"},
        Wrong{"PoolsOverlap",
              replaced("slash24s = 6", "slash24s = 6, within = \"5.0.0.0/8\"") +
                  "[[group]]\nname = \"x\"\ncountry = \"KZ\"\nnetworks = 1\nupstreams = [3356]\nsource = "
                  "\"invented\"\nipv4 = { prefixes = 1, slash24s = 1, within = \"5.9.0.0/16\" }\n",
              "'within' 5.0.0.0/8 and 5.9.0.0/16 overlap"}),
    [](const auto& test) { return test.param.what; });

std::string probed(const std::string& more) {
  return episodeWith(R"([prober]
name = "prober"
asn = 3356
from = "here"
address = "192.0.2.1"
references = ["9.9.9.9"]
source = "invented"
[[hosts]]
country = "KZ"
answering = 0.5
rtt = 100
source = "invented"
)" + more);
}

std::string hostEvent(const std::string& keys) {
  return probed("[[event]]\nsource = \"invented\"\nat = 2024-03-01T12:00:00Z\n" + keys + "\n");
}

INSTANTIATE_TEST_SUITE_P(
    Probers, WrongFacts,
    testing::Values(
        Wrong{"HostsAlone",
              episodeWith("[[hosts]]\ncountry = \"KZ\"\nanswering = 1\nrtt = 1\nsource = \"invented\"\n"),
              "[[hosts]] answer a [prober], and there is none"},
        Wrong{"NoProber", event("kind = \"dark\"\ncountry = \"KZ\""), "'dark' is seen by a [prober]"},
        Wrong{"Range",
              probed("[[hosts]]\ncountry = \"KZ\"\nanswering = 1\nrtt = 1\nsource = \"invented\"\n"
                     "availability = [0.5, 0.4]\n"),
              "'availability' must be [least, most], both from 0 to 1"},
        Wrong{"Access", hostEvent("kind = \"dark\"\ncountry = \"KZ\"\naccess = \"radio\""),
              "'radio' is none of none, fixed, mobile"},
        Wrong{"Region", hostEvent("kind = \"dark\"\ncountry = \"KZ\"\nregion = \"KZ-ALA\""),
              "nobody is in the region 'KZ-ALA'"},
        Wrong{"FamilyOfHosts", hostEvent("kind = \"dark\"\ncountry = \"KZ\"\nfamily = \"ipv4\""),
              "unknown key 'family'"},
        Wrong{"AccessOfPrefixes", hostEvent("kind = \"withdraw\"\ncountry = \"KZ\"\naccess = \"fixed\""),
              "unknown key 'access'"},
        Wrong{"NoLoss", hostEvent("kind = \"throttle\"\ncountry = \"KZ\"\ndelay = 1"), "'loss' is missing"},
        Wrong{"RepeatsPastTheEnd",
              hostEvent("kind = \"dark\"\ncountry = \"KZ\"\nrepeat = { every = \"6h\", times = 3 }"),
              "'at' lies outside the episode"},
        Wrong{"TooManyProbes",
              probed("[[group]]\nname = \"x\"\ncountry = \"KZ\"\nnetworks = 1\nupstreams = [3356]\nsource = "
                     "\"invented\"\nipv4 = { prefixes = 1, slash24s = 262144 }\n"),
              "rounds of blocks: at most"}),
    [](const auto& test) { return test.param.what; });

TEST(ParseFacts, RepeatsEvents) {
  const auto facts = parseFacts(
      hostEvent("kind = \"dark\"\ncountry = \"KZ\"\nfor = \"1h\"\nrepeat = { every = \"5h\", times = 3 }"));
  ASSERT_TRUE(facts) << facts.error().describe();
  ASSERT_EQ(facts->events.size(), 3U);
  EXPECT_EQ(formatTime(facts->events[2].at), "2024-03-01T22:00:00Z");
  EXPECT_EQ(facts->events[2].duration, Seconds(3600));
}

TEST(ParseFacts, RefusesALargeFile) {
  const auto facts = parseFacts(std::string(kMaxFileSize + 1, '#'));
  ASSERT_FALSE(facts);
  EXPECT_EQ(facts.error().kind, ErrorKind::kLimit);
}

std::string fileText(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

TEST(ParseFacts, ReadsEveryBundledEpisode) {
  const std::filesystem::path root = NIGHTJAR_SOURCE_DIR;
  size_t read = 0;
  for (const auto& entry : std::filesystem::directory_iterator(root / "demo/episodes")) {
    const auto facts = parseFacts(fileText(entry.path()));
    EXPECT_TRUE(facts) << entry.path() << ": " << facts.error().describe();
    ++read;
  }
  EXPECT_GE(read, 2U);
}

}  // namespace
}  // namespace nightjar::episode
