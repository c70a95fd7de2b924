// The bodies of chunks: columns, packed with zlib (whose output is the same on every processor).
#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <bit>
#include <optional>
#include <tuple>

#include "base/varint.h"
#include "probing/log/numbers.h"
#include "probing/log/record.h"

namespace nightjar::probe_log {
namespace {

using blocks::Answer;
using blocks::Method;
using blocks::Outcome;

// Of a body's content before it is packed: a piece of state has at most 1 MiB, an outcome takes at most 40
// bytes.
constexpr uint64_t kMostContent = uint64_t{40} * kMostOutcomes;

// 2200-01-01, as base/time.h has it, in tenths of a second.
constexpr int64_t kLastTenth = 72'581'184'000;

int64_t tenths(Time time) {
  return std::chrono::floor<blocks::SentResolution>(time).time_since_epoch().count();
}

// A round-trip time of at most kRttBits significant bits as a number without gaps: as it is while it is
// short, then 2^(kRttBits - 1) steps for each doubling.
constexpr uint64_t kSteps = 1U << (blocks::kRttBits - 1);
uint64_t rttCode(uint64_t rtt) {
  const int shift = static_cast<int>(std::bit_width(rtt)) - blocks::kRttBits;
  return shift <= 0 ? rtt : static_cast<uint64_t>(shift) * kSteps + (rtt >> shift);
}
std::optional<uint64_t> rttOf(uint64_t code) {
  if (code < 2 * kSteps) return code;
  const uint64_t shift = code / kSteps - 1;
  constexpr uint64_t kMostShift = 32;  // over a month
  if (shift > kMostShift) return std::nullopt;
  return (kSteps + code % kSteps) << shift;
}

void deflateTo(std::vector<uint8_t>& out, Bytes content) {
  putVarint(out, content.size());
  uLongf size = compressBound(static_cast<uLong>(content.size()));
  const size_t start = out.size();
  out.resize(start + size);
  // It cannot fail: there is room for the worst case, and zlib's own memory is small.
  compress2(out.data() + start, &size, content.data(), static_cast<uLong>(content.size()), 6);
  out.resize(start + size);
}

Result<std::vector<uint8_t>> inflateFrom(ByteReader& in) {
  const uint64_t size = getVarint(in);
  const size_t start = in.position();
  if (!in.ok() || size > kMostContent) {
    return fail(ErrorKind::kLimit, "a chunk would unpack to more than any writer puts in", start);
  }
  std::vector<uint8_t> content(size);
  auto got = static_cast<uLongf>(size);
  const Bytes packed = in.rest();
  auto taken = static_cast<uLong>(packed.size());
  uint8_t none = 0;  // zlib refuses a null pointer
  if (uncompress2(size == 0 ? &none : content.data(), &got, packed.data(), &taken) != Z_OK || got != size ||
      taken != packed.size()) {
    return fail(ErrorKind::kInvalid, "a chunk does not unpack to its length", start);
  }
  return content;
}

// A column of numbers in two: their low bytes, and what is above, which is the same most of the time.
class SplitColumn {
 public:
  void put(uint64_t value) {
    low_.push_back(static_cast<uint8_t>(value));
    putVarint(high_, value >> 8);
  }
  void appendTo(std::vector<uint8_t>& out) const {
    putVarint(out, low_.size());
    out.insert(out.end(), low_.begin(), low_.end());
    out.insert(out.end(), high_.begin(), high_.end());
  }

