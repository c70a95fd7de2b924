#include "app/prober.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace nightjar::app {
namespace {

// A turn waits so long for replies when nothing else is to be done.
constexpr auto kTurn = std::chrono::milliseconds(10);
// A record is made of so much time at a time, and never across the end of a minute, so that bins of any width
// can be counted from it.
constexpr auto kChunk = std::chrono::seconds(5);
constexpr auto kLargestPause = std::chrono::seconds(30);
constexpr size_t kReplies = 1024;

Time wholeSecond(Time time) {
  return std::chrono::floor<std::chrono::seconds>(time);
}

}  // namespace

size_t Prober::AddressHash::operator()(const Address& address) const noexcept {
  uint64_t low = 0;
  std::memcpy(&low, address.bytes.data() + 8, sizeof low);
  return std::hash<uint64_t>()((address.high() ^ low) * 0x9e3779b97f4a7c15);
}

Prober::Prober(link::Network& network, blocks::Engine& engine, tally::Instrument& instrument,
               tally::Vantage& vantage, ProbeRecord& record, ProberOptions options,
               std::function<void(const std::string&)> tell)
    : network_(network),
      engine_(engine),
      instrument_(instrument),
      vantage_(vantage),
      record_(record),
      options_(std::move(options)),
      tell_(std::move(tell)),
      uplink_([this] {
        auto uplink = options_.uplink;
        uplink.references = !options_.references.empty();
        return uplink;
      }()),
      references_(options_.references.begin(), options_.references.end()),
      due_(options_.batch),
      replies_(kReplies),
      last_(network.now()) {}

uint32_t Prober::epochOf(Time now) const {
  return static_cast<uint32_t>(now.time_since_epoch() / options_.round);
}

Result<void> Prober::turn() {
  const Time now = network_.now();
  if (const auto minded = mindTheClock(now); !minded) return minded;
  askReferences(now);
  takeDue(now);
  send(now);
  receive(now + kTurn);
  const Time after = network_.now();
  judgeUplink(after);
  expire(after);
  return flush(after);
}

Result<void> Prober::mindTheClock(Time now) {
  const Time before = last_;
  last_ = now;
  if (!from_) {
    from_ = wholeSecond(now);
    recordState(*from_);
    if (const auto advanced = instrument_.advance(*from_); !advanced) return advanced;
  }
  if (now >= before && now - before < kLargestPause) return {};
  // The clock was set, or the machine slept: what is under way cannot be judged.
  tell_(fmt::format("the clock went from {} to {}: what was under way is not counted", formatTime(before),
                    formatTime(now)));
  giveBack();
  unreachable_.clear();
  waiting_.clear();
  unjudged_.clear();
  referencesUnderWay_.clear();
  uplink_ = tally::UplinkWatch(uplink_.options());
  referenceWindow_.reset();
  notBefore_.reset();
  if (const auto flushed = flushTo(std::max(wholeSecond(before), *from_ + std::chrono::seconds(1)));
      !flushed) {
    return flushed;
  }
  from_ = wholeSecond(now);
  return instrument_.advance(*from_);
}

// --- out ---

void Prober::askReferences(Time now) {
  const int64_t window = uplink_.windowOf(now);
  if (references_.empty() || referenceWindow_ == window) return;
  referenceWindow_ = window;
  for (const Address& reference : references_) {
    toSend_.push_front({{reference, blocks::Method::kIcmpEcho, 0, epochOf(now)}, now});
  }
}

void Prober::takeDue(Time now) {
  const bool room = toSend_.empty() && (!notBefore_ || now >= *notBefore_);
  const size_t count = engine_.due(now, std::span(due_).first(room ? due_.size() : 0));
  for (size_t i = 0; i < count; ++i) {
    const Address& target = due_[i].target;
    if (exclusions_.of(target) != targets::Exclusion::kNone) {
      engine_.unsent(target);
      ++totals_.refrained;
      continue;
    }
    toSend_.push_back(
        {{target, options_.method, options_.port, epochOf(now)}, now, due_[i].block, due_[i].expected});
  }
}

