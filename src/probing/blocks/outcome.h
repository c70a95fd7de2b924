// What became of one probe: what the senders and the log hand to the blocks, live or replayed.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>

#include "base/address.h"
#include "base/time.h"

namespace nightjar::blocks {

enum class Method : uint8_t {
  kIcmpEcho,  // RFC 792, RFC 4443
  kTcpSyn,    // a SYN to one port; SYN/ACK and RST are answers alike
  kUdpDns,    // a query to port 53; any message from there, or port unreachable, is an answer
};

enum class Answer : uint8_t {
  kNone,         // nothing within the wait
  kReply,        // the target itself answered
  kUnreachable,  // somebody on the way said that it cannot be reached (ICMP error from another address)
};

struct Outcome {
  Time sent;
  Address target;
  Method method = Method::kIcmpEcho;
  Answer answer = Answer::kNone;
  // One of the prober's own reference targets: tells of its uplink, not of a block.
  bool reference = false;
  std::chrono::microseconds rtt{0};  // of a reply; else 0
  auto operator<=>(const Outcome&) const = default;
};

// How exactly outcomes are kept: sent to a tenth of a second, the round-trip time to nine bits, which is 1
// part in 512. Finer digits are noise, and they would be half of a log.
using SentResolution = std::chrono::duration<int64_t, std::deci>;
inline constexpr int kRttBits = 9;

// Sent rounded down, the round-trip time to the nearest. Rounding twice changes nothing.
Outcome rounded(Outcome outcome);

}  // namespace nightjar::blocks
