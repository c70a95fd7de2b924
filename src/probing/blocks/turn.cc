#include "probing/blocks/turn.h"

namespace nightjar::blocks {
namespace {

class Turn {
 public:
  Turn(const Block& block, const Moment& now, const Parameters& parameters, const Allowed& allowed)
      : block_(block), now_(now), parameters_(parameters), allowed_(allowed) {}

  std::optional<uint8_t> next(Asks asks) const {
    const uint32_t sent = block_.sentThisRound();
    if (sent >= parameters_.perRound) return std::nullopt;
    if (asks == Asks::kInTurn) return first();
    if (block_.answeredLately(now_)) return mayLearn() ? explore() : std::nullopt;
    if (!withinHour() && !mayBorrow()) return std::nullopt;
    if (!block_.everAnswered()) return sent < learningShare() ? scan() : std::nullopt;
    return block_.down() ? recovery() : presence();
  }

 private:
  // Some are kept free for turns: rounds begin for all blocks at once, and what a block is asked after a late
  // turn may come in the round before the next one. Who may borrow has two turns in some rounds.
  uint32_t keptForTurns() const { return parameters_.borrow ? 3 : 1; }
  bool withinHour() const { return block_.sentInHour() + keptForTurns() < parameters_.perHour; }

  // A block that falls silent may have a whole round's probes at once, at the cost of the hour that follows:
  // it gets one a round then. So it is less than perHour on average, however often it falls silent.
  bool mayBorrow() const {
    const bool late = block_.silentSinceLastRound(now_);  // after a late turn, which goes on into this round
    const uint32_t spent = block_.sentThisRound() + (late ? block_.sentLastRound() : 0);
    const uint32_t turns = kRoundsInHour - 1;
    return parameters_.borrow && block_.silent() && !block_.down() && spent + turns < parameters_.perHour &&
           block_.sentInHour() + keptForTurns() < parameters_.perHour + kMostBorrowed &&
           !borrowedBefore(late ? 2 : 1);
  }
  static constexpr uint32_t kMostBorrowed = 11;
  // In one of the rounds from so many before this one on, within the hour.
  bool borrowedBefore(uint32_t rounds) const {
    constexpr uint32_t kMostWithout = 7;  // learning, and a silence that did not last
    for (; rounds < kRoundsInHour; ++rounds) {
      if (block_.sentBefore(rounds) > kMostWithout) return true;
    }
    return false;
  }

  // The probes of a round while a block is learnt: an even share of the hour's.
  uint32_t learningShare() const { return std::max(1U, parameters_.perHour / kRoundsInHour); }

  // Opens the round: a steady one, in turns; so an outage shows at once, and a block that is up costs one
  // probe.
  std::optional<uint8_t> first() const {
    // Where probes are lost, one that missed is as good as one that did not.
    constexpr Share kAsGood = shareOf(0.3);
    const bool missedToo = !block_.silent() && block_.share(Kind::kMissed) > kAsGood;
    const auto fresh = [&](size_t i) { return missedToo || !block_.missed(i); };
    if (const auto slot = inTurns([&](size_t i) { return block_.steady(i) && fresh(i); })) return slot;
    if (const auto slot = inTurns(fresh)) return slot;
    // In an outage mostly those that were there last, which are likeliest to be back first; in a silence that
    // is none yet, whoever has more to say.
    const bool others =
        block_.down() ? now_.round % 4 == 3 : block_.share(Kind::kEver) > block_.share(Kind::kMissed) / 2;
    if (!others) {
      if (const auto slot = inTurns(anyone)) return slot;
    }
    if (!block_.learning()) {
      if (const auto slot = ever()) return slot;
    }
    if (const auto slot = scan()) return slot;
    if (const auto slot = ever()) return slot;
    return inTurns(anyone);
  }

