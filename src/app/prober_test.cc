#include "app/prober.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "geo/geo_map_builder.h"

namespace nightjar::app {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

const Time kStart = parseTime("2022-01-05T00:00:00Z").value();

// A network in memory: its clock moves when somebody waits for replies.
class MemoryNetwork final : public link::Network {
 public:
  struct Answer {
    link::ReplyKind kind = link::ReplyKind::kAnswer;
    milliseconds after{30};
  };
  // What becomes of a probe sent at a time; nothing: silence.
  using World = std::function<std::optional<Answer>(const link::Probe&, Time)>;

  explicit MemoryNetwork(World world) : world_(std::move(world)) {}

  link::Sent send(std::span<const link::Probe> probes) override {
    if (down) return {0, link::Stop::kDown, now_ + seconds(1), ENETDOWN};
    for (const link::Probe& probe : probes) {
      sent.push_back({now_, probe.target});
      if (const auto answer = world_(probe, now_)) {
        link::Reply reply{.probe = probe, .from = probe.target, .kind = answer->kind};
        reply.sent = now_;
        reply.received = now_ + answer->after;
        reply.rtt = answer->after;
        waiting_.emplace(reply.received, reply);
      }
    }
    return {probes.size(), link::Stop::kNone, {}, 0};
  }
  size_t receive(std::span<link::Reply> replies, Time deadline) override {
    size_t count = 0;
    for (; !waiting_.empty() && count < replies.size(); waiting_.erase(waiting_.begin())) {
      const Time at = waiting_.begin()->first;
      if (at > std::max(deadline, now_) || (count > 0 && at > now_)) break;
      now_ = std::max(now_, at);
      replies[count++] = waiting_.begin()->second;
    }
    if (count == 0) now_ = std::max(now_, deadline);
    return count;
  }
  Time now() const override { return now_; }
  link::Counters counters() const override { return {}; }

  void setClock(Time time) {
    now_ = time;
    waiting_.clear();
  }

  bool down = false;
  std::vector<std::pair<Time, Address>> sent;

 private:
  World world_;
  Time now_ = kStart;
  std::multimap<Time, link::Reply> waiting_;
};

struct MemoryRecord final : ProbeRecord {
  struct Chunk {
    Time from, until;
    std::vector<blocks::Outcome> outcomes;
  };
  void settled(Time from, Time until, std::vector<blocks::Outcome> outcomes) override {
    chunks.push_back({from, until, std::move(outcomes)});
  }
  bool wantsState(Time) override { return std::exchange(wanted, false); }
  void state(Time, std::vector<uint8_t> piece) override { pieces.push_back(std::move(piece)); }

  bool wanted = true;
  std::vector<Chunk> chunks;
  std::vector<std::vector<uint8_t>> pieces;
};

// Blocks of two countries, as many of each, from 20.0.0.0/24 on.
class ProberTest : public testing::Test {
 protected:
  uint32_t blocks_ = 20;
  using Samples = std::map<std::string, series::Point>;  // by "bin signal entity"

  static Prefix prefix(uint32_t block) { return {Address::ipv4(0x14000000 + (block << 8)), 24}; }
  static uint32_t blockOf(const Address& address) {
    return static_cast<uint32_t>(address.high() >> 8) - 0x140000;
  }
  bool isReference(const Address& address) const {
    return std::ranges::find(options_.references, address) != options_.references.end();
  }
  void addReferences() {
    for (uint32_t i = 0; i < 3; ++i) options_.references.push_back(Address::ipv4(0x08080801 + i));
  }

  blocks::Parameters parameters() const {
    blocks::Parameters parameters;
    parameters.wait = options_.uplink.wait + 2 * options_.uplink.window + milliseconds(500);
    parameters.scan = false;
    return parameters;
  }
  // Instrument and vantage point of one prober.
  struct Counting {
    Counting(const ProberTest& test, const blocks::Engine& engine, Samples& samples)
        : instrument(
              test.geo_, [](const Address&) { return Asn{65001}; }, BinWidth(),
              [&samples](Bin bin, std::span<const tally::EntitySample> all) -> Result<void> {
                for (const auto& [key, point] : all) {
                  samples[fmt::format("{} {} {}", formatTime(bin.start(BinWidth())), key.signal,
                                      key.entity.code())] = point;
                }
                return {};
              }),
          vantage(instrument.join(engine)) {}
    tally::Instrument instrument;
    tally::Vantage& vantage;
  };

