// BGP messages: no bytes crash the decoder; what it takes from an UPDATE can be written again and is read
// back as the same routes.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "routing/wire/bgp_writer.h"
#include "routing/wire/update.h"

namespace {

using namespace nightjar;
using namespace nightjar::wire;

void require(bool condition) {
  if (!condition) std::abort();
}

struct Routes {
  std::vector<Nlri> withdrawn;
  std::vector<Nlri> announced;
  bool operator==(const Routes&) const = default;
};

Routes routesOf(const Update& update) {
  Routes routes;
  update.forEachWithdrawn([&](const Nlri& nlri) { routes.withdrawn.push_back(nlri); });
  update.forEachAnnounced([&](const Nlri& nlri) { routes.announced.push_back(nlri); });
  return routes;
}

// The same routes as an UPDATE of the writer; nothing when they do not fit one message.
Buffer rewrite(const Routes& routes, bool addPath) {
  std::vector<Nlri> byFamily[2];
  Buffer withdrawn;
  for (const Nlri& nlri : routes.withdrawn) {
    if (nlri.prefix.address.family == Family::kIpv4) appendNlri(withdrawn, nlri, addPath);
    if (nlri.prefix.address.family == Family::kIpv6) byFamily[0].push_back(nlri);
  }
  Buffer announced;
  for (const Nlri& nlri : routes.announced) {
    if (nlri.prefix.address.family == Family::kIpv4) appendNlri(announced, nlri, addPath);
    if (nlri.prefix.address.family == Family::kIpv6) byFamily[1].push_back(nlri);
  }
  constexpr size_t kLargestNlri = 21;
  if (withdrawn.size() + announced.size() + (byFamily[0].size() + byFamily[1].size()) * kLargestNlri > 60000)
    return {};
  Buffer attributes;
  AttributeWriter writer(attributes);
  writer.origin(Origin::kIgp).asPath({Asn{64500}}).nextHop(Address::ipv4(1));
  writer.mpUnreach(Family::kIpv6, byFamily[0], addPath);
  writer.mpReach(Family::kIpv6, std::vector<Address>{Address{Family::kIpv6, {}}}, byFamily[1], addPath);
  Buffer message;
  appendUpdate(message, withdrawn, attributes, announced);
  return message;
}

void sortByFamily(Routes& routes) {
  const auto family = [](Family first, std::vector<Nlri>& list) {
    std::stable_partition(list.begin(), list.end(),
                          [first](const Nlri& nlri) { return nlri.prefix.address.family == first; });
  };
  family(Family::kIpv4, routes.withdrawn);
  family(Family::kIpv6, routes.announced);
}

}  // namespace

// The first octet chooses the session; the rest is the message.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const UpdateContext context{(data[0] & 1) != 0 ? AsnSize::kFour : AsnSize::kTwo, (data[0] & 2) != 0,
                              (data[0] & 4) != 0};
  const Bytes message(data + 1, size - 1);
  std::vector<Finding> findings;
  const Update update = decodeUpdate(message, context, findings);
  require(findings.empty() == !update.worst.has_value());
  for (const Finding& finding : findings) require(finding.offset + finding.length <= message.size());
  Routes routes = routesOf(update);
  if (update.worst >= FindingKind::kTreatAsWithdraw) require(routes.announced.empty());

  const Buffer again = rewrite(routes, context.addPath);
  if (again.empty()) return 0;
  std::vector<Finding> none;
  const UpdateContext plain{AsnSize::kFour, context.addPath, false};
  sortByFamily(routes);
  require(routesOf(decodeUpdate(again, plain, none)) == routes && none.empty());
  return 0;
}
