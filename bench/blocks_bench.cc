// Measures the block engine: one round of 10 minutes over 4.2 million blocks, against a network in memory
// that costs next to nothing. Prints one figure a line, with the bound that it is held against.
//
//   blocks_bench [BLOCKS]
#include <fmt/format.h>
#include <sys/resource.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "base/mix.h"
#include "probing/blocks/engine.h"

namespace {

using namespace nightjar;
using namespace nightjar::blocks;

double cpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// The most memory that this process has had, in bytes.
double peakMemory() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    if (word != "VmHWM:") continue;
    double kilobytes = 0;
    status >> kilobytes;
    return kilobytes * 1024;
  }
  return 0;
}

void report(const std::string& what, double value, const char* unit, const char* bound) {
  fmt::print("{:<58} {:>10.3f} {:<12} {}\n", what, value, unit, bound);
}

// One host of five is on, for good; of their answers 2 % are lost.
bool answers(const Address& address, uint64_t time) {
  const uint64_t host = mixBits(address.high());
  return host % 5 == 0 && mixBits(host ^ time) % 50 != 0;
}

// 48 addresses that are there, of which some were seen to answer: as after weeks of probing.
History historyOf(uint32_t number) {
  History history;
  for (uint32_t slot = 1; slot < 255; ++slot) {
    if (mixBits(number << 8 | slot) % 5 == 0) history.everActive[slot] = true;
  }
  history.availability = 0.5;
  return history;
}

}  // namespace

int main(int argc, char** argv) {
  const uint32_t blocks = argc > 1 ? static_cast<uint32_t>(std::atoi(argv[1])) : 4'200'000;
  Engine engine;
  engine.reserve(blocks);
  const double spread = 14'000'000.0 / blocks;  // unicast space, evenly
  for (uint32_t i = 0; i < blocks; ++i) {
    const auto number = 0x010000 + static_cast<uint32_t>(i * spread);
    const History history = historyOf(number);
    if (!engine.add(Prefix::of(Address::ipv4(number << 8), 24), &history)) return 1;
  }
  const double before = cpuSeconds();
  const Time begin(std::chrono::hours(24 * 19'000));
  constexpr auto kStep = std::chrono::milliseconds(100);
  std::vector<Probe> probes(1 << 16);
  std::vector<Outcome> silences;
  // The last probes' waits end after the round.
  for (Time now = begin; now < begin + std::chrono::minutes(10) + std::chrono::seconds(4); now += kStep) {
    silences.clear();
    engine.expire(now, silences);
    const size_t count = engine.due(now, probes);
    const auto time = static_cast<uint64_t>(now.time_since_epoch().count());
    for (size_t i = 0; i < count; ++i) {
      if (!answers(probes[i].target, time)) continue;
      engine.settle({.sent = now,
                     .target = probes[i].target,
                     .answer = Answer::kReply,
                     .rtt = std::chrono::milliseconds(40)});
    }
  }
  const double spent = cpuSeconds() - before;
  const double peak = peakMemory();
  uint32_t up = 0;
  for (uint32_t block = 0; block < blocks; ++block) up += engine.status(block).state == State::kUp ? 1 : 0;
  report(fmt::format("a round of {:.1f} million blocks", blocks / 1e6), spent, "CPU-s", "< 60");
  report(fmt::format("memory with {:.1f} million blocks", blocks / 1e6), peak / 1e6, "MB", "< 300");
  report("of it, a block", peak / blocks, "bytes", "");
  report("probes in the round", static_cast<double>(engine.counters().probes) / 1e6, "million", "");
  report("blocks up after it", up / 1e6, "million", "");
}
