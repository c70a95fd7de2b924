#include "alerts/courier.h"

#include <fmt/format.h>

#include <algorithm>

namespace nightjar::alerts {
namespace {

constexpr Seconds kFirstWait{10};
constexpr Seconds kLongestWait{3600};
constexpr unsigned kMostDoublings = 10;  // past the longest wait

const Channel* channelOf(const Configuration& configuration, const Message& message) {
  for (const Channel& channel : configuration.channels) {
    if (channel.name == message.channel && channel.kind == message.kind) return &channel;
  }
  return nullptr;
}

}  // namespace

std::chrono::microseconds backOff(unsigned attempts, double jitter) {
  const Seconds doubled = kFirstWait * (1U << std::min(attempts - 1, kMostDoublings));
  const std::chrono::microseconds wait = std::min(doubled, kLongestWait);
  return std::chrono::microseconds(
      static_cast<int64_t>(static_cast<double>(wait.count()) * (0.5 + jitter / 2)));
}

Result<void> Courier::finish(const Waiting& waiting) {
  done_.insert(waiting.number);
  return outbox_.delivered(waiting.number);
}

Result<void> Courier::deliver(const Waiting& waiting) {
  const Message& message = waiting.message;
  const auto drop = [&](std::string_view why) {
    world_.tell(fmt::format("{}: dropped, {}: {} ({})", message.channel, why, message.title, message.id));
    return finish(waiting);
  };
  if (done_.contains(waiting.number)) return finish(waiting);
  const Channel* channel = channelOf(configuration_, message);
  if (channel == nullptr) return drop("there is no such channel any more");
  const auto parcel = pack(*channel, message, world_.now());
  const Answer answer =
      parcel ? transport_.send(*parcel) : Answer{Answer::Fate::kLater, parcel.error().describe()};
  if (answer.fate == Answer::Fate::kDelivered) {
    world_.tell(fmt::format("{}: {} ({})", message.channel, message.title, message.id));
    return finish(waiting);
  }
  if (answer.fate == Answer::Fate::kRefused) return drop(answer.words);
  const Time now = world_.now();
  if (message.created + configuration_.give_up <= now) return drop("given up: " + answer.words);
  const unsigned attempts = waiting.attempts + 1;
  const auto wait = backOff(attempts, world_.jitter());
  world_.tell(fmt::format("{}: attempt {} failed, the next in {}: {} ({})", message.channel, attempts,
                          formatDuration(std::chrono::ceil<Seconds>(wait)), answer.words, message.id));
  return outbox_.putOff(waiting.number, attempts, now + wait);
}

Result<std::optional<Time>> Courier::deliver() {
  for (;;) {
    const auto first = outbox_.first();
    if (!first) return std::unexpected(first.error());
    std::optional<Time> due;
    bool tried = false;
    for (const Waiting& waiting : *first) {
      if (world_.stop()) return waiting.next_try;
      const Time now = world_.now();
      // A clock that was put back must not hold a message for longer than the longest wait.
      const bool early = waiting.next_try > now && waiting.next_try - now <= kLongestWait;
      if (early && channelOf(configuration_, waiting.message) != nullptr) {
        due = std::min(waiting.next_try, due.value_or(waiting.next_try));
        continue;
      }
      tried = true;
      if (const auto done = deliver(waiting); !done) return std::unexpected(done.error());
    }
    if (!tried) return due;
  }
}

}  // namespace nightjar::alerts
