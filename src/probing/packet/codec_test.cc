#include "probing/packet/codec.h"

#include <gtest/gtest.h>

#include <fmt/core.h>

#include <random>

#include "probing/packet/replies_for_tests.h"

namespace nightjar::packet {
namespace {

constexpr Secret kSecret{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
constexpr uint64_t kStamp = 0x123456789abc;
constexpr uint32_t kEpoch = 77;
const char* const kText = "nightjar probe; see http://192.0.2.1/";

Codec codec(const Secret& secret = kSecret, std::string text = kText) {
  return Codec::make(secret, std::move(text)).value();
}

// One probe of each method and family.
struct Case {
  Method method;
  Address source, target, router;
  Probe probe() const {
    return {target, method, static_cast<uint16_t>(method == Method::kTcpSyn ? 443 : 0), kEpoch};
  }
  Buffer bytes() const { return bytesOf(codec(), probe(), source, kStamp); }
  Buffer answer(const Address& from) const {
    switch (method) {
      case Method::kIcmpEcho:
        return echoReply(bytes(), from, source);
      case Method::kTcpSyn:
        return tcpReply(bytes(), from, source, 0x12);
      case Method::kUdpDns:
        return dnsReply(bytes(), from, source);
    }
    return {};
  }
  Buffer error(const Address& from, size_t quoted = SIZE_MAX) const {
    return icmpError(bytes(), quoted, from, source, target.family == Family::kIpv4 ? 3 : 1, 3);
  }
};

class EveryProbe : public testing::TestWithParam<Case> {};

std::vector<Case> cases() {
  std::vector<Case> all;
  for (const Method method : {Method::kIcmpEcho, Method::kTcpSyn, Method::kUdpDns}) {
    all.push_back({method, address("192.0.2.1"), address("198.51.100.77"), address("203.0.113.9")});
    all.push_back({method, address("2001:db8::1"), address("2001:db8:7::77"), address("2001:db8:9::9")});
  }
  return all;
}

std::string nameOfCase(const testing::TestParamInfo<Case>& tested) {
  const std::array names{"Echo", "Syn", "Dns"};
  return fmt::format("{}Ipv{}", names[static_cast<size_t>(tested.param.method)],
                     static_cast<int>(tested.param.target.family));
}

INSTANTIATE_TEST_SUITE_P(Codec, EveryProbe, testing::ValuesIn(cases()), nameOfCase);

std::optional<Foreign> reasonFor(Bytes packet, uint32_t epoch = kEpoch, const Codec& reader = codec()) {
  const auto arrival = reader.read(packet, epoch);
  if (arrival) return std::nullopt;
  return arrival.error();
}

TEST_P(EveryProbe, HasRightHeadersAndChecksums) {
  const Case& test = GetParam();
  const Buffer bytes = test.bytes();
  const auto ip = readIp(bytes);
  ASSERT_TRUE(ip.has_value());
  EXPECT_EQ(ip->source, test.source);
  EXPECT_EQ(ip->destination, test.target);
  Buffer mended = bytes;
  mendChecksum(mended);
  EXPECT_EQ(mended, bytes);
  EXPECT_LE(bytes.size(), kMaxProbeSize);
}

TEST_P(EveryProbe, RecognisesTheAnswer) {
  const Case& test = GetParam();
  const auto arrival = codec().read(test.answer(test.target), kEpoch);
  ASSERT_TRUE(arrival.has_value()) << nameOf(arrival.error());
  EXPECT_EQ(arrival->probe, test.probe());
  EXPECT_EQ(arrival->from, test.target);
  EXPECT_EQ(arrival->kind, ReplyKind::kAnswer);
  EXPECT_EQ(arrival->icmpType, 0);
  ASSERT_TRUE(arrival->stamp.has_value());
  const auto rtt = arrival->stamp->until(kStamp + 250'000).count();
  EXPECT_NEAR(static_cast<double>(rtt), 250'000, 64);
}

TEST_P(EveryProbe, CountsInTheNextEpochAndNotLater) {
  const Case& test = GetParam();
  for (const Buffer& packet : {test.answer(test.target), test.error(test.router)}) {
    EXPECT_EQ(reasonFor(packet, kEpoch), std::nullopt);
    EXPECT_EQ(reasonFor(packet, kEpoch + 1), std::nullopt);
    EXPECT_EQ(codec().read(packet, kEpoch + 1)->probe.epoch, kEpoch);
    EXPECT_EQ(reasonFor(packet, kEpoch + 2), Foreign::kForged);
    EXPECT_EQ(reasonFor(packet, kEpoch - 1), Foreign::kForged);
  }
}

TEST_P(EveryProbe, AnotherRunsRepliesDoNotCount) {
  const Case& test = GetParam();
  Secret other = kSecret;
  other[15] ^= 1;
  EXPECT_EQ(reasonFor(test.answer(test.target), kEpoch, codec(other)), Foreign::kForged);
  EXPECT_EQ(reasonFor(test.error(test.router), kEpoch, codec(other)), Foreign::kForged);
}

TEST_P(EveryProbe, AnotherHostsAnswerProvesNothing) {
  const Case& test = GetParam();
  const auto arrival = codec().read(test.answer(test.router), kEpoch);
  if (test.method == Method::kIcmpEcho) {  // the packet itself names the target
    ASSERT_TRUE(arrival.has_value());
    EXPECT_EQ(arrival->kind, ReplyKind::kElsewhere);
    EXPECT_EQ(arrival->probe.target, test.target);
    EXPECT_EQ(arrival->from, test.router);
  } else {
    EXPECT_EQ(arrival.error(), Foreign::kForged);
  }
}

TEST_P(EveryProbe, RecognisesErrors) {
  const Case& test = GetParam();
  for (const Address& from : {test.router, test.target}) {
    const auto arrival = codec().read(test.error(from), kEpoch);
    ASSERT_TRUE(arrival.has_value()) << nameOf(arrival.error());
    EXPECT_EQ(arrival->probe, test.probe());
    EXPECT_EQ(arrival->from, from);
    EXPECT_EQ(arrival->kind, from == test.target ? ReplyKind::kAnswer : ReplyKind::kUnreachable);
    EXPECT_EQ(arrival->icmpType, from.family == Family::kIpv4 ? 3 : 1);
    EXPECT_EQ(arrival->icmpCode, 3);
    ASSERT_TRUE(arrival->stamp.has_value());
  }
}

// As when the gateway is dead: the machine tells itself that the target cannot be reached.
TEST_P(EveryProbe, ErrorsOfThisMachineSayNothing) {
  const Case& test = GetParam();
  EXPECT_EQ(reasonFor(test.error(test.source)), Foreign::kLocal);
  Case self = test;
  self.target = test.source;  // of its own address, it may speak
  EXPECT_EQ(reasonFor(self.error(test.source)), std::nullopt);
}

// RFC 792 asks for 8 bytes after the quoted header.
TEST_P(EveryProbe, RecognisesShortQuotes) {
  const Case& test = GetParam();
  const size_t header = ipHeaderSize(test.target.family);
  for (size_t quoted = 0; quoted < test.bytes().size(); ++quoted) {
    const auto arrival = codec().read(test.error(test.router, quoted), kEpoch);
    const bool enough = quoted >= header + (test.method == Method::kUdpDns ? 20 : 8);
    ASSERT_EQ(arrival.has_value(), enough) << quoted;
    if (enough) {
      EXPECT_EQ(arrival->probe, test.probe());
    } else {
      EXPECT_EQ(arrival.error(), Foreign::kQuote);
    }
  }
}

TEST_P(EveryProbe, RefusesWhatIsCut) {
  const Case& test = GetParam();
  for (const Buffer& packet : {test.answer(test.target), test.error(test.router)}) {
    for (size_t size = 0; size < packet.size(); ++size) {
      // A copy of that very size, so that a sanitizer sees a read past the end.
      const Buffer cut(packet.begin(), packet.begin() + static_cast<ptrdiff_t>(size));
      EXPECT_EQ(reasonFor(cut), Foreign::kTruncated) << size;
    }
    Buffer padded = packet;
    padded.resize(packet.size() + 10, 0xaa);  // as Ethernet does to short frames
    EXPECT_EQ(reasonFor(padded), std::nullopt);
  }
}

// Fields of an IPv6 header that nothing protects, and that say nothing.
bool unprotected(Bytes packet, size_t at) {
  return packet[0] >> 4 == 6 && (at < 4 || at == 7);
}

TEST_P(EveryProbe, RefusesEveryFlippedBit) {
  const Case& test = GetParam();
  const Buffer packet = test.answer(test.target);
  for (size_t bit = 0; bit < packet.size() * 8; ++bit) {
    Buffer flipped = packet;
    flipped[bit / 8] ^= static_cast<uint8_t>(1U << bit % 8);
    if (unprotected(flipped, bit / 8)) continue;
    EXPECT_NE(reasonFor(flipped), std::nullopt) << "byte " << bit / 8;
  }
}

// A forger who has seen the packet's form, and knows how to write a checksum, but not the secret.
TEST_P(EveryProbe, RefusesFlippedBitsUnderARightChecksum) {
  const Case& test = GetParam();
  const Buffer packet = test.answer(test.target);
  const size_t header = ipHeaderSize(test.target.family);
  const size_t addressLength = addressSize(test.target.family);
  std::vector<size_t> held;  // the bytes that the hash is in or over
  switch (test.method) {
    case Method::kIcmpEcho:
      for (size_t i = 4; i < 24 + addressLength; ++i) held.push_back(header + i);
      break;
    case Method::kTcpSyn:  // ports, and the last 13 bits of the acknowledgement
      held = {header, header + 1, header + 2, header + 3, header + 11};
      break;
    case Method::kUdpDns:  // destination port, identifier, stamp and hash in the name
      held = {header + 2, header + 3, header + 8, header + 9};
      for (size_t i = 21; i < 53; ++i) held.push_back(header + i);
      break;
  }
  for (const size_t at : held) {
    for (int bit = 0; bit < 8; ++bit) {
      Buffer flipped = packet;
      flipped[at] ^= static_cast<uint8_t>(1U << bit);
      if (test.method == Method::kUdpDns && (flipped[at] | 0x20) == (packet[at] | 0x20))
        continue;  // a's case
      mendChecksum(flipped);
      EXPECT_EQ(reasonFor(flipped), Foreign::kForged) << "byte " << at;
    }
  }
}

TEST_P(EveryProbe, FingerprintsNameTheProbe) {
  const Case& test = GetParam();
  const auto first = codec().read(test.answer(test.target), kEpoch);
  EXPECT_EQ(codec().read(test.answer(test.target), kEpoch + 1)->fingerprint, first->fingerprint);
  const Buffer bytes = bytesOf(codec(), test.probe(), test.source, kStamp + 1000);
  const Buffer packet = test.method == Method::kIcmpEcho ? echoReply(bytes, test.target, test.source)
                        : test.method == Method::kTcpSyn ? tcpReply(bytes, test.target, test.source, 0x14)
                                                         : dnsReply(bytes, test.target, test.source);
  EXPECT_NE(codec().read(packet, kEpoch)->fingerprint, first->fingerprint);
}

TEST_P(EveryProbe, SurvivesNoise) {
  const Case& test = GetParam();
  std::mt19937 random(7);
  const std::array originals{test.answer(test.target), test.error(test.router)};
  for (int i = 0; i < 20000; ++i) {
    Buffer packet = originals[random() % 2];
    packet.resize(random() % (packet.size() + 8));
    for (int flips = 0; flips < 3 && !packet.empty(); ++flips)
      packet[random() % packet.size()] = static_cast<uint8_t>(random());
    if (packet.size() > 60 && random() % 2 == 0) mendChecksum(packet);  // 60: the longest header
    const auto arrival = codec().read(packet, kEpoch);
    if (arrival && arrival->probe.target != test.target) FAIL() << "an answer for another target";
  }
}

TEST(Codec, WritesThisEcho) {
  const Buffer bytes =
      bytesOf(codec(kSecret, "who"), {address("198.51.100.77"), Method::kIcmpEcho, 0, kEpoch},
              address("192.0.2.1"), kStamp);
  std::string hex;
  for (const uint8_t byte : bytes) hex += fmt::format("{:02x}", byte);
  EXPECT_EQ(hex,
            "450000330000400040014e48c0000201c633644d"  // IPv4: 51 bytes, not to be fragmented, 64 hops, ICMP
            "080078c2300cb37a"                          // echo request, checksum, hash without the stamp
            "0000123456789abcc633644d"                  // stamp, target
            "fea15925f3643c37"                          // hash with the stamp
            "77686f");
}

TEST(Codec, TcpAnswers) {
  const Address from = address("198.51.100.77");
  const Address to = address("192.0.2.1");
  const Buffer probe = bytesOf(codec(), {from, Method::kTcpSyn, 80, kEpoch}, to, kStamp);
  EXPECT_EQ(reasonFor(tcpReply(probe, from, to, 0x14)), std::nullopt);  // closed port
  EXPECT_EQ(reasonFor(tcpReply(probe, from, to, 0x52)), std::nullopt);  // with ECN-Echo
  for (const uint8_t flags : {0x02, 0x04, 0x10, 0x11, 0x18, 0x00, 0x16})
    EXPECT_EQ(reasonFor(tcpReply(probe, from, to, flags)), Foreign::kProtocol) << int{flags};
  Buffer broken = tcpReply(probe, from, to, 0x12);
  for (const uint8_t offset : {0, 4, 6, 15}) {
    broken[32] = static_cast<uint8_t>(offset << 4);
    mendChecksum(broken);
    EXPECT_EQ(reasonFor(broken), Foreign::kHeader) << int{offset};
  }
}

TEST(Codec, ChecksumsLeftToHardware) {
  const Address from = address("198.51.100.77");
  const Address to = address("192.0.2.1");
  Buffer reply = tcpReply(bytesOf(codec(), {from, Method::kTcpSyn, 80, kEpoch}, to, kStamp), from, to, 0x12);
  reply[36] ^= 0xff;
  EXPECT_EQ(reasonFor(reply), Foreign::kChecksum);
  EXPECT_TRUE(codec().read(reply, kEpoch, true).has_value());
}

TEST(Codec, DnsAnswers) {
  const Address from = address("198.51.100.77");
  const Address to = address("192.0.2.1");
  const Buffer probe = bytesOf(codec(), {from, Method::kUdpDns, 0, kEpoch}, to, kStamp);
  const auto bare = codec().read(dnsReply(probe, from, to, 12), kEpoch);  // the header alone
  ASSERT_TRUE(bare.has_value());
  EXPECT_FALSE(bare->stamp.has_value());
  Buffer upper = dnsReply(probe, from, to);
  for (size_t i = 41; i < 73; ++i) upper[i] = static_cast<uint8_t>(std::toupper(upper[i]));
  mendChecksum(upper);
  EXPECT_TRUE(codec().read(upper, kEpoch)->stamp.has_value());
  Buffer query = dnsReply(probe, from, to);
  query[30] &= 0x7f;  // no response
  mendChecksum(query);
  EXPECT_EQ(reasonFor(query), Foreign::kProtocol);
  Buffer unsummed = dnsReply(probe, from, to);
  unsummed[26] = unsummed[27] = 0;
  EXPECT_EQ(reasonFor(unsummed), std::nullopt);  // RFC 768 allows it
  Buffer elsewhere = dnsReply(probe, from, to);
  elsewhere[21] = 54;  // not from port 53
  mendChecksum(elsewhere);
  EXPECT_EQ(reasonFor(elsewhere), Foreign::kProtocol);
  for (const uint16_t size : {0, 7, 19, 500}) {
    Buffer broken = dnsReply(probe, from, to);
    storeU16(&broken[24], size);
    EXPECT_NE(reasonFor(broken), std::nullopt) << size;
  }
}

TEST(Codec, TheQueryIsWellFormed) {
  const std::string text(kMaxTextSize, 'x');
  const Buffer probe = bytesOf(codec(kSecret, text), {address("198.51.100.77"), Method::kUdpDns, 0, kEpoch},
                               address("192.0.2.1"), kStamp);
  size_t at = 20 + 8 + 12;
  std::vector<size_t> labels;
  while (probe[at] != 0) {
    labels.push_back(probe[at]);
    at += 1U + probe[at];
  }
  EXPECT_EQ(labels, (std::vector<size_t>{32, 63, 63, 7}));
  EXPECT_EQ(at + 5, probe.size());
  EXPECT_LE(at - 39, 255U);  // RFC 1035, section 2.3.4
}

TEST(Codec, HeadersWithOptionsAndFragments) {
  const Address from = address("198.51.100.77");
  const Address to = address("192.0.2.1");
  const Buffer reply =
      echoReply(bytesOf(codec(), {from, Method::kIcmpEcho, 0, kEpoch}, to, kStamp), from, to);
  Buffer options = reply;
  options.insert(options.begin() + 20, {1, 1, 1, 0});
  options[0] = 0x46;
  storeU16(&options[2], static_cast<uint16_t>(options.size()));
  mendChecksum(options);
  EXPECT_EQ(reasonFor(options), std::nullopt);
  for (const uint16_t fragment : {0x2000, 0x0001, 0x3fff}) {
    Buffer part = reply;
    storeU16(&part[6], fragment);
    mendChecksum(part);
    EXPECT_EQ(reasonFor(part), Foreign::kFragment);
  }
  for (const uint8_t version : {0x05, 0x15, 0x55, 0x75, 0xf5}) {
    Buffer other = reply;
    other[0] = version;
    EXPECT_EQ(reasonFor(other), Foreign::kHeader);
  }
  Buffer shortHeader = reply;
  shortHeader[0] = 0x44;
  EXPECT_EQ(reasonFor(shortHeader), Foreign::kHeader);
}

TEST(Codec, OtherTrafficIsForeign) {
  const Address from = address("198.51.100.77");
  const Address to = address("192.0.2.1");
  const Buffer request = bytesOf(codec(), {to, Method::kIcmpEcho, 0, kEpoch}, from, kStamp);
  EXPECT_EQ(reasonFor(request), Foreign::kProtocol);  // our own probe, seen on loopback
  EXPECT_EQ(reasonFor(packetOf(from, to, 47, Buffer(60))), Foreign::kProtocol);
  EXPECT_EQ(reasonFor(packetOf(from, to, kIcmp, Buffer(64))), Foreign::kForged);  // somebody's ping
  EXPECT_EQ(reasonFor(packetOf(from, to, kIcmp, Buffer(8))), Foreign::kForged);
  Buffer nonsense(64);
  nonsense[0] = 3;
  EXPECT_EQ(reasonFor(packetOf(from, to, kIcmp, nonsense)), Foreign::kQuote);
  // An error about an echo reply, of all things.
  Buffer probe = bytesOf(codec(), {from, Method::kIcmpEcho, 0, kEpoch}, to, kStamp);
  probe[20] = 0;
  EXPECT_EQ(reasonFor(icmpError(probe, SIZE_MAX, from, to, 3, 1)), Foreign::kQuote);
}

TEST(Codec, TheTextIsChecked) {
  EXPECT_TRUE(Codec::make(kSecret, "").has_value());
  EXPECT_TRUE(Codec::make(kSecret, std::string(kMaxTextSize, 'x')).has_value());
  EXPECT_EQ(Codec::make(kSecret, std::string(kMaxTextSize + 1, 'x')).error().kind, ErrorKind::kUsage);
  EXPECT_EQ(Codec::make(kSecret, "line\n").error().kind, ErrorKind::kUsage);
}

TEST(Stamp, TellsTheTimeSince) {
  EXPECT_EQ(Stamp::exact(1000).until(1250).count(), 250);
  EXPECT_EQ(Stamp::exact(1000).until(900).count(), -100);
  const auto units = static_cast<uint32_t>(40'000'000 / 64 & 0x7ffff);  // has wrapped
  EXPECT_EQ(Stamp::coarse(units).until(40'000'000 + 32'000'000).count(), 32'000'000);
}

}  // namespace
}  // namespace nightjar::packet
