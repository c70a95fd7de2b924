#include "probing/link/sender.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstring>

#include "probing/link/system_error.h"

namespace nightjar::link {

namespace {

// An address as the system's calls take it.
class SocketAddress {
 public:
  explicit SocketAddress(const Address& address) {
    if (address.family == Family::kIpv4) {
      storage_.v4.sin_family = AF_INET;
      std::memcpy(&storage_.v4.sin_addr, address.bytes.data(), 4);
      size_ = sizeof storage_.v4;
    } else {
      storage_.v6.sin6_family = AF_INET6;
      std::memcpy(&storage_.v6.sin6_addr, address.bytes.data(), 16);
      size_ = sizeof storage_.v6;
    }
  }
  const sockaddr* get() const { return &storage_.any; }
  socklen_t size() const { return size_; }

 private:
  union {
    sockaddr any;
    sockaddr_in v4;
    sockaddr_in6 v6{};
  } storage_;
  socklen_t size_ = 0;
};

bool turnOn(int socket, int level, int name) {
  const int one = 1;
  return setsockopt(socket, level, name, &one, sizeof one) == 0;
}

}  // namespace

Result<Sender> Sender::open(const Egress& egress) {
  Sender sender;
  auto ipv4 = openWay(Family::kIpv4, egress.interface);
  if (!ipv4) return std::unexpected(ipv4.error());
  auto ipv6 = openWay(Family::kIpv6, egress.interface);
  if (!ipv6) return std::unexpected(ipv6.error());
  sender.ipv4_ = std::move(*ipv4);
  sender.ipv6_ = std::move(*ipv6);
  sender.ipv4_.source = egress.ipv4;
  sender.ipv6_.source = egress.ipv6;
  return sender;
}

Result<Sender::Way> Sender::openWay(Family family, const std::string& interface) {
  const bool ipv4 = family == Family::kIpv4;
  const int domain = ipv4 ? AF_INET : AF_INET6;
  Way way;
  // Protocol RAW: the header is ours, and the socket never receives anything.
  way.raw = File(socket(domain, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_RAW));
  if (!way.raw) {
    if (errno == EAFNOSUPPORT && !ipv4) return way;
    return failSocket("cannot open a raw socket");
  }
  way.lookup = File(socket(domain, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!way.lookup) return failSystem("cannot open a socket");
  // Without this a packet that the device's queue drops would count as sent (ip(7): IP_RECVERR).
  const bool told = ipv4 ? turnOn(way.raw.get(), IPPROTO_IP, IP_RECVERR)
                         : turnOn(way.raw.get(), IPPROTO_IPV6, IPV6_RECVERR);
  if (!told) return failSystem("cannot set up a raw socket");
  for (const File* file : {&way.raw, &way.lookup}) {
    if (!interface.empty() && setsockopt(file->get(), SOL_SOCKET, SO_BINDTODEVICE, interface.data(),
                                         static_cast<socklen_t>(interface.size())) != 0)
      return failIn(interface, failSystem("cannot send through this interface").error());
  }
  return way;
}

std::optional<Address> Sender::sourceFor(const Way& way, const Address& target) {
  const int fd = way.lookup.get();
  sockaddr none{};
  none.sa_family = AF_UNSPEC;  // or the source of the last target would stick
  const SocketAddress to(target);
  sockaddr_in6 name{};
  socklen_t size = sizeof name;
  if (connect(fd, &none, sizeof none) != 0 || connect(fd, to.get(), to.size()) != 0 ||
      getsockname(fd, reinterpret_cast<sockaddr*>(&name), &size) != 0)
    return std::nullopt;
  if (target.family == Family::kIpv6) return Address::of(Family::kIpv6, name.sin6_addr.s6_addr);
  std::array<uint8_t, 4> bytes{};
  std::memcpy(bytes.data(), reinterpret_cast<const uint8_t*>(&name) + offsetof(sockaddr_in, sin_addr), 4);
  return Address::of(Family::kIpv4, bytes);
}

int Sender::send(const packet::Codec& codec, const packet::Probe& probe, uint64_t stamp) {
  const Family family = probe.target.family;
  const Way& way = family == Family::kIpv4 ? ipv4_ : ipv6_;
  if (!way.raw) return EAFNOSUPPORT;
  Address source = Address::of(family, {});
  if (way.source) {
    source = *way.source;
  } else if (family == Family::kIpv6 || probe.method != packet::Method::kIcmpEcho) {
    // Their checksums cover the source; for the others the kernel fills it in.
    const auto routed = sourceFor(way, probe.target);
    if (!routed) return errno;
    source = *routed;
  }
  std::array<uint8_t, packet::kMaxProbeSize> bytes;
  const size_t size = codec.write(probe, source, stamp, bytes);
  const SocketAddress to(probe.target);
  while (sendto(way.raw.get(), bytes.data(), size, MSG_DONTWAIT, to.get(), to.size()) < 0) {
    if (errno != EINTR) return errno;
  }
  return 0;
}

}  // namespace nightjar::link
