// Sends single packets through raw sockets (raw(7), IP header included): the kernel routes them, finds the
// next hop, and applies the machine's firewall, on any kind of interface.
//
// One system call a packet, so that the stamp in each probe is the moment of its sending. Measured against a
// veth pair that answers, in answers per CPU second: batches of 64 (sendmmsg) gain 5 %, a TX ring 20 %, a
// packet socket 25 %; the last two would need next hops, their link addresses and the firewall looked after
// here.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "probing/link/file.h"
#include "probing/packet/codec.h"

namespace nightjar::link {

// Where packets go out. What is empty follows the routes of the system, target by target.
struct Egress {
  std::string interface;        // must go on to exist; it may go down and up
  std::optional<Address> ipv4;  // source addresses
  std::optional<Address> ipv6;
};

class Sender {
 public:
  // Needs CAP_NET_RAW. A machine without IPv6 is no error: send() then says EAFNOSUPPORT.
  static Result<Sender> open(const Egress& egress);

  // Hands one probe to the system and returns 0, or errno: EAGAIN and ENOBUFS when the device's queue is
  // full, ENETDOWN and others when it is down, EPERM when a firewall's rule forbids, ENETUNREACH without a
  // route.
  int send(const packet::Codec& codec, const packet::Probe& probe, uint64_t stamp);

 private:
  // What one family needs.
  struct Way {
    File raw;
    File lookup;  // a UDP socket that is connected to ask for the source address; it never sends
    std::optional<Address> source;
  };

  static Result<Way> openWay(Family family, const std::string& interface);
  // The address from which the system would send to `target`; sets errno when it has none.
  static std::optional<Address> sourceFor(const Way& way, const Address& target);

  Way ipv4_;
  Way ipv6_;
};

}  // namespace nightjar::link
