#include "probing/link/raw_network.h"

#include <sys/random.h>

#include <algorithm>
#include <cmath>

#include "probing/link/system_error.h"

namespace nightjar::link {

namespace {

constexpr double kBurstSeconds = 0.02;
constexpr double kPaceSeconds =
    0.005;  // a wait is for so many probes, so that slow sending costs few wake-ups
constexpr std::chrono::milliseconds kQueueRetry{1};
constexpr std::chrono::milliseconds kDownRetry{200};

Result<packet::Secret> randomSecret() {
  packet::Secret secret;
  if (getrandom(secret.data(), secret.size(), 0) != static_cast<ssize_t>(secret.size()))
    return failSystem("cannot get random bytes");
  return secret;
}

}  // namespace

Result<std::unique_ptr<RawNetwork>> RawNetwork::open(const RawOptions& options) {
  if (!std::isfinite(options.rate) || options.rate <= 0)
    return fail(ErrorKind::kUsage, "the rate must be more than 0 probes a second");
  const auto secret = options.secret ? Result<packet::Secret>(*options.secret) : randomSecret();
  if (!secret) return std::unexpected(secret.error());
  auto codec = packet::Codec::make(*secret, options.text);
  if (!codec) return std::unexpected(codec.error());
  const StampClock clock;
  auto sender = Sender::open(options.egress);
  if (!sender) return std::unexpected(sender.error());
  auto receiver = Receiver::open(*codec, clock, options.egress.interface);
  if (!receiver) return std::unexpected(receiver.error());
  return std::unique_ptr<RawNetwork>(
      new RawNetwork(options, clock, std::move(*codec), std::move(*sender), std::move(*receiver)));
}

RawNetwork::RawNetwork(const RawOptions& options, StampClock clock, packet::Codec codec, Sender sender,
                       std::unique_ptr<Receiver> receiver)
    : clock_(clock),
      codec_(std::move(codec)),
      sender_(std::move(sender)),
      bucket_(options.rate, std::max(1.0, options.rate * kBurstSeconds), clock.now()),
      pace_(std::max(1.0, options.rate * kPaceSeconds)),
      receiver_(std::move(receiver)) {}

Sent RawNetwork::send(std::span<const Probe> probes) {
  for (size_t i = 0; i < probes.size(); ++i) {
    const uint64_t now = clock_.now();
    if (!bucket_.take(now))
      return {.count = i,
              .stop = Stop::kWait,
              .retry = utcNow() + std::chrono::microseconds(bucket_.wait(pace_))};
    if (probes[i].epoch > epoch_.load(std::memory_order_relaxed))
      epoch_.store(probes[i].epoch, std::memory_order_relaxed);
    if (const int error = sender_.send(codec_, probes[i], now); error != 0) {
      bucket_.putBack();
      return stopped(i, error);
    }
    sent_.add();
  }
  return {.count = probes.size()};
}

Sent RawNetwork::stopped(size_t count, int error) {
  switch (error) {
    case EAGAIN:
    case ENOBUFS:
    case ENOMEM:
      queueFull_.add();
      return {.count = count, .stop = Stop::kWait, .retry = utcNow() + kQueueRetry};
    case ENETDOWN:
    case ENODEV:
    case ENXIO:
    case EADDRNOTAVAIL:
      down_.add();
      return {.count = count, .stop = Stop::kDown, .retry = utcNow() + kDownRetry, .systemError = error};
    default:  // ENETUNREACH, EHOSTUNREACH, EPERM, EACCES (a broadcast address), EAFNOSUPPORT, EINVAL
      refused_.add();
      return {.count = count, .stop = Stop::kRefused, .systemError = error};
  }
}

size_t RawNetwork::receive(std::span<Reply> replies, Time deadline) {
  return receiver_->receive(replies, deadline, epoch_);
}

Counters RawNetwork::counters() const {
  Counters counters{.sent = sent_.value(),
                    .refused = refused_.value(),
                    .queueFull = queueFull_.value(),
                    .down = down_.value()};
  receiver_->addTo(counters);
  return counters;
}

}  // namespace nightjar::link
