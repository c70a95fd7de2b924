// Probes N addresses once, in order, as fast as the rate allows, and counts the answers:
//
//   probe_flood FIRST_ADDRESS N RATE [WAIT_MILLISECONDS]
//
// Prints one line: sent, answered, lost by the kernel, duplicates, foreign, CPU seconds, median RTT in
// microseconds.
#include <fmt/core.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <vector>

#include "probing/link/privileges.h"
#include "probing/link/raw_network.h"

namespace {

using namespace nightjar;

double cpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

class Flood {
 public:
  Flood(link::Network& network, uint32_t first, uint32_t count)
      : network_(network), first_(first), count_(count), answered_(count) {}

  void run(std::chrono::milliseconds wait) {
    std::array<link::Probe, 64> probes;
    Time due = network_.now();
    while (next_ < count_) {
      const uint32_t size = std::min<uint32_t>(probes.size(), count_ - next_);
      for (uint32_t i = 0; i < size; ++i)
        probes[i] = {.target = Address::ipv4(first_ + next_ + i), .epoch = 1};
      const link::Sent sent = network_.send({probes.data(), size});
      next_ += static_cast<uint32_t>(sent.count) + (sent.stop == link::Stop::kRefused ? 1 : 0);
      due = sent.stop == link::Stop::kNone ? Time{} : sent.retry;
      take(due);
    }
    const Time end = network_.now() + wait;
    while (answers_ < count_ && network_.now() < end) take(end);
  }

  uint64_t answers() const { return answers_; }
  int64_t medianRtt() {
    if (rtts_.empty()) return 0;
    std::ranges::nth_element(rtts_, rtts_.begin() + static_cast<ptrdiff_t>(rtts_.size() / 2));
    return rtts_[rtts_.size() / 2];
  }

 private:
  void take(Time until) {
    const size_t size = network_.receive(replies_, until);
    for (size_t i = 0; i < size; ++i) {
      const link::Reply& reply = replies_[i];
      const auto at = static_cast<uint32_t>(reply.probe.target.high() - first_);
      if (reply.kind != link::ReplyKind::kAnswer || at >= count_ || answered_[at]) continue;
      answered_[at] = true;
      ++answers_;
      rtts_.push_back(reply.rtt.count());
    }
  }

  link::Network& network_;
  uint32_t first_, count_;
  uint32_t next_ = 0;
  uint64_t answers_ = 0;
  std::vector<bool> answered_;
  std::vector<int64_t> rtts_;
  std::array<link::Reply, 1024> replies_;
};

}  // namespace

int main(int argc, char** argv) {
  const auto first = argc >= 4 ? Address::parse(argv[1]) : fail(ErrorKind::kUsage, "");
  if (!first) {
    fmt::print(stderr, "usage: probe_flood FIRST_ADDRESS N RATE [WAIT_MILLISECONDS]\n");
    return 2;
  }
  auto network = link::RawNetwork::open({.rate = std::atof(argv[3]), .text = "nightjar bench"});
  const auto dropped = network ? link::dropPrivileges() : Result<void>();
  if (!network || !dropped) {
    fmt::print(stderr, "probe_flood: {}\n", (network ? dropped.error() : network.error()).describe());
    return 1;
  }
  Flood flood(**network, static_cast<uint32_t>(first->high()), static_cast<uint32_t>(std::atol(argv[2])));
  flood.run(std::chrono::milliseconds(argc > 4 ? std::atol(argv[4]) : 500));
  const link::Counters counters = (*network)->counters();
  fmt::print("sent {} answered {} lost {} duplicates {} foreign {} cpu {:.3f} rtt {}\n", counters.sent,
             flood.answers(), counters.lostByKernel, counters.duplicates, counters.foreign, cpuSeconds(),
             flood.medianRtt());
  return 0;
}
