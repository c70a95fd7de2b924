#include "probing/blocks/turn.h"

namespace nightjar::blocks {
namespace {

class Turn {
 public:
  Turn(const Block& block, const Moment& now, const Parameters& parameters, const Allowed& allowed)
      : block_(block), now_(now), parameters_(parameters), allowed_(allowed) {}

  std::optional<uint8_t> next() const {
    const uint32_t sent = block_.sentThisRound();
    if (sent >= parameters_.perRound || block_.sentInHour() >= parameters_.perHour) return std::nullopt;
    if (sent == 0) return first();
    if (block_.answeredThisRound()) return explore();
    if (!block_.everAnswered()) return sent < learningShare() ? scan() : std::nullopt;
    return block_.down() ? recovery() : presence();
  }

 private:
  // The probes of a round while a block is learnt: an even share of the hour's.
  uint32_t learningShare() const { return std::max(1U, parameters_.perHour / kRoundsInHour); }

  // Opens the round: one that answered lately, in turns; so an outage shows at once, and a block that is up
  // costs one probe.
  std::optional<uint8_t> first() const {
    if (const auto slot = recent(false)) return slot;
    const bool other = block_.recentCount() == 0 || now_.round % 4 == 3;
    if (other && !(block_.learning() && now_.round % 2 == 0)) {
      if (const auto slot = ever()) return slot;
    }
    if (const auto slot = recent(true)) return slot;
    if (const auto slot = scan()) return slot;
    return ever();
  }

  // After an unanswered probe of a block that was up: is anybody there?
  std::optional<uint8_t> presence() const {
    if (const auto slot = recent(false)) return slot;
    const uint32_t sent = block_.sentThisRound();
    if (block_.learning()) return sent < learningShare() ? scan() : std::nullopt;
    // To ask the same few again within seconds would prove nothing.
    return sent <= block_.everActive() ? ever() : std::nullopt;
  }

  // After an unanswered probe of a block that is down: Trinocular's further probes, in the rounds that it
  // makes them, and a search for new addresses, in case that the block has moved.
  std::optional<uint8_t> recovery() const {
    const uint32_t since = block_.sinceSeconds(now_, parameters_.round);
    const auto silent = std::chrono::seconds(now_.seconds > since ? now_.seconds - since : 0);
    const int64_t rounds = silent / parameters_.round;
    const uint32_t sent = block_.sentThisRound();
    if ((rounds <= 4 || rounds == 8 || rounds % 16 == 0) && sent < recoveryProbes()) return ever();
    // For two days from the first hour on, and again every eight days.
    constexpr int64_t kSearchEvery = 1152, kSearchFrom = 6, kSearchUntil = 300;
    const int64_t phase = rounds % kSearchEvery;
    return sent < 2 && phase >= kSearchFrom && phase < kSearchUntil ? scan() : std::nullopt;
  }

  // ceil(ln 0.2 / ln(1 - A)): so many find a block that is back with 80 % (libtrinarkular's rule).
  uint32_t recoveryProbes() const {
    constexpr uint32_t kLn5 = 1648;
    const uint32_t each = silenceOf(shareOf(block_.availability()));
    return each == 0 ? 1 : (kLn5 + each - 1) / each;
  }

  // After a reply: the block is up; what is left of the budget, beyond what it takes to find an outage, is
  // for learning.
  std::optional<uint8_t> explore() const {
    const uint32_t sent = block_.sentThisRound();
    if (sent >= learningShare()) return std::nullopt;
    if (block_.learning()) return scan();
    const uint32_t each = std::max<uint32_t>(silenceOf(block_.recentShare()), 1);
    const uint32_t reserve = std::min((kDown + each - 1) / each, 10U);
    const bool hourly = now_.round % kRoundsInHour == block_.number() % kRoundsInHour;
    if (block_.sentInHour() + (hourly ? 2 : reserve) > parameters_.perHour) return std::nullopt;
    if (now_.round % 2 == 0) {
      if (const auto slot = missed()) return slot;
    }
    if (now_.round % 4 == 1) {
      if (const auto slot = scan()) return slot;
    }
    return ever();
  }

  std::optional<uint8_t> recent(bool alsoMissed) const {
    for (size_t i = 0; i < block_.recentCount(); ++i) {
      const uint8_t slot = block_.recentSlot(i);
      if ((alsoMissed || !block_.missed(i)) && allowed_(slot)) return slot;
    }
    return std::nullopt;
  }
  std::optional<uint8_t> missed() const {
    for (size_t i = 0; i < block_.recentCount(); ++i) {
      if (block_.missed(i) && allowed_(block_.recentSlot(i))) return block_.recentSlot(i);
    }
    return std::nullopt;
  }
  bool isRecent(uint8_t slot) const {
    for (size_t i = 0; i < block_.recentCount(); ++i) {
      if (block_.recentSlot(i) == slot) return true;
    }
    return false;
  }

  // The next ever-active address behind the cursor that is not among the recent ones; they have their turns.
  std::optional<uint8_t> ever() const {
    for (uint32_t i = 1; i <= 256; ++i) {
      const uint8_t slot = slotAt(static_cast<uint8_t>(block_.cursor() + i));
      if (block_.ever().has(slot) && !isRecent(slot) && allowed_(slot)) return slot;
    }
    return std::nullopt;
  }

  std::optional<uint8_t> scan() const {
    if (!parameters_.scan) return std::nullopt;
    for (uint32_t i = 0; i < 256; ++i) {
      const uint8_t slot = slotAt(static_cast<uint8_t>(block_.scanAt() + i));
      if (!block_.ever().has(slot) && mayBeNew(slot) && allowed_(slot)) return slot;
    }
    return std::nullopt;
  }
  // In IPv4 the first and the last address of a block often stand for all of its hosts; they are asked only
  // if a history has them.
  static bool mayBeNew(uint8_t slot) { return slot != 0 && slot != 255; }

  const Block& block_;
  const Moment& now_;
  const Parameters& parameters_;
  const Allowed& allowed_;
};

}  // namespace

std::optional<uint8_t> nextSlot(const Block& block, const Moment& now, const Parameters& parameters,
                                const Allowed& allowed) {
  return Turn(block, now, parameters, allowed).next();
}

}  // namespace nightjar::blocks
