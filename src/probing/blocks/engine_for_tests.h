// What the tests of the engine share: a network of blocks of many kinds, and its addresses.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <vector>

#include "probing/blocks/engine.h"
#include "probing/blocks/simulated_blocks_for_tests.h"

namespace nightjar::blocks {

inline constexpr Time kBegin(std::chrono::hours(24 * 19'000));
inline constexpr uint32_t kFirst = 0x0a0000;
inline constexpr auto kNoLog = [](const Outcome&) {};

inline Prefix slash24(uint32_t number) {
  return Prefix::of(Address::ipv4(number << 8), 24);
}

inline std::vector<uint8_t> stateOf(const Engine& engine) {
  std::vector<uint8_t> all;
  for (size_t piece = 0; piece < engine.pieces(); ++piece) {
    const auto bytes = engine.save(piece);
    all.insert(all.end(), bytes.begin(), bytes.end());
  }
  return all;
}

// Blocks of many kinds in one network, some of them cut off for a while.
struct World {
  explicit World(uint32_t blocks, uint64_t seed = 1) : network(seed, kBegin), count(blocks) {
    for (uint32_t i = 0; i < blocks; ++i) {
      const double availability = 0.1 + 0.85 * network.chance();
      network.add(kFirst + i, {.availability = availability, .loss = 0.2 * network.chance()});
      const Time from =
          kBegin + std::chrono::hours(20) + std::chrono::seconds(static_cast<int>(network.chance() * 36'000));
      if (i % 3 == 0) network.cut(kFirst + i, {from, from + std::chrono::minutes(90)});
    }
  }
  void addTo(Engine& engine, bool withHistory) {
    for (uint32_t i = 0; i < count; ++i) {
      const History history = network.history(kFirst + i);
      ASSERT_TRUE(engine.add(slash24(kFirst + i), withHistory ? &history : nullptr));
    }
  }

  SimulatedBlocks network;
  uint32_t count;
};

}  // namespace nightjar::blocks
