// What is asked of the network, and what came back. Values only; probe_packet.h builds and reads the bytes.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/address.h"
#include "probing/blocks/outcome.h"

namespace nightjar::packet {

using blocks::Method;

struct Probe {
  Address target;
  Method method = Method::kIcmpEcho;
  uint16_t port = 0;   // of kTcpSyn; the others have none (DNS is always port 53)
  uint32_t epoch = 0;  // the round; replies to the present and to the previous epoch count, older ones do not
  auto operator<=>(const Probe&) const = default;
};

// What an authentic packet says. Nothing else is handed on: forged and foreign packets are counted.
enum class ReplyKind : uint8_t {
  kAnswer,       // the target itself: echo reply, SYN/ACK or RST, DNS message, or an ICMP error of its own
  kUnreachable,  // an ICMP error about our probe from another address: a router on the way, a firewall
  kElsewhere,    // an answer to our probe, but from another address than the one probed: proves nothing of it
};
std::string_view nameOf(ReplyKind kind);

}  // namespace nightjar::packet
