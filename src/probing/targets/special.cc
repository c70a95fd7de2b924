#include "probing/targets/special.h"

#include <array>
#include <vector>

namespace nightjar::targets {
namespace {

struct Row {
  std::string_view prefix;
  std::string_view name;
  std::string_view source;
};

// In the order of iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry; then what
// other registries and RFC 4291 reserve.
constexpr std::array kRows = std::to_array<Row>({
    {"0.0.0.0/8", "\"This network\"", "RFC 791, section 3.2"},
    {"10.0.0.0/8", "Private-Use", "RFC 1918"},
    {"100.64.0.0/10", "Shared Address Space", "RFC 6598"},
    {"127.0.0.0/8", "Loopback", "RFC 1122, section 3.2.1.3"},
    {"169.254.0.0/16", "Link Local", "RFC 3927"},
    {"172.16.0.0/12", "Private-Use", "RFC 1918"},
    {"192.0.0.0/24", "IETF Protocol Assignments", "RFC 6890, section 2.1"},
    {"192.0.2.0/24", "Documentation (TEST-NET-1)", "RFC 5737"},
    {"192.31.196.0/24", "AS112-v4", "RFC 7535"},
    {"192.52.193.0/24", "AMT", "RFC 7450"},
    {"192.88.99.0/24", "Deprecated (6to4 Relay Anycast)", "RFC 7526"},
    {"192.168.0.0/16", "Private-Use", "RFC 1918"},
    {"192.175.48.0/24", "Direct Delegation AS112 Service", "RFC 7534"},
    {"198.18.0.0/15", "Benchmarking", "RFC 2544"},
    {"198.51.100.0/24", "Documentation (TEST-NET-2)", "RFC 5737"},
    {"203.0.113.0/24", "Documentation (TEST-NET-3)", "RFC 5737"},
    {"224.0.0.0/4", "Multicast", "RFC 5771"},
    {"240.0.0.0/4", "Reserved (class E, limited broadcast)", "RFC 1112, section 4; RFC 919"},

    {"::1/128", "Loopback Address", "RFC 4291"},
    {"::/128", "Unspecified Address", "RFC 4291"},
    {"::ffff:0:0/96", "IPv4-mapped Address", "RFC 4291"},
    {"64:ff9b::/96", "IPv4-IPv6 Translation", "RFC 6052"},
    {"64:ff9b:1::/48", "IPv4-IPv6 Translation", "RFC 8215"},
    {"100::/64", "Discard-Only Address Block", "RFC 6666"},
    {"100:0:0:1::/64", "Dummy IPv6 Prefix", "RFC 9780"},
    {"2001::/23", "IETF Protocol Assignments", "RFC 2928"},
    {"2001:db8::/32", "Documentation", "RFC 3849"},
    {"2002::/16", "6to4", "RFC 3056"},
    {"2620:4f:8000::/48", "Direct Delegation AS112 Service", "RFC 7534"},
    {"3fff::/20", "Documentation", "RFC 9637"},
    {"5f00::/16", "Segment Routing (SRv6) SIDs", "RFC 9602"},
    {"fc00::/7", "Unique-Local", "RFC 4193"},
    {"fe80::/10", "Link-Local Unicast", "RFC 4291"},
    {"ff00::/8", "Multicast", "RFC 4291, section 2.7"},
    {"::/3", "Not global unicast", "RFC 4291, section 4"},
    {"4000::/2", "Not global unicast", "RFC 4291, section 4"},
    {"8000::/1", "Not global unicast", "RFC 4291, section 4"},
});

std::vector<SpecialBlock> parseRows() {
  std::vector<SpecialBlock> blocks;
  blocks.reserve(kRows.size());
  for (const Row& row : kRows) blocks.push_back({Prefix::parse(row.prefix).value(), row.name, row.source});
  return blocks;
}

}  // namespace

std::span<const SpecialBlock> specialBlocks() {
  static const std::vector<SpecialBlock> kBlocks = parseRows();
  return kBlocks;
}

const SpecialBlock* specialBlockOf(const Address& address) {
  for (const SpecialBlock& block : specialBlocks()) {
    if (block.prefix.contains(address)) return &block;
  }
  return nullptr;
}

}  // namespace nightjar::targets