  void begin() {
    geo::GeoMapBuilder builder;
    for (uint32_t i = 0; i < blocks_; ++i) {
      ASSERT_TRUE(builder.add(prefix(i), builder.place(i < blocks_ / 2 ? "KZ" : "MZ").value()));
    }
    geo_ = builder.build("test").value();
    options_.source = Address::ipv4(0x01020304);
    engine_.emplace(parameters());
    blocks::History history;
    for (size_t i = 1; i <= 100; ++i) history.everActive.set(i);
    history.availability = 0.9;
    for (uint32_t i = 0; i < blocks_; ++i) ASSERT_TRUE(engine_->add(prefix(i), &history));
    counting_.emplace(*this, *engine_, samples_);
    prober_.emplace(network_, *engine_, counting_->instrument, counting_->vantage, record_, options_,
                    [this](const std::string& what) { told_.push_back(what); });
  }
  void runUntil(Time time) {
    while (network_.now() < time) ASSERT_TRUE(prober_->turn());
  }
  void expectFewerThan20AnHour() const {
    std::map<std::pair<int64_t, uint32_t>, int> counts;  // by hour and block
    for (const auto& [time, target] : network_.sent) {
      if (!isReference(target)) ++counts[{(time - kStart) / hours(1), blockOf(target)}];
    }
    for (const auto& [where, count] : counts) EXPECT_LT(count, 20) << "hour " << where.first;
  }
  std::vector<uint32_t> down() const {
    std::vector<uint32_t> blocks;
    for (uint32_t i = 0; i < blocks_; ++i) {
      if (engine_->status(i).state == blocks::State::kDown) blocks.push_back(i);
    }
    return blocks;
  }
  series::Point at(Time time, const std::string& what) const {
    const auto found = samples_.find(formatTime(time) + " " + what);
    return found == samples_.end() ? series::Point{} : found->second;
  }
  // What the record says, counted anew.
  Samples replayed() {
    Samples samples;
    blocks::Engine engine;
    Counting counting(*this, engine, samples);
    tally::Instrument& instrument = counting.instrument;
    for (const auto& piece : record_.pieces) EXPECT_TRUE(engine.load(piece, blocks::Engine::Intake::kAll));
    instrument.renumber();
    for (const MemoryRecord::Chunk& chunk : record_.chunks) {
      EXPECT_LT(chunk.from, chunk.until);
      EXPECT_TRUE(instrument.advance(chunk.from));
      for (const blocks::Outcome& outcome : chunk.outcomes)
        counting.vantage.count(outcome, engine.apply(outcome));
      EXPECT_TRUE(instrument.advance(chunk.until));
    }
    EXPECT_TRUE(instrument.finish());
    return samples;
  }
  void finish() {
    ASSERT_TRUE(prober_->finish());
    ASSERT_TRUE(counting_->instrument.finish());
    EXPECT_EQ(replayed(), samples_) << "live and replayed";
  }

  // Blocks that are dark, and since and until when; and when the prober's own line is cut.
  struct Cut {
    uint32_t first, last;
    Time from, until;
  };
  std::vector<Cut> cuts_;
  std::optional<Cut> line_;
  bool unreachable_ = false;  // who is beyond a cut line is told to be unreachable by a router before it

