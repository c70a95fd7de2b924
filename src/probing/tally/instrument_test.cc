#include "probing/tally/instrument.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "geo/geo_map_builder.h"

namespace nightjar::tally {
namespace {

using blocks::Answer;
using blocks::Outcome;
using std::chrono::minutes;
using std::chrono::seconds;

// Blocks 20.0.0.0/24 and on, each asked once a minute at addresses that are known to answer.
class InstrumentTest : public testing::Test {
 protected:
  static constexpr int kBlocks = 12;

  void SetUp() override {
    geo::GeoMapBuilder builder;
    ASSERT_TRUE(builder.add(Prefix::parse("20.0.0.0/16").value(), builder.place("KZ").value()));
    geo_ = builder.build("test").value();
    blocks::History history;
    for (size_t i = 0; i < 100; ++i) history.everActive.set(i);
    history.availability = 0.9;
    for (uint32_t i = 0; i < kBlocks; ++i) ASSERT_TRUE(engine_.add(prefix(i), &history));
    instrument_.emplace(
        geo_, [](const Address&) { return Asn{9198}; }, BinWidth(),
        [this](Bin bin, std::span<const EntitySample> samples) -> Result<void> {
          EXPECT_TRUE(bins_.empty() || bins_.rbegin()->first < bin);
          for (const auto& [key, point] : samples) bins_[bin][key.signal + " " + key.entity.code()] = point;
          return {};
        });
    vantage_ = &instrument_->join(engine_);
  }
  static Prefix prefix(uint32_t i) { return {Address::ipv4(0x14000000 + (i << 8)), 24}; }

  void reference(Time time, bool answered) {
    Outcome outcome{.sent = time, .target = Address::ipv4(0x01010101), .reference = true};
    outcome.answer = answered ? Answer::kReply : Answer::kNone;
    vantage_->count(outcome, engine_.apply(outcome));
  }
  // One minute in which `answering` of the blocks answer after 20 ms.
  void minute(int answering) {
    ASSERT_TRUE(instrument_->advance(now_));
    for (uint32_t i = 0; i < kBlocks; ++i) {
      Outcome outcome{.sent = now_ + seconds(i), .target = prefix(i).address};
      outcome.target.bytes[3] = static_cast<uint8_t>(minutesAsked_ % 10);
      if (static_cast<int>(i) < answering) {
        outcome.answer = Answer::kReply;
        outcome.rtt = std::chrono::milliseconds(20);
      }
      vantage_->count(outcome, engine_.apply(outcome));
    }
    ++minutesAsked_;
    now_ += minutes(1);
    ASSERT_TRUE(instrument_->advance(now_));
  }
  void pass(int count, int answering) {
    for (int i = 0; i < count; ++i) minute(answering);
  }
  series::Point at(int bin, const std::string& what) {
    const auto found = bins_.find(Bin{Bin::of(kStart, BinWidth()).index + bin});
    if (found == bins_.end() || !found->second.contains(what)) return {};
    return found->second.at(what);
  }

