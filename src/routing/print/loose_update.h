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

struct LooseAttributes {
  std::optional<uint8_t> origin;
  std::optional<Bytes> asPath;
  std::optional<Bytes> as4Path;
  std::optional<RawIpv4> nextHop;
  std::optional<uint32_t> multiExitDisc;
  std::optional<uint32_t> localPref;
  bool atomicAggregate = false;
  std::optional<LooseAggregator> aggregator;
  std::optional<LooseAggregator> as4Aggregator;
  Bytes communities;
  std::optional<wire::MpReach> mpReach;
  std::optional<wire::NlriBlock> mpUnreach;
};
LooseAttributes readLooseAttributes(Bytes attributes, wire::AsnSize asnSize);

// RFC 6793, section 4.2.3, for the attributes of a two-octet speaker: AGGREGATOR becomes AS4_AGGREGATOR where
// that counts. True when AS4_PATH counts, and `merged` is then the path in four octets.
bool applyAs4(LooseAttributes& attributes, std::vector<uint8_t>& merged);

}  // namespace nightjar::print