  geo::GeoMap geo_;
  ProberOptions options_;
  MemoryNetwork network_{[this](const link::Probe& probe, Time time) -> std::optional<MemoryNetwork::Answer> {
    if (line_ && time >= line_->from && time < line_->until) {
      if (!unreachable_) return std::nullopt;
      return MemoryNetwork::Answer{link::ReplyKind::kUnreachable};
    }
    if (isReference(probe.target)) return MemoryNetwork::Answer{};
    for (const Cut& cut : cuts_) {
      const uint32_t block = blockOf(probe.target);
      if (block >= cut.first && block <= cut.last && time >= cut.from && time < cut.until)
        return std::nullopt;
    }
    return probe.target.bytes[3] % 10 == 0 ? std::nullopt : std::optional(MemoryNetwork::Answer{});
  }};
  MemoryRecord record_;
  Samples samples_;
  std::vector<std::string> told_;
  std::optional<blocks::Engine> engine_;
  std::optional<Counting> counting_;
  std::optional<Prober> prober_;
};

TEST_F(ProberTest, FindsAnOutageAndItsEnd) {
  addReferences();
  cuts_.push_back({3, 5, kStart + hours(2), kStart + hours(3)});
  begin();
  runUntil(kStart + hours(2));
  EXPECT_TRUE(down().empty());
  runUntil(kStart + hours(2) + minutes(40));
  EXPECT_THAT(down(), testing::ElementsAre(3, 4, 5));
  for (const uint32_t block : {3U, 4U, 5U}) {
    EXPECT_GE(engine_->status(block).since, kStart + hours(2));
    EXPECT_LE(engine_->status(block).since, kStart + hours(2) + minutes(10));
  }
  runUntil(kStart + hours(3) + minutes(40));
  EXPECT_TRUE(down().empty());
  finish();
  EXPECT_EQ(at(kStart + hours(1), "probe.up24 KZ"), (series::Point{10, 1}));
  EXPECT_EQ(at(kStart + hours(2) + minutes(45), "probe.up24 KZ"), (series::Point{7, 1}));
  EXPECT_EQ(at(kStart + hours(2) + minutes(45), "probe.up24 MZ"), (series::Point{10, 1}));
}

TEST_F(ProberTest, NoBlockGets20ProbesAnHour) {
  addReferences();
  cuts_.push_back({0, 19, kStart + hours(1), kStart + hours(30)});
  begin();
  runUntil(kStart + hours(6));
  expectFewerThan20AnHour();
}

class LineTest : public ProberTest, public testing::WithParamInterface<bool> {};

TEST_P(LineTest, TheProbersOwnFailureIsNobodysOutage) {
  addReferences();
  line_ = Cut{0, 0, kStart + hours(2) + seconds(1), kStart + hours(3)};
  unreachable_ = GetParam();
  begin();
  runUntil(kStart + hours(4));
  EXPECT_TRUE(down().empty());
  for (uint32_t i = 0; i < blocks_; ++i) EXPECT_EQ(engine_->status(i).state, blocks::State::kUp) << i;
  finish();
  EXPECT_EQ(at(kStart + hours(2) - minutes(5), "probe.up24 KZ"), (series::Point{10, 1}));
  EXPECT_EQ(at(kStart + hours(2) + minutes(30), "probe.up24 KZ").coverage, 0);
  EXPECT_EQ(at(kStart + hours(3) + minutes(30), "probe.up24 KZ"), (series::Point{10, 1}));
  EXPECT_EQ(told_.size(), 2U) << "down and back";
  EXPECT_GT(prober_->totals().withheld, 0U);
  expectFewerThan20AnHour();
}

INSTANTIATE_TEST_SUITE_P(SilentOrUnreachable, LineTest, testing::Bool());

TEST_F(ProberTest, AnInterfaceThatIsDownIsNobodysOutage) {
  addReferences();
  begin();
  runUntil(kStart + hours(2));
  network_.down = true;
  runUntil(kStart + hours(3));
  network_.down = false;
  runUntil(kStart + hours(4));
  EXPECT_TRUE(down().empty());
  finish();
  EXPECT_EQ(at(kStart + hours(2) + minutes(30), "probe.up24 KZ").coverage, 0);
  EXPECT_EQ(at(kStart + hours(3) + minutes(45), "probe.up24 KZ"), (series::Point{10, 1}));
}

// Two thousand blocks are enough of a world.
TEST_F(ProberTest, WithoutReferencesTheWorldTells) {
  blocks_ = 2000;
  line_ = Cut{0, 0, kStart + minutes(30), kStart + minutes(60)};
  cuts_.push_back({0, 999, kStart + minutes(80), kStart + hours(3)});
  begin();
  runUntil(kStart + minutes(75));
  EXPECT_TRUE(down().empty());
  EXPECT_EQ(told_.size(), 2U) << testing::PrintToString(told_);
  runUntil(kStart + minutes(105));
  EXPECT_GT(down().size(), 950U) << "one country of two is no failure of the prober";
  EXPECT_EQ(told_.size(), 2U) << testing::PrintToString(told_);
  finish();
  EXPECT_EQ(at(kStart + minutes(25), "probe.up24 KZ"), (series::Point{1000, 1}));
  EXPECT_EQ(at(kStart + minutes(45), "probe.up24 KZ").coverage, 0);
  EXPECT_EQ(at(kStart + minutes(70), "probe.up24 KZ"), (series::Point{1000, 1}));
  EXPECT_EQ(at(kStart + minutes(100), "probe.up24 MZ"), (series::Point{1000, 1}));
}

TEST_F(ProberTest, WhatIsExcludedGetsNoFurtherPacket) {
  addReferences();
  begin();
  runUntil(kStart + hours(1) + seconds(7));
  const std::vector<Prefix> out{Prefix::parse("20.0.4.128/25").value(),
                                Prefix::parse("20.0.16.0/22").value()};
  prober_->exclude(targets::Exclusions(out));
  const size_t before = network_.sent.size();
  runUntil(kStart + hours(3));
  bool any = false;
  for (size_t i = before; i < network_.sent.size(); ++i) {
    const Address& target = network_.sent[i].second;
    if (isReference(target)) continue;
    any = true;
    EXPECT_NE(blockOf(target), 4U) << "in part, and so as a whole";
    EXPECT_LT(blockOf(target), 16U);
  }
  EXPECT_TRUE(any);
}

TEST_F(ProberTest, AClockThatStepsDarkensNobody) {
  addReferences();
  begin();
  runUntil(kStart + hours(1));
  network_.setClock(kStart + minutes(20));
  runUntil(kStart + hours(1) + minutes(30));
  network_.setClock(kStart + hours(9));
  runUntil(kStart + hours(10));
  EXPECT_TRUE(down().empty());
  EXPECT_EQ(told_.size(), 2U);
  finish();
  EXPECT_EQ(at(kStart + hours(1) + minutes(15), "probe.up24 KZ"), (series::Point{10, 1}));
  EXPECT_EQ(at(kStart + hours(5), "probe.up24 KZ").coverage, 0);
  EXPECT_EQ(at(kStart + hours(9) + minutes(30), "probe.up24 KZ"), (series::Point{10, 1}));
}

}  // namespace
}  // namespace nightjar::app
