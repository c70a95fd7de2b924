#include "episode/collector_reader.h"

#include <array>

#include "episode/shared_keys.h"

namespace nightjar::episode {
namespace {

constexpr std::array<std::string_view, 2> kStyles{"ris", "routeviews"};

Peer readPeer(TableReader& reader) {
  reader.require({"asn", "address"});
  Peer peer;
  peer.spot = reader.spot();
  peer.asn = reader.asn("asn");
  peer.address = reader.address("address").value_or(Address{});
  peer.share = reader.share("share", 1);
  peer.twoOctet = reader.flag("two_octet", false);
  return peer;
}

}  // namespace

Collector readCollector(TableReader& reader) {
  reader.require({"name", "style", "asn", "bgp_id", "ribs", "peer"});
  Collector collector;
  collector.spot = reader.spot();
  collector.name = readFolderName(reader);
  collector.style = static_cast<Style>(reader.word("style", kStyles));
  collector.asn = reader.asn("asn");
  collector.bgpId = reader.address("bgp_id", Family::kIpv4).value_or(Address{});
  collector.ribs = reader.times("ribs");
  const bool ris = collector.style == Style::kRis;
  collector.extendedTime = reader.flag("extended_time", false);
  collector.stateChanges = reader.flag("state_changes", ris);
  collector.keepalives = reader.flag("keepalives", ris);
  reader.tables("peer", kMaxPeers, [&](TableReader& peer) { collector.peers.push_back(readPeer(peer)); });
  return collector;
}

}  // namespace nightjar::episode
