#include "probing/blocks/block.h"

#include <utility>

namespace nightjar::blocks {
namespace {

// Trinocular, section 5.1 ("trackable blocks"); facts of both numbers in docs/blocks.md.
constexpr uint32_t kTrustedEverActive = 15;
constexpr double kTrustedAvailability = 0.1;
// Who is trusted stays so until it is far from both: A(E(b)) is known no better, and E(b) loses one by chance
// now and then. A block that is trusted no longer is missing from those that are up, as if it had fallen.
constexpr uint32_t kKeptEverActive = 10;
constexpr double kKeptAvailability = 0.05;

// A share moves by a part of what it is off with each sample. Those that answer lately are asked every round:
// 1/128 is about a day. The others are asked about once an hour. All move faster on
// the block's first day, which begins with guesses that are too low rather than too high.
constexpr std::array<int, kLearntKinds> kShift{7, 7, 5, 6};
constexpr int kYoungShift = 5;

// An ever-active address that is silent while its block answers is forgotten once in 64 times: E(b) is about
// weeks, not for ever.
constexpr uint32_t kForgetOneIn = 64;

// To miss an address again is no news after an hour: its host may have left for long.
Share discounted(Share share, Kind kind, uint32_t rounds) {
  const bool again = kind == Kind::kMissed || kind == Kind::kTwice;
  return again && rounds > kRoundsInHour ? Share{0} : share;
}

Passage passageOf(Kind kind) {
  if (kind == Kind::kMissed) return Passage::kMissedOnce;
  return kind == Kind::kFirm || kind == Kind::kSteady ? Passage::kAgain : Passage::kNothing;
}

// P(reply, up) of one that missed twice: less than after one miss, and the less so the likelier misses are
// losses. The form was chosen on simulated blocks (docs/blocks.md).
Share afterTwoMisses(uint64_t missed) {
  constexpr uint64_t kOne = 65535;
  return static_cast<Share>(missed * (2 * kOne + missed) / (3 * kOne));
}

}  // namespace

Moment Moment::of(Time time, std::chrono::microseconds round) {
  const int64_t micros = std::max<int64_t>(time.time_since_epoch().count(), 0);
  return {time, static_cast<uint32_t>(micros / 1'000'000), static_cast<uint8_t>(micros / round.count()),
          static_cast<uint16_t>(micros / std::max<int64_t>(round.count() / kTicks, 1))};
}

void Shares::learn(Kind kind, bool reply, int shift, uint64_t random) {
  const auto i = static_cast<size_t>(kind);
  const int less = kind == Kind::kEver ? 4 : 0;  // bits
  const uint32_t most = 4095U >> less;
  const uint32_t value = at(i) >> less;
  const auto chance = static_cast<uint32_t>(random & ((1U << shift) - 1));
  const uint32_t moved =
      reply ? value + ((most - value + chance) >> shift) : value - ((value + chance) >> shift);
  put(i, moved << less | (kind == Kind::kEver ? count() : 0));
}

void Block::setNumber(uint32_t number) {
  number_ = {static_cast<uint8_t>(number >> 16), static_cast<uint8_t>(number >> 8),
             static_cast<uint8_t>(number)};
}

void Block::learnFrom(const History& history) {
  for (size_t i = 0; i < 256; ++i) {
    if (history.everActive[i]) ever_.put(static_cast<uint8_t>(i));
  }
  if (ever_.none()) return;
  // It was measured elsewhere, perhaps long ago, and without the losses on our way.
  constexpr double kTrust = 0.7;
  const Share ever = shareOf(kTrust * history.availability);
  shares_.set(Kind::kEver, ever);
  for (const Kind kind : {Kind::kSteady, Kind::kFirm}) shares_.set(kind, std::max(shares_.of(kind), ever));
  learning_ = false;
  judgeTrust();
}

void Block::judgeTrust() {
  const uint32_t least = trusted_ ? kKeptEverActive : kTrustedEverActive;
  trusted_ = everActive() >= least && availability() >= (trusted_ ? kKeptAvailability : kTrustedAvailability);
}

uint32_t Block::sentInHour() const {
  uint32_t sum = sentThisRound();
  for (uint32_t i = 1; i < kRoundsInHour; ++i) {
    sum += std::max(1U, sentBefore(i));
  }
  return sum;
}

void Block::turnTo(const Moment& moment) {
  const uint32_t passed = (moment.round - round_) & kRoundBits;
  if (passed == 0) return;
  // A clock that was set back is met with one new round, so that the budget is never given out twice.
  const uint32_t rounds = passed > kRoundBits / 2 ? 1 : std::min(passed, kRoundsInHour);
  uint32_t packed = sentInRounds_[0] | sentInRounds_[1] << 8U | sentInRounds_[2] << 16U;
  packed = packed << (4 * rounds) & 0xffffffU;
  sentInRounds_ = {static_cast<uint8_t>(packed), static_cast<uint8_t>(packed >> 8),
                   static_cast<uint8_t>(packed >> 16)};
  round_ = moment.round & kRoundBits;
}

void Block::sent(const Moment& moment) {
  turnTo(moment);
  if (sentThisRound() < 15) ++sentInRounds_[0];
}

void Block::unsent() {
  if (sentThisRound() > 0) --sentInRounds_[0];
}

size_t Block::rankedCount() const {
  size_t count = 0;
  while (count < kRankedSlots && rank(count) != 0) ++count;
  return count;
}

size_t Block::findRanked(uint8_t slot) const {
  const size_t count = rankedCount();
  size_t i = 0;
  while (i < count && ranked_[i] != slot) ++i;
  return i;
}

void Block::putStanding(size_t i, uint8_t standing) {
  const size_t shift = i % 2 * 4;
  standings_[i / 2] =
      static_cast<uint8_t>((standings_[i / 2] & ~(15U << shift)) | static_cast<uint32_t>(standing) << shift);
}

void Block::remove(size_t i) {
  if (i < veterans_) veterans_ = (veterans_ - 1U) & 3U;
  for (; i + 1 < kRankedSlots; ++i) {
    ranked_[i] = ranked_[i + 1];
    putStanding(i, standingOf(i + 1));
  }
  putStanding(i, 0);
}

// One miss is often a lost probe; a second one in a row tells that the host has left. In a silence no rank
// changes, for it may be an outage.
void Block::fall(size_t i) {
  constexpr uint8_t kFall = 2;
  if (!missed(i)) return setStanding(i, rank(i), true);
  if (!silent()) {
    if (rank(i) <= kFall) return remove(i);
    setStanding(i, static_cast<uint8_t>(rank(i) - kFall), true);
  }
  if (steady(i)) putStanding(i, rank(i) == kSteadyRank ? kTwiceLow : kTwiceHigh);
}

// A steady one that missed twice answers again, later than a round's probes take: it had not left, and it was
// not chance that was silent for so long.
bool Block::wasAway(uint8_t slot, const Moment& sent) const {
  const size_t i = findRanked(slot);
  return i < rankedCount() && missedTwice(i) && static_cast<uint16_t>(sent.tick - since_) > kTurnTicks;
}

// The silence has ended, and was no outage that we know of. That it was deep counts for some days.
void Block::deepen(uint8_t slot, const Moment& sent) {
  constexpr uint64_t kAnswers = 1000;
  const Depth depth = depthOf(silence_);
  const uint64_t random = mixBits(static_cast<uint64_t>(sent.tick) << 32 | number() << 8 | slot);
  if (depth > depth_ && !wasAway(slot, sent)) {
    depth_ = depth & 3U;
  } else if (depth_ > 0 && random % kAnswers == 0) {
    --depth_;
  }
}

// What was missed in an outage, or long ago, was not lost on the way: as if it had been missed twice.
void Block::excuse() {
  for (size_t i = 0; i < rankedCount(); ++i) {
    if (steady(i) && missed(i)) putStanding(i, rank(i) == kSteadyRank ? kTwiceLow : kTwiceHigh);
  }
}

// One that has just answered takes a free place, or that of the lowest rank, if that one missed.
void Block::enter(uint8_t slot) {
  size_t at = rankedCount();
  if (at == kRankedSlots) {
    at = 0;
    for (size_t i = 1; i < kRankedSlots; ++i) {
      if (rank(i) < rank(at)) at = i;
    }
    if (steady(at) || !missed(at)) return;
    if (at < veterans_) {
      veterans_ = (veterans_ - 1U) & 3U;
      swapRanked(at, veterans_);
      at = veterans_;
    }
  }
  ranked_[at] = slot;
  setStanding(at, kFirstRank, false);
}

void Block::swapRanked(size_t i, size_t j) {
  const uint8_t standing = standingOf(i);
  std::swap(ranked_[i], ranked_[j]);
  putStanding(i, standingOf(j));
  putStanding(j, standing);
}

// Of those that come and go few stay for as many answers as it takes.
void Block::promote(size_t i, const Moment& sent) {
  if (i < veterans_ || veterans_ == kMostVeterans || rank(i) != kHighestRank) return;
  const uint64_t random = mixBits(static_cast<uint64_t>(sent.seconds) << 32 | number() << 8 | ranked_[i]);
  if (random % kVeteranOneIn != 0) return;
  swapRanked(i, veterans_);
  veterans_ = (veterans_ + 1U) & 3U;
}

uint32_t Block::veterans() const {
  constexpr uint32_t kFew = 3;
  constexpr Share kLittle = shareOf(0.2);
  constexpr Share kMostly = shareOf(0.6);  // else hosts are dice, and no rank means anything
  uint32_t steadies = 0;
  uint32_t served = 0;
  for (size_t i = 0; i < kRankedSlots; ++i) {
    steadies += steady(i) ? 1 : 0;
    served += hasServed(i) ? 1 : 0;
  }
  const bool believed = share(Kind::kFirm) > kMostly && share(Kind::kEver) < kLittle;
  return served >= 2 && steadies <= kFew && believed ? served : 0;
}

// Another veteran has missed as often as this one will have with one more, or twice. One alone, which may
// have left after all, says no more than others do.
bool Block::witnessed(size_t i) const {
  for (size_t other = 0; other < veterans_; ++other) {
    if (other == i || !veteran(other)) continue;
    if (missedTwice(i) ? missedTwice(other) : missed(other)) return true;
  }
  return false;
}

Share Block::shareOfRanked(size_t i) const {
  const Share ofKind = share(kindOf(ranked_[i]));
  if (!veteran(i)) return ofKind;
  // Who is steady misses by a loss or because it left, and answers the next time only after a loss. It is
  // taken for twice as many, so that both are asked a few times more before their block is down.
  constexpr uint32_t kOne = 65535;
  const uint32_t misses = kOne - shares_.of(Kind::kFirm);
  const uint32_t lost = misses * shares_.of(Kind::kMissed) / kOne;
  const uint32_t atMost = std::min(2 * lost, kOne);
  return std::max(ofKind, shareOfVeteran(static_cast<Share>(atMost), missedTwice(i) ? 2 : missed(i) ? 1 : 0));
}

Kind Block::kindOf(uint8_t slot) const {
  const size_t i = findRanked(slot);
  if (i < rankedCount() && steady(i)) {
    if (missed(i)) return missedTwice(i) ? Kind::kTwice : Kind::kMissed;
    return rank(i) == kHighestRank ? Kind::kFirm : Kind::kSteady;
  }
  if (i < rankedCount() && !missed(i)) return Kind::kRanked;
  return ever_.has(slot) ? Kind::kEver : Kind::kNew;
}

Share Block::share(Kind kind) const {
  switch (kind) {
    case Kind::kTwice:
      return afterTwoMisses(shares_.of(Kind::kMissed));
    case Kind::kRanked:  // on its way from the one to the other
      return static_cast<Share>((shares_.of(Kind::kSteady) + shares_.of(Kind::kEver)) / 2);
    case Kind::kNew:
      return 0;
    default:
      return shares_.of(kind);
  }
}

double Block::availability() const {
  const uint32_t all = everActive();
  if (all == 0) return 0;
  uint32_t steadies = 0;
  for (size_t i = 0; i < kRankedSlots; ++i) steadies += steady(i) ? 1 : 0;
  return (steadies * probabilityOf(share(Kind::kSteady)) +
          (all - steadies) * probabilityOf(share(Kind::kEver))) /
         all;
}

State Block::state() const {
  if (decided_ == kDecidedDown) return State::kDown;
  return decided_ == kDecidedUp && silence_ <= kDoubt ? State::kUp : State::kUnknown;
}

Standing Block::standing() const {
  if (learning_) return Standing::kLearning;
  return trusted_ ? Standing::kTrusted : Standing::kSparse;
}

void Block::setSince(uint32_t seconds) {
  sinceHigh_ = static_cast<uint16_t>(seconds >> 16);
  sinceLow_ = static_cast<uint16_t>(seconds);
}

uint32_t Block::silenceBegan(const Moment& now, std::chrono::microseconds round) const {
  const auto ticks = static_cast<uint16_t>(now.tick - since_);
  const int64_t micros = ticks * (round.count() / Moment::kTicks);
  return now.seconds - static_cast<uint32_t>(std::min<int64_t>(micros / 1'000'000, now.seconds));
}

uint32_t Block::sinceSeconds(const Moment& now, std::chrono::microseconds round) const {
  return state() == State::kUnknown && silent() ? silenceBegan(now, round) : since();
}

// Only what is asked while no silence is open teaches: the first probe of a round, mostly. So each sample is
// one of a block that was up a moment ago, and an outage, however long, adds a single wrong one.
void Block::learn(Kind kind, bool reply, const Moment& sent, std::chrono::microseconds round) {
  if (static_cast<size_t>(kind) >= kLearntKinds || silent() || decided_ != kDecidedUp) return;
  const auto upFor = std::chrono::seconds(sent.seconds > since() ? sent.seconds - since() : 0);
  if (young_ && upFor > kRoundsInDay * round) young_ = false;
  const uint64_t random = mixBits(static_cast<uint64_t>(number()) << 16 | sent.tick);
  shares_.learn(kind, reply, young_ ? kYoungShift : kShift[static_cast<size_t>(kind)], random);
  if (kind == Kind::kFirm) learn(Kind::kSteady, reply, sent, round);
}

void Block::relearn() {
  ever_.clear();
  standings_ = {};
  veterans_ = 0;
  learning_ = true;
  young_ = true;
  scanAt_ = 0;
  shares_ = kFirstShares;
  depth_ = 0;
}

// After an hour in which nobody asked (the prober, or its line, was down), whoever was steady may have left.
void Block::doubtAfterAPause(const Moment& now) {
  constexpr uint32_t kPause = kRoundsInHour * Moment::kTicks;
  if (silent() || decided_ != kDecidedUp || static_cast<uint16_t>(now.tick - since_) < kPause) return;
  for (size_t i = 0; i < rankedCount(); ++i) {
    setStanding(i, std::min<uint8_t>(rank(i), kSteadyRank - 1), missed(i));
  }
}

void Block::endLearning() {
  if (learning_) excuse();  // whoever missed was not asked once more meanwhile
  learning_ = false;
}

Settled Block::outcome(uint8_t slot, bool reply, const Moment& sent, std::chrono::microseconds round) {
  doubtAfterAPause(sent);
  const Kind kind = kindOf(slot);
  Settled settled{.counted = true, .before = state(), .expected = probabilityOf(share(kind))};
  if (reply && decided_ == kDecidedUp && !learning_) settled.passage = passageOf(kind);
  learn(kind, reply, sent, round);
  const uint8_t position = positionOf(slot);
  if (kind == Kind::kNew) {
    if (position < scanAt_ || position == 255) endLearning();  // all positions were passed
    scanAt_ = static_cast<uint8_t>(position + 1);
  }
  // While it is learnt, only new ones are asked after a reply, as long as there are any.
  if (kind != Kind::kNew && answeredLately(sent)) endLearning();
  if (reply) {
    replied(slot, sent, round);
  } else {
    missedBy(slot, kind, sent, round);
  }
  judgeTrust();
  settled.after = state();
  return settled;
}

// An answer by any address proves that somebody is there: our key is in it.
void Block::replied(uint8_t slot, const Moment& sent, std::chrono::microseconds round) {
  const auto downFor = std::chrono::seconds(sent.seconds > since() ? sent.seconds - since() : 0);
  // Down for a day, and now an address answers that never did: the block has moved to other hosts.
  if (decided_ == kDecidedDown && !ever_.has(slot) && downFor > kRoundsInDay * round) relearn();
  ever_.put(slot);
  if (decided_ == kDecidedUp) deepen(slot, sent);
  if (const size_t i = findRanked(slot); i < rankedCount()) {
    setStanding(i, std::min<uint8_t>(rank(i) + 1, kHighestRank), false);
    promote(i, sent);
  } else {
    enter(slot);
  }
  if (decided_ != kDecidedUp) {
    excuse();
    decided_ = kDecidedUp;
    setSince(sent.seconds);
  }
  silence_ = 0;
  since_ = sent.tick;
}

void Block::missedBy(uint8_t slot, Kind kind, const Moment& sent, std::chrono::microseconds round) {
  const bool blockAnswers = answeredLately(sent);
  const Share asked = share(kind);
  uint32_t ofVeteran = 0;
  if (const size_t i = findRanked(slot); i < rankedCount()) {
    if (veteran(i) && witnessed(i)) ofVeteran = silenceOfVeteran(shareOfRanked(i));
    fall(i);
  } else if (kind == Kind::kEver && blockAnswers) {
    if (mixBits(static_cast<uint64_t>(number()) << 24 | sent.tick << 8 | slot) % kForgetOneIn == 0) {
      ever_.take(slot);
    }
  }
  // The block answered seconds ago: this address is off, and the block is not.
  if (blockAnswers || kind == Kind::kNew) return;
  if (!silent()) {
    since_ = sent.tick;
    shares_.setCount(0);
  }
  const auto rounds = static_cast<uint32_t>(static_cast<uint16_t>(sent.tick - since_) / Moment::kTicks);
  // At least 1: that it is open.
  const uint64_t random = mixBits(static_cast<uint64_t>(number()) << 32 | sent.tick << 8 | slot);
  const uint32_t ofOthers = silenceOf(discounted(asked, kind, rounds), random);
  const uint32_t adds = rounds > kRoundsInHour ? ofOthers : std::max(ofOthers, ofVeteran);
  silence_ = static_cast<Silence>(std::clamp<uint32_t>(silence_ + adds, 1, kMostSilence));
  shares_.setCount(shares_.count() + 1);
  if (silence_ >= downAfter(shares_.count(), depth_) && decided_ != kDecidedDown) {
    decided_ = kDecidedDown;
    setSince(silenceBegan(sent, round));
  }
}

void Block::save(std::span<uint8_t, kStateBytes> out) const {
  size_t at = 0;
  const auto put = [&](uint8_t byte) { out[at++] = byte; };
  const auto put16 = [&](uint16_t value) {
    put(static_cast<uint8_t>(value >> 8));
    put(static_cast<uint8_t>(value));
  };
  for (const uint8_t byte : ever_.bytes()) put(byte);
  for (size_t i = 0; i < kRankedSlots; ++i) put(rank(i) != 0 ? ranked_[i] : uint8_t{0});
  for (const uint8_t byte : standings_) put(byte);
  for (const uint8_t byte : sentInRounds_) put(byte);
  put(static_cast<uint8_t>(veterans_ << 5 | round_));
  put(scanAt_);
  put(static_cast<uint8_t>(decided_ | learning_ << 2 | young_ << 3 | depth_ << 4 | trusted_ << 6));
  put(silence_);
  put16(since_);
  for (const uint8_t byte : shares_.bytes()) put(byte);
  put16(sinceHigh_);
  put16(sinceLow_);
}

bool Block::load(std::span<const uint8_t, kStateBytes> in) {
  Block read;
  size_t at = 0;
  const auto get = [&] { return in[at++]; };
  const auto get16 = [&] {
    const uint32_t high = in[at++];
    return static_cast<uint16_t>(high << 8 | in[at++]);
  };
  for (uint8_t& byte : read.ever_.bytes()) byte = get();
  for (uint8_t& slot : read.ranked_) slot = get();
  for (uint8_t& byte : read.standings_) byte = get();
  for (uint8_t& byte : read.sentInRounds_) byte = get();
  const uint8_t roundAndVeterans = get();
  if (roundAndVeterans >> 7 != 0) return false;
  read.round_ = roundAndVeterans & kRoundBits;
  read.veterans_ = roundAndVeterans >> 5 & 3U;
  read.scanAt_ = get();
  const size_t count = read.rankedCount();
  if (read.veterans_ > count) return false;
  for (size_t i = 0; i < kRankedSlots; ++i) {
    // What has a rank is ever-active, and there once; behind it there is nothing.
    const bool sound = i < count ? read.ever_.has(read.ranked_[i]) && read.findRanked(read.ranked_[i]) == i
                                 : read.standingOf(i) == 0;
    if (!sound) return false;
  }
  const uint8_t flags = get();
  if ((flags & 3) > kDecidedDown || flags >> 7 != 0) return false;
  read.decided_ = static_cast<Decided>(flags & 3);
  read.learning_ = (flags >> 2 & 1) != 0;
  read.young_ = (flags >> 3 & 1) != 0;
  read.depth_ = flags >> 4 & 3;
  read.trusted_ = (flags >> 6 & 1) != 0;
  read.silence_ = get();
  read.since_ = get16();
  for (uint8_t& byte : read.shares_.bytes()) byte = get();
  read.sinceHigh_ = get16();
  read.sinceLow_ = get16();
  read.number_ = number_;
  read.setUnderWay(underWay());
  *this = read;
  return true;
}

}  // namespace nightjar::blocks