  // After an unanswered probe of a block that was up: is anybody there?
  std::optional<uint8_t> presence() const {
    if (const auto slot = highest([&](size_t i) { return block_.steady(i) && !block_.missed(i); }))
      return slot;
    const uint32_t sent = block_.sentThisRound();
    if (block_.learning()) return sent < learningShare() ? scan() : std::nullopt;
    if (const auto slot = likeliest()) return slot;
    return sent <= block_.everActive() ? ever() : std::nullopt;
  }
  // Who of those with a rank is likeliest to answer, if that is likelier than of one without. To ask the same
  // few over and over would prove nothing.
  std::optional<uint8_t> likeliest() const {
    const uint32_t sent = block_.sentThisRound();
    const size_t count = block_.rankedCount();
    Share most = block_.share(Kind::kEver);
    std::optional<uint8_t> best;
    for (size_t i = 0; i < count; ++i) {
      const size_t at = (i + sent) % count;
      const uint8_t slot = block_.rankedSlot(at);
      if (block_.missedTwice(at) && sent >= mostAsks(at)) continue;
      const Share share = block_.shareOfRanked(at);
      if (share <= most || !allowed_(slot)) continue;
      most = share;
      best = slot;
    }
    return best;
  }
  static constexpr uint32_t kAsksOfSteady = 3, kAsksOfVeteran = 6;
  // Of one that missed twice, in probes of the round.
  uint32_t mostAsks(size_t i) const {
    return block_.veteran(i) ? kAsksOfVeteran * block_.veterans() : kAsksOfSteady * steadies();
  }

  uint32_t steadies() const {
    uint32_t count = 0;
    for (size_t i = 0; i < block_.rankedCount(); ++i) count += block_.steady(i) ? 1 : 0;
    return count;
  }

  // After an unanswered probe of a block that is down: somebody else than those that were there last. If it
  // is up after all, it is they that have left. On the first day in each round, as the hour allows, and in
  // the rounds in which Trinocular asks further, as many as it does. Besides a search for new addresses, in
  // case that the block has moved.
  std::optional<uint8_t> recovery() const {
    const int64_t rounds = roundsDown();
    const uint32_t sent = block_.sentThisRound();
    const bool firstDay = rounds < kRoundsInDay;
    // For two days from the first hour on, and again every eight days.
    constexpr int64_t kSearchEvery = 1152, kSearchFrom = 6, kSearchUntil = 320;
    const int64_t phase = rounds % kSearchEvery;
    const bool searched = phase >= kSearchFrom && phase < kSearchUntil && (!firstDay || rounds % 2 == 0);
    if (searched && sent < 2) {
      if (const auto slot = scan()) return slot;
    }
    if (firstDay && sent < std::min(recoveryProbes() + 1, learningShare())) return everInTurns();
    return rounds % 16 == 0 && sent < recoveryProbes() ? ever() : std::nullopt;
  }
  int64_t roundsDown() const {
    const uint32_t since = block_.sinceSeconds(now_, parameters_.round);
    return std::chrono::seconds(now_.seconds > since ? now_.seconds - since : 0) / parameters_.round;
  }

  // ceil(ln 0.2 / ln(1 - A)): so many find a block that is back with 80 % (libtrinarkular's rule).
  uint32_t recoveryProbes() const {
    constexpr uint32_t kLn5 = 32;
    const uint32_t each = silenceOf(shareOf(block_.availability()));
    return each == 0 ? 1 : (kLn5 + each - 1) / each;
  }

  // After a reply: the block is up; what is left of the budget, beyond what it takes to find an outage, is
  // for learning.
  std::optional<uint8_t> explore() const {
    const uint32_t sent = block_.sentThisRound();
    if (sent >= learningShare()) return std::nullopt;
    if (block_.learning()) {
      if (const auto slot = scan()) return slot;
      // Nothing is new any more: to ask another ends the learning (Block::outcome).
      const auto slot = ever();
      return slot ? slot : inTurns(anyone);
    }
    if (now_.round % 8 == 1) {
      if (const auto slot = scan()) return slot;
    }
    // A steady one that was missed, once more: whether that was a loss. Else those of low rank, which are
    // proven so, and others in turns.
    if (const auto slot = inTurns([&](size_t i) { return block_.steady(i) && block_.missed(i); }, sent))
      return slot;
    if ((now_.round + sent) % 2 == 0) {
      if (const auto slot = inTurns([&](size_t i) { return !block_.steady(i); }, sent)) return slot;
    }
    return seldom() ? everInTurns() : ever();
  }
  bool mayLearn() const {
    return block_.learning() ? withinHour() : block_.sentInHour() + kept() <= parameters_.perHour;
  }

  // Where the others seldom answer, it takes many probes to find one more that is steady.
  bool seldom() const { return block_.share(Kind::kEver) < shareOf(0.125); }

