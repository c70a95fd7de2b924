#include "probing/blocks/engine.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "probing/blocks/engine_for_tests.h"

namespace nightjar::blocks {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// Hosts that leave are no loss, however many (but for the few that are back a minute later); nor are those
// that are away in an outage.
TEST(Engine, TellsTheLossesOnTheWay) {
  for (const double loss : {0.0, 0.02, 0.1, 0.33}) {
    SimulatedBlocks network(3, kBegin);
    Engine engine;
    for (uint32_t i = 0; i < 60; ++i) {
      network.add(kFirst + i, {.availability = 0.2 + 0.7 * network.chance(), .loss = loss});
      const Time from = kBegin + hours(20) + minutes(i);
      if (i % 2 == 0) network.cut(kFirst + i, {from, from + minutes(15 + i)});
      const History history = network.history(kFirst + i);
      ASSERT_TRUE(engine.add(slash24(kFirst + i), i % 3 == 0 ? nullptr : &history));
    }
    uint32_t again = 0, missed = 0;
    std::vector<Outcome> silences;
    std::vector<Probe> probes(256);
    for (Time now = kBegin; now < kBegin + hours(32); now += seconds(1)) {
      silences.clear();
      engine.expire(now, silences);
      const size_t count = engine.due(now, probes);
      for (size_t i = 0; i < count; ++i) {
        if (!network.answers(probes[i].target, now)) continue;
        const auto settled = engine.settle(rounded(
            {.sent = now, .target = probes[i].target, .answer = Answer::kReply, .rtt = milliseconds(9)}));
        again += settled.passage == Passage::kAgain ? 1 : 0;
        missed += settled.passage == Passage::kMissedOnce ? 1 : 0;
      }
    }
    EXPECT_GT(again, 3000U);
    EXPECT_NEAR(static_cast<double>(missed) / again, loss, 0.012 + 0.15 * loss);
  }
}

TEST(Engine, FindsAnOutageAndItsEnd) {
  SimulatedBlocks network(1, kBegin);
  network.add(kFirst, {.availability = 0.5});
  const Time from = kBegin + hours(30);
  const Time until = from + hours(2);
  network.cut(kFirst, {from, until});
  Engine engine;
  const History history = network.history(kFirst);
  ASSERT_TRUE(engine.add(slash24(kFirst), &history));
  probeSimulated(engine, network, kBegin, from, kNoLog);
  EXPECT_EQ(engine.status(0).state, State::kUp);
  EXPECT_EQ(engine.status(0).standing, Standing::kTrusted);
  probeSimulated(engine, network, from, from + minutes(12), kNoLog);
  EXPECT_EQ(engine.status(0).state, State::kDown);
  EXPECT_GE(engine.status(0).since, from - seconds(10));
  EXPECT_LT(engine.status(0).since, from + minutes(10));
  probeSimulated(engine, network, from + minutes(12), until, kNoLog);
  EXPECT_EQ(engine.status(0).state, State::kDown);
  probeSimulated(engine, network, until, until + minutes(20), kNoLog);
  EXPECT_EQ(engine.status(0).state, State::kUp);
  EXPECT_GE(engine.status(0).since, until);
}

// As `nightjar probe` waits: until its own line is known to have been up.
Parameters probersParameters() {
  Parameters parameters;
  parameters.wait = milliseconds(8500);
  return parameters;
}

// Wherever in the round it begins: a turn is early enough to ask on until it is clear.
TEST(Engine, FindsEveryOutageOfOneRound) {
  constexpr uint32_t kBlocks = 200;
  SimulatedBlocks network(15, kBegin);
  Engine engine(probersParameters());
  const Time from = kBegin + hours(30);
  for (uint32_t i = 0; i < kBlocks; ++i) {
    network.add(kFirst + i, {.availability = 0.5});
    network.cut(kFirst + i, {from + seconds(3 * i), from + seconds(3 * i) + minutes(10)});
    const History history = network.history(kFirst + i);
    ASSERT_TRUE(engine.add(slash24(kFirst + i), &history));
  }
  probeSimulated(engine, network, kBegin, from, kNoLog);
  std::set<uint32_t> found;
  for (Time now = from; now < from + minutes(25); now += seconds(1)) {
    probeSimulated(engine, network, now, now + seconds(1), kNoLog);
    for (uint32_t i = 0; i < kBlocks; ++i) {
      if (engine.status(i).state == State::kDown) found.insert(i);
    }
  }
  EXPECT_EQ(found.size(), kBlocks);
}

// Near the prober, say: it meets all blocks whose turn it is.
TEST(Engine, InterruptionsOfSecondsTakeNothingDown) {
  constexpr uint32_t kBlocks = 300;
  SimulatedBlocks network(16, kBegin);
  Engine engine(probersParameters());
  const Time from = kBegin + hours(12);
  for (uint32_t i = 0; i < kBlocks; ++i) {
    network.add(kFirst + i, {.availability = 0.7, .loss = 0.02});
    for (int n = 0; n < 60; ++n) {
      const Time at = from + n * seconds(97);
      network.cut(kFirst + i, {at, at + seconds(10)});
    }
    const History history = network.history(kFirst + i);
    ASSERT_TRUE(engine.add(slash24(kFirst + i), &history));
  }
  probeSimulated(engine, network, kBegin, from, kNoLog);
  for (Time now = from; now < from + 60 * seconds(97); now += seconds(1)) {
    probeSimulated(engine, network, now, now + seconds(1), kNoLog);
    for (uint32_t i = 0; i < kBlocks; ++i) ASSERT_NE(engine.status(i).state, State::kDown) << i;
  }
}

TEST(Engine, LearnsFromNothing) {
  SimulatedBlocks network(2, kBegin);
  network.add(kFirst, {.everActive = 120, .availability = 0.6});
  network.add(kFirst + 1, {.everActive = 4, .availability = 0.9});
  network.add(kFirst + 2, {.everActive = 0});
  Engine engine;
  for (uint32_t i = 0; i < 3; ++i) ASSERT_TRUE(engine.add(slash24(kFirst + i)));
  EXPECT_EQ(engine.status(0).standing, Standing::kLearning);
  probeSimulated(engine, network, kBegin, kBegin + hours(72), kNoLog);
  const Status dense = engine.status(0);
  EXPECT_EQ(dense.standing, Standing::kTrusted);
  EXPECT_EQ(dense.state, State::kUp);
  EXPECT_GT(dense.everActive, 60U);
  EXPECT_LE(dense.everActive, 120U);
  EXPECT_NEAR(dense.availability, 0.6, 0.25);
  EXPECT_GT(dense.recentAvailability, 0.85) << "it has not found those that stay";
  EXPECT_EQ(engine.status(1).standing, Standing::kSparse);
  EXPECT_EQ(engine.status(2).state, State::kUnknown);
}

TEST(Engine, RelearnsABlockThatMoved) {
  SimulatedBlocks network(3, kBegin);
  network.add(kFirst, {.everActive = 60, .availability = 0.9});
  Engine engine;
  const History history = network.history(kFirst);
  ASSERT_TRUE(engine.add(slash24(kFirst), &history));
  probeSimulated(engine, network, kBegin, kBegin + hours(24), kNoLog);
  // Its hosts are gone for two days, and come back at other addresses.
  network.cut(kFirst, {kBegin + hours(24), kBegin + hours(72)});
  probeSimulated(engine, network, kBegin + hours(24), kBegin + hours(72), kNoLog);
  EXPECT_EQ(engine.status(0).state, State::kDown);
  network.renumber(kFirst);
  probeSimulated(engine, network, kBegin + hours(72), kBegin + hours(24 * 14), kNoLog);
  EXPECT_EQ(engine.status(0).state, State::kUp);
  EXPECT_EQ(engine.status(0).standing, Standing::kTrusted);
}

TEST(Engine, KeepsToTheBudget) {
  for (const bool borrow : {false, true}) {
    World world(40, 4);
    Parameters parameters;
    parameters.borrow = borrow;
    Engine engine(parameters);
    world.addTo(engine, false);
    std::map<uint32_t, std::vector<Time>> sent;
    probeSimulated(engine, world.network, kBegin, kBegin + hours(48), [&](const Outcome& o) {
      sent[static_cast<uint32_t>(o.target.high() >> 8)].push_back(o.sent);
    });
    size_t most = 0;
    for (auto& [block, times] : sent) {
      std::sort(times.begin(), times.end());
      size_t first = 0;
      std::map<int64_t, uint32_t> rounds;
      for (size_t i = 0; i < times.size(); ++i) {
        while (times[i] - times[first] >= hours(1)) ++first;
        most = std::max(most, i - first + 1);
        ASSERT_LE(++rounds[times[i].time_since_epoch() / minutes(10)], 15U);
      }
      EXPECT_GE(times.size(), 48U * 6 - 2) << "a turn was left out";
      EXPECT_LT(times.size(), 48U * 20);
    }
    if (!borrow) {
      EXPECT_LT(most, 20U);
    } else {
      EXPECT_LE(most, 31U);
    }
  }
}

// Each of their silences lasts for long, as if there were an outage every hour.
TEST(Engine, HostsWithoutMemoryTakeNoMoreOnAverage) {
  constexpr uint32_t kBlocks = 50;
  SimulatedBlocks network(14, kBegin);
  Engine engine;
  for (uint32_t i = 0; i < kBlocks; ++i) {
    network.add(kFirst + i, {.availability = 0.1, .session = seconds(0), .loss = 0.2});
    const History history = network.history(kFirst + i);
    ASSERT_TRUE(engine.add(slash24(kFirst + i), &history));
  }
  probeSimulated(engine, network, kBegin, kBegin + hours(48), kNoLog);
  EXPECT_LT(engine.counters().probes, 48U * 20 * kBlocks);
}

// Of a block's hundred addresses the first `steady` answer, always. How often each is asked in a day.
std::map<uint8_t, uint32_t> askedInADay(uint32_t steady) {
  History history;
  for (size_t slot = 1; slot <= 100; ++slot) history.everActive[slot] = true;
  history.availability = steady / 100.0;
  Engine engine;
  EXPECT_TRUE(engine.add(slash24(kFirst), &history));
  std::map<uint8_t, uint32_t> asked;
  std::vector<Probe> probes(4);
  std::vector<Outcome> silences;
  for (Time now = kBegin; now < kBegin + hours(48); now += seconds(1)) {
    engine.expire(now, silences);
    const size_t count = engine.due(now, probes);
    for (size_t i = 0; i < count; ++i) {
      const uint8_t slot = probes[i].target.bytes[3];
      if (now >= kBegin + hours(24)) ++asked[slot];
      if (slot > steady) continue;
      engine.settle(rounded({.sent = now, .target = probes[i].target, .answer = Answer::kReply}));
    }
  }
  return asked;
}

// Of a hundred addresses eight answer, then none for `away`, then twenty others, for good. How many rounds it
// takes on average until a block is known to be up again.
double roundsUntilOthersAreFound(hours away) {
  constexpr uint32_t kBlocks = 60;
  History history;
  for (size_t slot = 1; slot <= 100; ++slot) history.everActive[slot] = true;
  history.availability = 0.1;
  Engine engine(probersParameters());
  for (uint32_t i = 0; i < kBlocks; ++i) EXPECT_TRUE(engine.add(slash24(kFirst + i), &history));
  const Time from = kBegin + hours(12);
  const Time until = from + away;
  double rounds = 0;
  uint32_t ups = 0;
  std::vector<Probe> probes(256);
  std::vector<Outcome> silences;
  for (Time now = kBegin; now < until + hours(12) && ups < kBlocks; now += seconds(1)) {
    silences.clear();
    engine.expire(now, silences);
    const size_t count = engine.due(now, probes);
    for (size_t i = 0; i < count; ++i) {
      const uint8_t slot = probes[i].target.bytes[3];
      const bool there = now < from ? slot <= 8 : now >= until && slot > 40 && slot <= 60;
      if (!there) continue;
      const auto settled =
          engine.settle(rounded({.sent = now, .target = probes[i].target, .answer = Answer::kReply}));
      if (now < until || settled.before != State::kDown) continue;
      ++ups;
      rounds += std::chrono::duration<double>(now - until) / minutes(10);
    }
  }
  EXPECT_EQ(ups, kBlocks);
  return rounds / kBlocks;
}

// As after a false outage: those that were there last have left, and the block is up by others.
TEST(Engine, IsSoonUpAgainByOthers) {
  EXPECT_LT(roundsUntilOthersAreFound(hours(1)), 2.3);
  EXPECT_LT(roundsUntilOthersAreFound(hours(8)), 3.3);
}

// By few no outage is found, so that most of the hour goes to the search for others; none waits for long.
TEST(Engine, SearchesForMoreWhereFewAreSteady) {
  const auto sum = [](const std::map<uint8_t, uint32_t>& asked) {
    uint32_t all = 0;
    for (const auto& [slot, times] : asked) all += times;
    return all;
  };
  const auto ofThree = askedInADay(3);
  EXPECT_GT(sum(ofThree), 24U * 17);
  EXPECT_LT(sum(ofThree), 24U * 20);
  EXPECT_LT(sum(askedInADay(20)), 24U * 15);
  size_t others = 0;
  for (const auto& [slot, times] : ofThree) others += slot > 3 && slot <= 100 ? 1 : 0;
  EXPECT_GE(others, 93U) << "some are forgotten meanwhile";
}

TEST(Engine, AsksEachBlockInItsTurn) {
  Engine engine;
  constexpr uint32_t kBlocks = 600;
  for (uint32_t i = 0; i < kBlocks; ++i) ASSERT_TRUE(engine.add(slash24(kFirst + i)));
  std::vector<Probe> probes(10);
  std::vector<Outcome> silences;
  std::map<uint32_t, Time> turn;
  size_t most = 0;
  for (Time now = kBegin + minutes(3); now < kBegin + minutes(13); now += milliseconds(250)) {
    silences.clear();
    engine.expire(now, silences);
    const size_t count = engine.due(now, probes);
    size_t firsts = 0;
    for (size_t i = 0; i < count; ++i) firsts += turn.emplace(probes[i].block, now).second ? 1 : 0;
    most = std::max(most, firsts);
  }
  EXPECT_EQ(turn.size(), kBlocks);
  EXPECT_LE(most, 2U) << "one a second is an even spread";
}

// What a block is asked after its turn must not take the place of its turn in the next round.
TEST(Engine, LeavesOutNoTurn) {
  constexpr uint32_t kBlocks = 200;
  SimulatedBlocks network(13, kBegin);
  Engine engine;
  for (uint32_t i = 0; i < kBlocks; ++i) {
    network.add(kFirst + i, {.availability = 0.7});
    const History history = network.history(kFirst + i);
    ASSERT_TRUE(engine.add(slash24(kFirst + i), &history));
  }
  std::map<uint32_t, Time> asked;
  Time::duration longest{};
  probeSimulated(engine, network, kBegin, kBegin + hours(12), [&](const Outcome& o) {
    const auto block = static_cast<uint32_t>(o.target.high() >> 8);
    if (asked.contains(block)) longest = std::max(longest, o.sent - asked[block]);
    asked[block] = o.sent;
  });
  EXPECT_LE(longest, minutes(10) + seconds(2));
}

// By hours or days, forth and back, by a suspended machine, in the middle of an outage: no block may be
// called down for it, and probing goes on.
TEST(Engine, ClockStepsDarkenNothing) {
  SimulatedBlocks network(10, kBegin);
  Engine engine;
  for (uint32_t i = 0; i < 200; ++i) {
    network.add(kFirst + i, {.availability = 0.95});
    const History history = network.history(kFirst + i);
    ASSERT_TRUE(engine.add(slash24(kFirst + i), &history));
  }
  std::vector<Probe> probes(64);
  std::vector<Outcome> silences;
  Time real = kBegin;
  auto clock = [&](std::chrono::microseconds offset, std::chrono::microseconds span) {
    uint64_t sent = 0;
    for (const Time until = real + span; real < until; real += milliseconds(500)) {
      silences.clear();
      engine.expire(real + offset, silences);
      const size_t count = engine.due(real + offset, probes);
      sent += count;
      for (size_t i = 0; i < count; ++i) {
        if (!network.answers(probes[i].target, real)) continue;
        engine.settle(rounded({.sent = real + offset, .target = probes[i].target, .answer = Answer::kReply}));
      }
    }
    return sent;
  };
  clock({}, hours(30));
  for (const auto offset : {hours(5), hours(-7), hours(-7 - 24 * 30), hours(24 * 400), hours(0)}) {
    EXPECT_GT(clock(offset, minutes(20)), 2 * 200U - 20) << "probing has stopped";
    for (uint32_t i = 0; i < engine.size(); ++i) {
      EXPECT_NE(engine.status(i).state, State::kDown) << "block " << i << " at offset " << offset.count();
    }
  }
  // The machine sleeps with probes under way.
  const uint64_t silent = engine.counters().silences;
  real += hours(3);
  silences.clear();
  engine.expire(real, silences);
  EXPECT_TRUE(silences.empty());
  EXPECT_EQ(engine.counters().silences, silent);
}

TEST(Engine, IgnoresWhatItDidNotAskFor) {
  Engine engine;
  ASSERT_TRUE(engine.add(slash24(kFirst)));
  std::vector<Probe> probes(4);
  Time now = kBegin;
  size_t count = 0;
  while (count == 0) {
    now += seconds(1);
    std::vector<Outcome> none;
    engine.expire(now, none);
    count = engine.due(now, probes);
  }
  ASSERT_EQ(count, 1U);
  const Outcome reply = rounded({.sent = now, .target = probes[0].target, .answer = Answer::kReply});
  Outcome other = reply;
  other.target.bytes[3] ^= 1;
  EXPECT_FALSE(engine.settle(other).counted) << "another address of the block";
  other.target = Address::ipv4(0x08080808);
  EXPECT_FALSE(engine.settle(other).counted) << "no block of ours";
  other = reply;
  other.sent -= minutes(10);
  EXPECT_FALSE(engine.settle(other).counted) << "an answer to the round before";
  other = reply;
  other.reference = true;
  EXPECT_FALSE(engine.settle(other).counted);
  EXPECT_TRUE(engine.settle(reply).counted);
  EXPECT_FALSE(engine.settle(reply).counted) << "a duplicate";
  EXPECT_EQ(engine.counters().ignored, 5U);
  EXPECT_EQ(engine.counters().replies, 1U);
  std::vector<Outcome> silences;
  engine.expire(now + seconds(3), silences);
  EXPECT_TRUE(silences.empty());
}

TEST(Engine, UnsentProbesSayNothing) {
  World world(30, 11);
  Engine engine;
  world.addTo(engine, true);
  probeSimulated(engine, world.network, kBegin, kBegin + hours(3), kNoLog);
  const uint64_t before = engine.counters().silences;
  std::vector<Probe> probes(64);
  std::vector<Outcome> silences;
  std::map<uint32_t, int> tries;
  for (Time now = kBegin + hours(3) + seconds(10); now < kBegin + hours(4); now += seconds(1)) {
    engine.expire(now, silences);
    const size_t count = engine.due(now, probes);
    for (size_t i = 0; i < count; ++i) {
      engine.unsent(probes[i].target);
      ++tries[probes[i].block];
    }
  }
  EXPECT_TRUE(silences.empty());
  EXPECT_EQ(engine.counters().silences, before);
  EXPECT_EQ(tries.size(), 30U);
}

TEST(Engine, NeverAsksWhatIsExcluded) {
  World world(4, 12);
  Engine engine;
  world.addTo(engine, false);
  engine.exclude(Prefix::of(Address::ipv4((kFirst + 1) << 8), 24));
  engine.exclude(Prefix::of(Address::ipv4(((kFirst + 2) << 8) + 128), 25));
  std::set<uint32_t> asked;
  probeSimulated(engine, world.network, kBegin, kBegin + hours(24), [&](const Outcome& o) {
    const auto address = static_cast<uint32_t>(o.target.high());
    asked.insert(address >> 8);
    EXPECT_NE(address >> 8, kFirst + 1);
    EXPECT_TRUE(address >> 8 != kFirst + 2 || (address & 255) < 128);
    EXPECT_NE(address & 255, 0U);
    EXPECT_NE(address & 255, 255U);
  });
  EXPECT_EQ(asked.size(), 3U);
}

TEST(Engine, WatchesListedIpv6) {
  Engine engine;
  std::vector<Address> addresses;
  addresses.reserve(41);
  for (int i = 0; i < 40; ++i)
    addresses.push_back(Address::parse(fmt::format("2001:db8:1::{:x}", 7 * i + 1)).value());
  addresses.push_back(Address::parse("2001:db8:2::1").value());
  ASSERT_TRUE(engine.addListed(addresses));
  ASSERT_TRUE(engine.addListed(addresses));
  ASSERT_TRUE(engine.add(slash24(kFirst)));
  EXPECT_FALSE(engine.addListed(std::vector{Address::ipv4(1)}));
  ASSERT_EQ(engine.size(), 3U);
  EXPECT_EQ(engine.status(1).prefix.text(), "2001:db8:1::/48");
  std::vector<Probe> probes(64);
  std::vector<Outcome> silences;
  std::set<Address> asked;
  for (Time now = kBegin; now < kBegin + hours(12); now += seconds(1)) {
    engine.expire(now, silences);
    const size_t count = engine.due(now, probes);
    for (size_t i = 0; i < count; ++i) {
      if (probes[i].target.family != Family::kIpv6) continue;
      asked.insert(probes[i].target);
      EXPECT_TRUE(engine.settle(rounded({.sent = now, .target = probes[i].target, .answer = Answer::kReply}))
                      .counted);
    }
  }
  EXPECT_EQ(asked.size(), 41U);
  EXPECT_EQ(engine.status(1).state, State::kUp);
  EXPECT_EQ(engine.status(1).standing, Standing::kTrusted);
  EXPECT_EQ(engine.status(2).standing, Standing::kSparse);
  Engine copy;
  for (size_t piece = 0; piece < engine.pieces(); ++piece) {
    ASSERT_TRUE(copy.load(engine.save(piece), Engine::Intake::kAll));
  }
  EXPECT_EQ(stateOf(copy), stateOf(engine));
}

}  // namespace
}  // namespace nightjar::blocks
