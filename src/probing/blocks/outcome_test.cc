#include "probing/blocks/outcome.h"

#include <gtest/gtest.h>

namespace nightjar::blocks {
namespace {

TEST(Rounded, KeepsNineBitsOfTheRoundTrip) {
  const auto rtt = [](int64_t micros) {
    return rounded({.answer = Answer::kReply, .rtt = std::chrono::microseconds(micros)}).rtt.count();
  };
  EXPECT_EQ(rtt(511), 511);
  EXPECT_EQ(rtt(1023), 1024);
  EXPECT_EQ(rtt(20'001), 19'968 + 64 * ((20'001 - 19'968 + 32) / 64));
  for (const int64_t micros : {1, 777, 12'345, 250'000, 3'000'000}) {
    EXPECT_NEAR(static_cast<double>(rtt(micros)), static_cast<double>(micros), micros / 500.0);
    EXPECT_EQ(rtt(rtt(micros)), rtt(micros));
  }
}

}  // namespace
}  // namespace nightjar::blocks
