// A small episode for the tests of this folder: two hours, two collectors, five sessions, three networks.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "episode/facts.h"

namespace nightjar::episode {

inline constexpr const char* kSmallEpisode = R"([episode]
name = "small"
title = "small"
seed = 7
from = 2024-03-01T00:00:00Z
until = 2024-03-01T02:00:00Z
[sources]
invented = "invented"
[[collector]]
name = "rrc00"
style = "ris"
asn = 12654
bgp_id = "193.0.4.28"
extended_time = true
ribs = [2024-03-01T00:00:00Z, 2024-03-01T01:58:00Z]
peer = [
  { asn = 3356, address = "192.0.2.1" },
  { asn = 4200000001, address = "192.0.2.2" },
  { asn = 3356, address = "2001:db8::1" },
]
[[collector]]
name = "route-views2"
style = "routeviews"
asn = 6447
bgp_id = "128.223.51.102"
ribs = [2024-03-01T00:00:00Z]
peer = [
  { asn = 1299, address = "192.0.2.65", two_octet = true },
  { asn = 1299, address = "192.0.2.66", share = 0 },
]
[[network]]
asn = 3356
name = "tier 1"
kind = "transit"
source = "invented"
[[network]]
asn = 1299
name = "tier 1"
kind = "transit"
source = "invented"
[[network]]
asn = 4200000001
name = "peer"
kind = "transit"
upstreams = [3356]
source = "invented"
[[network]]
asn = 65001
name = "incumbent"
kind = "incumbent"
country = "ZW"
regions = { ZW-HA = 0.5, ZW-BU = 0.25 }
ipv4 = { prefixes = 20, slash24s = 200 }
ipv6 = { prefixes = 2, slash48s = 65536 }
upstreams = [4200000001, 1299]
source = "invented"
[[network]]
asn = 65002
name = "mobile"
kind = "mobile"
country = "ZW"
ipv4 = { prefixes = 8, slash24s = 8 }
upstreams = [65001]
source = "invented"
[[group]]
name = "others"
country = "ZW"
networks = 3
ipv4 = { prefixes = 9, slash24s = 40 }
upstreams = [1299, 65001]
source = "invented"
)";

// An event of that episode at 00:30: its other keys, one per line.
inline std::string eventAtHalfPast(const std::string& keys) {
  return "[[event]]\nat = 2024-03-01T00:30:00Z\nsource = \"invented\"\n" + keys + "\n";
}

inline Facts smallEpisode(const std::string& more, uint64_t seed = 7) {
  auto facts = parseFacts(kSmallEpisode + more);
  if (!facts) {
    ADD_FAILURE() << facts.error().describe();
    return {};
  }
  facts->seed = seed;
  return *facts;
}

}  // namespace nightjar::episode
