#include "series/signal_traits.h"

#include <gtest/gtest.h>

#include <cmath>

#include "series/signals.h"

namespace nightjar::series {
namespace {

TEST(SignalTraits, KnowTheOwnSignals) {
  EXPECT_EQ(traitsOf(kVisible24).plane, Plane::kControl);
  EXPECT_EQ(traitsOf(kVisible24).role, Role::kJudged);
  EXPECT_EQ(traitsOf(kPrefixes4).role, Role::kTold);
  EXPECT_EQ(traitsOf(kMoved48).role, Role::kExplains);
  EXPECT_EQ(traitsOf(kUpdates).role, Role::kBursts);
  EXPECT_EQ(traitsOf(kUp24).plane, Plane::kData);
  EXPECT_TRUE(traitsOf(kUp24).counts);
  EXPECT_TRUE(traitsOf(kUp24).blocks);
  EXPECT_EQ(traitsOf(kLoss).sense, Sense::kShareLost);
  EXPECT_EQ(traitsOf(kRtt).sense, Sense::kSlowness);
}

TEST(SignalTraits, TakeATelescopesSourcesForNoBlocks) {
  for (const char* telescope : {"ioda.merit-nt", "ioda.ucsd-nt"}) {
    EXPECT_EQ(traitsOf(telescope).plane, Plane::kTraffic);
    EXPECT_TRUE(traitsOf(telescope).counts);
    EXPECT_FALSE(traitsOf(telescope).blocks);
  }
}

TEST(SignalTraits, TellImportedOnesByTheirLastWord) {
  EXPECT_EQ(traitsOf("ioda.ping-slash24").plane, Plane::kData);
  EXPECT_EQ(traitsOf("acme.latency").sense, Sense::kSlowness);
  EXPECT_EQ(traitsOf("acme.v4-loss").sense, Sense::kShareLost);
  EXPECT_EQ(traitsOf("acme.floss").sense, Sense::kFallIsBad);
  EXPECT_EQ(traitsOf("acme.users").plane, Plane::kOther);
  EXPECT_EQ(traitsOf("acme.users").role, Role::kJudged);
}

TEST(SignalTraits, HealthFallsWhenThingsGetWorseAndComesBackAsMeasured) {
  for (const std::string_view signal : {kVisible24, kLoss, kRtt}) {
    const SignalTraits traits = traitsOf(signal);
    for (const double value : {0.0, 0.25, 1.0}) {
      EXPECT_NEAR(traits.measured(traits.health(value)), value, 1e-9) << signal;
    }
    const bool falls = traits.sense == Sense::kFallIsBad;
    EXPECT_EQ(traits.health(0.75) > traits.health(0.25), falls) << signal;
  }
}

TEST(SignalTraits, HealthOfNonsenseIsFinite) {
  const SignalTraits loss = traitsOf(kLoss);
  EXPECT_EQ(loss.health(7), 0);
  EXPECT_EQ(loss.health(-1), 1);
  const SignalTraits rtt = traitsOf(kRtt);
  EXPECT_EQ(rtt.health(-5), rtt.health(0));
  EXPECT_TRUE(std::isfinite(rtt.measured(0)));
}

}  // namespace
}  // namespace nightjar::series
