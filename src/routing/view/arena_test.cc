#include "routing/view/arena.h"

#include <gtest/gtest.h>

#include <array>

namespace nightjar::view {
namespace {

// Three words: no whole number of them fills one huge page.
using Element = std::array<uint64_t, 3>;

TEST(Arena, KeepsElementsWhereTheyAreAcrossBlocks) {
  constexpr uint32_t kMany = 600'000;  // 14 MB
  Arena<Element> arena;
  ASSERT_EQ(arena.add({1, 2, 3}), 0U);
  const Element* const first = &arena[0];
  for (uint32_t i = 1; i < kMany; ++i) ASSERT_EQ(arena.add({i, i, i}), i);
  EXPECT_EQ(arena.size(), kMany);
  EXPECT_EQ(&arena[0], first);
  EXPECT_EQ(arena[0], (Element{1, 2, 3}));
  for (uint32_t i = 1; i < kMany; ++i) ASSERT_EQ(arena[i], (Element{i, i, i}));
}

// What lies between the elements of a block would be memory for nothing.
TEST(Arena, LeavesNoGaps) {
  Arena<Element> arena;
  arena.add({});
  uint32_t apart = 0;
  for (uint32_t i = 1; i < 200'000; ++i) {
    arena.add({});
    if (&arena[i] != &arena[i - 1] + 1) ++apart;
  }
  EXPECT_EQ(apart, 0U) << "the first 4.8 MB lie in one block of 6 MiB";
}

}  // namespace
}  // namespace nightjar::view
