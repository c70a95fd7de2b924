// Builds probes and recognises replies to them without keeping any state: everything that is needed is in the
// packets, under a keyed hash, as ZMap does (Durumeric, Wustrow, Halderman, USENIX Security 2013, section 3).
//
// The hash is SipHash-2-4 (Aumasson, Bernstein, INDOCRYPT 2012) with a secret of this run over
// (method, family, port, epoch, target[, stamp]). What the probes carry of it:
//
//   ICMP echo, RFC 792 and RFC 4443
//     identifier, sequence number    32 bits of hash without the stamp (all that a short quote shows)
//     data  0  8  stamp: when it was sent, microseconds on the sender's clock
//           8  4 or 16  the target
//           .  8  64 bits of hash with the stamp
//           .  .  text: who sends this
//   TCP SYN, RFC 9293 (with one option, the maximum segment size; no data, so no text)
//     source port                    32768 + 15 bits of hash
//     sequence number                19 bits of stamp in units of 64 microseconds, masked by the hash; 13
//     bits of hash
//   DNS query over UDP, RFC 1035 (recursion not desired; class IN, type A)
//     source port, identifier        32768 + 15 bits of hash; 16 bits of hash
//     name      32 hexadecimal digits: the stamp and 64 bits of hash with it; then the text; then `invalid`,
//               which no server looks up elsewhere (RFC 6761, section 6.4)
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "probing/packet/checksum.h"
#include "probing/packet/ip.h"
#include "probing/packet/probe.h"

namespace nightjar::packet {

using Secret = std::array<uint8_t, 16>;

// Longest text: two labels of a DNS name.
inline constexpr size_t kMaxTextSize = 126;
// No probe is longer.
inline constexpr size_t kMaxProbeSize = 320;

// When a probe was sent, as far as a reply tells: microseconds on the clock that gave the stamps, or for TCP
// its time modulo 2^19 units of 64 microseconds (33.5 s).
class Stamp {
 public:
  static Stamp exact(uint64_t microseconds) { return {microseconds, false}; }
  static Stamp coarse(uint32_t units) { return {units, true}; }
  // Time from the stamp until `now` on the same clock; negative when the stamp is later than `now`.
  std::chrono::microseconds until(uint64_t now) const;
  auto operator<=>(const Stamp&) const = default;

 private:
  Stamp(uint64_t value, bool coarse) : value_(value), coarse_(coarse) {}
  uint64_t value_;
  bool coarse_;
};

struct Arrival {
  Probe probe;
  Address from;
  ReplyKind kind = ReplyKind::kAnswer;
  uint8_t icmpType = 0;  // of an ICMP error, else 0
  uint8_t icmpCode = 0;
  std::optional<Stamp> stamp;  // empty where an ICMP error quotes too little of the probe
  // The same for every copy of the reply to one probe, and for no other probe of this run (but for chance).
  uint64_t fingerprint = 0;
};

// Immutable once made: any number of threads may use one.
class Codec {
 public:
  // Fails with kUsage when the text is longer than kMaxTextSize or not printable ASCII.
  static Result<Codec> make(const Secret& secret, std::string text);

  // Writes the probe, from its IP header on, and returns its size. `stamp` is now on the caller's clock. For
  // ICMP over IPv4 the source may be 0.0.0.0 when whoever sends it fills it in (and the header's checksum).
  // REQUIRES: out.size() >= kMaxProbeSize; source and target of one family.
  size_t write(const Probe& probe, const Address& source, uint64_t stamp, std::span<uint8_t> out) const;

  // Reads a captured packet from its IP header on. `epoch` is the present one; replies to probes of it and of
  // the one before count. `checksumPending` is for packets of this very machine, whose TCP and UDP checksums
  // are left to hardware that they never pass.
  std::expected<Arrival, Foreign> read(Bytes packet, uint32_t epoch, bool checksumPending = false) const;

 private:
  using Read = std::expected<Arrival, Foreign>;
  Codec(const Secret& secret, std::string text);

  uint64_t hash(const Probe& probe, const uint64_t* stamp = nullptr) const;
  // Tries the present epoch and the one before: true, with probe.epoch set, when `fits` says so of one.
  template <typename Fits>  // bool(Mark)
  bool findEpoch(Probe& probe, uint32_t epoch, Fits fits) const;

  size_t writeEcho(const Probe& probe, uint64_t stamp, uint8_t* out) const;
  size_t writeSyn(const Probe& probe, uint64_t stamp, uint8_t* out) const;
  size_t writeQuery(const Probe& probe, uint64_t stamp, uint8_t* out) const;

  Read readIcmp(const IpPacket& ip, uint32_t epoch) const;
  Read readTcp(const IpPacket& ip, uint32_t epoch, bool checksumPending) const;
  Read readUdp(const IpPacket& ip, uint32_t epoch, bool checksumPending) const;
  // These set the arrival's probe, stamp and fingerprint, from what the probe's own bytes say.
  std::optional<Foreign> readQuote(const IpPacket& quoted, uint32_t epoch, Arrival& arrival) const;
  bool readEcho(Bytes echo, uint32_t epoch, Arrival& arrival) const;
  bool readQuotedEcho(Bytes echo, uint32_t epoch, Arrival& arrival) const;
  bool readSequence(uint16_t localPort, uint32_t sequence, uint32_t epoch, Arrival& arrival) const;
  bool readDns(uint16_t localPort, Bytes message, uint32_t epoch, Arrival& arrival) const;

  Secret secret_;
  std::string text_;
  Checksum textSum_;
};

}  // namespace nightjar::packet