  const Time kStart{std::chrono::hours(24 * 365)};
  Time now_ = kStart;
  int minutesAsked_ = 0;
  geo::GeoMap geo_;
  blocks::Engine engine_;
  std::optional<Instrument> instrument_;
  Vantage* vantage_ = nullptr;
  std::map<Bin, std::map<std::string, series::Point>> bins_;
};

TEST_F(InstrumentTest, CountsWhatIsUpAndWhatIsNot) {
  pass(15, kBlocks);
  EXPECT_EQ(at(0, "probe.up24 KZ"), (series::Point{kBlocks, 1}));
  EXPECT_EQ(at(2, "probe.up24 AS9198@KZ").value, kBlocks);
  EXPECT_NEAR(at(2, "probe.rtt KZ").value, 20, 0.3);
  pass(45, 5);
  EXPECT_EQ(at(11, "probe.up24 KZ"), (series::Point{5, 1}));
  pass(10, kBlocks);
  EXPECT_EQ(at(13, "probe.up24 KZ"), (series::Point{kBlocks, 1}));
}

TEST_F(InstrumentTest, DelayIsNotToldWhereMostAreAwayUnlessForAMonth) {
  const auto told = [&](int bin) { return at(bin, "probe.rtt KZ").coverage > 0; };
  pass(15, kBlocks);
  EXPECT_TRUE(told(2));
  pass(45, 5);
  EXPECT_EQ(at(11, "probe.up24 KZ").value, 5);
  EXPECT_FALSE(told(11));
  now_ += std::chrono::hours(24 * 31);
  ASSERT_TRUE(instrument_->advance(now_));
  pass(10, 5);
  const int later = 12 + 31 * 24 * 12;
  EXPECT_EQ(at(later + 1, "probe.up24 KZ").value, 5);
  EXPECT_TRUE(told(later + 1));
}

TEST_F(InstrumentTest, CoverageIsTheShareOfReferencesThatAnswer) {
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(instrument_->advance(now_));
    reference(now_, true);
    reference(now_, i < 5);
    minute(kBlocks);
  }
  EXPECT_EQ(at(0, "probe.up24 KZ").coverage, 1);
  EXPECT_EQ(at(1, "probe.up24 KZ").coverage, 0.5F);
  EXPECT_EQ(vantage_->lastUplink(), 0.5);
  ASSERT_EQ(vantage_->lastReferences().size(), 1U);
  EXPECT_EQ(vantage_->lastReferences()[0].asked, 10U);
  EXPECT_EQ(vantage_->lastReferences()[0].answered, 5U);
  pass(5, kBlocks);
  EXPECT_EQ(at(2, "probe.up24 KZ").coverage, 0) << "there are references, and nobody asked them";
}

TEST_F(InstrumentTest, AGapIsNoOutageAndItsEndKnowsNothing) {
  pass(10, kBlocks);
  now_ += std::chrono::hours(5);
  ASSERT_TRUE(instrument_->advance(now_));
  EXPECT_EQ(bins_.size(), 2U);
  for (int i = 0; i < 5; ++i) {  // only one block is asked again
    Outcome outcome{.sent = now_, .target = prefix(0).address, .answer = Answer::kReply};
    vantage_->count(outcome, engine_.apply(outcome));
    now_ += minutes(1);
    ASSERT_TRUE(instrument_->advance(now_));
  }
  EXPECT_EQ(at(62, "probe.up24 KZ").value, kBlocks) << "who was not asked yet is not gone";
  EXPECT_NEAR(at(62, "probe.up24 KZ").coverage, 1.0 / kBlocks, 1e-6);
}

TEST_F(InstrumentTest, BlocksThatAreAddedKeepTheOthersCounts) {
  pass(4, kBlocks);
  Outcome outcome{.sent = now_, .target = Address::ipv4(0x13000001), .answer = Answer::kReply};
  engine_.adopt(std::vector{outcome});
  instrument_->renumber();
  vantage_->count(outcome, engine_.apply(outcome));
  minute(kBlocks);
  EXPECT_EQ(at(0, "probe.up24 KZ"), (series::Point{kBlocks, 1}));
}

TEST_F(InstrumentTest, WhatIsDroppedCountsForNobody) {
  vantage_->drop(0);
  pass(5, kBlocks);
  EXPECT_EQ(at(0, "probe.up24 KZ"), (series::Point{kBlocks - 1, 1}));
}

TEST_F(InstrumentTest, TheLastBinMayBeCutShort) {
  pass(2, kBlocks);
  EXPECT_TRUE(bins_.empty());
  ASSERT_TRUE(instrument_->finish());
  EXPECT_EQ(at(0, "probe.up24 KZ").value, kBlocks);
}

}  // namespace
}  // namespace nightjar::tally
