// How well outages of blocks are found, against known truth (`make judge`):
//
//   probing_accuracy [BLOCKS] [DAYS] [SEED]      of each kind; 300 and 6 unless told
//
// Simulated blocks of every availability and loss are cut off now and then. The block engine, one ping each
// round and three pings each round look at the same blocks. The first day is for learning and is not counted.
// The engine's constants were chosen on the seeds 7, 11 and 21, of which none is used unless told.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <span>
#include <vector>

#include "possible.h"
#include "probing/blocks/engine.h"
#include "probing/blocks/simulated_blocks_for_tests.h"

namespace {

using namespace nightjar;
using namespace nightjar::blocks;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Seconds kRound = minutes(10);
constexpr uint32_t kFirstBlock = 0x0a0000;
const Time kBegin(hours(24 * 19'000));
const Time kCounted = kBegin + hours(24);

struct Span {
  Time from, until;
  Time told;  // of an outage that a method tells of: when it did
  Seconds length() const { return std::chrono::floor<seconds>(until - from); }
  bool meets(const Span& other) const { return from < other.until && other.from < until; }
};

// Outages of one block: half of them of one to two rounds, half of two to twelve, hours apart.
std::vector<Span> drawOutages(SimulatedBlocks& network, Time until) {
  std::vector<Span> outages;
  const auto draw = [&](Seconds most) {
    return seconds(static_cast<int64_t>(network.chance() * static_cast<double>(most.count())));
  };
  for (Time at = kCounted + draw(hours(24));;) {
    const Seconds length = network.chance() < 0.5 ? kRound + draw(kRound) : 2 * kRound + draw(10 * kRound);
    if (at + length + hours(2) > until) return outages;
    outages.push_back({at, at + length, at});
    at += length + hours(3) + draw(hours(24));
  }
}

// What one method makes of all blocks: the spans in which it calls them down.
class Downs {
 public:
  explicit Downs(uint32_t blocks) : spans_(blocks), open_(blocks, false) {}
  void down(uint32_t block, Time since, Time now) {
    if (!open_[block]) spans_[block].push_back({since, Time::max(), now});
    open_[block] = true;
  }
  void up(uint32_t block, Time since) {
    if (open_[block]) spans_[block].back().until = since;
    open_[block] = false;
  }
  const std::vector<Span>& of(uint32_t block) const { return spans_[block]; }

 private:
  std::vector<std::vector<Span>> spans_;
  std::vector<bool> open_;
};

struct Score {
  double shortOnes = 0, shortFound = 0;  // outages of less than two rounds
  double longOnes = 0, longFound = 0;
  double falses = 0, rounds = 0;
  std::vector<double> errors;       // of the durations, in rounds
  std::vector<double> falseLasted;  // from when they were told, in rounds

  void add(std::span<const Span> truth, std::span<const Span> downs, Time until) {
    for (const Span& outage : truth) {
      const auto found =
          std::find_if(downs.begin(), downs.end(), [&](const Span& d) { return d.meets(outage); });
      const bool isShort = outage.length() < 2 * kRound;
      (isShort ? shortOnes : longOnes) += 1;
      if (found == downs.end()) continue;
      (isShort ? shortFound : longFound) += 1;
      const double error = std::chrono::duration<double>(found->length() - outage.length()) / kRound;
      errors.push_back(std::abs(error));
    }
    for (const Span& down : downs) {
      const bool real =
          std::any_of(truth.begin(), truth.end(), [&](const Span& outage) { return down.meets(outage); });
      falses += real || down.from < kCounted ? 0 : 1;
      addFalse(truth, down, until);
    }
  }
  // One that was told before anything had happened, even if it lasted until something did.
  void addFalse(std::span<const Span> truth, const Span& down, Time until) {
    const bool told = std::any_of(truth.begin(), truth.end(), [&](const Span& outage) {
      return down.from < outage.until && outage.from < down.told;
    });
    if (told || down.from < kCounted) return;
    const double lasted = std::chrono::duration<double>(std::min(down.until, until) - down.told) / kRound;
    falseLasted.push_back(std::max(lasted, 0.0));
  }
  void add(const Score& other) {
    shortOnes += other.shortOnes, shortFound += other.shortFound;
    longOnes += other.longOnes, longFound += other.longFound;
    falses += other.falses, rounds += other.rounds;
    errors.insert(errors.end(), other.errors.begin(), other.errors.end());
    falseLasted.insert(falseLasted.end(), other.falseLasted.begin(), other.falseLasted.end());
  }
  double outages() const { return shortOnes + longOnes; }
  double foundOnes() const { return shortFound + longFound; }
  double found() const { return foundOnes() / outages(); }
  double falsesIn100000() const { return falses / rounds * 1e5; }
  double medianError() const { return median(errors); }
  static double median(std::vector<double> sorted) {
    if (sorted.empty()) return 0;
    std::nth_element(sorted.begin(), sorted.begin() + static_cast<ptrdiff_t>(sorted.size() / 2),
                     sorted.end());
    return sorted[sorted.size() / 2];
  }
};

// Those of `nightjar probe` (src/app/probe_run.cc): a silence counts once the prober's own line is known to
// have been up, which takes two windows of 2.5 seconds.
Parameters probersParameters() {
  Parameters parameters;
  parameters.wait = seconds(3) + 2 * std::chrono::milliseconds(2500) + std::chrono::milliseconds(500);
  return parameters;
}

class Trial {
 public:
  Trial(const SimulatedBlocks::Model& model, uint32_t blocks, Time until, uint64_t seed)
      : model_(model), blocks_(blocks), until_(until), seed_(seed) {
    SimulatedBlocks drawing(seed, kBegin);
    for (uint32_t i = 0; i < blocks; ++i) truth_.push_back(drawOutages(drawing, until));
  }

  Score byEngine() {
    SimulatedBlocks network = makeNetwork();
    Engine engine(probersParameters());
    for (uint32_t i = 0; i < blocks_; ++i) {
      const History history = network.history(kFirstBlock + i);
      if (!engine.add(Prefix::of(Address::ipv4((kFirstBlock + i) << 8), 24), &history)) std::abort();
    }
    Downs downs(blocks_);
    for (Time now = kBegin; now < until_; now += minutes(1)) {
      probeSimulated(engine, network, now, now + minutes(1), [](const Outcome&) {});
      for (uint32_t i = 0; i < blocks_; ++i) {
        const Status status = engine.status(i);
        if (status.state == State::kDown) downs.down(i, status.since, now + minutes(1));
        if (status.state == State::kUp) downs.up(i, status.since);
      }
    }
    probesAnHour_ = static_cast<double>(engine.counters().probes) / blocks_ /
                    (std::chrono::duration<double>(until_ - kBegin) / hours(1));
    return score(downs);
  }

  // Asks `pings` ever-active addresses in a block's turn; down if none answers.
  Score byPings(uint32_t pings) {
    SimulatedBlocks network = makeNetwork();
    std::vector<std::vector<uint8_t>> active(blocks_);
    for (uint32_t i = 0; i < blocks_; ++i) {
      const History history = network.history(kFirstBlock + i);
      for (uint32_t slot = 0; slot < 256; ++slot) {
        if (history.everActive[slot]) active[i].push_back(static_cast<uint8_t>(slot));
      }
    }
    Downs downs(blocks_);
    for (Time round = kBegin; round < until_; round += kRound) {
      for (uint32_t i = 0; i < blocks_; ++i) {
        const Time now = round + kRound * i / blocks_;
        bool answered = false;
        for (uint32_t ping = 0; ping < pings && !answered; ++ping) {
          const auto pick = static_cast<size_t>(network.chance() * static_cast<double>(active[i].size()));
          answered = network.answers(Address::ipv4((kFirstBlock + i) << 8 | active[i][pick]), now);
        }
        answered ? downs.up(i, now) : downs.down(i, now, now);
      }
    }
    return score(downs);
  }

  double probesAnHour() const { return probesAnHour_; }

  // How many of the outages any prober could find at most.
  double possible() const {
    double sum = 0;
    for (const std::vector<Span>& ofBlock : truth_) {
      for (const Span& outage : ofBlock) sum += bench::possibleShare(model_, outage.length(), kRound);
    }
    return sum;
  }

 private:
  SimulatedBlocks makeNetwork() const {
    SimulatedBlocks network(seed_ + 1, kBegin);
    for (uint32_t i = 0; i < blocks_; ++i) {
      network.add(kFirstBlock + i, model_);
      for (const Span& outage : truth_[i]) network.cut(kFirstBlock + i, {outage.from, outage.until});
    }
    return network;
  }
  Score score(const Downs& downs) const {
    Score score;
    for (uint32_t i = 0; i < blocks_; ++i) score.add(truth_[i], downs.of(i), until_);
    score.rounds = static_cast<double>(blocks_) * static_cast<double>((until_ - kCounted) / kRound);
    return score;
  }

  SimulatedBlocks::Model model_;
  uint32_t blocks_;
  Time until_;
  uint64_t seed_;
  std::vector<std::vector<Span>> truth_;
  double probesAnHour_ = 0;
};

void printTarget(const char* what, bool met, const std::string& measured) {
  fmt::print("  {:<66} {:>14}  {}\n", what, measured, met ? "met" : "MISSED");
}

void table(const char* title, Seconds session, std::span<const double> losses, uint32_t blocks, Time until,
           uint64_t seed) {
  fmt::print("\n{}\n", title);
  fmt::print(
      "            any rule  ------------------------ Nightjar ------------------------   ---- one ping "
      "-----   --- "
      "three pings ---\n");
  fmt::print(
      "   A  loss  possible    found   1-2 rds  2-12 rds  false/1e5  dur.err  probes/h    found  false/1e5   "
      " "
      "found  false/1e5\n");
  Score all, trusted;
  double possible = 0;
  for (const double availability : {0.1, 0.2, 0.3, 0.5, 0.7, 0.95}) {
    for (const double loss : losses) {
      Trial trial({.availability = availability, .session = session, .loss = loss}, blocks, until, seed);
      const Score ours = trial.byEngine();
      const Score one = trial.byPings(1);
      const Score three = trial.byPings(3);
      fmt::print(
          "{:>4} {:>4.0f}% {:>8.2f}% {:>7.2f}% {:>8.1f}% {:>8.1f}% {:>10.2f} {:>8.2f} {:>9.1f} {:>7.0f}% "
          "{:>10.0f} {:>7.0f}% {:>10.0f}\n",
          availability, 100 * loss, 100 * trial.possible() / ours.outages(), 100 * ours.found(),
          100 * ours.shortFound / ours.shortOnes, 100 * ours.longFound / ours.longOnes, ours.falsesIn100000(),
          ours.medianError(), trial.probesAnHour(), 100 * one.found(), one.falsesIn100000(),
          100 * three.found(), three.falsesIn100000());
      std::fflush(stdout);
      all.add(ours);
      possible += trial.possible();
      if (availability >= 0.3) trusted.add(ours);
    }
  }
  fmt::print("{:.1f} million block-rounds, {:.0f} outages: found {:.0f} of {:.0f} possible\n",
             all.rounds / 1e6, all.outages(), all.foundOnes(), possible);
  if (!all.falseLasted.empty()) {
    fmt::print("{} false outages: over {:.1f} rounds after they were told (median), {:.1f} at most\n",
               all.falseLasted.size(), Score::median(all.falseLasted),
               *std::max_element(all.falseLasted.begin(), all.falseLasted.end()));
  }
  printTarget("every outage of at least one round found", all.found() == 1,
              fmt::format("{:.2f} %", 100 * all.found()));
  printTarget("false outages in 100,000 block-rounds, A >= 0.3: under 1", trusted.falsesIn100000() < 1,
              fmt::format("{:.2f}", trusted.falsesIn100000()));
  printTarget("duration off by less than half a round (median)", all.medianError() < 0.5,
              fmt::format("{:.2f} rounds", all.medianError()));
}

}  // namespace

int main(int argc, char** argv) {
  const auto blocks = static_cast<uint32_t>(argc > 1 ? std::atoi(argv[1]) : 300);
  const int days = argc > 2 ? std::atoi(argv[2]) : 6;
  const uint64_t seed = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 20'130'812;
  if (blocks == 0 || days < 2) {
    fmt::print(stderr, "usage: probing_accuracy [BLOCKS] [DAYS] [SEED], at least 1 and 2\n");
    return 2;
  }
  const Time until = kBegin + hours(24 * days);
  fmt::print(
      "Outages of blocks, found by probing: {} blocks of each kind, 100 ever-active addresses, {} days\n",
      blocks, days);
  table("Hosts that come and go: 16 % always on, the others for 81 minutes in the median", minutes(117),
        std::vector<double>{0, 0.05, 0.1, 0.2}, blocks, until, seed);
  table("Hosts without memory: every probe a throw of the dice, which no earlier answer makes surer",
        seconds(0), std::vector<double>{0, 0.2}, blocks, until, seed);
}
