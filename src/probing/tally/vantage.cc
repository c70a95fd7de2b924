#include "probing/tally/vantage.h"

#include <algorithm>
#include <limits>
#include <numeric>
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

Vantage::Vantage(const blocks::Engine& engine, EntityTally& tally, ProberIndex self, GroupOf groupOf)
    : engine_(engine), tally_(tally), self_(self), groupOf_(std::move(groupOf)) {}

Vantage::Block Vantage::newBlock(const Prefix& prefix) const {
  const Address& address = prefix.address;
  Block block{.group = groupOf_(address)};
  if (address.family == Family::kIpv4) block.number = static_cast<uint32_t>(address.high() >> 8);
  return block;
}

void Vantage::renumber() {
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
  orderGroups();
}

void Vantage::orderGroups() {
  groupOrder_.resize(blocks_.size() - slash24s_);
  std::iota(groupOrder_.begin(), groupOrder_.end(), slash24s_);
  std::ranges::stable_sort(groupOrder_, {}, [this](uint32_t index) { return keyOf(index); });
}

BlockKey Vantage::keyOf(uint32_t index) const {
  if (index < slash24s_) return blocks_[index].number;
  constexpr BlockKey kIsGroup = BlockKey{1} << 63;  // behind those of IPv4
  return kIsGroup | engine_.status(index).prefix.address.high() >> 16;
}

void Vantage::drop(uint32_t block) {
  blocks_[block].group = tally_.group({}, Asn{});
}

void Vantage::count(const blocks::Outcome& outcome, const blocks::Settled& settled) {
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
  if (settled.passage == blocks::Passage::kAgain) increase(block.again);
  if (settled.passage == blocks::Passage::kMissedOnce) increase(block.lost);
  if (answered) tally_.countRtt(self_, block.group, outcome.rtt);
}

void Vantage::countReference(const Address& address, bool answered) {
  anyReference_ = true;
  auto known = std::ranges::find(references_, address, &ReferenceTally::address);
  if (known == references_.end()) known = references_.insert(known, {address});
  ++known->asked;
  known->answered += answered ? 1 : 0;
}

double Vantage::uplink() const {
  if (outcomes_ == 0) return 0;
  if (references_.empty()) return anyReference_ ? 0 : 1;
  uint64_t asked = 0, answered = 0;
  for (const ReferenceTally& one : references_) {
    asked += one.asked;
    answered += one.answered;
  }
  return static_cast<double>(answered) / static_cast<double>(asked);
}

void Vantage::askAnewFrom(Time time) {
  goodSince_ = std::max(goodSince_, minutesOf(time));
  lossFrom_ = std::max(lossFrom_, time + kRoundsToAskAnew * engine_.parameters().round);
}

double Vantage::closeLine(Time start, Time end) {
  const double line = uplink();
  if (line < kLeastUplink) askAnewFrom(end);
  lossTold_ = start >= lossFrom_;
  now_ = minutesOf(end);
  if (outcomes_ > 0) {
    lastUplink_ = line;
    lastReferences_ = std::exchange(references_, {});
  }
  outcomes_ = 0;
  return line;
}

Vantage::View Vantage::closeBlock(uint32_t place) {
  constexpr auto kKnownMinutes = static_cast<uint32_t>(kKnownFor / std::chrono::minutes(1));
  const uint32_t index = indexOf(place);
  Block& block = blocks_[index];
  const blocks::Status status = engine_.status(index);
  const Time now(std::chrono::minutes{now_});
  const bool heard = block.heard != 0 && now_ - block.heard <= kKnownMinutes;
  View view;
  view.family = place < slash24s_ ? Family::kIpv4 : Family::kIpv6;
  view.group = block.group;
  view.standing = status.standing;
  view.up = status.state == blocks::State::kUp;
  view.known =
      heard && status.standing == blocks::Standing::kTrusted && status.state != blocks::State::kUnknown;
  view.anew = block.heard != 0 && block.heard >= goodSince_;
  tally_.countWatched(self_, block.group);
  if (view.standing == blocks::Standing::kSparse) {
    tally_.countSparse(self_, block.group, block.expected, block.replies);
  }
  if (view.up && lossTold_) tally_.countLoss(self_, block.group, block.again, block.lost);
  const bool awaited = view.up || status.since + kAwaitedFor > now;
  if (awaited && view.standing == blocks::Standing::kTrusted) {
    tally_.countAwaited(self_, block.group, view.up);
  }
  block.expected = 0;
  block.replies = block.again = block.lost = 0;
  return view;
}

}  // namespace nightjar::tally
