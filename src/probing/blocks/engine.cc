#include "probing/blocks/engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>
#include <unordered_set>

#include "probing/blocks/block.h"
#include "probing/blocks/permutation.h"
#include "probing/blocks/piece.h"
#include "probing/blocks/space.h"
#include "probing/blocks/turn.h"

namespace nightjar::blocks {
namespace {

constexpr uint8_t kSlash24Length = 24;
constexpr uint8_t kGroupLength = 48;
constexpr size_t kMostInGroup = 256;

// Pieces of the state stay within 1 MiB: a /24 takes 64 bytes, a group at most 4158.
constexpr uint32_t kSlash24sInPiece = 15'000;
constexpr uint32_t kGroupsInPiece = 240;

constexpr uint32_t piecesOf(size_t blocks, uint32_t each) {
  return static_cast<uint32_t>((blocks + each - 1) / each);
}

uint32_t numberOf(const Address& ipv4) {
  return static_cast<uint32_t>(ipv4.high() >> 8);
}
bool isSlash24(const Prefix& prefix) {
  return prefix.address.family == Family::kIpv4 && prefix.length == kSlash24Length;
}

Parameters checked(Parameters parameters) {
  parameters.round = std::max<std::chrono::microseconds>(parameters.round, std::chrono::seconds(1));
  parameters.wait = std::max<std::chrono::microseconds>(parameters.wait, SentResolution(1));
  parameters.perRound = std::clamp(parameters.perRound, 1U, 15U);
  parameters.perHour = std::max(parameters.perHour, kRoundsInHour);
  return parameters;
}

// A wait that is not over: of an answered probe as well, so that the next one keeps its distance.
struct Wait {
  Time sent;
  uint32_t block;
};

}  // namespace

struct Engine::Impl {
  explicit Impl(const Parameters& wanted) : parameters(checked(wanted)) {}

  Parameters parameters;
  Counters counters;

  Slash24s space;
  std::vector<Block> slash24s;  // by number, once arranged
  Listed listed;
  std::vector<Block> groups;  // by place in `listed`
  Excluded excluded;
  bool arranged = true;

  Permutation order;
  std::optional<Time> last;              // of due() or expire()
  int64_t position = 0;                  // of the next turn: rounds times blocks, and blocks of this round
  std::deque<Wait> waits;                // by time of sending
  std::unordered_set<uint32_t> givenUp;  // blocks whose wait goes on, but not to a further probe
  std::deque<uint32_t> again;  // blocks whose wait is over and that may have another probe in this round

  uint32_t size() const { return static_cast<uint32_t>(slash24s.size() + groups.size()); }
  Block& at(uint32_t block) {
    return block < slash24s.size() ? slash24s[block] : groups[block - slash24s.size()];
  }

  // Blocks may be added at any time, in any order; before they are looked up they are put in order.
  void arrange();
  void forgetWaits();
  bool addSlash24(Block block);

  std::optional<Place> find(const Address& address) const;
  Address addressOf(uint32_t block, uint8_t slot) const;
  Moment moment(Time time) const { return Moment::of(rounded({.sent = time}).sent, parameters.round); }

  void turnClock(Time now);
  int64_t positionAt(Time now) const;
  bool giveUp(const Address& target, bool left);
  bool ask(uint32_t block, Asks asks, Time now, Probe& probe);
  Settled end(uint32_t block, uint8_t slot, const Outcome& outcome);
};

namespace {

// What the engine's exclusions leave of one block.
class AllowedIn final : public Allowed {
 public:
  AllowedIn(const Excluded& excluded, const Listed::Group* group, uint32_t number)
      : excluded_(excluded), group_(group), number_(number) {}
  bool operator()(uint8_t slot) const override {
    if (group_ == nullptr) {
      return excluded_.empty() || !excluded_.has(Address::ipv4(number_ << 8 | slot));
    }
    return slot < group_->addresses.size() && !excluded_.has(group_->addresses[slot]);
  }
  // In IPv4 the first and the last address of a block often stand for all of its hosts; they are asked only
  // if a history has them.
  bool asNew(uint8_t slot) const override {
    return (group_ != nullptr || (slot != 0 && slot != 255)) && (*this)(slot);
  }

