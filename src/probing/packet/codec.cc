#include "probing/packet/codec.h"

#include <sodium/crypto_shorthash.h>

#include <algorithm>
#include <cstring>

#include "probing/packet/mark.h"

namespace nightjar::packet {

static_assert(crypto_shorthash_KEYBYTES == sizeof(Secret) && crypto_shorthash_BYTES == 8);

std::string_view nameOf(ReplyKind kind) {
  switch (kind) {
    case ReplyKind::kAnswer:
      return "answer";
    case ReplyKind::kUnreachable:
      return "unreachable";
    case ReplyKind::kElsewhere:
      return "elsewhere";
  }
  return "";
}

std::chrono::microseconds Stamp::until(uint64_t now) const {
  if (!coarse_) return std::chrono::microseconds(static_cast<int64_t>(now - value_));
  const uint64_t units = (now / kStampUnit - value_) & kStampMask;
  return std::chrono::microseconds(units * kStampUnit);
}

Result<Codec> Codec::make(const Secret& secret, std::string text) {
  if (text.size() > kMaxTextSize)
    return fail(ErrorKind::kUsage,
                "the text of probes is longer than " + std::to_string(kMaxTextSize) + " bytes");
  if (!std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; }))
    return fail(ErrorKind::kUsage, "the text of probes is not printable ASCII");
  return Codec(secret, std::move(text));
}

Codec::Codec(const Secret& secret, std::string text) : secret_(secret), text_(std::move(text)) {
  textSum_.add({reinterpret_cast<const uint8_t*>(text_.data()), text_.size()});
}

uint64_t Codec::hash(const Probe& probe, const uint64_t* stamp) const {
  std::array<uint8_t, 32> input{};
  input[0] = static_cast<uint8_t>(probe.method);
  input[1] = static_cast<uint8_t>(probe.target.family);
  storeU16(&input[2], probe.method == Method::kTcpSyn ? probe.port : 0);
  storeU32(&input[4], probe.epoch);
  std::memcpy(&input[8], probe.target.bytes.data(), 16);
  // Two lengths keep the hash with the stamp apart from the one without (SipHash takes the length in).
  size_t size = 24;
  if (stamp != nullptr) {
    storeU64(&input[24], *stamp);
    size = 32;
  }
  uint64_t value;
  crypto_shorthash(reinterpret_cast<uint8_t*>(&value), input.data(), size, secret_.data());
  return value;
}

size_t Codec::write(const Probe& probe, const Address& source, uint64_t stamp, std::span<uint8_t> out) const {
  const Family family = probe.target.family;
  uint8_t* body = out.data() + ipHeaderSize(family);
  Checksum sum;
  size_t size = 0;
  size_t checksumAt = 0;
  uint8_t protocol = 0;
  switch (probe.method) {
    case Method::kIcmpEcho:
      protocol = family == Family::kIpv4 ? kIcmp : kIcmpv6;
      size = writeEcho(probe, stamp, body);
      checksumAt = 2;
      break;
    case Method::kTcpSyn:
      protocol = kTcp;
      size = writeSyn(probe, stamp, body);
      checksumAt = 16;
      break;
    case Method::kUdpDns:
      protocol = kUdp;
      size = writeQuery(probe, stamp, body);
      checksumAt = 6;
      break;
  }
  if (protocol != kIcmp) sum.addPseudoHeader(source, probe.target, protocol, static_cast<uint32_t>(size));
  uint16_t value = sum.add({body, size}).value();
  if (protocol == kUdp && value == 0) value = 0xffff;  // RFC 768: zero would say that there is none
  std::memcpy(body + checksumAt, &value, 2);
  writeIpHeader(out.data(), source, probe.target, protocol, size);
  return ipHeaderSize(family) + size;
}

size_t Codec::writeEcho(const Probe& probe, uint64_t stamp, uint8_t* out) const {
  const size_t addressLength = addressSize(probe.target.family);
  out[0] = probe.target.family == Family::kIpv4 ? 8 : 128;
  out[1] = 0;
  storeU16(out + 2, 0);
  storeU32(out + 4, Mark(hash(probe)).echo());
  uint8_t* data = out + 8;
  storeU64(data, stamp);
  std::memcpy(data + 8, probe.target.bytes.data(), addressLength);
  storeU64(data + 8 + addressLength, hash(probe, &stamp));
  std::memcpy(data + 16 + addressLength, text_.data(), text_.size());
  return 24 + addressLength + text_.size();
}

size_t Codec::writeSyn(const Probe& probe, uint64_t stamp, uint8_t* out) const {
  const Mark mark(hash(probe));
  std::memset(out, 0, 24);
  storeU16(out, mark.port());
  storeU16(out + 2, probe.port);
  storeU32(out + 4, mark.sequence(stamp));
  out[12] = 6 << 4;           // header of six words
  out[13] = 0x02;             // SYN
  storeU16(out + 14, 65535);  // window
  out[20] = 2;                // maximum segment size: RFC 9293, section 3.7.1
  out[21] = 4;
  storeU16(out + 22, probe.target.family == Family::kIpv4 ? 1460 : 1440);
  return 24;
}

size_t Codec::writeQuery(const Probe& probe, uint64_t stamp, uint8_t* out) const {
  const Mark mark(hash(probe));
  std::memset(out, 0, 8 + kDnsHeaderSize);
  storeU16(out, mark.port());
  storeU16(out + 2, kDnsPort);
  storeU16(out + 8, mark.dnsId());
  storeU16(out + 12, 1);  // one question
  uint8_t* p = out + 8 + kDnsHeaderSize;
  *p++ = kDnsDigits;
  for (const uint64_t number : {stamp, hash(probe, &stamp)}) {
    for (int shift = 60; shift >= 0; shift -= 4)
      *p++ = static_cast<uint8_t>("0123456789abcdef"[number >> shift & 15]);
  }
  const auto addLabel = [&p](std::string_view label) {
    *p++ = static_cast<uint8_t>(label.size());
    std::memcpy(p, label.data(), label.size());
    p += label.size();
  };
  constexpr size_t kMaxLabel = 63;  // RFC 1035, section 2.3.4
  for (std::string_view text = text_; !text.empty(); text.remove_prefix(std::min(kMaxLabel, text.size())))
    addLabel(text.substr(0, kMaxLabel));
  addLabel("invalid");
  *p++ = 0;
  storeU16(p, 1);      // type A
  storeU16(p + 2, 1);  // class IN
  p += 4;
  const auto size = static_cast<size_t>(p - out);
  storeU16(out + 4, static_cast<uint16_t>(size));
  return size;
}

}  // namespace nightjar::packet
