#include "probing/blocks/block.h"

namespace nightjar::blocks {
namespace {

// Trinocular, section 5.1 ("trackable blocks"); facts of both numbers in docs/blocks.md.
constexpr uint32_t kTrustedEverActive = 15;
constexpr double kTrustedAvailability = 0.1;

// Shares move by 1/64 of what they are off with each sample, so that a share of hundreds of probes is kept
// while a block changes its ways within days; by 1/16 while it is first learnt.
constexpr int kSlow = 6;
constexpr int kFast = 4;

// An ever-active address that is silent while its block answers is forgotten once in 16 times: E(b) is about
// weeks, not for ever.
constexpr uint32_t kForgetOneIn = 16;

constexpr uint32_t kRoundsInDay = 144;

Share moved(Share share, bool reply, int shift) {
  return static_cast<Share>(reply ? share + ((65535 - share) >> shift) : share - (share >> shift));
}

}  // namespace

Moment Moment::of(Time time, std::chrono::microseconds round) {
  const int64_t micros = std::max<int64_t>(time.time_since_epoch().count(), 0);
  return {time, static_cast<uint32_t>(micros / 1'000'000), static_cast<uint8_t>(micros / round.count()),
          static_cast<uint16_t>(micros / std::max<int64_t>(round.count() / kTicks, 1))};
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
  otherShare_ = shareOf(history.availability);
  recentShare_ = std::max(recentShare_, otherShare_);
  learning_ = false;
}

uint32_t Block::sentInHour() const {
  uint32_t sum = sentThisRound();
  for (uint32_t i = 1; i < kRoundsInHour; ++i) {
    sum += std::max(1U, sentInRounds_[i / 2] >> (i % 2 * 4) & 15U);
  }
  return sum;
}

void Block::turnTo(const Moment& moment) {
  const auto passed = static_cast<uint8_t>(moment.round - round_);
  if (passed == 0) return;
  // A clock that was set back is met with one new round, so that the budget is never given out twice.
  const uint32_t rounds = passed >= 128 ? 1 : std::min<uint32_t>(passed, kRoundsInHour);
  uint32_t packed = sentInRounds_[0] | sentInRounds_[1] << 8U | sentInRounds_[2] << 16U;
  packed = packed << (4 * rounds) & 0xffffffU;
  sentInRounds_ = {static_cast<uint8_t>(packed), static_cast<uint8_t>(packed >> 8),
                   static_cast<uint8_t>(packed >> 16)};
  round_ = moment.round;
  answered_ = false;
}

void Block::sent(const Moment& moment) {
  turnTo(moment);
  if (sentThisRound() < 15) ++sentInRounds_[0];
}

void Block::unsent() {
  if (sentThisRound() > 0) --sentInRounds_[0];
}

size_t Block::findRecent(uint8_t slot) const {
  size_t i = 0;
  while (i < recentCount_ && recent_[i] != slot) ++i;
  return i;
}

void Block::removeRecent(size_t i) {
  std::copy(recent_.begin() + i + 1, recent_.begin() + recentCount_, recent_.begin() + i);
  const uint32_t below = missed_ & ((1U << i) - 1);
  missed_ = static_cast<uint8_t>(below | missed_ >> (i + 1) << i) & 0x3f;
  --recentCount_;
}

void Block::moveToBack(size_t i, bool nowMissed) {
  const uint8_t slot = recent_[i];
  removeRecent(i);
  recent_[recentCount_] = slot;
  missed_ = (missed_ | static_cast<uint32_t>(nowMissed) << recentCount_) & 0x3f;
  ++recentCount_;
}

// A new one takes a place that is free, or that of one that missed.
void Block::putRecent(uint8_t slot) {
  if (recentCount_ == kRecentSlots) {
    if (missed_ == 0) return;
    removeRecent(static_cast<size_t>(std::countr_zero(static_cast<uint8_t>(missed_))));
  }
  recent_[recentCount_] = slot;
  ++recentCount_;
}

Kind Block::kindOf(uint8_t slot) const {
  const size_t i = findRecent(slot);
  if (i < recentCount_ && !missed(i)) return Kind::kRecent;
  return ever_.has(slot) ? Kind::kEver : Kind::kNew;
}

double Block::expectedReply(Kind kind) const {
  return kind == Kind::kRecent ? probabilityOf(recentShare_)
         : kind == Kind::kEver ? probabilityOf(otherShare_)
                               : 0;
}

double Block::availability() const {
  const uint32_t all = everActive();
  if (all == 0) return 0;
  const uint32_t recent = std::min<uint32_t>(recentCount_, all);
  return (recent * probabilityOf(recentShare_) + (all - recent) * probabilityOf(otherShare_)) / all;
}

State Block::state() const {
  if (decided_ == kDecidedDown) return State::kDown;
  return decided_ == kDecidedUp && silence_ <= kDoubt ? State::kUp : State::kUnknown;
}

Standing Block::standing() const {
  if (learning_) return Standing::kLearning;
  return everActive() >= kTrustedEverActive && availability() >= kTrustedAvailability ? Standing::kTrusted
                                                                                      : Standing::kSparse;
}

void Block::setSince(uint32_t seconds) {
  sinceHigh_ = static_cast<uint16_t>(seconds >> 16);
  sinceLow_ = static_cast<uint16_t>(seconds);
}

uint32_t Block::silenceBegan(const Moment& now, std::chrono::microseconds round) const {
  const auto ticks = static_cast<uint16_t>(now.tick - silentSince_);
  const int64_t micros = ticks * (round.count() / Moment::kTicks);
  return now.seconds - static_cast<uint32_t>(std::min<int64_t>(micros / 1'000'000, now.seconds));
}

uint32_t Block::sinceSeconds(const Moment& now, std::chrono::microseconds round) const {
  return state() == State::kUnknown && silent() ? silenceBegan(now, round) : since();
}

// Only what is asked while no silence is open teaches: the first probe of a round, mostly. So each sample is
// one of a block that was up a moment ago, and an outage, however long, adds a single wrong one.
void Block::learn(Kind kind, bool reply) {
  if (silent() || decided_ != kDecidedUp) return;
  const int shift = learning_ ? kFast : kSlow;
  if (kind == Kind::kRecent) recentShare_ = moved(recentShare_, reply, shift);
  if (kind == Kind::kEver) otherShare_ = moved(otherShare_, reply, shift);
}

void Block::relearn() {
  ever_.clear();
  recentCount_ = 0;
  missed_ = 0;
  learning_ = true;
  scanAt_ = 0;
  recentShare_ = shareOf(0.5);
  otherShare_ = shareOf(0.2);
}

Settled Block::outcome(uint8_t slot, bool reply, const Moment& sent, std::chrono::microseconds round) {
  const Kind kind = kindOf(slot);
  Settled settled{.counted = true, .before = state(), .expected = expectedReply(kind)};
  settled.recent = kind == Kind::kRecent && !silent() && decided_ == kDecidedUp;
  const bool retried = kind == Kind::kEver && findRecent(slot) < recentCount_;
  if (!retried) learn(kind, reply);
  const uint8_t position = positionOf(slot);
  if (kind == Kind::kNew) {
    if (position < scanAt_ || position == 255) learning_ = false;  // all positions were passed
    scanAt_ = static_cast<uint8_t>(position + 1);
  } else if (kind == Kind::kEver && !retried) {
    cursor_ = position;
  }
  if (reply) {
    replied(slot, sent, round);
  } else {
    missedBy(slot, kind, sent, round);
  }
  settled.after = state();
  return settled;
}

// An answer by any address proves that somebody is there: our key is in it.
void Block::replied(uint8_t slot, const Moment& sent, std::chrono::microseconds round) {
  const auto downFor = std::chrono::seconds(sent.seconds > since() ? sent.seconds - since() : 0);
  // Down for a day, and now an address answers that never did: the block has moved to other hosts.
  if (decided_ == kDecidedDown && !ever_.has(slot) && downFor > kRoundsInDay * round) relearn();
  ever_.put(slot);
  if (const size_t i = findRecent(slot); i < recentCount_) {
    moveToBack(i, false);
  } else {
    putRecent(slot);
  }
  if (decided_ != kDecidedUp) {
    decided_ = kDecidedUp;
    setSince(sent.seconds);
  }
  silence_ = 0;
  answered_ = true;
}

void Block::missedBy(uint8_t slot, Kind kind, const Moment& sent, std::chrono::microseconds round) {
  const bool blockAnswers = answered_ && !silent();
  if (const size_t i = findRecent(slot); i < recentCount_) {
    if (blockAnswers && missed(i)) {
      removeRecent(i);
    } else {
      moveToBack(i, true);
    }
  } else if (kind == Kind::kEver && blockAnswers) {
    if (mixBits(static_cast<uint64_t>(number()) << 24 | sent.tick << 8 | slot) % kForgetOneIn == 0) {
      ever_.take(slot);
    }
  }
  // The block answered seconds ago: this address is off, and the block is not.
  if (blockAnswers || kind == Kind::kNew) return;
  if (!silent()) silentSince_ = sent.tick;
  const Share share = kind == Kind::kRecent ? recentShare_ : otherShare_;
  silence_ = static_cast<uint16_t>(std::min<uint32_t>(silence_ + silenceOf(share), UINT16_MAX));
  if (silence_ == 0) silence_ = 1;  // that it is open
  if (silence_ >= kDown && decided_ != kDecidedDown) {
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
  for (size_t i = 0; i < kRecentSlots; ++i) put(i < recentCount_ ? recent_[i] : uint8_t{0});
  for (const uint8_t byte : sentInRounds_) put(byte);
  put(round_);
  put(cursor_);
  put(scanAt_);
  put(static_cast<uint8_t>(missed_ | decided_ << 6));
  put(static_cast<uint8_t>(recentCount_ | learning_ << 3 | answered_ << 4));
  put16(silence_);
  put16(silentSince_);
  put16(recentShare_);
  put16(otherShare_);
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
  for (uint8_t& slot : read.recent_) slot = get();
  for (uint8_t& byte : read.sentInRounds_) byte = get();
  read.round_ = get();
  read.cursor_ = get();
  read.scanAt_ = get();
  const uint8_t missedAndDecided = get();
  const uint8_t flags = get();
  const uint32_t count = flags & 7U;
  if (missedAndDecided >> 6 > kDecidedDown || count > kRecentSlots || flags >> 5 != 0) return false;
  read.missed_ = missedAndDecided & 0x3f;
  if (read.missed_ >> count != 0) return false;
  for (size_t i = 0; i < count; ++i) {
    // What is recent is ever-active, and there once.
    if (!read.ever_.has(read.recent_[i]) || read.findRecent(read.recent_[i]) != i) return false;
    read.recentCount_ = static_cast<uint8_t>(i + 1) & 7;
  }
  read.decided_ = static_cast<Decided>(missedAndDecided >> 6);
  read.learning_ = (flags >> 3 & 1) != 0;
  read.answered_ = (flags >> 4 & 1) != 0;
  read.silence_ = get16();
  read.silentSince_ = get16();
  read.recentShare_ = get16();
  read.otherShare_ = get16();
  read.sinceHigh_ = get16();
  read.sinceLow_ = get16();
  read.number_ = number_;
  read.setUnderWay(underWay());
  *this = read;
  return true;
}

}  // namespace nightjar::blocks
