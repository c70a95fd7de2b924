// The seam between the prober and the wire: probes go out, authentic replies come back. RawNetwork
// (raw_network.h) is the real one; tests and benches bring networks that live in memory.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <span>

#include "base/time.h"
#include "probing/packet/ip.h"
#include "probing/packet/probe.h"

namespace nightjar::link {

using packet::Probe;
using packet::ReplyKind;

struct Reply {
  Probe probe;   // what was answered, restored from the packet: target, method, port, epoch
  Address from;  // who sent this packet; probe.target itself when kind is kAnswer
  ReplyKind kind = ReplyKind::kAnswer;
  bool duplicate = false;  // the same probe was answered before; never the first answer
  // Of an ICMP error (also of one from the target itself); both zero for any other reply.
  uint8_t icmpType = 0;
  uint8_t icmpCode = 0;
  Time received;  // the kernel's time stamp
  // Restored from the packet; Time{} (and rtt 0) where an ICMP error quotes too little of the probe to tell.
  Time sent;
  std::chrono::microseconds rtt{0};  // at least 1 where it is known
};

// Why send() stopped before the end.
enum class Stop : uint8_t {
  kNone,     // all went out
  kWait,     // the rate limit or the device's queue: go on from probes[count] at or after `retry`
  kRefused,  // the system refuses this one target (no route, a firewall's rule, a family without a source
             // address): probes[count] was not sent and is not worth another try in this round
  kDown,     // the network is down: nothing goes out; go on from probes[count] at or after `retry`
};

struct Sent {
  size_t count = 0;  // probes[0..count) went out
  Stop stop = Stop::kNone;
  Time retry;           // with kWait and kDown
  int systemError = 0;  // errno, with kRefused and kDown
};

// What passed since the network was opened.
struct Counters {
  uint64_t sent = 0;
  uint64_t refused = 0;    // Stop::kRefused
  uint64_t queueFull = 0;  // waits for the device's queue
  uint64_t down = 0;       // Stop::kDown
  uint64_t answers = 0;    // replies by kind, without duplicates
  uint64_t unreachable = 0;
  uint64_t elsewhere = 0;
  uint64_t duplicates = 0;
  uint64_t foreign = 0;  // not replies to us, or not credible: forged, damaged, other people's, too old
  std::array<uint64_t, packet::kForeignKinds> foreignBy{};  // the same by packet::Foreign
  uint64_t lostByKernel = 0;  // arrived, but dropped before we read them: "none lost" holds while this is 0
};

// Threads: send() from one and receive() from another at the same time; counters() and now() from any.
class Network {
 public:
  Network() = default;
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;
  virtual ~Network() = default;

  // Sends in order. Never blocks for longer than it takes to hand the packets to the system.
  virtual Sent send(std::span<const Probe> probes) = 0;
  // Fills `replies` from the front with what has arrived and returns how many; waits for the first one until
  // `deadline` on this network's clock (a deadline in the past: only what is there), but for a second at
  // most. 0 also when a signal interrupts the wait.
  virtual size_t receive(std::span<Reply> replies, Time deadline) = 0;
  // This network's clock, UTC. A simulated network's clock moves when receive() waits.
  virtual Time now() const = 0;
  virtual Counters counters() const = 0;
};

}  // namespace nightjar::link
