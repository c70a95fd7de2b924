#include "probing/blocks/block.h"

namespace nightjar::blocks {
namespace {

// Trinocular, section 5.1 ("trackable blocks"); facts of both numbers in docs/blocks.md.
constexpr uint32_t kTrustedEverActive = 15;
constexpr double kTrustedAvailability = 0.1;

// A share moves by a part of what it is off with each sample. Those that answer lately are asked every round:
// 1/128 is about a day. The others are asked about once an hour. All move faster on
// the block's first day, which begins with guesses that are too low rather than too high.
constexpr std::array<int, 3> kShift{7, 5, 6};
constexpr int kYoungShift = 5;

// An ever-active address that is silent while its block answers is forgotten once in 64 times: E(b) is about
// weeks, not for ever.
constexpr uint32_t kForgetOneIn = 64;

constexpr uint32_t kRoundsInDay = 144;

// To miss an address again in a later round is hardly news: its host may have left for hours. Of those that
// were there for long one more turn counts, by half.
Share discounted(Share share, Kind kind, uint32_t rounds) {
  const bool again = kind == Kind::kMissed || kind == Kind::kMissedLate;
  if (!again || rounds == 0) return share;
  return kind == Kind::kMissed && rounds <= kRoundsInHour ? static_cast<Share>(share / 2) : Share{0};
}

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
  // It was measured elsewhere, perhaps long ago, and without the losses on our way.
  constexpr double kTrust = 0.7;
  shares_[2] = shareOf(kTrust * history.availability);
  shares_[0] = std::max(shares_[0], shares_[2]);
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

void Block::setMissed(size_t i, bool missed) {
  missed_ = ((missed_ & ~(1U << i)) | static_cast<uint32_t>(missed) << i) & 0x3f;
}

// Past the one above it if that one missed: so those that are always there gather at the front.
void Block::answeredAgain(size_t i) {
  setMissed(i, false);
  if (i == 0 || !missed(i - 1)) return;
  std::swap(recent_[i - 1], recent_[i]);
  setMissed(i - 1, false);
  setMissed(i, true);
}

// The second miss in a row costs the rank, the third the place: two are often chance where probes are lost.
// In a silence nothing changes, for it may be an outage.
void Block::missedAgain(size_t i) {
  if (!missed(i)) return setMissed(i, true);
  if (silent()) return;
  const uint8_t slot = recent_[i];
  const bool last = i + 1 == recentCount_;
  removeRecent(i);
  if (last) return;
  recent_[recentCount_] = slot;
  setMissed(recentCount_, true);
  ++recentCount_;
}

// A new one takes a place that is free, or the last, if that one missed.
void Block::putRecent(uint8_t slot) {
  if (recentCount_ == kRecentSlots) {
    if (!missed(kRecentSlots - 1)) return;
    removeRecent(kRecentSlots - 1);
  }
  recent_[recentCount_] = slot;
  ++recentCount_;
}

Kind Block::kindOf(uint8_t slot) const {
  const size_t i = findRecent(slot);
  if (i < recentCount_) return !missed(i) ? Kind::kRecent : i < kProven ? Kind::kMissed : Kind::kMissedLate;
  return ever_.has(slot) ? Kind::kEver : Kind::kNew;
}

Share Block::share(Kind kind) const {
  if (kind == Kind::kNew) return 0;
  if (kind == Kind::kMissedLate) return std::min(share(Kind::kMissed), share(Kind::kEver));
  return shares_[static_cast<size_t>(kind)];
}

double Block::availability() const {
  const uint32_t all = everActive();
  if (all == 0) return 0;
  const uint32_t recent = std::min<uint32_t>(recentCount_, all);
  return (recent * probabilityOf(shares_[0]) + (all - recent) * probabilityOf(shares_[2])) / all;
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
void Block::learn(Kind kind, bool reply, const Moment& sent, std::chrono::microseconds round) {
  if (kind == Kind::kNew || kind == Kind::kMissedLate || silent() || decided_ != kDecidedUp) return;
  const auto upFor = std::chrono::seconds(sent.seconds > since() ? sent.seconds - since() : 0);
  if (young_ && upFor > kRoundsInDay * round) young_ = false;
  Share& share = shares_[static_cast<size_t>(kind)];
  share = moved(share, reply, young_ ? kYoungShift : kShift[static_cast<size_t>(kind)]);
}

void Block::relearn() {
  ever_.clear();
  recentCount_ = 0;
  missed_ = 0;
  learning_ = true;
  young_ = true;
  scanAt_ = 0;
  shares_ = kFirstShares;
}

Settled Block::outcome(uint8_t slot, bool reply, const Moment& sent, std::chrono::microseconds round) {
  const Kind kind = kindOf(slot);
  Settled settled{.counted = true, .before = state(), .expected = probabilityOf(share(kind))};
  settled.recent = kind == Kind::kRecent && !silent() && decided_ == kDecidedUp;
  learn(kind, reply, sent, round);
  const uint8_t position = positionOf(slot);
  if (kind == Kind::kNew) {
    if (position < scanAt_ || position == 255) learning_ = false;  // all positions were passed
    scanAt_ = static_cast<uint8_t>(position + 1);
  }
  // While it is learnt, only new ones are asked after a reply, as long as there are any.
  if (kind != Kind::kNew && answered_ && !silent()) learning_ = false;
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
    answeredAgain(i);
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
  const Share asked = share(kind);
  if (const size_t i = findRecent(slot); i < recentCount_) {
    missedAgain(i);
  } else if (kind == Kind::kEver && blockAnswers) {
    if (mixBits(static_cast<uint64_t>(number()) << 24 | sent.tick << 8 | slot) % kForgetOneIn == 0) {
      ever_.take(slot);
    }
  }
  // The block answered seconds ago: this address is off, and the block is not.
  if (blockAnswers || kind == Kind::kNew) return;
  if (!silent()) silentSince_ = sent.tick;
  const auto rounds = static_cast<uint32_t>(static_cast<uint16_t>(sent.tick - silentSince_) / Moment::kTicks);
  // At least 1: that it is open.
  const uint32_t adds = silenceOf(discounted(asked, kind, rounds));
  silence_ = static_cast<Silence>(std::clamp<uint32_t>(silence_ + adds, 1, UINT8_MAX));
  const Silence enough = rounds < kRoundsInHour ? kDown : kDownAfterAnHour;
  if (silence_ >= enough && decided_ != kDecidedDown) {
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
  put(scanAt_);
  put(static_cast<uint8_t>(missed_ | decided_ << 6));
  put(static_cast<uint8_t>(recentCount_ | learning_ << 3 | answered_ << 4 | young_ << 5));
  put(silence_);
  put16(silentSince_);
  for (const Share share : shares_) put16(share);
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
  read.scanAt_ = get();
  const uint8_t missedAndDecided = get();
  const uint8_t flags = get();
  const uint32_t count = flags & 7U;
  if (missedAndDecided >> 6 > kDecidedDown || count > kRecentSlots || flags >> 6 != 0) return false;
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
  read.young_ = (flags >> 5 & 1) != 0;
  read.silence_ = get();
  read.silentSince_ = get16();
  for (Share& share : read.shares_) share = get16();
  read.sinceHigh_ = get16();
  read.sinceLow_ = get16();
  read.number_ = number_;
  read.setUnderWay(underWay());
  *this = read;
  return true;
}

}  // namespace nightjar::blocks
