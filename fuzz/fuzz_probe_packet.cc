// Captured packets: no bytes crash the codec, with checksums as they come and with right ones; what it takes
// for a reply is one to a probe that it would have written itself.
#include <cstdint>
#include <cstdlib>

#include "probing/packet/replies_for_tests.h"

namespace {

using namespace nightjar;
using namespace nightjar::packet;

constexpr uint32_t kEpoch = 1;  // corpus: epochs 0 and 1

void require(bool condition) {
  if (!condition) std::abort();
}

const Codec& codec() {
  static const Codec made = Codec::make({}, "nightjar fuzz").value();
  return made;
}

// Reads `stamp` back: until(0) is its negative (modulo its range, for TCP).
uint64_t valueOf(const Stamp& stamp, Method method) {
  const auto value = static_cast<uint64_t>(-stamp.until(0).count());
  return method == Method::kTcpSyn ? value & ((uint64_t{1} << 25) - 1) : value;
}

Buffer answerTo(const Arrival& arrival) {
  const Address us = Address::of(arrival.probe.target.family, {});
  const Buffer probe = bytesOf(codec(), arrival.probe, us, valueOf(*arrival.stamp, arrival.probe.method));
  switch (arrival.probe.method) {
    case Method::kIcmpEcho:
      return echoReply(probe, arrival.probe.target, us);
    case Method::kTcpSyn:
      return tcpReply(probe, arrival.probe.target, us, 0x12);
    case Method::kUdpDns:
      return dnsReply(probe, arrival.probe.target, us);
  }
  return {};
}

void examine(Bytes packet) {
  for (const bool checksumPending : {false, true}) {
    const auto arrival = codec().read(packet, kEpoch, checksumPending);
    if (!arrival) continue;
    require(arrival->probe.epoch == kEpoch || arrival->probe.epoch == kEpoch - 1);
    require((arrival->kind == ReplyKind::kAnswer) == (arrival->from == arrival->probe.target));
    if (!arrival->stamp) continue;
    const auto again = codec().read(answerTo(*arrival), kEpoch);
    require(again && again->probe == arrival->probe && again->stamp == arrival->stamp &&
            again->fingerprint == arrival->fingerprint);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  examine({data, size});
  constexpr size_t kLongestHeader = 60;
  if (size < kLongestHeader) return 0;
  Buffer mended(data, data + size);
  mendChecksum(mended);
  examine(mended);
  return 0;
}
