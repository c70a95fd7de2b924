#include "episode/network_reader.h"

#include "episode/shared_keys.h"

namespace nightjar::episode {
namespace {

// { prefixes = 63, slash24s = 5896, within = "2.72.0.0/13" }
Space readSpace(TableReader& parent, Family family) {
  Space space;
  const bool v4 = family == Family::kIpv4;
  parent.table(v4 ? "ipv4" : "ipv6", [&](TableReader& reader) {
    const std::string_view units = v4 ? "slash24s" : "slash48s";
    reader.require({"prefixes", units});
    space.prefixes = reader.number("prefixes", 1, kMaxPrefixes);
    space.units = reader.number(units, 1, 1U << 24);
    if (const toml::node* node = reader.node("within")) {
      const auto prefix = Prefix::parse(node->value<std::string>().value_or(""));
      if (!prefix || prefix->address.family != family) {
        reader.complain(*node, "within", v4 ? "must be an IPv4 prefix" : "must be an IPv6 prefix");
      } else {
        space.within = *prefix;
      }
    }
  });
  return space;
}

std::map<std::string, double> readRegions(TableReader& parent, const std::string& country) {
  std::map<std::string, double> shares;
  parent.table("regions", [&](TableReader& reader) {
    double sum = 0;
    reader.all([&](std::string_view key, const toml::node& node) {
      const double share = reader.shareOf(node, key);
      sum += share;
      if (key.substr(0, 3) != country + "-" || key.size() > 6 || sum > 1.000001) {
        reader.complain(node, key, "must be a region of the country; shares sum up to at most 1");
      }
      shares.emplace(key, share);
    });
  });
  return shares;
}

}  // namespace

Network readNetwork(TableReader& reader) {
  reader.require({"asn", "name", "kind", "source"});
  Network network;
  network.spot = reader.spot();
  network.asn = reader.asn("asn");
  network.name = reader.text("name");
  network.kind = reader.text("kind");
  network.access = readAccess(reader);
  network.country = readCountry(reader);
  network.regions = readRegions(reader, network.country);
  network.ipv4 = readSpace(reader, Family::kIpv4);
  network.ipv6 = readSpace(reader, Family::kIpv6);
  network.upstreams = reader.asns("upstreams");
  network.source = reader.text("source");
  return network;
}

Group readGroup(TableReader& reader) {
  reader.require({"name", "country", "networks", "upstreams", "source"});
  Group group;
  group.spot = reader.spot();
  group.name = reader.text("name");
  group.access = readAccess(reader);
  group.country = readCountry(reader);
  group.regions = readRegions(reader, group.country);
  group.networks = reader.number("networks", 1, kMaxMadeUpNetworks);
  group.ipv4 = readSpace(reader, Family::kIpv4);
  group.ipv6 = readSpace(reader, Family::kIpv6);
  group.upstreams = reader.asns("upstreams");
  group.source = reader.text("source");
  return group;
}

}  // namespace nightjar::episode
