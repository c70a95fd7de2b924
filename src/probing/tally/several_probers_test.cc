// How the instrument adds up what several probers see.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <memory>

#include "geo/geo_map_builder.h"
#include "probing/tally/instrument.h"

namespace nightjar::tally {
namespace {

using blocks::Answer;
using blocks::Outcome;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// Blocks 20.0.0.0/24 and on, in one country.
Prefix prefix(uint32_t block) {
  return {Address::ipv4(0x14000000 + (block << 8)), 24};
}

// A prober that asks each of its blocks once a minute, at addresses that are known to answer.
struct Prober {
  uint32_t first = 0, last = 0;  // its blocks
  milliseconds rtt{20};
  bool present = true;           // whether it measures at all
  bool line = true;              // whether its reference answers
  bool asks = true;              // whether it asks anybody but that
  uint32_t from = 0, until = 0;  // blocks that are dark for it
  blocks::Engine engine;
  Vantage* vantage = nullptr;

  bool sees(uint32_t block) const { return block < from || block >= until; }
};

class SeveralProbersTest : public testing::Test {
 protected:
  static constexpr uint32_t kBlocks = 20;

  SeveralProbersTest() {
    geo::GeoMapBuilder builder;
    EXPECT_TRUE(builder.add(Prefix::parse("20.0.0.0/16").value(), builder.place("KZ").value()));
    EXPECT_TRUE(builder.add(Prefix::parse("2001:db8::/32").value(), builder.place("KZ").value()));
    geo_ = builder.build("test").value();
    begin();
  }

  // No probers yet.
  void begin() {
    now_ = Time{std::chrono::hours(24 * 365)};
    probers_.clear();
    bins_.clear();
    instrument_.emplace(
        geo_, [](const Address&) { return Asn{}; }, BinWidth(),
        [this](Bin, std::span<const EntitySample> samples) -> Result<void> {
          bin_.clear();
          for (const auto& [key, point] : samples) bin_[key.signal] = point;
          bins_.push_back(bin_);
          return {};
        });
  }

  // It knows so many addresses of each block: under 15, and it is sparse.
  Prober& add(uint32_t first, uint32_t last, milliseconds rtt = milliseconds(20), size_t known = 100) {
    Prober& prober = *probers_.emplace_back(std::make_unique<Prober>());
    prober.first = first;
    prober.last = last;
    prober.rtt = rtt;
    blocks::History history;
    for (size_t i = 0; i < known; ++i) history.everActive.set(i);
    history.availability = 0.9;
    for (uint32_t i = first; i <= last; ++i) EXPECT_TRUE(prober.engine.add(prefix(i), &history));
    prober.vantage = &instrument_->join(prober.engine);
    return prober;
  }

  void count(Prober& prober, const Outcome& outcome) {
    prober.vantage->count(outcome, prober.engine.apply(outcome));
  }
  void minute(Prober& prober) {
    Outcome reference{.sent = now_, .target = Address::ipv4(0x01010101), .reference = true};
    reference.answer = prober.line ? Answer::kReply : Answer::kNone;
    count(prober, reference);
    if (!prober.line || !prober.asks) return;  // silences are forgotten
    for (uint32_t block = prober.first; block <= prober.last; ++block) {
      Outcome outcome{.sent = now_ + seconds(block), .target = prefix(block).address};
      outcome.target.bytes[3] = static_cast<uint8_t>(now_.time_since_epoch() / minutes(1) % 10);
      if (prober.sees(block)) {
        outcome.answer = Answer::kReply;
        outcome.rtt = prober.rtt;
      }
      count(prober, outcome);
    }
  }
  void passMinute() {
    ASSERT_TRUE(instrument_->advance(now_));
    for (const auto& prober : probers_) {
      if (prober->present) minute(*prober);
    }
    now_ += minutes(1);
    ASSERT_TRUE(instrument_->advance(now_));
  }
  void pass(minutes length) {
    for (minutes i{0}; i < length; ++i) passMinute();
  }
  // Of the last closed bin.
  series::Point up() { return bin_["probe.up24"]; }

