// The parts that need no network.
#include <gtest/gtest.h>

#include <random>

#include "probing/link/recent.h"
#include "probing/link/stamp_clock.h"
#include "probing/link/token_bucket.h"

namespace nightjar::link {
namespace {

TEST(TokenBucket, KeepsTheRate) {
  uint64_t now = 5'000'000;
  TokenBucket bucket(1000, 20, now);
  int taken = 0;
  while (bucket.take(now)) ++taken;
  EXPECT_EQ(taken, 20);
  EXPECT_NEAR(static_cast<double>(bucket.wait()), 1000, 2);
  EXPECT_NEAR(static_cast<double>(bucket.wait(10)), 10'000, 2);
  for (const uint64_t end = now + 10'000'000; now < end; now += 137) taken += bucket.take(now) ? 1 : 0;
  EXPECT_NEAR(taken, 20 + 10'000, 2);
  now += 3600'000'000;
  for (taken = 0; bucket.take(now); ++taken) continue;
  EXPECT_EQ(taken, 20);
}

TEST(TokenBucket, WaitsLongEnoughAndTakesBack) {
  TokenBucket bucket(0.5, 1, 0);
  EXPECT_TRUE(bucket.take(0));
  EXPECT_FALSE(bucket.take(1'999'000));
  EXPECT_TRUE(bucket.take(1'999'000 + bucket.wait()));
  bucket.putBack();
  EXPECT_TRUE(bucket.take(2'000'100));
  EXPECT_FALSE(bucket.take(1'000));  // a clock that went back gives nothing
}

TEST(Recent, KnowsWhatItSawLately) {
  Recent recent;
  std::mt19937_64 random(1);
  std::vector<uint64_t> prints(50'000);
  for (uint64_t& print : prints) print = random();
  for (const uint64_t print : prints) EXPECT_FALSE(recent.seen(print));
  int known = 0;
  for (const uint64_t print : prints) known += recent.seen(print) ? 1 : 0;
  EXPECT_GT(known, 49'500);  // a set that got five or more forgets
  EXPECT_FALSE(recent.seen(0));
  EXPECT_TRUE(recent.seen(0));
}

TEST(Recent, OneThatIsSeenAgainStays) {
  Recent recent;
  recent.seen(1);
  for (uint64_t other = 2; other < 100; ++other) {
    recent.seen(other);  // all of one set
    EXPECT_TRUE(recent.seen(1));
  }
}

using std::chrono::microseconds;

TEST(ArrivalClock, TellsTheRoundTrip) {
  const StampClock clock;
  ArrivalClock arrivals(clock);
  const auto stamp = packet::Stamp::exact(clock.now() - 500'000);
  arrivals.update();
  EXPECT_NEAR(static_cast<double>(arrivals.since(stamp, utcNow() - microseconds(200'000)).count()), 300'000,
              5000);
  EXPECT_EQ(arrivals.since(packet::Stamp::exact(clock.now()), utcNow() - microseconds(3)).count(), 1);
}

// The kernel stamped the packet before the system's clock was set: the stamp is of no use, the time of
// reading is.
TEST(ArrivalClock, OutlivesStepsOfTheSystemsClock) {
  const StampClock clock;
  ArrivalClock arrivals(clock);
  arrivals.update();
  const auto stamp = packet::Stamp::exact(clock.now() - 500'000);
  for (const auto step : {std::chrono::hours(1), std::chrono::hours(-1)})
    EXPECT_NEAR(static_cast<double>(arrivals.since(stamp, utcNow() + step).count()), 500'000, 5000);
}

}  // namespace
}  // namespace nightjar::link
