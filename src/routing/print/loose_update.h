// What can still be read of an UPDATE that is cut or malformed. Collectors have written such messages for
// decades, and the line formats print what is there; judging it (RFC 7606) is the business of wire/update.h.
//
// The rules are those of bgpdump's reader: a field that ends early is filled with zeros, an attribute that
// runs past the end of the attributes ends them, and of two attributes of one type the first counts.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/byte_reader.h"
#include "routing/wire/as_path.h"
#include "routing/wire/attributes.h"

namespace nightjar::print {

using RawIpv4 = std::array<uint8_t, 4>;

// The three fields of an UPDATE (RFC 4271, section 4.3), each as far as its bytes reach.
struct LooseUpdate {
  Bytes withdrawn;
  Bytes attributes;
  Bytes nlri;
};
// Nothing for other messages and for those whose marker is wrong.
std::optional<LooseUpdate> readLooseUpdate(Bytes message);

struct LooseAggregator {
  Asn asn;
  RawIpv4 speaker{};
};

// Values are those of the first attribute of each type; zero or empty where has() says that there is none.
struct LooseAttributes {
  bool has(wire::AttributeType type) const { return (present >> static_cast<uint8_t>(type) & 1) != 0; }

  uint64_t present = 0;  // one bit for each type below 64
  Bytes asPath;
  Bytes as4Path;
  Bytes communities;
  Bytes mpReach;
  Bytes mpUnreach;
  uint32_t multiExitDisc = 0;
  uint32_t localPref = 0;
  RawIpv4 nextHop{};
  LooseAggregator aggregator;
  LooseAggregator as4Aggregator;
  uint8_t origin = 0;
};
LooseAttributes readLooseAttributes(Bytes attributes, wire::AsnSize asnSize);

// RFC 6793, section 4.2.3, for the attributes of a two-octet speaker: AGGREGATOR becomes AS4_AGGREGATOR where
// that counts. True when AS4_PATH counts, and `merged` is then the path in four octets.
bool applyAs4(LooseAttributes& attributes, std::vector<uint8_t>& merged);

}  // namespace nightjar::print