  // Probes of the hour that are not for learning. Who may borrow keeps little, and less while few are steady,
  // as an outage is found by them; least where the search for more takes many probes.
  uint32_t kept() const {
    constexpr uint32_t kVeryFew = 4, kLeast = 1, kFew = 5, kLittle = 4, kKept = 7;
    if (!parameters_.borrow) return reserve();
    if (seldom() && steadies() < kVeryFew) return kLeast;
    return steadies() < kFew ? kLittle : kKept;
  }

  // Probes that it takes to find the block down, should the next round's go unanswered.
  uint32_t reserve() const {
    const uint32_t steady = steadies();
    uint32_t probes = 0;
    for (uint32_t silence = 0; silence < downAfter(probes, block_.depth()) && probes <= kMostProbes;
         ++probes) {
      silence += silenceOf(block_.share(probes < steady                   ? Kind::kSteady
                                        : probes < kAsksOfSteady * steady ? Kind::kMissed
                                                                          : Kind::kEver));
    }
    return probes <= kMostProbes ? probes : kInvest;
  }
  static constexpr uint32_t kMostProbes = 12;
  static constexpr uint32_t kInvest = 2;

  static bool anyone(size_t) { return true; }
  // One of those with a rank that are `wanted`, in turns: each round begins with the next of them.
  template <class Wanted>
  std::optional<uint8_t> inTurns(const Wanted& wanted, uint32_t further = 0) const {
    const size_t count = block_.rankedCount();
    const auto start = static_cast<size_t>(roundNumber()) + further;
    for (size_t i = 0; i < count; ++i) {
      const size_t at = (start + i) % count;
      if (wanted(at) && allowed_(block_.rankedSlot(at))) return block_.rankedSlot(at);
    }
    return std::nullopt;
  }
  // That of the highest rank.
  template <class Wanted>
  std::optional<uint8_t> highest(const Wanted& wanted) const {
    std::optional<size_t> best;
    for (size_t i = 0; i < block_.rankedCount(); ++i) {
      if (!wanted(i) || !allowed_(block_.rankedSlot(i))) continue;
      if (!best || block_.rank(i) > block_.rank(*best)) best = i;
    }
    if (!best) return std::nullopt;
    return block_.rankedSlot(*best);
  }
  bool isRanked(uint8_t slot) const {
    for (size_t i = 0; i < block_.rankedCount(); ++i) {
      if (block_.rankedSlot(i) == slot) return true;
    }
    return false;
  }

  // One of the other ever-active addresses. Each round begins somewhere else among them, and each further
  // probe of the round takes the next.
  std::optional<uint8_t> ever() const {
    return everFrom(mixBits(static_cast<uint64_t>(block_.number()) << 32 | roundNumber()));
  }
  // Each round begins a little further on than the one before, so that none waits much longer than others.
  std::optional<uint8_t> everInTurns() const {
    constexpr uint64_t kFurther = 7;
    return everFrom(mixBits(block_.number()) + kFurther * roundNumber());
  }
  std::optional<uint8_t> everFrom(uint64_t start) const {
    uint32_t passing = block_.sentThisRound();
    std::optional<uint8_t> last;
    for (uint32_t i = 0; i < 256; ++i) {
      const uint8_t slot = slotAt(static_cast<uint8_t>(start + i));
      if (!block_.ever().has(slot) || isRanked(slot) || !allowed_(slot)) continue;
      last = slot;
      if (passing-- == 0) break;
    }
    return last;
  }
  uint64_t roundNumber() const {
    const auto round = std::chrono::duration_cast<std::chrono::seconds>(parameters_.round).count();
    return now_.seconds / static_cast<uint64_t>(std::max<int64_t>(round, 1));
  }

  std::optional<uint8_t> scan() const {
    if (!parameters_.scan) return std::nullopt;
    for (uint32_t i = 0; i < 256; ++i) {
      const uint8_t slot = slotAt(static_cast<uint8_t>(block_.scanAt() + i));
      if (!block_.ever().has(slot) && allowed_.asNew(slot)) return slot;
    }
    return std::nullopt;
  }
  const Block& block_;
  const Moment& now_;
  const Parameters& parameters_;
  const Allowed& allowed_;
};

}  // namespace

std::optional<uint8_t> nextSlot(const Block& block, Asks asks, const Moment& now,
                                const Parameters& parameters, const Allowed& allowed) {
  return Turn(block, now, parameters, allowed).next(asks);
}

}  // namespace nightjar::blocks