 private:
  const Excluded& excluded_;
  const Listed::Group* group_;
  uint32_t number_;
};

}  // namespace

void Engine::Impl::arrange() {
  if (arranged) return;
  const auto before = [](const Block& a, const Block& b) { return a.number() < b.number(); };
  if (!std::is_sorted(slash24s.begin(), slash24s.end(), before)) {
    std::sort(slash24s.begin(), slash24s.end(), before);
  }
  order = Permutation(size(), parameters.seed);
  arranged = true;
  if (last) position = positionAt(*last);
}

void Engine::Impl::forgetWaits() {
  for (const Wait& wait : waits) {
    Block& block = at(wait.block);
    counters.forgotten += block.underWay().open ? 1 : 0;
    block.setUnderWay({});
  }
  waits.clear();
  again.clear();
  givenUp.clear();
}

bool Engine::Impl::addSlash24(Block block) {
  if (space.has(block.number())) return false;
  forgetWaits();  // they go by the blocks' numbers, which change
  space.add(block.number());
  slash24s.push_back(block);
  arranged = false;
  return true;
}

std::optional<Place> Engine::Impl::find(const Address& address) const {
  if (address.family == Family::kIpv4) {
    const uint32_t number = numberOf(address);
    if (!space.has(number)) return std::nullopt;
    return Place{space.rank(number), address.bytes[3]};
  }
  auto place = listed.find(address);
  if (place) place->block += static_cast<uint32_t>(slash24s.size());
  return place;
}

Address Engine::Impl::addressOf(uint32_t block, uint8_t slot) const {
  if (block < slash24s.size()) return Address::ipv4(slash24s[block].number() << 8 | slot);
  return listed.groups()[block - slash24s.size()].addresses[slot];
}

int64_t Engine::Impl::positionAt(Time now) const {
  const int64_t micros = std::max<int64_t>(now.time_since_epoch().count(), 0);
  const int64_t ticks = parameters.borrow ? kTicksBetweenTurns : Moment::kTicks;
  const int64_t all = parameters.round.count() * ticks / Moment::kTicks;
  return micros / all * size() + micros % all * size() / all;
}

// Time that was set back or has leapt says nothing about the probes under way: their replies may lie unread,
// or have come long ago by the new time.
void Engine::Impl::turnClock(Time now) {
  arrange();
  constexpr auto kPause = std::chrono::seconds(2);
  const bool leapt = !last || now < *last || now - *last > parameters.wait + kPause;
  last = now;
  if (!leapt) return;
  forgetWaits();
  position = positionAt(now);
}

bool Engine::Impl::ask(uint32_t number, Asks asks, Time now, Probe& probe) {
  Block& block = at(number);
  if (block.underWay().sent) return false;
  const Moment when = moment(now);
  block.turnTo(when);
  const bool isGroup = number >= slash24s.size();
  const AllowedIn allowed(excluded, isGroup ? &listed.groups()[number - slash24s.size()] : nullptr,
                          block.number());
  Parameters rules = parameters;
  rules.scan = rules.scan || isGroup;  // a group has listed addresses alone
  const auto slot = nextSlot(block, asks, when, rules, allowed);
  if (!slot) return false;
  block.sent(when);
  block.setUnderWay({*slot, true, true});
  waits.push_back({now, number});
  ++counters.probes;
  probe = {addressOf(number, *slot), number, probabilityOf(block.share(block.kindOf(*slot)))};
  return true;
}

Settled Engine::Impl::end(uint32_t number, uint8_t slot, const Outcome& outcome) {
  const bool reply = outcome.answer == Answer::kReply;
  ++(reply ? counters.replies : counters.silences);
  counters.unreachables += outcome.answer == Answer::kUnreachable ? 1 : 0;
  Settled settled = at(number).outcome(slot, reply, moment(outcome.sent), parameters.round);
  settled.block = number;
  return settled;
}

Engine::Engine(const Parameters& parameters) : impl_(std::make_unique<Impl>(parameters)) {}
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;
Engine::~Engine() = default;

const Parameters& Engine::parameters() const {
  return impl_->parameters;
}
const Counters& Engine::counters() const {
  return impl_->counters;
}

void Engine::reserve(uint32_t blocks) {
  impl_->slash24s.reserve(blocks);
}

Result<void> Engine::add(const Prefix& prefix, const History* history) {
  if (!isSlash24(prefix)) {
    return fail(ErrorKind::kInvalid, fmt::format("{} is not an IPv4 /24", prefix.text()));
  }
  Block block(numberOf(prefix.address));
  if (history != nullptr) block.learnFrom(*history);
  impl_->addSlash24(block);
  return {};
}

Result<void> Engine::addListed(std::span<const Address> addresses) {
  std::map<Prefix, std::vector<Address>> fresh;
  for (const Address& address : addresses) {
    if (address.family != Family::kIpv6) {
      return fail(ErrorKind::kInvalid, fmt::format("{} is not an IPv6 address", address.text()));
    }
    if (!impl_->listed.find(address)) fresh[Prefix::of(address, kGroupLength)].push_back(address);
  }
  impl_->forgetWaits();
  for (auto& [prefix, all] : fresh) {
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    for (size_t first = 0; first < all.size(); first += kMostInGroup) {
      const std::span<const Address> part(all.begin() + static_cast<ptrdiff_t>(first),
                                          std::min(kMostInGroup, all.size() - first));
      impl_->listed.add({prefix, {part.begin(), part.end()}});
      impl_->groups.emplace_back();
    }
  }
  impl_->arranged = false;
  return {};
}

void Engine::adopt(std::span<const Outcome> outcomes) {
  std::vector<Address> ipv6;
  for (const Outcome& outcome : outcomes) {
    if (outcome.reference) continue;
    if (outcome.target.family == Family::kIpv6) {
      if (!impl_->listed.find(outcome.target)) ipv6.push_back(outcome.target);
    } else {
      impl_->addSlash24(Block(numberOf(outcome.target)));
    }
  }
  // It cannot fail: all of them are IPv6.
  [[maybe_unused]] const auto added = addListed(ipv6);
}

void Engine::exclude(const Prefix& prefix) {
  impl_->excluded.add(prefix);
}

uint32_t Engine::size() const {
  return impl_->size();
}

std::optional<uint32_t> Engine::find(const Address& address) const {
  impl_->arrange();
  const auto place = impl_->find(address);
  if (!place) return std::nullopt;
  return place->block;
}

Status Engine::status(uint32_t number) const {
  impl_->arrange();
  const Block& block = impl_->at(number);
  const bool isSlash24 = number < impl_->slash24s.size();
  Status status;
  status.prefix = isSlash24 ? Prefix::of(impl_->addressOf(number, 0), kSlash24Length)
                            : impl_->listed.groups()[number - impl_->slash24s.size()].prefix;
  status.state = block.state();
  const Moment now = impl_->moment(impl_->last.value_or(Time{}));
  status.since = Time(std::chrono::seconds(block.sinceSeconds(now, impl_->parameters.round)));
  status.standing = block.standing();
  status.everActive = block.everActive();
  status.availability = block.availability();
  status.recentAvailability = block.recentAvailability();
  status.belief = block.belief();
  return status;
}

size_t Engine::due(Time now, std::span<Probe> out) {
  Impl& engine = *impl_;
  engine.turnClock(now);
  size_t filled = 0;
  for (; filled < out.size() && !engine.again.empty(); engine.again.pop_front()) {
    filled += engine.ask(engine.again.front(), Asks::kFurther, now, out[filled]) ? 1 : 0;
  }
  const int64_t blocks = engine.size();
  if (blocks == 0) return filled;
  const int64_t until = engine.positionAt(now);
  if (engine.position < until - blocks) {
    engine.counters.skipped += static_cast<uint64_t>(until - blocks - engine.position);
    engine.position = until - blocks;
  }
  for (; filled < out.size() && engine.position <= until; ++engine.position) {
    const uint32_t block = engine.order(static_cast<uint32_t>(engine.position % blocks));
    filled += engine.ask(block, Asks::kInTurn, now, out[filled]) ? 1 : 0;
  }
  return filled;
}

bool Engine::Impl::giveUp(const Address& target, bool left) {
  arrange();
  const auto place = find(target);
  if (!place) return false;
  Block& block = at(place->block);
  const Block::UnderWay under = block.underWay();
  if (!under.open || under.slot != place->slot) return false;
  block.setUnderWay({under.slot, true, false});
  if (!left) block.unsent();
  givenUp.insert(place->block);
  ++counters.forgotten;
  return true;
}

void Engine::unsent(const Address& target) {
  if (impl_->giveUp(target, false)) --impl_->counters.probes;
}

void Engine::forget(const Address& target) {
  (void)impl_->giveUp(target, true);
}

Settled Engine::settle(const Outcome& outcome) {
  Impl& engine = *impl_;
  engine.arrange();
  const auto place = outcome.reference ? std::nullopt : engine.find(outcome.target);
  if (place && engine.last && outcome.answer != Answer::kNone) {
    constexpr auto kSlack = std::chrono::seconds(1);
    Block& block = engine.at(place->block);
    const Block::UnderWay under = block.underWay();
    if (under.open && under.slot == place->slot && outcome.sent <= *engine.last + kSlack &&
        outcome.sent >= *engine.last - engine.parameters.wait - kSlack) {
      block.setUnderWay({under.slot, true, false});
      return engine.end(place->block, place->slot, outcome);
    }
  }
  ++engine.counters.ignored;
  return {};
}

void Engine::expire(Time now, std::vector<Outcome>& out, std::vector<Settled>* settled) {
  Impl& engine = *impl_;
  engine.turnClock(now);
  for (; !engine.waits.empty(); engine.waits.pop_front()) {
    const Wait wait = engine.waits.front();
    if (wait.sent + engine.parameters.wait > now) break;
    Block& block = engine.at(wait.block);
    const Block::UnderWay under = block.underWay();
    block.setUnderWay({});
    if (engine.givenUp.erase(wait.block) == 0) engine.again.push_back(wait.block);
    if (!under.open) continue;
    out.push_back(rounded({.sent = wait.sent, .target = engine.addressOf(wait.block, under.slot)}));
    const Settled told = engine.end(wait.block, under.slot, out.back());
    if (settled != nullptr) settled->push_back(told);
  }
}

Settled Engine::apply(const Outcome& outcome) {
  Impl& engine = *impl_;
  engine.arrange();
  const auto place = outcome.reference ? std::nullopt : engine.find(outcome.target);
  if (!place) {
    ++engine.counters.ignored;
    return {};
  }
  engine.last = std::max(engine.last.value_or(outcome.sent), outcome.sent);
  engine.at(place->block).sent(engine.moment(outcome.sent));
  ++engine.counters.probes;
  return engine.end(place->block, place->slot, outcome);
}

size_t Engine::pieces() const {
  return std::max(1U, piecesOf(impl_->slash24s.size(), kSlash24sInPiece) +
                          piecesOf(impl_->groups.size(), kGroupsInPiece));
}

std::vector<uint8_t> Engine::save(size_t piece) const {
  impl_->arrange();
  const auto& slash24s = impl_->slash24s;
  const auto& groups = impl_->groups;
  const size_t ofSlash24s = piecesOf(slash24s.size(), kSlash24sInPiece);
  const bool isGroups = piece >= ofSlash24s;
  const size_t first = isGroups ? (piece - ofSlash24s) * kGroupsInPiece : piece * kSlash24sInPiece;
  const size_t last = isGroups ? std::min(groups.size(), first + kGroupsInPiece)
                               : std::min(slash24s.size(), first + kSlash24sInPiece);
  PieceWriter writer(static_cast<uint32_t>(piece), static_cast<uint32_t>(pieces()),
                     static_cast<uint32_t>(last - std::min(first, last)));
  for (size_t i = first; i < last; ++i) {
    isGroups ? writer.put(impl_->listed.groups()[i], groups[i]) : writer.put(slash24s[i]);
  }
  return writer.finish();
}

Result<void> Engine::load(Bytes piece, Intake intake) {
  const auto head = checkPiece(piece);
  if (!head) return std::unexpected(head.error());
  Impl& engine = *impl_;
  engine.forgetWaits();
  engine.arrange();
  std::vector<Block> fresh;
  const auto slash24 = [&](const Block& block) {
    if (engine.space.has(block.number())) {
      engine.slash24s[engine.space.rank(block.number())] = block;
    } else if (intake == Intake::kAll) {
      fresh.push_back(block);
    }
  };
  const auto group = [&](Listed::Group addresses, const Block& block) {
    // A group is the same only if all of its addresses are: their places are their slots.
    const auto place = engine.listed.find(addresses.addresses.front());
    if (place && engine.listed.groups()[place->block].addresses == addresses.addresses) {
      engine.groups[place->block] = block;
    } else if (intake == Intake::kAll && engine.listed.add(std::move(addresses))) {
      engine.groups.push_back(block);
      engine.arranged = false;
    }
  };
  [[maybe_unused]] const auto read = readPiece(piece, slash24, group);
  for (const Block& block : fresh) engine.addSlash24(block);
  return {};
}

}  // namespace nightjar::blocks