void Prober::send(Time now) {
  while (!toSend_.empty() && (!notBefore_ || now >= *notBefore_)) {
    batch_.clear();
    for (size_t i = 0; i < std::min(toSend_.size(), options_.batch); ++i) batch_.push_back(toSend_[i].probe);
    const link::Sent sent = network_.send(batch_);
    for (size_t i = 0; i < sent.count; ++i) noteSent(now, toSend_[i]);
    toSend_.erase(toSend_.begin(), toSend_.begin() + static_cast<ptrdiff_t>(sent.count));
    notBefore_.reset();
    switch (sent.stop) {
      case link::Stop::kNone:
        break;
      case link::Stop::kWait:
        notBefore_ = sent.retry;
        break;
      case link::Stop::kRefused:
        if (totals_.refused++ == 0) {
          tell_(fmt::format("the system does not send to {}: {}", toSend_.front().probe.target.text(),
                            std::strerror(sent.systemError)));
        }
        if (isReference(toSend_.front().probe.target)) {
          noteSent(now, toSend_.front());  // a reference that cannot be reached does not answer
        } else {
          engine_.unsent(toSend_.front().probe.target);
        }
        toSend_.pop_front();
        break;
      case link::Stop::kDown:
        lineDown(now, sent.systemError);
        notBefore_ = sent.retry;
        return;
    }
  }
}

void Prober::noteSent(Time now, const ToSend& sent) {
  const Address& target = sent.probe.target;
  if (isReference(target)) {
    uplink_.referenceSent(now);
    referencesUnderWay_.push_back({now, target});
    return;
  }
  ++totals_.sent;
  waiting_[target] = sent.due;
  unjudged_.push_back({sent.due, target});
  if (references_.empty() && engine_.status(sent.block).state == blocks::State::kUp) {
    uplink_.probeSent(sent.due, vantage_.countryOf(sent.block), sent.expected);
  }
}

void Prober::giveBack() {
  for (const ToSend& waiting : toSend_) {
    if (!isReference(waiting.probe.target)) engine_.unsent(waiting.probe.target);
  }
  toSend_.clear();
}

void Prober::lineDown(Time now, int systemError) {
  uplink_.lineDown(now);
  for (const ToSend& waiting : toSend_) {
    if (isReference(waiting.probe.target)) noteSent(now, waiting);
  }
  giveBack();
  if (!uplinkFailed_) tell_(fmt::format("nothing goes out: {}", std::strerror(systemError)));
}

// --- back ---

void Prober::receive(Time until) {
  for (;;) {
    const size_t count = network_.receive(replies_, until);
    for (size_t i = 0; i < count; ++i) take(replies_[i]);
    if (count < replies_.size()) return;
    until = {};
  }
}

void Prober::take(const link::Reply& reply) {
  if (isReference(reply.probe.target) && takeReference(reply)) return;
  if (reply.duplicate || reply.kind == link::ReplyKind::kElsewhere) {
    ++totals_.ignored;
    return;
  }
  const auto mine = waiting_.find(reply.probe.target);
  if (mine == waiting_.end()) {
    ++totals_.ignored;
    return;
  }
  blocks::Outcome outcome{.sent = mine->second, .target = reply.probe.target, .method = reply.probe.method};
  if (reply.kind == link::ReplyKind::kUnreachable) {
    outcome.answer = blocks::Answer::kUnreachable;
    unreachable_.push_back(outcome);
    return;
  }
  waiting_.erase(mine);
  outcome.answer = blocks::Answer::kReply;
  outcome.rtt = reply.rtt;
  outcome = blocks::rounded(outcome);
  const blocks::Settled settled = engine_.settle(outcome);
  if (!settled.counted) {
    ++totals_.ignored;
    return;
  }
  ++totals_.replies;
  uplink_.probeAnswered(outcome.sent, vantage_.countryOf(settled.block), settled.expected);
  put(outcome, settled);
}

bool Prober::takeReference(const link::Reply& reply) {
  if (reply.kind != link::ReplyKind::kAnswer) return true;
  const auto mine =
      std::find_if(referencesUnderWay_.begin(), referencesUnderWay_.end(), [&](const UnderWay& u) {
        return u.target == reply.probe.target &&
               std::chrono::abs(u.sent - reply.sent) < options_.uplink.window / 2;
      });
  if (mine == referencesUnderWay_.end()) return false;
  uplink_.referenceAnswered(mine->sent);
  putReference(mine->sent, mine->target, true, reply.rtt);
  referencesUnderWay_.erase(mine);
  return true;
}

void Prober::judgeUplink(Time now) {
  while (!referencesUnderWay_.empty() && referencesUnderWay_.front().sent + options_.uplink.wait < now) {
    putReference(referencesUnderWay_.front().sent, referencesUnderWay_.front().target, false, {});
    referencesUnderWay_.pop_front();
  }
  while (const auto verdict = uplink_.judge(now)) {
    settleWindow(verdict->window, verdict->healthy);
    tellUplink(verdict->healthy, uplink_.startOf(verdict->window));
    if (references_.empty()) {
      putReference(uplink_.startOf(verdict->window), options_.source, verdict->healthy, {});
    }
  }
}

