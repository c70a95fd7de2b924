// The real network on the loopback interface of a namespace of its own; skipped where none can be made.
#include "probing/link/raw_network.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <array>
#include <cstring>
#include <map>
#include <vector>

#include "probing/link/privileges.h"
#include "probing/packet/replies_for_tests.h"

namespace nightjar::link {
namespace {

using packet::address;
using packet::Buffer;
using packet::Method;
using std::chrono::milliseconds;

constexpr packet::Secret kSecret{9, 8, 7};
const char* const kText = "nightjar test";

bool setLoopback(bool up) {
  const File socket(::socket(AF_INET, SOCK_DGRAM, 0));
  ifreq request{};
  std::strcpy(request.ifr_name, "lo");
  if (ioctl(socket.get(), SIOCGIFFLAGS, &request) != 0) return false;
  request.ifr_flags = static_cast<short>(up ? request.ifr_flags | IFF_UP : request.ifr_flags & ~IFF_UP);
  return ioctl(socket.get(), SIOCSIFFLAGS, &request) == 0;
}

// Moves this process into a network namespace of its own.
bool enterNamespace() {
  static const bool entered =
      (unshare(CLONE_NEWNET) == 0 || unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0) && setLoopback(true);
  return entered;
}

class RawNetworkTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!enterNamespace()) GTEST_SKIP() << "network namespaces are not allowed here";
    open({.rate = 1e6});
  }

  void open(RawOptions options) {
    options.text = kText;
    options.secret = kSecret;
    auto opened = RawNetwork::open(options);
    ASSERT_TRUE(opened.has_value()) << opened.error().describe();
    network_ = std::move(*opened);
  }

  // Everything that arrives until nothing has for a time, however slow this machine is.
  std::vector<Reply> receive(size_t wanted, milliseconds wait = milliseconds(1000)) {
    std::vector<Reply> all;
    std::array<Reply, 100> replies;
    size_t count = replies.size();
    while (all.size() < wanted && count > 0) {
      count = network_->receive(replies, utcNow() + wait);
      all.insert(all.end(), replies.begin(), replies.begin() + static_cast<ptrdiff_t>(count));
    }
    return all;
  }
  // A probe and the one reply to it.
  Reply ask(const Probe& probe) {
    const Sent sent = network_->send({&probe, 1});
    EXPECT_EQ(sent.count, 1U) << std::strerror(sent.systemError);
    const auto replies = receive(1);
    if (replies.size() == 1) return replies[0];
    ADD_FAILURE() << replies.size() << " replies";
    return {};
  }
  // Puts a packet on the loopback interface, whoever it says it is from.
  void inject(const Buffer& bytes) {
    static const File raw(socket(AF_INET, SOCK_RAW, IPPROTO_RAW));
    sockaddr_in to{};
    to.sin_family = AF_INET;
    std::memcpy(&to.sin_addr, &bytes[16], 4);
    ASSERT_EQ(sendto(raw.get(), bytes.data(), bytes.size(), 0, reinterpret_cast<sockaddr*>(&to), sizeof to),
              static_cast<ssize_t>(bytes.size()))
        << std::strerror(errno);
  }
  // The echo reply that `from` would send to a probe of `target`, with a hash under `secret`.
  static Buffer forged(const Address& target, const Address& from, const packet::Secret& secret,
                       uint64_t stamp = 1, uint32_t epoch = 0) {
    const auto codec = packet::Codec::make(secret, kText).value();
    const Buffer probe = packet::bytesOf(codec, {target, Method::kIcmpEcho, 0, epoch}, kUs, stamp);
    return packet::echoReply(probe, from, kUs);
  }

  static inline const Address kUs = Address::ipv4(0x7f000001);
  std::unique_ptr<RawNetwork> network_;
};

TEST_F(RawNetworkTest, EchoIsAnswered) {
  for (const char* target : {"127.0.0.7", "::1"}) {
    const Time before = utcNow();
    const Probe probe{address(target), Method::kIcmpEcho, 0, 3};
    const Reply reply = ask(probe);
    EXPECT_EQ(reply.probe, probe);
    EXPECT_EQ(reply.from, probe.target);
    EXPECT_EQ(reply.kind, ReplyKind::kAnswer);
    EXPECT_FALSE(reply.duplicate);
    EXPECT_GE(reply.rtt.count(), 1);
    EXPECT_LT(reply.rtt, milliseconds(100));
    EXPECT_GE(reply.sent, before - milliseconds(1));
    EXPECT_EQ(reply.received - reply.sent, reply.rtt);
    EXPECT_LE(reply.received, utcNow());
  }
  const Counters counters = network_->counters();
  EXPECT_EQ(counters.sent, 2U);
  EXPECT_EQ(counters.answers, 2U);
  EXPECT_EQ(counters.foreign, 0U);  // our own probes, seen on loopback, stay in the kernel
  EXPECT_EQ(counters.lostByKernel, 0U);
}

