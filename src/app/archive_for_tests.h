// Small archives of one collector, for the tests of the replay.
#pragma once

#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "routing/wire/mrt_writer.h"

namespace nightjar::app {

// Peers 0, 1, 2, ... have the addresses 192.0.2.1, .2, .3 and the AS numbers 65000, 65001, 65002.
class TestArchive {
 public:
  static wire::Session session(uint32_t peer) {
    return {.peerAsn = Asn{65000 + peer},
            .localAsn = Asn{12654},
            .peerAddress = Address::ipv4(0xc0000201 + peer),
            .localAddress = Address::ipv4(0xc00002fe)};
  }

  // A dump in which each of `peers` announces each prefix, with the origin that stands beside it.
  TestArchive& dump(Time time, uint32_t peers,
                    const std::vector<std::pair<std::string_view, uint32_t>>& routes,
                    std::string_view viewName = {}) {
    wire::PeerIndexTable table{.collectorId = 1, .viewName = viewName};
    for (uint32_t peer = 0; peer < peers; ++peer) {
      table.peers.push_back({peer, session(peer).peerAddress, session(peer).peerAsn});
    }
    writer_.peerIndexTable(seconds(time), table);
    for (uint32_t i = 0; i < routes.size(); ++i) {
      std::vector<wire::Buffer> attributes(peers);
      std::vector<wire::RibEntry> entries;
      for (uint32_t peer = 0; peer < peers; ++peer) {
        wire::AttributeWriter(attributes[peer])
            .origin(wire::Origin::kIgp)
            .asPath({session(peer).peerAsn, Asn{routes[i].second}})
            .nextHop(session(peer).peerAddress);
        entries.push_back(
            {.peerIndex = static_cast<uint16_t>(peer), .originated = 0, .attributes = attributes[peer]});
      }
      writer_.rib(seconds(time), {.sequence = i, .prefix = Prefix::parse(routes[i].first).value()}, entries);
    }
    return *this;
  }
  TestArchive& announce(Time time, uint32_t peer, std::string_view prefix, uint32_t origin) {
    wire::Buffer attributes, nlri;
    wire::AttributeWriter(attributes)
        .origin(wire::Origin::kIgp)
        .asPath({session(peer).peerAsn, Asn{origin}})
        .nextHop(session(peer).peerAddress);
    wire::appendNlri(nlri, {Prefix::parse(prefix).value()});
    return update(time, peer, {}, attributes, nlri);
  }
  TestArchive& withdraw(Time time, uint32_t peer, std::string_view prefix) {
    wire::Buffer withdrawn;
    wire::appendNlri(withdrawn, {Prefix::parse(prefix).value()});
    return update(time, peer, withdrawn, {}, {});
  }
  TestArchive& keepalive(Time time, uint32_t peer) {
    wire::Buffer message;
    wire::appendKeepalive(message);
    writer_.message({seconds(time)}, session(peer), message);
    return *this;
  }
  TestArchive& state(Time time, uint32_t peer, wire::SessionState from, wire::SessionState to) {
    writer_.stateChange({seconds(time)}, session(peer), from, to);
    return *this;
  }

  wire::Buffer& bytes() { return bytes_; }
  void save(const std::string& path) const {
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes_.data()), static_cast<std::streamsize>(bytes_.size()));
  }

 private:
  static uint32_t seconds(Time time) {
    return static_cast<uint32_t>(std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
  }
  TestArchive& update(Time time, uint32_t peer, Bytes withdrawn, Bytes attributes, Bytes nlri) {
    wire::Buffer message;
    wire::appendUpdate(message, withdrawn, attributes, nlri);
    writer_.message({seconds(time)}, session(peer), message);
    return *this;
  }

  wire::Buffer bytes_;
  wire::MrtWriter writer_{bytes_};
};

}  // namespace nightjar::app