void Prober::settleWindow(int64_t window, bool healthy) {
  const auto past = [&](Time sent) { return uplink_.windowOf(sent) <= window; };
  for (const blocks::Outcome& held : std::exchange(unreachable_, {})) {
    if (!past(held.sent)) {
      unreachable_.push_back(held);
    } else if (healthy) {
      settleUnreachable(blocks::rounded(held));
    }
  }
  for (; !unjudged_.empty() && past(unjudged_.front().sent); unjudged_.pop_front()) {
    const UnderWay& probe = unjudged_.front();
    const auto waiting = waiting_.find(probe.target);
    if (healthy || waiting == waiting_.end() || waiting->second != probe.sent) continue;
    waiting_.erase(waiting);
    engine_.forget(probe.target);
    ++totals_.withheld;
  }
}

void Prober::settleUnreachable(const blocks::Outcome& outcome) {
  const blocks::Settled settled = engine_.settle(outcome);
  if (!settled.counted) return;
  waiting_.erase(outcome.target);
  ++totals_.unreachable;
  put(outcome, settled);
}

void Prober::tellUplink(bool healthy, Time since) {
  if (!healthy) ++totals_.failedWindows;
  if (healthy != uplinkFailed_) return;
  uplinkFailed_ = !healthy;
  tell_(healthy ? fmt::format("the prober's own line is back since {}", formatTime(since))
                : fmt::format("the prober's own line is down since {}: silence is not counted",
                              formatTime(since)));
}

void Prober::expire(Time now) {
  expired_.clear();
  expiredSettled_.clear();
  engine_.expire(now, expired_, &expiredSettled_);
  for (size_t i = 0; i < expired_.size(); ++i) {
    expired_[i].method = options_.method;
    waiting_.erase(expired_[i].target);
    put(expired_[i], expiredSettled_[i]);
  }
  totals_.silences += expired_.size();
}

// --- the record ---

void Prober::put(const blocks::Outcome& outcome, const blocks::Settled& settled) {
  vantage_.count(outcome, settled);
  settled_.push_back(outcome);
}

void Prober::putReference(Time sent, const Address& target, bool answered, std::chrono::microseconds rtt) {
  blocks::Outcome outcome{.sent = sent, .target = target, .reference = true, .rtt = rtt};
  outcome.answer = answered ? blocks::Answer::kReply : blocks::Answer::kNone;
  put(blocks::rounded(outcome), {});
}

Result<void> Prober::flush(Time now) {
  // What a minute began with is not mixed with the next one.
  for (;;) {
    const Time minute = std::chrono::floor<std::chrono::minutes>(*from_) + std::chrono::minutes(1);
    const Time until = std::min<Time>(minute, wholeSecond(now));
    if (until < minute && until - *from_ < kChunk) return {};
    if (const auto flushed = flushTo(until); !flushed) return flushed;
  }
}

Result<void> Prober::flushTo(Time until) {
  if (!settled_.empty()) record_.settled(*from_, until, std::exchange(settled_, {}));
  from_ = until;
  recordState(until);
  return instrument_.advance(until);
}

void Prober::recordState(Time at) {
  if (!record_.wantsState(at)) return;
  for (size_t piece = 0; piece < engine_.pieces(); ++piece) record_.state(at, engine_.save(piece));
}

void Prober::exclude(targets::Exclusions exclusions) {
  exclusions_ = std::move(exclusions);
  std::erase_if(toSend_, [this](const ToSend& waiting) {
    const Address& target = waiting.probe.target;
    if (isReference(target) || exclusions_.of(target) == targets::Exclusion::kNone) return false;
    engine_.unsent(target);
    ++totals_.refrained;
    return true;
  });
  for (uint32_t index = 0; index < engine_.size(); ++index) {
    const Prefix prefix = engine_.status(index).prefix;
    if (exclusions_.of(prefix) == targets::Exclusion::kNone) continue;
    engine_.exclude(prefix);
    vantage_.drop(index);
  }
}

Result<void> Prober::finish() {
  if (!from_) return {};
  giveBack();
  return flushTo(std::max(wholeSecond(network_.now()), *from_) + std::chrono::seconds(1));
}

}  // namespace nightjar::app