TEST_F(RawNetworkTest, TcpPortsOpenAndClosedAreAnswers) {
  const File server(socket(AF_INET6, SOCK_STREAM, 0));  // takes IPv4 too
  sockaddr_in6 any{};
  any.sin6_family = AF_INET6;
  any.sin6_port = htons(8443);
  ASSERT_EQ(bind(server.get(), reinterpret_cast<sockaddr*>(&any), sizeof any), 0);
  ASSERT_EQ(listen(server.get(), 5), 0);
  for (const char* target : {"127.0.0.7", "::1"}) {
    for (const uint16_t port : {8443, 8444}) {
      const Probe probe{address(target), Method::kTcpSyn, port, 3};
      const Reply reply = ask(probe);
      EXPECT_EQ(reply.probe, probe);
      EXPECT_EQ(reply.kind, ReplyKind::kAnswer);
      EXPECT_GE(reply.rtt.count(), 1);
      EXPECT_LT(reply.rtt, milliseconds(100));
    }
  }
}

TEST_F(RawNetworkTest, PortUnreachableFromTheTargetIsAnAnswer) {
  for (const char* target : {"127.0.0.7", "::1"}) {
    const Probe probe{address(target), Method::kUdpDns, 0, 3};
    const Reply reply = ask(probe);
    EXPECT_EQ(reply.probe, probe);
    EXPECT_EQ(reply.from, probe.target);
    EXPECT_EQ(reply.kind, ReplyKind::kAnswer);
    EXPECT_EQ(reply.icmpType, probe.target.family == Family::kIpv4 ? 3 : 1);
    EXPECT_EQ(reply.icmpCode, probe.target.family == Family::kIpv4 ? 3 : 4);
    EXPECT_GE(reply.rtt.count(), 1);
  }
}

TEST_F(RawNetworkTest, DnsMessagesAreAnswers) {
  const File server(socket(AF_INET, SOCK_DGRAM, 0));
  sockaddr_in any{};
  any.sin_family = AF_INET;
  any.sin_port = htons(53);
  any.sin_addr.s_addr = htonl(0x7f000008);
  if (bind(server.get(), reinterpret_cast<sockaddr*>(&any), sizeof any) != 0)
    GTEST_SKIP() << "port 53 is not allowed";
  const Probe probe{address("127.0.0.8"), Method::kUdpDns, 0, 3};
  ASSERT_EQ(network_->send({&probe, 1}).count, 1U);
  std::array<uint8_t, 512> query;
  sockaddr_in client{};
  socklen_t length = sizeof client;
  const ssize_t size =
      recvfrom(server.get(), query.data(), query.size(), 0, reinterpret_cast<sockaddr*>(&client), &length);
  ASSERT_GT(size, 12);
  query[2] |= 0x80;
  sendto(server.get(), query.data(), static_cast<size_t>(size), 0, reinterpret_cast<sockaddr*>(&client),
         length);
  const auto replies = receive(1);
  ASSERT_EQ(replies.size(), 1U);
  EXPECT_EQ(replies[0].probe, probe);
  EXPECT_EQ(replies[0].icmpType, 0);
}

TEST_F(RawNetworkTest, ForgedAndOldRepliesDoNotCount) {
  packet::Secret other = kSecret;
  other[0] ^= 1;
  const Address target = address("127.0.0.7");
  inject(forged(target, target, other));          // a guess, or an earlier run's
  inject(forged(target, target, kSecret, 1, 4));  // an epoch that has not begun
  Buffer damaged = forged(target, target, kSecret);
  damaged[40] ^= 1;
  inject(damaged);
  Buffer cut = forged(target, target, kSecret);
  cut.resize(30);  // the kernel writes the length anew
  inject(cut);
  EXPECT_TRUE(receive(1, milliseconds(100)).empty());
  const Counters counters = network_->counters();
  EXPECT_EQ(counters.foreign, 4U);
  EXPECT_EQ(counters.foreignBy[static_cast<size_t>(packet::Foreign::kForged)], 2U);
  EXPECT_EQ(counters.foreignBy[static_cast<size_t>(packet::Foreign::kChecksum)], 2U);
  EXPECT_EQ(counters.answers, 0U);
}

