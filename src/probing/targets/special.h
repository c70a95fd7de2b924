// Address space that is nobody's host on the public Internet: never probed, and no option changes that.
#pragma once

#include <span>
#include <string_view>

#include "base/address.h"

namespace nightjar::targets {

struct SpecialBlock {
  Prefix prefix;
  std::string_view name;    // as the registry has it: "Private-Use"
  std::string_view source;  // the document that sets it apart: "RFC 1918"
};

// IANA's IPv4 and IPv6 special-purpose address registries (RFC 6890, RFC 8190), whether a row is globally
// reachable or not; multicast; IPv4's class E; and the parts of IPv6 that are not global unicast space (RFC
// 4291, section 4).
// Rows of IPv4 that lie inside another row are left out; in IPv6 the first row that fits has the best name.
std::span<const SpecialBlock> specialBlocks();

// The row that `address` lies in; nullptr for ordinary space.
const SpecialBlock* specialBlockOf(const Address& address);

}  // namespace nightjar::targets
