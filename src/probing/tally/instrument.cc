#include "probing/tally/instrument.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace nightjar::tally {
namespace {

uint32_t minutesOf(Time time) {
  return static_cast<uint32_t>(std::chrono::floor<std::chrono::minutes>(time.time_since_epoch()).count());
}

// Counters of a block in a bin: a block is asked a few times an hour, so that they hardly ever fill up.
void increase(uint8_t& counter) {
  if (counter < std::numeric_limits<uint8_t>::max()) ++counter;
}

}  // namespace

Instrument::Instrument(const blocks::Engine& engine, const geo::GeoMap& geo, OriginOf originOf,
                       BinWidth width, Sink sink)
    : engine_(engine),
      geo_(geo),
      originOf_(std::move(originOf)),
      width_(width),
      sink_(std::move(sink)),
      nobody_(tally_.group({}, Asn{})) {
  renumber();
}

Instrument::Block Instrument::newBlock(const Prefix& prefix) {
  const Address& address = prefix.address;
  Block block{.group = tally_.group(geo_.place(geo_.placeOf(address)), originOf_(address))};
  if (address.family == Family::kIpv4) block.number = static_cast<uint32_t>(address.high() >> 8);
  return block;
}

void Instrument::renumber() {
  if (blocks_.size() == engine_.size()) return;
  std::vector<Block> before = std::move(blocks_);
  blocks_.clear();
  blocks_.reserve(engine_.size());
  // Both are in the order of their numbers, new ones in between; IPv6 comes behind, new groups last.
  auto old = before.begin();
  const auto end = before.begin() + static_cast<ptrdiff_t>(slash24s_);
  slash24s_ = 0;
  for (uint32_t index = 0; index < engine_.size(); ++index) {
    const Prefix prefix = engine_.status(index).prefix;
    if (prefix.address.family == Family::kIpv6) {
      const auto known = end + (index - static_cast<ptrdiff_t>(slash24s_));
      blocks_.push_back(known < before.end() ? *known : newBlock(prefix));
      continue;
    }
    const auto number = static_cast<uint32_t>(prefix.address.high() >> 8);
    while (old != end && old->number < number) ++old;
    blocks_.push_back(old != end && old->number == number ? *old : newBlock(prefix));
    ++slash24s_;
  }
}

void Instrument::count(const blocks::Outcome& outcome, const blocks::Settled& settled) {
  ++outcomes_;
  const bool answered = outcome.answer == blocks::Answer::kReply;
  if (outcome.reference) {
    countReference(outcome.target, answered);
    return;
  }
  if (!settled.counted) return;
  Block& block = blocks_[settled.block];
  block.heard = minutesOf(outcome.sent);
  if (settled.expected > 0) {
    block.expected += static_cast<float>(settled.expected);
    if (answered) increase(block.replies);
  }
  if (settled.recent) {
    increase(block.recent);
    if (!answered) increase(block.lost);
  }
  if (answered) tally_.countRtt(block.group, outcome.rtt);
}

void Instrument::countReference(const Address& address, bool answered) {
  anyReference_ = true;
  auto known = std::ranges::find(references_, address, &ReferenceTally::address);
  if (known == references_.end()) known = references_.insert(known, {address});
  ++known->asked;
  known->answered += answered ? 1 : 0;
}

Result<void> Instrument::advance(Time until) {
  // Nothing is told of bins that nobody counted in: after a gap, the next one begins where the time is now.
  const Bin now = Bin::of(until, width_);
  if (!bin_) bin_ = now;
  if (*bin_ >= now) return {};
  const bool leftOut = bin_->end(width_) < now.start(width_);
  const auto closed = close();
  if (leftOut) askAnewFrom(now.start(width_));
  bin_ = now;
  return closed;
}

Result<void> Instrument::finish() {
  if (!bin_) return {};
  const auto closed = close();
  bin_.reset();
  return closed;
}

double Instrument::uplink() const {
  if (outcomes_ == 0) return 0;
  if (references_.empty()) return anyReference_ ? 0 : 1;
  uint64_t asked = 0, answered = 0;
  for (const ReferenceTally& one : references_) {
    asked += one.asked;
    answered += one.answered;
  }
  return static_cast<double>(answered) / static_cast<double>(asked);
}

void Instrument::askAnewFrom(Time time) {
  lossFrom_ = std::max(lossFrom_, time + kRoundsToAskAnew * engine_.parameters().round);
}

Result<void> Instrument::close() {
  const double line = uplink();
  if (line < kLeastUplink) askAnewFrom(bin_->end(width_));
  const bool lossTold = bin_->start(width_) >= lossFrom_;
  const uint32_t now = minutesOf(bin_->end(width_));
  const auto knownFor = static_cast<uint32_t>(kKnownFor / std::chrono::minutes(1));
  for (uint32_t index = 0; index < blocks_.size(); ++index) {
    Block& block = blocks_[index];
    const blocks::Status status = engine_.status(index);
    const bool heard = block.heard != 0 && now - block.heard <= knownFor;
    const bool up = status.state == blocks::State::kUp;
    if (status.standing == blocks::Standing::kSparse) {
      tally_.countSparse(block.group, block.expected, block.replies);
    } else {
      const bool known =
          heard && status.standing == blocks::Standing::kTrusted && status.state != blocks::State::kUnknown;
      tally_.countBlock(index < slash24s_ ? Family::kIpv4 : Family::kIpv6, block.group, known, up);
    }
    if (up && lossTold) tally_.countLoss(block.group, block.recent, block.lost);
    block.expected = 0;
    block.replies = block.recent = block.lost = 0;
  }
  samples_.clear();
  if (outcomes_ > 0) {
    lastUplink_ = line;
    lastReferences_ = std::exchange(references_, {});
  }
  tally_.close(line, [this](const series::SeriesKey& key, const series::Point& point) {
    samples_.emplace_back(key, point);
  });
  outcomes_ = 0;
  return samples_.empty() ? Result<void>{} : sink_(*bin_, samples_);
}

}  // namespace nightjar::tally
