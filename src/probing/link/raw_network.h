// The real network: raw sockets out, packet rings in, a rate limit over all that goes out.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "probing/link/network.h"
#include "probing/link/receiver.h"
#include "probing/link/sender.h"
#include "probing/link/token_bucket.h"

namespace nightjar::link {

struct RawOptions {
  double rate = 1000;  // probes a second at most, > 0; after a pause, 20 ms' worth at once
  std::string text;    // in the probes: who sends them and where to opt out; see packet::kMaxTextSize
  Egress egress;
  std::optional<packet::Secret> secret;  // default: random, so that no reply of an earlier run counts
};

class RawNetwork final : public Network {
 public:
  // Opens all sockets; nothing later needs CAP_NET_RAW (privileges.h drops it). Fails with kUsage on options
  // that cannot be, and with kIo where the system refuses.
  static Result<std::unique_ptr<RawNetwork>> open(const RawOptions& options);

  Sent send(std::span<const Probe> probes) override;
  size_t receive(std::span<Reply> replies, Time deadline) override;
  Time now() const override { return utcNow(); }
  Counters counters() const override;

 private:
  RawNetwork(const RawOptions& options, StampClock clock, packet::Codec codec, Sender sender,
             std::unique_ptr<Receiver> receiver);
  // What an errno of the sender means; counts it.
  Sent stopped(size_t count, int error);

  StampClock clock_;
  packet::Codec codec_;
  Sender sender_;
  TokenBucket bucket_;
  double pace_;  // tokens to wait for
  std::unique_ptr<Receiver> receiver_;
  std::atomic<uint32_t> epoch_ = 0;  // the latest that was sent
  Count sent_, refused_, queueFull_, down_;
};

}  // namespace nightjar::link