TEST_F(RawNetworkTest, RepliesOfThePreviousEpochCountAndOlderDoNot) {
  const Probe probe{address("127.0.0.7"), Method::kIcmpEcho, 0, 10};
  ask(probe);  // epoch 10 is present
  const Address late = address("127.0.0.8");
  for (const uint32_t epoch : {8, 9, 10, 11}) inject(forged(late, late, kSecret, 1, epoch));
  const auto replies = receive(3, milliseconds(100));
  ASSERT_EQ(replies.size(), 2U);
  EXPECT_EQ(replies[0].probe.epoch, 9U);
  EXPECT_EQ(replies[1].probe.epoch, 10U);
}

TEST_F(RawNetworkTest, AnswersFromAnotherHostAreToldApart) {
  inject(forged(address("127.0.0.7"), address("127.0.0.9"), kSecret));
  const auto replies = receive(1);
  ASSERT_EQ(replies.size(), 1U);
  EXPECT_EQ(replies[0].kind, ReplyKind::kElsewhere);
  EXPECT_EQ(replies[0].probe.target, address("127.0.0.7"));
  EXPECT_EQ(replies[0].from, address("127.0.0.9"));
  EXPECT_EQ(network_->counters().answers, 0U);
}

TEST_F(RawNetworkTest, DuplicatesAreTold) {
  const Address target = address("127.0.0.7");
  for (int i = 0; i < 3; ++i) inject(forged(target, target, kSecret, 5));
  inject(forged(target, target, kSecret, 6));  // to another probe
  const auto replies = receive(4);
  ASSERT_EQ(replies.size(), 4U);
  EXPECT_FALSE(replies[0].duplicate);
  EXPECT_TRUE(replies[1].duplicate);
  EXPECT_TRUE(replies[2].duplicate);
  EXPECT_FALSE(replies[3].duplicate);
  EXPECT_EQ(network_->counters().duplicates, 2U);
  EXPECT_EQ(network_->counters().answers, 2U);
}

TEST_F(RawNetworkTest, ARoutersErrorIsNoAnswerAndHidesNone) {
  const Address target = address("127.0.0.7");
  const auto codec = packet::Codec::make(kSecret, kText).value();
  const Buffer probe = packet::bytesOf(codec, {target, Method::kIcmpEcho, 0, 0}, kUs, 1);
  inject(packet::icmpError(probe, SIZE_MAX, address("127.0.0.2"), kUs, 3, 13));
  inject(packet::echoReply(probe, target, kUs));
  const auto replies = receive(2);
  ASSERT_EQ(replies.size(), 2U);
  EXPECT_EQ(replies[0].kind, ReplyKind::kUnreachable);
  EXPECT_EQ(replies[0].icmpCode, 13);
  EXPECT_EQ(replies[1].kind, ReplyKind::kAnswer);
  EXPECT_FALSE(replies[1].duplicate);
}

TEST_F(RawNetworkTest, AFloodOfForgedRepliesHidesNoAnswer) {
  packet::Secret other = kSecret;
  other[0] ^= 1;
  const Buffer noise = forged(address("127.0.0.7"), address("127.0.0.7"), other);
  constexpr int kNoise = 40'000;
  std::map<Address, int> answers;
  for (int i = 0; i < kNoise; ++i) {
    inject(noise);
    if (i % 400 != 0) continue;
    const Probe probe{Address::ipv4(0x7f010000U + static_cast<uint32_t>(i)), Method::kIcmpEcho, 0, 0};
    ASSERT_EQ(network_->send({&probe, 1}).count, 1U);
  }
  for (const Reply& reply : receive(101)) ++answers[reply.from];
  EXPECT_EQ(answers.size(), 100U);
  EXPECT_EQ(network_->counters().foreign, static_cast<uint64_t>(kNoise));
  EXPECT_EQ(network_->counters().lostByKernel, 0U);
}

