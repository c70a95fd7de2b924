#include "probing/blocks/engine.h"

#include <gtest/gtest.h>

#include "probing/blocks/simulated_blocks_for_tests.h"

namespace nightjar::blocks {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const Time kBegin(hours(24 * 19'000));

Prefix slash24(uint32_t number) {
  return Prefix::of(Address::ipv4(number << 8), 24);
}

TEST(Engine, FindsAnOutageAndItsEnd) {
  SimulatedBlocks network(1, kBegin);
  network.add(0x0a0001, {.availability = 0.95});
  const Time from = kBegin + hours(10);
  const Time until = kBegin + hours(12);
  network.cut(0x0a0001, {from, until});
  Engine engine;
  const History history = network.history(0x0a0001);
  ASSERT_TRUE(engine.add(slash24(0x0a0001), &history));
  const auto nothing = [](const Outcome&) {};
  probeSimulated(engine, network, kBegin, from, nothing);
  EXPECT_EQ(engine.status(0).state, State::kUp);
  probeSimulated(engine, network, from, from + hours(1), nothing);
  EXPECT_EQ(engine.status(0).state, State::kDown);
  EXPECT_GE(engine.status(0).since, from - seconds(10));
  EXPECT_LT(engine.status(0).since, from + minutes(10));
  probeSimulated(engine, network, from + hours(1), until + minutes(30), nothing);
  EXPECT_EQ(engine.status(0).state, State::kUp);
  EXPECT_GE(engine.status(0).since, until);
}

}  // namespace
}  // namespace nightjar::blocks
