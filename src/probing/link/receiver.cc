#include "probing/link/receiver.h"

#include <poll.h>

#include <algorithm>
#include <utility>

namespace nightjar::link {

namespace {

constexpr std::chrono::seconds kLongestWait{1};

}  // namespace

Result<std::unique_ptr<Receiver>> Receiver::open(const packet::Codec& codec, StampClock clock,
                                                 const std::string& interface) {
  auto ipv4 = ReceiveRing::open(Family::kIpv4, interface);
  if (!ipv4) return std::unexpected(ipv4.error());
  auto ipv6 = ReceiveRing::open(Family::kIpv6, interface);
  if (!ipv6) return std::unexpected(ipv6.error());
  return std::unique_ptr<Receiver>(new Receiver(codec, clock, std::move(*ipv4), std::move(*ipv6)));
}

size_t Receiver::receive(std::span<Reply> replies, Time deadline, const std::atomic<uint32_t>& epoch) {
  // Counted on a clock that no one sets: a step of the other must not make this wait for hours.
  const auto end =
      std::chrono::steady_clock::now() + std::min<Time::duration>(deadline - utcNow(), kLongestWait);
  size_t count = 0;
  do {
    clock_.update();
    for (ReceiveRing& ring : rings_) lost_.add(ring.takeLost());
    count = drain(replies, epoch.load(std::memory_order_relaxed));
  } while (count == 0 && !replies.empty() && waitUntil(end));
  return count;
}

size_t Receiver::drain(std::span<Reply> replies, uint32_t epoch) {
  constexpr size_t kAtOnce = 4096;  // so that a flood of foreign packets leaves time for all else
  size_t count = 0;
  Captured captured;
  first_ = 1 - first_;  // in turns, so that neither family can keep the other waiting
  for (const size_t which : {first_, 1 - first_}) {
    ReceiveRing& ring = rings_[which];
    for (size_t i = 0; i < kAtOnce && count < replies.size() && ring.next(captured); ++i) {
      if (const auto reply = examine(captured, epoch)) replies[count++] = *reply;
    }
  }
  return count;
}

std::optional<Reply> Receiver::examine(const Captured& captured, uint32_t epoch) {
  const auto arrival = codec_.read(captured.packet, epoch, captured.checksumPending);
  if (!arrival) {
    foreign_[static_cast<size_t>(arrival.error())].add();
    return std::nullopt;
  }
  Reply reply{.probe = arrival->probe,
              .from = arrival->from,
              .kind = arrival->kind,
              .icmpType = arrival->icmpType,
              .icmpCode = arrival->icmpCode,
              .received = captured.time};
  if (arrival->stamp) {
    reply.rtt = clock_.since(*arrival->stamp, captured.time);
    reply.sent = reply.received - reply.rtt;
  }
  // A router's error does not make the target's own answer a duplicate.
  const auto kind = static_cast<size_t>(reply.kind);
  reply.duplicate = recent_.seen(arrival->fingerprint + kind);
  (reply.duplicate ? duplicates_ : byKind_[kind]).add();
  return reply;
}

bool Receiver::waitUntil(std::chrono::steady_clock::time_point end) const {
  const auto left = end - std::chrono::steady_clock::now();
  if (left <= left.zero()) return false;
  const auto seconds = std::chrono::floor<std::chrono::seconds>(left);
  const timespec timeout{seconds.count(), std::chrono::nanoseconds(left - seconds).count()};
  std::array<pollfd, 2> polled{pollfd{rings_[0].descriptor(), POLLIN, 0},
                               pollfd{rings_[1].descriptor(), POLLIN, 0}};
  if (ppoll(polled.data(), polled.size(), &timeout, nullptr) <= 0) return false;
  for (size_t i = 0; i < polled.size(); ++i) {
    if ((polled[i].revents & POLLERR) != 0) rings_[i].clearError();
  }
  return true;
}

void Receiver::addTo(Counters& counters) const {
  counters.answers += byKind_[static_cast<size_t>(ReplyKind::kAnswer)].value();
  counters.unreachable += byKind_[static_cast<size_t>(ReplyKind::kUnreachable)].value();
  counters.elsewhere += byKind_[static_cast<size_t>(ReplyKind::kElsewhere)].value();
  counters.duplicates += duplicates_.value();
  counters.lostByKernel += lost_.value();
  for (size_t i = 0; i < foreign_.size(); ++i) {
    counters.foreignBy[i] += foreign_[i].value();
    counters.foreign += foreign_[i].value();
  }
}

}  // namespace nightjar::link
