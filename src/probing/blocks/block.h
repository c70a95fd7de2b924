// What is known of one block: which of its 256 addresses answer, how surely, and how long it has been silent.
// All of it follows from the block's outcomes in the order of their sending (docs/blocks.md, "The model").
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <span>

#include "base/mix.h"
#include "base/time.h"
#include "probing/blocks/engine.h"
#include "probing/blocks/evidence.h"

namespace nightjar::blocks {

// The bits of a set of slots. A slot is an address's place in its block: its last octet in IPv4.
class Slots {
 public:
  bool has(uint8_t slot) const { return (bits_[slot / 8] >> (slot % 8) & 1) != 0; }
  void put(uint8_t slot) { bits_[slot / 8] = static_cast<uint8_t>(bits_[slot / 8] | 1U << (slot % 8)); }
  void take(uint8_t slot) { bits_[slot / 8] = static_cast<uint8_t>(bits_[slot / 8] & ~(1U << (slot % 8))); }
  uint32_t count() const {
    uint32_t sum = 0;
    for (const uint8_t byte : bits_) sum += static_cast<uint32_t>(std::popcount(byte));
    return sum;
  }
  bool none() const {
    return std::all_of(bits_.begin(), bits_.end(), [](uint8_t byte) { return byte == 0; });
  }
  void clear() { bits_ = {}; }
  std::array<uint8_t, 32>& bytes() { return bits_; }
  const std::array<uint8_t, 32>& bytes() const { return bits_; }
  bool operator==(const Slots&) const = default;

 private:
  std::array<uint8_t, 32> bits_{};
};

// The order in which the slots of a block are gone through: each once, neighbours far apart.
constexpr uint8_t slotAt(uint8_t position) {
  return static_cast<uint8_t>(position * 167U + 11);
}
constexpr uint8_t positionOf(uint8_t slot) {
  return static_cast<uint8_t>((slot - 11U) * 23U);
}
static_assert(positionOf(slotAt(200)) == 200 && (167U * 23U) % 256 == 1);

// A moment as the model sees it: the round it falls into, and the tick, of which a round has 64.
struct Moment {
  Time at;
  uint32_t seconds = 0;  // since 1970
  uint8_t round = 0;     // the low bits of its number
  uint16_t tick = 0;     // the low bits of its number

  static constexpr int64_t kTicks = 64;
  static Moment of(Time time, std::chrono::microseconds round);
};

// A block knows so many of its addresses by their rank, which tells how steadily they have answered of late.
inline constexpr size_t kRankedSlots = 6;
inline constexpr uint8_t kFirstRank = 2;   // of one that has answered for the first time; one more each time
inline constexpr uint8_t kSteadyRank = 5;  // from here on it is steady
inline constexpr uint8_t kHighestRank = 7;
// One of the highest rank becomes a veteran with one answer in so many: where few are steady, in some hours.
inline constexpr uint32_t kVeteranOneIn = 16;
inline constexpr uint32_t kMostVeterans = 3;
inline constexpr uint32_t kRoundsInHour = 6;
inline constexpr uint32_t kRoundsInDay = 144;
inline constexpr uint16_t kTurnTicks = 24;  // of the 64 of a round (Moment)
// From one turn to the next, where the hour leaves room for it (Parameters::borrow). So an outage that lasts
// for a round has a turn, and all that follows on it within 56 seconds of ten minutes, to itself.
inline constexpr int64_t kTicksBetweenTurns = 58;

// What an address is to its block.
enum class Kind : uint8_t {
  kFirm,    // steady, of the highest rank, and it answered the last time
  kSteady,  // of a lower rank; what is learnt of it is learnt of both
  kMissed,  // steady, but it missed the last time
  kEver,    // it answered once
  kTwice,   // steady, but it missed the last two times
  kRanked,  // not steady, and it answered the last time
  kNew,     // it never did
};
// Of the first ones P(reply, up) is learnt; that of the others follows from it.
inline constexpr size_t kLearntKinds = 4;

// What is learnt of a block's kinds, in 12 bits each; of kEver in eight, which leaves four for a count.
class Shares {
 public:
  explicit constexpr Shares(const std::array<Share, kLearntKinds>& shares) {
    for (size_t i = 0; i < kLearntKinds; ++i) set(static_cast<Kind>(i), shares[i]);
  }
  Share of(Kind kind) const {
    const uint32_t value = at(static_cast<size_t>(kind));
    return static_cast<Share>(kind == Kind::kEver ? (value >> 4) * 257 : value << 4 | value >> 8);
  }
  constexpr void set(Kind kind, Share share) {
    const uint32_t counted = kind == Kind::kEver ? count() : 0;
    put(static_cast<size_t>(kind), (kind == Kind::kEver ? share >> 8 << 4 : share >> 4) | counted);
  }
  // Moves by a part of what it is off, 1 / 2^shift. `random`: what is smaller than a step is one by chance.
  void learn(Kind kind, bool reply, int shift, uint64_t random);
  static constexpr uint32_t kMostCounted = 15;
  constexpr uint32_t count() const { return bytes_.back() & 15U; }
  void setCount(uint32_t count) {
    bytes_.back() = static_cast<uint8_t>((bytes_.back() & 0xf0U) | std::min(count, kMostCounted));
  }
  std::array<uint8_t, kLearntKinds * 3 / 2>& bytes() { return bytes_; }
  const std::array<uint8_t, kLearntKinds * 3 / 2>& bytes() const { return bytes_; }

