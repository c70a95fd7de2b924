#include "probing/blocks/permutation.h"

#include <gtest/gtest.h>

#include <vector>

namespace nightjar::blocks {
namespace {

TEST(Permutation, MeetsEachOnce) {
  for (const uint32_t size : {1U, 2U, 3U, 255U, 256U, 257U, 5000U}) {
    const Permutation order(size, 17);
    std::vector<bool> seen(size, false);
    for (uint32_t i = 0; i < size; ++i) {
      const uint32_t at = order(i);
      ASSERT_LT(at, size);
      EXPECT_FALSE(seen[at]);
      seen[at] = true;
    }
  }
}

}  // namespace
}  // namespace nightjar::blocks
