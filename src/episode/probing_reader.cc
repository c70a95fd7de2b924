#include "episode/probing_reader.h"

#include "episode/shared_keys.h"

namespace nightjar::episode {

Hosts readHosts(TableReader& reader) {
  reader.require({"answering", "rtt", "source"});
  Hosts hosts;
  hosts.spot = reader.spot();
  hosts.target = readHostTarget(reader);
  hosts.answering = reader.share("answering", 1);
  hosts.everActive = reader.range("ever_active", 1, 254, hosts.everActive);
  hosts.availability = reader.range("availability", 0, 1, hosts.availability);
  hosts.loss = reader.share("loss", hosts.loss);
  hosts.rtt = reader.milliseconds("rtt");
  hosts.source = reader.text("source");
  return hosts;
}

Prober readProber(TableReader& reader) {
  reader.require({"name", "asn", "from", "address", "references", "source"});
  Prober prober;
  prober.spot = reader.spot();
  prober.name = readFolderName(reader);
  prober.asn = reader.asn("asn");
  prober.from = reader.text("from");
  prober.address = reader.address("address", Family::kIpv4).value_or(Address{});
  prober.round = reader.duration("round", prober.round);
  prober.every = reader.number("every", 1, 1000, prober.every);
  for (const std::string& text : reader.texts("references")) {
    const auto address = Address::parse(text);
    if (address && address->family == Family::kIpv4) {
      prober.references.push_back(*address);
    } else {
      reader.complain(*reader.node("references"), "references", "must hold IPv4 addresses");
    }
  }
  prober.source = reader.text("source");
  return prober;
}

}  // namespace nightjar::episode