 private:
  // Two of them lie in three bytes.
  constexpr uint32_t at(size_t i) const {
    const size_t byte = i * 3 / 2;
    return i % 2 == 0 ? bytes_[byte] << 4U | bytes_[byte + 1] >> 4U
                      : (bytes_[byte] & 15U) << 8U | bytes_[byte + 1];
  }
  constexpr void put(size_t i, uint32_t value) {
    uint8_t& first = bytes_[i * 3 / 2];
    uint8_t& second = bytes_[i * 3 / 2 + 1];
    first = static_cast<uint8_t>(i % 2 == 0 ? value >> 4 : (first & 0xf0U) | value >> 8);
    second = static_cast<uint8_t>(i % 2 == 0 ? (value & 15U) << 4 | (second & 15U) : value);
  }
  std::array<uint8_t, kLearntKinds * 3 / 2> bytes_{};
};

// Of two-byte alignment and 64 bytes, for there are millions.
class Block {
 public:
  Block() = default;
  explicit Block(uint32_t number) { setNumber(number); }
  // As if it had answered as the history says.
  void learnFrom(const History& history);

  // Of an IPv4 block: the first 24 bits of its addresses.
  uint32_t number() const { return number_[0] << 16U | number_[1] << 8U | number_[2]; }
  void setNumber(uint32_t number);

  // --- What happened. A probe is counted when it is sent, and has its outcome before the next one is sent.
  void sent(const Moment& moment);
  Settled outcome(uint8_t slot, bool reply, const Moment& sent, std::chrono::microseconds round);
  // Undoes sent(): it did not leave.
  void unsent();

  // --- What is known.
  State state() const;
  uint32_t sinceSeconds(const Moment& now, std::chrono::microseconds round) const;
  Standing standing() const;
  uint32_t everActive() const { return ever_.count(); }
  // A(E(b)): of all its ever-active addresses, those that answer.
  double availability() const;
  double recentAvailability() const { return probabilityOf(shares_.of(Kind::kSteady)); }
  double belief() const { return everAnswered() ? beliefAfter(silence_) : 0.5; }
  Kind kindOf(uint8_t slot) const;

  // --- Who is to be asked (turn.h).
  bool everAnswered() const { return decided_ != kUndecided || !ever_.none(); }
  bool down() const { return decided_ == kDecidedDown; }
  bool learning() const { return learning_; }
  bool silent() const { return silence_ != 0; }
  // Since its turn, that is: in what a round's further probes take at most.
  bool answeredLately(const Moment& now) const {
    return decided_ == kDecidedUp && !silent() && static_cast<uint16_t>(now.tick - since_) < kTurnTicks;
  }
  Silence silence() const { return silence_; }
  Depth depth() const { return depth_; }
  bool silentSinceLastRound(const Moment& now) const {
    constexpr uint16_t kRounds = 65536 / Moment::kTicks;
    const auto rounds = static_cast<uint16_t>(now.tick / Moment::kTicks - since_ / Moment::kTicks);
    return silent() && rounds % kRounds == 1;
  }
  // P(reply | up) of an address of that kind; 0 for a new one.
  Share share(Kind kind) const;
  uint32_t sentThisRound() const { return sentInRounds_[0] & 15U; }
  uint32_t sentLastRound() const { return sentBefore(1); }
  uint32_t sentBefore(uint32_t rounds) const {  // in the one so many rounds ago, at most five
    return sentInRounds_[rounds / 2] >> (rounds % 2 * 4) & 15U;
  }
  // In this round and the five before; a round without a probe counts as one, because its turn was kept free.
  uint32_t sentInHour() const;
  // Brings the counts to this round, as sent() would, without a probe.
  void turnTo(const Moment& moment);
  // The addresses with a rank, veterans first. It rises with answers and falls with
  // silences; 0: there is none at `i`, nor at any place after it.
  size_t rankedCount() const;
  uint8_t rankedSlot(size_t i) const { return ranked_[i]; }
  uint8_t rank(size_t i) const {
    const uint8_t standing = standingOf(i);
    if (standing == kTwiceLow) return kSteadyRank;
    return standing == kTwiceHigh ? kSteadyRank + 1 : standing >> 1;
  }
  bool steady(size_t i) const { return rank(i) >= kSteadyRank; }
  bool missed(size_t i) const { return (standingOf(i) & 1) != 0 || missedTwice(i); }  // the last time
  bool missedTwice(size_t i) const {  // told of the steady ones alone
    return standingOf(i) == kTwiceLow || standingOf(i) == kTwiceHigh;
  }
  // Veterans have been of the highest rank for long, and are so until they lose their place. This tells of
  // those that have missed little of late, if they are two at least, few are steady, and those of the
  // highest rank mostly answer while others seldom do: then an outage is told by them, and their misses count
  // for more. Else there are none.
  uint32_t veterans() const;
  bool veteran(size_t i) const { return hasServed(i) && veterans() != 0; }
  // P(reply | up) of the one at `i`: of its kind, and of a veteran at least that of a host that never leaves.
  Share shareOfRanked(size_t i) const;
  const Slots& ever() const { return ever_; }
  uint8_t scanAt() const { return scanAt_; }

