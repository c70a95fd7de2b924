// Brings waiting messages to their channels, at least once each and in order, one channel not waiting for
// another.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>

#include "alerts/configuration.h"
#include "alerts/outbox.h"
#include "alerts/parcel.h"

namespace nightjar::alerts {

// The wait after the n-th attempt failed (n >= 1): 10 s, 20 s, 40 s, ... at most an hour, times `jitter` in
// [0, 1) scaled to a half to one (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/,
// "equal jitter").
std::chrono::microseconds backOff(unsigned attempts, double jitter);

struct Surroundings {
  std::function<Time()> now;
  std::function<double()> jitter;                // in [0, 1)
  std::function<void(const std::string&)> tell;  // one line on what became of a message
  std::function<bool()> stop;                    // true: end after the message at hand
};

class Courier {
 public:
  // All must outlive the object.
  Courier(const Configuration& configuration, Outbox& outbox, Transport& transport, Surroundings surroundings)
      : configuration_(configuration),
        outbox_(outbox),
        transport_(transport),
        world_(std::move(surroundings)) {}

  // Delivers what is due. Where the outbox fails afterwards (full disk), this object does not send it again.
  // Returns when the next waiting message is due; empty: none waits.
  Result<std::optional<Time>> deliver();

 private:
  Result<void> deliver(const Waiting& waiting);
  Result<void> finish(const Waiting& waiting);

  const Configuration& configuration_;
  Outbox& outbox_;
  Transport& transport_;
  Surroundings world_;
  std::set<int64_t> done_;  // delivered, whatever the outbox could keep of it
};

}  // namespace nightjar::alerts
