#include "probing/log/record.h"

#include <isa-l/crc.h>

#include <algorithm>

#include "base/varint.h"
#include "probing/log/numbers.h"

namespace nightjar::probe_log {
namespace {

constexpr std::array<uint8_t, 3> kMark{0xc7, 'N', 'j'};
constexpr size_t kMostText = 4096;

void putText(std::vector<uint8_t>& out, std::string_view text) {
  text = text.substr(0, kMostText);
  putVarint(out, text.size());
  out.insert(out.end(), text.begin(), text.end());
}

std::string getText(ByteReader& in) {
  const uint64_t length = getVarint(in);
  const Bytes text = in.take(length <= kMostText ? length : in.left() + 1);
  return {text.begin(), text.end()};
}

}  // namespace

uint32_t crc32c(Bytes bytes) {
  // ISA-L leaves the final complement to its caller.
  return ~crc32_iscsi(const_cast<uint8_t*>(bytes.data()), static_cast<int>(bytes.size()), ~0U);
}

void putRecord(std::vector<uint8_t>& out, RecordKind kind, Bytes body) {
  const size_t start = out.size();
  out.insert(out.end(), kMark.begin(), kMark.end());
  out.push_back(static_cast<uint8_t>(kind));
  putU32(out, static_cast<uint32_t>(body.size()));
  putU32(out, crc32c(body));
  putU32(out, crc32c(Bytes(out).subspan(start)));
  out.insert(out.end(), body.begin(), body.end());
}

std::optional<RecordHead> readHead(Bytes bytes) {
  if (!std::equal(kMark.begin(), kMark.end(), bytes.begin())) return std::nullopt;
  ByteReader in(bytes.subspan(kMark.size(), kHeadBytes - kMark.size()));
  const uint8_t kind = in.u8();
  const RecordHead head{static_cast<RecordKind>(kind), in.u32(), in.u32()};
  const bool known = kind == 'H' || kind == 'O' || kind == 'S';
  if (in.u32() != crc32c(bytes.first(kHeadBytes - 4)) || !known || head.length > kMostBody) {
    return std::nullopt;
  }
  return head;
}

std::vector<uint8_t> packHeader(const Header& header) {
  std::vector<uint8_t> out;
  putU64(out, static_cast<uint64_t>(header.begun.time_since_epoch().count()));
  out.push_back(static_cast<uint8_t>(header.source.family));
  out.insert(out.end(), header.source.bytes.begin(),
             header.source.bytes.begin() + static_cast<ptrdiff_t>(addressSize(header.source.family)));
  putText(out, header.prober);
  putText(out, header.program);
  putText(out, header.simulation);
  putU64(out, static_cast<uint64_t>(std::chrono::floor<std::chrono::seconds>(header.round).count()));
  return out;
}

Result<Header> unpackHeader(Bytes body) {
  ByteReader in(body);
  Header header;
  header.begun = Time(std::chrono::microseconds(static_cast<int64_t>(getU64(in))));
  const uint8_t family = in.u8();
  if (in.ok() && family != 4 && family != 6) {
    return fail(ErrorKind::kInvalid, "the source address is of no known family", in.position() - 1);
  }
  const auto known = family == 4 ? Family::kIpv4 : Family::kIpv6;
  header.source = Address::of(known, in.take(addressSize(known)));
  header.prober = getText(in);
  header.program = getText(in);
  header.simulation = getText(in);
  const uint64_t round = getU64(in);
  if (!in.ok() || !in.atEnd()) {
    return fail(ErrorKind::kInvalid, "the header's length does not fit what is in it", in.position());
  }
  constexpr uint64_t kLongestRound = 86'400;
  if (round == 0 || round > kLongestRound) {
    return fail(ErrorKind::kInvalid, "the header's round is not between a second and a day", in.position());
  }
  header.round = std::chrono::seconds(round);
  return header;
}

}  // namespace nightjar::probe_log
