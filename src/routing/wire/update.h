// BGP messages (RFC 4271, section 4), and what an UPDATE means for a table after RFC 7606.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/asn.h"
#include "base/byte_reader.h"
#include "routing/wire/attributes.h"
#include "routing/wire/bgp4mp.h"
#include "routing/wire/finding.h"
#include "routing/wire/nlri.h"

namespace nightjar::wire {

inline constexpr size_t kBgpHeaderSize = 19;  // marker, length, type

// RFC 4271, section 4.1; RFC 2918.
enum class MessageType : uint8_t {
  kOpen = 1,
  kUpdate = 2,
  kNotification = 3,
  kKeepalive = 4,
  kRouteRefresh = 5,
};

// The frame of any message. For an UPDATE the three fields are set (RFC 4271, section 4.3).
struct BgpMessage {
  MessageType type = MessageType::kKeepalive;
  Bytes body;  // after the header
  Bytes withdrawn;
  Bytes attributes;
  Bytes nlri;
};
// `offset` is that of `message` in the file, for findings. Fails with kSessionReset when the marker, the
// length or the lengths inside an UPDATE cannot be right (RFC 4271, section 6.1; RFC 7606, section 3 a, b).
// Octets after the message's own length are ignored.
Decoded<BgpMessage> decodeBgpMessage(Bytes message, uint64_t offset = 0);

// What an UPDATE does to a table.
struct Update {
  MessageType type = MessageType::kUpdate;  // all other types carry no routes
  bool addPath = false;
  std::optional<FindingKind> worst;  // of the errors of RFC 7606; nothing for a good message
  Asn origin;                        // of all announced routes; 0 when unknown
  Bytes attributes;                  // raw, also when treated as withdrawn
  // In this order: WITHDRAWN ROUTES, MP_UNREACH_NLRI, MP_REACH_NLRI, NLRI; empty where the message has none.
  // The first `withdrawnBlocks` are withdrawn (4 under treat-as-withdraw), the others announced. All are
  // empty after a session reset.
  std::array<NlriBlock, 4> blocks;
  uint8_t withdrawnBlocks = 2;

  // Calls f(const Nlri&) for every unicast route of IPv4 and IPv6 in the order of the blocks.
  template <typename F>
  void forEachWithdrawn(F&& f) const {
    for (size_t i = 0; i < withdrawnBlocks; ++i) forEachRoute(blocks[i], f);
  }
  template <typename F>
  void forEachAnnounced(F&& f) const {
    for (size_t i = withdrawnBlocks; i < blocks.size(); ++i) forEachRoute(blocks[i], f);
  }

 private:
  template <typename F>
  void forEachRoute(const NlriBlock& block, F& f) const {
    if (block.bytes.empty() || !block.isUnicast()) return;
    NlriCursor cursor(block.bytes, block.family(), addPath);
    for (Nlri nlri; cursor.next(nlri);) f(nlri);
  }
};

// What decoding depends on beside the bytes.
struct UpdateContext {
  AsnSize asnSize = AsnSize::kFour;
  bool addPath = false;
  bool internal = false;  // IBGP: attributes that only mean something inside an AS are judged (RFC 7606, 7.5)
  uint64_t offset = 0;    // of the message in the file, for findings

  static UpdateContext of(const Bgp4mpMessage& message) {
    return {message.session.asnSize, message.addPath, message.session.peerAsn == message.session.localAsn,
            message.messageOffset};
  }
};

// Reads one message and judges it after RFC 7606. Errors are appended to `findings` (at most two for each
// attribute type and one for each field); nothing is appended and nothing allocated for a good message.
// Offsets are in the file when the context has the message's.
Update decodeUpdate(Bytes message, const UpdateContext& context, std::vector<Finding>& findings);

}  // namespace nightjar::wire
