// An engine that goes on where another one ended: from a log, or from a saved state.
#include <gtest/gtest.h>

#include <algorithm>
#include <span>
#include <vector>

#include "probing/blocks/engine_for_tests.h"

namespace nightjar::blocks {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(Engine, ReplayOfTheLogGivesTheSameState) {
  World world(60, 5);
  Engine live;
  world.addTo(live, false);
  Engine replayed;
  world.addTo(replayed, false);
  std::vector<Outcome> log;
  std::vector<std::vector<uint8_t>> states;
  for (int hour = 0; hour < 36; ++hour) {
    probeSimulated(
        live, world.network, kBegin + hours(hour), kBegin + hours(hour + 1),
        [&](const Outcome& o) { log.push_back(o); }, milliseconds(730));
  }
  std::sort(log.begin(), log.end());  // as a log has them
  for (const Outcome& outcome : log) EXPECT_TRUE(replayed.apply(outcome).counted);
  for (uint32_t i = 0; i < world.count; ++i) {
    EXPECT_EQ(replayed.status(i).state, live.status(i).state);
    EXPECT_EQ(replayed.status(i).belief, live.status(i).belief);
  }
  // What is under way at the end has been counted as sent by the live engine only: let it come to its end.
  std::vector<Outcome> last;
  for (int step = 0; step < 5; ++step) live.expire(kBegin + hours(36) + seconds(step), last);
  for (const Outcome& outcome : last) replayed.apply(outcome);
  EXPECT_EQ(stateOf(replayed), stateOf(live));
}

TEST(Engine, AdoptsTheBlocksOfALogWithoutState) {
  World world(20, 6);
  Engine live;
  world.addTo(live, false);
  Engine replayed;
  probeSimulated(live, world.network, kBegin, kBegin + hours(3), [&](const Outcome& o) {
    replayed.adopt(std::span(&o, 1));
    EXPECT_TRUE(replayed.apply(o).counted);
  });
  EXPECT_EQ(replayed.size(), live.size());
  for (uint32_t i = 0; i < live.size(); ++i) EXPECT_EQ(replayed.status(i).state, live.status(i).state);
}

TEST(Engine, GoesOnFromASavedState) {
  World world(60, 7);
  World same(60, 7);
  Engine uninterrupted;
  world.addTo(uninterrupted, true);
  Engine first;
  same.addTo(first, true);
  const Time stop = kBegin + hours(30);
  const Time end = kBegin + hours(40);
  // Both pause for the restart, so that both forget what is under way.
  probeSimulated(uninterrupted, world.network, kBegin, stop, kNoLog);
  probeSimulated(uninterrupted, world.network, stop + minutes(1), end, kNoLog);
  probeSimulated(first, same.network, kBegin, stop, kNoLog);
  Engine second;
  for (size_t piece = 0; piece < first.pieces(); ++piece) {
    ASSERT_TRUE(second.load(first.save(piece), Engine::Intake::kAll));
  }
  EXPECT_EQ(stateOf(second), stateOf(first));
  probeSimulated(second, same.network, stop + minutes(1), end, kNoLog);
  EXPECT_EQ(stateOf(second), stateOf(uninterrupted));
}

TEST(Engine, LoadsOnlyWhatItKnowsOnRestart) {
  World world(5, 8);
  Engine before;
  world.addTo(before, true);
  Engine after;
  ASSERT_TRUE(after.add(slash24(kFirst + 2)));
  ASSERT_TRUE(after.add(slash24(kFirst + 99)));
  ASSERT_TRUE(after.load(before.save(0), Engine::Intake::kKnown));
  EXPECT_EQ(after.size(), 2U);
  EXPECT_EQ(after.status(0).everActive, 100U);
  EXPECT_EQ(after.status(1).everActive, 0U);
}

TEST(Engine, RefusesDamagedState) {
  World world(3, 9);
  Engine engine;
  world.addTo(engine, true);
  const auto good = engine.save(0);
  for (size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(engine.load(Bytes(good).first(size), Engine::Intake::kAll)) << size;
  }
  auto newer = good;
  newer[0] = 99;
  EXPECT_EQ(engine.load(newer, Engine::Intake::kAll).error().kind, ErrorKind::kUnsupported);
  EXPECT_EQ(engine.save(0), good);
}

}  // namespace
}  // namespace nightjar::blocks