TEST_F(RawNetworkTest, WhatTheKernelDropsIsTold) {
  constexpr uint64_t kMany = 120'000;  // more than the ring holds
  const Address target = address("127.0.0.7");
  const Buffer reply = forged(target, target, kSecret);
  for (uint64_t i = 0; i < kMany; ++i) inject(reply);
  const size_t received = receive(kMany).size();
  EXPECT_GT(received, 50'000U);
  EXPECT_GT(network_->counters().lostByKernel, 0U);
  EXPECT_EQ(received + network_->counters().lostByKernel, kMany);
  // And it goes on.
  EXPECT_EQ(ask({address("127.0.0.9"), Method::kIcmpEcho, 0, 0}).kind, ReplyKind::kAnswer);
}

TEST_F(RawNetworkTest, TheRateHolds) {
  open({.rate = 1000});
  const std::vector<Probe> probes(50, Probe{address("127.0.0.7"), Method::kIcmpEcho, 0, 0});
  const Time before = utcNow();
  const Sent sent = network_->send(probes);
  EXPECT_EQ(sent.stop, Stop::kWait);
  EXPECT_GE(sent.count, 20U);
  EXPECT_LE(sent.count, 21U + static_cast<size_t>((utcNow() - before) / milliseconds(1)));
  EXPECT_GT(sent.retry, before);
}

TEST_F(RawNetworkTest, RefusalsAreCountedAndNotFatal) {
  // No route; a broadcast address; no route in IPv6; no source address to be had.
  std::vector<Probe> probes{{address("198.51.100.1"), Method::kIcmpEcho, 0, 0},
                            {address("255.255.255.255"), Method::kTcpSyn, 80, 0},
                            {address("2001:db8::1"), Method::kIcmpEcho, 0, 0},
                            {address("198.51.100.1"), Method::kUdpDns, 0, 0}};
  for (const Probe& probe : probes) {
    const Sent sent = network_->send({&probe, 1});
    EXPECT_EQ(sent.count, 0U);
    EXPECT_EQ(sent.stop, Stop::kRefused) << probe.target.text();
    EXPECT_NE(sent.systemError, 0);
  }
  probes.insert(probes.begin(), 2, {address("127.0.0.7"), Method::kIcmpEcho, 0, 0});
  EXPECT_EQ(network_->send(probes).count, 2U);
  EXPECT_EQ(network_->counters().refused, 5U);
  EXPECT_EQ(receive(2).size(), 2U);
}

TEST_F(RawNetworkTest, AnInterfaceMayGoDownAndUp) {
  for (const char* interface : {"", "lo"}) {
    RawOptions options{.rate = 1e6};
    options.egress.interface = interface;
    open(options);
    const Probe probe{address("127.0.0.7"), Method::kIcmpEcho, 0, 0};
    ask(probe);
    ASSERT_TRUE(setLoopback(false));
    // The kernel may refuse, or drop the packet without a word: the loss is then the reference targets' to
    // tell.
    network_->send({&probe, 1});
    const Time before = utcNow();
    EXPECT_TRUE(receive(1, milliseconds(50)).empty());
    EXPECT_GE(utcNow() - before, milliseconds(50));
    ASSERT_TRUE(setLoopback(true));
    EXPECT_EQ(ask(probe).kind, ReplyKind::kAnswer) << interface;
  }
}

TEST_F(RawNetworkTest, SourceAddressAndInterfaceCanBeChosen) {
  RawOptions options{.rate = 1e6};
  options.egress = {.interface = "lo", .ipv4 = address("127.0.0.33"), .ipv6 = {}};
  open(options);
  for (const Method method : {Method::kIcmpEcho, Method::kTcpSyn, Method::kUdpDns})
    EXPECT_EQ(ask({address("127.0.0.7"), method, 80, 0}).kind, ReplyKind::kAnswer);

  options.egress.interface = "none";
  const auto none = RawNetwork::open(options);
  ASSERT_FALSE(none.has_value());
  EXPECT_NE(none.error().describe().find("none"), std::string::npos);
  EXPECT_EQ(RawNetwork::open({.rate = 0}).error().kind, ErrorKind::kUsage);
}

bool holdsCapabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> sets{};
  syscall(SYS_capget, &header, sets.data());
  return (sets[0].effective | sets[0].permitted | sets[1].effective | sets[1].permitted) != 0;
}

// The steps run in a process of their own, which ends with the number of the first that failed, or 0.
TEST_F(RawNetworkTest, RightsAreDroppedAndTheSocketsGoOn) {
  const auto steps = [this] {
    if (!holdsCapabilities()) return 1;
    if (!dropPrivileges()) return 2;
    if (holdsCapabilities()) return 3;
    const auto again = RawNetwork::open({});
    if (again || again.error().message.find("needs CAP_NET_RAW") == std::string::npos) return 4;
    for (const Method method : {Method::kIcmpEcho, Method::kTcpSyn, Method::kUdpDns}) {
      if (ask({address("127.0.0.7"), method, 80, 0}).kind != ReplyKind::kAnswer) return 5;
      if (ask({address("::1"), method, 80, 0}).kind != ReplyKind::kAnswer) return 6;
    }
    return testing::Test::HasFailure() ? 7 : 0;
  };
  EXPECT_EXIT(_exit(steps()), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace nightjar::link
