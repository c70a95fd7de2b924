// Receives packets and lets authentic replies through.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <span>

#include "probing/link/count.h"
#include "probing/link/network.h"
#include "probing/link/receive_ring.h"
#include "probing/link/recent.h"
#include "probing/link/stamp_clock.h"
#include "probing/packet/codec.h"

namespace nightjar::link {

class Receiver {
 public:
  // Needs CAP_NET_RAW. `interface` is empty for all; `clock` is the one that stamps the probes.
  static Result<std::unique_ptr<Receiver>> open(const packet::Codec& codec, StampClock clock,
                                                const std::string& interface);

  // As Network::receive. `epoch` is the present one; the sender moves it.
  size_t receive(std::span<Reply> replies, Time deadline, const std::atomic<uint32_t>& epoch);

  // Adds what the receiver counted; from any thread.
  void addTo(Counters& counters) const;

 private:
  Receiver(const packet::Codec& codec, StampClock clock, ReceiveRing ipv4, ReceiveRing ipv6)
      : codec_(codec), clock_(clock), rings_{std::move(ipv4), std::move(ipv6)} {}

  // What is there now; stops at `limit` packets.
  size_t drain(std::span<Reply> replies, uint32_t epoch);
  std::optional<Reply> examine(const Captured& captured, uint32_t epoch);
  // False at the end and after a signal.
  bool waitUntil(std::chrono::steady_clock::time_point end) const;

  packet::Codec codec_;
  ArrivalClock clock_;
  std::array<ReceiveRing, 2> rings_;
  size_t first_ = 0;  // the ring to be read first
  Recent recent_;

  std::array<Count, 3> byKind_;  // by ReplyKind
  std::array<Count, packet::kForeignKinds> foreign_;
  Count duplicates_;
  Count lost_;
};

}  // namespace nightjar::link