  // --- The probe under way, of a live engine only; no part of the state.
  struct UnderWay {
    uint8_t slot = 0;
    bool sent = false;  // its wait is not over
    bool open = false;  // and nothing came back
  };
  UnderWay underWay() const { return {askedSlot_, asked_, open_}; }
  void setUnderWay(const UnderWay& probe) {
    askedSlot_ = probe.slot;
    asked_ = probe.sent;
    open_ = probe.open;
  }

  // The state as bytes, without what is under way and without the number.
  static constexpr size_t kStateBytes = 60;
  void save(std::span<uint8_t, kStateBytes> out) const;
  // False if no block can be in such a state.
  bool load(std::span<const uint8_t, kStateBytes> in);

 private:
  enum Decided : uint8_t { kUndecided, kDecidedUp, kDecidedDown };

  void learn(Kind kind, bool reply, const Moment& sent, std::chrono::microseconds round);
  void replied(uint8_t slot, const Moment& sent, std::chrono::microseconds round);
  void missedBy(uint8_t slot, Kind kind, const Moment& sent, std::chrono::microseconds round);
  void relearn();
  void judgeTrust();
  void doubtAfterAPause(const Moment& now);
  // Four bits a place, the first lowest: its rank, and whether it missed the last time.
  uint8_t standingOf(size_t i) const { return standings_[i / 2] >> (i % 2 * 4) & 15U; }
  void setStanding(size_t i, uint8_t rank, bool missed) {
    putStanding(i, static_cast<uint8_t>(rank << 1 | (missed ? 1 : 0)));
  }
  void putStanding(size_t i, uint8_t standing);
  // What no rank and miss make, for a steady one that missed twice. The two highest ranks are one there: an
  // answer makes them the same.
  static constexpr uint8_t kTwiceLow = 1, kTwiceHigh = 2;
  size_t findRanked(uint8_t slot) const;
  void fall(size_t i);
  void swapRanked(size_t i, size_t j);
  void promote(size_t i, const Moment& sent);
  bool hasServed(size_t i) const { return i < veterans_ && rank(i) > kSteadyRank; }
  bool witnessed(size_t i) const;
  void excuse();
  void deepen(uint8_t slot, const Moment& sent);
  bool wasAway(uint8_t slot, const Moment& sent) const;
  void endLearning();
  void remove(size_t i);
  void enter(uint8_t slot);
  void setSince(uint32_t seconds);
  uint32_t since() const { return static_cast<uint32_t>(sinceHigh_) << 16 | sinceLow_; }
  uint32_t silenceBegan(const Moment& now, std::chrono::microseconds round) const;

  // Before anything is learnt: less than most blocks have, so that nothing is called down too soon.
  static constexpr Shares kFirstShares{{shareOf(0.5), shareOf(0.5), shareOf(0.2), shareOf(0.2)}};

  Slots ever_;
  std::array<uint8_t, 3> number_{};
  std::array<uint8_t, kRankedSlots> ranked_{};
  std::array<uint8_t, kRankedSlots / 2> standings_{};
  std::array<uint8_t, 3> sentInRounds_{};  // four bits a round, this one lowest
  static constexpr uint32_t kRoundBits = 31;
  uint8_t round_ : 5 = 0;  // the low bits of the one that sentInRounds_ ends with
  bool trusted_ : 1 = false;
  uint8_t veterans_ : 2 = 0;  // so many of ranked_, the first ones
  uint8_t scanAt_ = 0;        // position of the next new address to be asked
  Decided decided_ : 2 = kUndecided;
  bool learning_ : 1 = true;
  bool young_ : 1 = true;  // not up for a day yet
  bool asked_ : 1 = false;
  bool open_ : 1 = false;
  Depth depth_ : 2 = 0;
  uint8_t askedSlot_ = 0;
  Silence silence_ = 0;  // since the last reply (evidence.h)
  uint16_t since_ = 0;   // tick of the first probe of the silence; of the last reply, if there is none
  Shares shares_ = kFirstShares;  // and how many probes of the silence were not answered
  uint16_t sinceHigh_ = 0;        // seconds since 1970 of the decided state
  uint16_t sinceLow_ = 0;
};
static_assert(sizeof(Block) <= 64);

}  // namespace nightjar::blocks