  Time now_;
  geo::GeoMap geo_;
  std::vector<std::unique_ptr<Prober>> probers_;
  std::optional<Instrument> instrument_;
  std::map<std::string, series::Point> bin_;
  std::vector<std::map<std::string, series::Point>> bins_;
};

TEST_F(SeveralProbersTest, EachBlockCountsOnce) {
  add(0, 11);
  add(4, 19);
  pass(minutes(10));
  EXPECT_EQ(up(), (series::Point{20, 1}));
  EXPECT_EQ(instrument_->size(), 20U);
}

TEST_F(SeveralProbersTest, ADarkLineDarkensNobodyWhomAnotherSees) {
  Prober& one = add(0, 19);
  add(0, 19);
  pass(minutes(10));
  one.line = false;
  pass(minutes(60));
  EXPECT_EQ(up(), (series::Point{20, 1}));
  EXPECT_EQ(one.vantage->lastUplink(), 0);
  one.line = true;
  pass(minutes(5));
  EXPECT_EQ(up(), (series::Point{20, 1}));
}

TEST_F(SeveralProbersTest, WhatOnlyADarkLineWatchesStaysAsItWasWithoutCoverage) {
  add(0, 9);
  Prober& two = add(10, 19);
  two.from = 10;
  two.until = 12;
  pass(minutes(60));
  EXPECT_EQ(up(), (series::Point{18, 1}));
  for (bool Prober::*cause : {&Prober::line, &Prober::present}) {
    two.*cause = false;
    pass(minutes(60));
    EXPECT_EQ(up(), (series::Point{18, 0.5F}));
    two.*cause = true;
    pass(minutes(5));
    EXPECT_EQ(up(), (series::Point{18, 1}));
  }
}

TEST_F(SeveralProbersTest, UpIsWhatOneSeesDownWhatAllMiss) {
  Prober& one = add(0, 19);
  Prober& two = add(0, 19);
  pass(minutes(10));
  one.until = 8;
  two.from = 6;
  two.until = 12;
  pass(minutes(60));
  EXPECT_EQ(up(), (series::Point{18, 1})) << "6 and 7 are dark for both";
}

TEST_F(SeveralProbersTest, ALineWeighsAsMuchOfTheBestAndHasNoSayBelowHalf) {
  Prober& one = add(0, 19);
  Prober& two = add(0, 9);
  two.until = 10;
  pass(minutes(60));
  EXPECT_EQ(up(), (series::Point{20, 1}));
  const auto withLine = [&](int answered) {
    for (int i = 0; i < 5; ++i) {
      one.line = i < answered;
      passMinute();
    }
  };
  withLine(3);
  EXPECT_EQ(up(), (series::Point{20, 0.8F}));
  withLine(2);
  EXPECT_EQ(up(), (series::Point{10, 0.5F}));
}

// What was known before the line went down is not held against what another one has seen since.
TEST_F(SeveralProbersTest, WhoComesBackIsBelievedOnceItHasAsked) {
  Prober& one = add(0, 19);
  Prober& two = add(0, 19);
  pass(minutes(10));
  one.line = false;
  two.until = 20;
  pass(minutes(15));
  EXPECT_EQ(up(), (series::Point{0, 1}));
  one.line = true;
  one.asks = false;
  pass(minutes(5));
  EXPECT_EQ(up(), (series::Point{0, 1}));
  one.asks = true;
  pass(minutes(5));
  EXPECT_EQ(up(), (series::Point{20, 1}));
}

TEST_F(SeveralProbersTest, WhoComesNewIsBelievedOnceItHasAsked) {
  Prober& one = add(0, 9);
  add(10, 19);
  pass(minutes(10));
  one.present = false;
  add(0, 9).asks = false;
  pass(minutes(10));
  EXPECT_EQ(up(), (series::Point{20, 0.5F}));
}

TEST_F(SeveralProbersTest, WhatOneTrustsIsNotSparse) {
  add(0, 9, milliseconds(20), 10);
  pass(minutes(10));
  EXPECT_FALSE(bin_.contains("probe.up24"));
  add(0, 4);
  pass(minutes(10));
  EXPECT_EQ(up(), (series::Point{5, 1}));
}

TEST_F(SeveralProbersTest, AnOldWordIsNotHeldAgainstADoubt) {
  const auto fall = [this](Prober& prober) {
    pass(minutes(13));
    prober.until = 10;
    pass(minutes(27));
  };
  fall(add(0, 19));
  const auto alone = bins_;
  EXPECT_TRUE(
      std::ranges::any_of(alone, [](const auto& bin) { return bin.at("probe.up24").coverage == 0.5F; }));
  begin();
  Prober& one = add(0, 19);
  Prober& two = add(0, 19);
  pass(minutes(10));
  one.present = false;
  bins_.clear();
  fall(two);
  ASSERT_EQ(bins_.size(), alone.size());
  for (size_t i = 0; i < bins_.size(); ++i) {
    EXPECT_EQ(bins_[i]["probe.up24"].value, alone[i].at("probe.up24").value) << i;
  }
}

TEST_F(SeveralProbersTest, DelayIsOfOnePlace) {
  Prober& near = add(0, 9, milliseconds(20));
  add(0, 19, milliseconds(200));
  pass(minutes(20));
  EXPECT_NEAR(bin_["probe.rtt"].value, 20, 0.5);
  EXPECT_LT(bin_["probe.rtt-spread"].value, 1);
  near.line = false;
  pass(minutes(20));
  EXPECT_FALSE(bin_.contains("probe.rtt"));
  EXPECT_FALSE(bin_.contains("probe.loss"));
  EXPECT_EQ(up(), (series::Point{20, 1}));
}

TEST_F(SeveralProbersTest, TheOrderOfJoiningDoesNotMatterForWhatIsUp) {
  const auto script = [this](std::array<uint32_t, 2> dark, std::array<int, 2> lines) {
    for (int i = 0; i < 12; ++i) {
      for (size_t p = 0; p < 2; ++p) {
        probers_[p]->until = i < 4 ? 0 : dark[p];
        probers_[p]->line = i % lines[p] != 0;
      }
      pass(minutes(5));
    }
  };
  add(0, 14);
  add(5, 19);
  script({10, 18}, {3, 5});
  const auto forwards = bins_;
  begin();
  add(5, 19);
  add(0, 14);
  script({18, 10}, {5, 3});
  ASSERT_EQ(bins_.size(), forwards.size());
  for (size_t i = 0; i < bins_.size(); ++i) {
    EXPECT_EQ(bins_[i]["probe.up24"], forwards[i].at("probe.up24")) << i;
  }
}

// Groups of IPv6 addresses are numbered as they come; probers meet at their prefixes.
TEST_F(SeveralProbersTest, GroupsOfIpv6MeetAtTheirPrefixes) {
  const auto group = [](uint16_t number) {
    std::vector<Address> addresses;
    for (int i = 1; i <= 20; ++i) {
      addresses.push_back(Address::parse(fmt::format("2001:db8:{:x}::{:x}", number, i)).value());
    }
    return addresses;
  };
  Prober& one = add(0, 0);
  Prober& two = add(0, 0);
  for (const uint16_t number : {3, 1, 2}) ASSERT_TRUE(one.engine.addListed(group(number)));
  for (const uint16_t number : {2, 4, 3}) ASSERT_TRUE(two.engine.addListed(group(number)));
  instrument_->renumber();
  EXPECT_EQ(instrument_->size(), 1U + 4U);
  ASSERT_TRUE(two.engine.addListed(std::vector{Address::parse("2001:db8:3::1:0").value()}));
  instrument_->renumber();
  EXPECT_EQ(instrument_->size(), 1U + 5U) << "the second group of a prefix, which the other one has not";
}

}  // namespace
}  // namespace nightjar::tally