 private:
  std::vector<uint8_t> low_, high_;
};

std::optional<std::vector<uint64_t>> getSplit(ByteReader& in, uint64_t count) {
  if (getVarint(in) != count) return std::nullopt;
  const Bytes low = in.take(count);
  if (!in.ok()) return std::nullopt;
  std::vector<uint64_t> values(count);
  for (size_t i = 0; i < count; ++i) values[i] = getVarint(in) << 8 | low[i];
  if (!in.ok()) return std::nullopt;
  return values;
}

bool byTarget(const Outcome& a, const Outcome& b) {
  return std::tie(a.target, a.sent) < std::tie(b.target, b.sent);
}

uint32_t slash24(const Outcome& outcome) {
  return static_cast<uint32_t>(outcome.target.high() >> 8);
}

// Whether the time of `outcome` is told by the one before: they are of one /24.
bool follows(std::span<const Outcome> outcomes, size_t i) {
  return i > 0 && outcomes[i].target.family == Family::kIpv4 &&
         slash24(outcomes[i]) == slash24(outcomes[i - 1]);
}

std::unexpected<Error> damaged(const char* what) {
  return fail(ErrorKind::kInvalid, fmt::format("a chunk's {} are damaged", what));
}

bool getTargets(ByteReader& in, uint64_t ipv4, std::vector<Outcome>& outcomes) {
  uint64_t number = 0;
  for (uint64_t i = 0; i < ipv4; ++i) {
    number += getVarint(in);
    if (number >= 1U << 24) return false;
    outcomes[i].target = Address::ipv4(static_cast<uint32_t>(number) << 8);
  }
  for (uint64_t i = 0; i < ipv4; ++i) outcomes[i].target.bytes[3] = in.u8();
  for (uint64_t i = ipv4; i < outcomes.size(); ++i) {
    outcomes[i].target = Address::of(Family::kIpv6, in.take(addressSize(Family::kIpv6)));
  }
  return in.ok();
}

bool getKinds(ByteReader& in, std::vector<Outcome>& outcomes) {
  for (Outcome& outcome : outcomes) {
    const uint8_t kind = in.u8();
    const uint8_t method = kind & 3;
    const uint8_t answer = kind >> 2 & 3;
    if (method > static_cast<uint8_t>(Method::kUdpDns) ||
        answer > static_cast<uint8_t>(Answer::kUnreachable) || kind >> 5 != 0) {
      return false;
    }
    outcome.method = static_cast<Method>(method);
    outcome.answer = static_cast<Answer>(answer);
    outcome.reference = (kind >> 4 & 1) != 0;
  }
  return in.ok();
}

bool getTimes(ByteReader& in, Time from, std::vector<Outcome>& outcomes) {
  const auto steps = getSplit(in, outcomes.size());
  if (!steps) return false;
  for (size_t i = 0; i < outcomes.size(); ++i) {
    const int64_t base = tenths(follows(outcomes, i) ? outcomes[i - 1].sent : from);
    const uint64_t tenth = static_cast<uint64_t>(base) + static_cast<uint64_t>(unzigzag((*steps)[i]));
    if (tenth >= static_cast<uint64_t>(kLastTenth)) return false;
    outcomes[i].sent = Time(blocks::SentResolution(static_cast<int64_t>(tenth)));
  }
  return true;
}

bool getRtts(ByteReader& in, std::vector<Outcome>& outcomes) {
  const auto replies = std::count_if(outcomes.begin(), outcomes.end(),
                                     [](const Outcome& o) { return o.answer == Answer::kReply; });
  const auto codes = getSplit(in, static_cast<uint64_t>(replies));
  if (!codes) return false;
  auto code = codes->begin();
  for (Outcome& outcome : outcomes) {
    if (outcome.answer != Answer::kReply) continue;
    const auto rtt = rttOf(*code++);
    if (!rtt) return false;
    outcome.rtt = std::chrono::microseconds(*rtt);
  }
  return true;
}

Result<std::vector<Outcome>> unpackOutcomes(Bytes content, Time from) {
  ByteReader in(content);
  const uint64_t ipv4 = getVarint(in);
  const uint64_t ipv6 = getVarint(in);
  // Each takes a byte, at least.
  if (!in.ok() || ipv4 > kMostOutcomes || ipv6 > kMostOutcomes - ipv4 || ipv4 + ipv6 > content.size()) {
    return damaged("counts");
  }
  std::vector<Outcome> outcomes(ipv4 + ipv6);
  if (!getTargets(in, ipv4, outcomes)) return damaged("targets");
  if (!getKinds(in, outcomes)) return damaged("answers");
  if (!getTimes(in, from, outcomes)) return damaged("times");
  if (!getRtts(in, outcomes) || !in.atEnd()) return damaged("round-trip times");
  std::sort(outcomes.begin(), outcomes.end());
  return outcomes;
}

}  // namespace

std::vector<uint8_t> packState(Bytes piece) {
  std::vector<uint8_t> out;
  deflateTo(out, piece);
  return out;
}

std::vector<uint8_t> packOutcomes(Time from, Time until, std::span<const Outcome> given) {
  std::vector<Outcome> outcomes(given.begin(), given.end());
  std::sort(outcomes.begin(), outcomes.end(), byTarget);
  std::vector<uint8_t> content, octets, kinds, ipv6;
  SplitColumn times, rtts;
  std::vector<uint8_t> gaps;
  uint32_t number = 0;
  for (size_t i = 0; i < outcomes.size(); ++i) {
    const Outcome& outcome = outcomes[i];
    if (outcome.target.family == Family::kIpv4) {
      putVarint(gaps, slash24(outcome) - number);
      number = slash24(outcome);
      octets.push_back(outcome.target.bytes[3]);
    } else {
      ipv6.insert(ipv6.end(), outcome.target.bytes.begin(), outcome.target.bytes.end());
    }
    kinds.push_back(static_cast<uint8_t>(static_cast<unsigned>(outcome.method) |
                                         static_cast<unsigned>(outcome.answer) << 2 |
                                         static_cast<unsigned>(outcome.reference) << 4));
    const Time base = follows(outcomes, i) ? outcomes[i - 1].sent : from;
    times.put(zigzag(tenths(outcome.sent) - tenths(base)));
    if (outcome.answer == Answer::kReply) rtts.put(rttCode(static_cast<uint64_t>(outcome.rtt.count())));
  }
  putVarint(content, octets.size());
  putVarint(content, outcomes.size() - octets.size());
  for (const auto* column : {&gaps, &octets, &ipv6, &kinds}) {
    content.insert(content.end(), column->begin(), column->end());
  }
  times.appendTo(content);
  rtts.appendTo(content);

  std::vector<uint8_t> out;
  putU64(out, static_cast<uint64_t>(from.time_since_epoch().count()));
  putU64(out, static_cast<uint64_t>(until.time_since_epoch().count()));
  deflateTo(out, content);
  return out;
}

Result<Chunk> unpackChunk(RecordKind kind, Bytes body) {
  Chunk chunk;
  ByteReader in(body);
  if (kind == RecordKind::kOutcomes) {
    const uint64_t from = getU64(in);
    const uint64_t until = getU64(in);
    constexpr uint64_t kTenth = 100'000;
    if (!in.ok() || from >= until || until > static_cast<uint64_t>(kLastTenth) * kTenth) {
      return fail(ErrorKind::kInvalid, "a chunk's span is none", 0);
    }
    chunk.from = Time(std::chrono::microseconds(static_cast<int64_t>(from)));
    chunk.until = Time(std::chrono::microseconds(static_cast<int64_t>(until)));
  }
  auto content = inflateFrom(in);
  if (!content) return std::unexpected(content.error());
  if (kind == RecordKind::kState) {
    chunk.state = std::move(*content);
    return chunk;
  }
  auto outcomes = unpackOutcomes(*content, chunk.from);
  if (!outcomes) return std::unexpected(outcomes.error());
  chunk.outcomes = std::move(*outcomes);
  return chunk;
}

}  // namespace nightjar::probe_log
