// Receives packets through a ring in memory shared with the kernel (packet(7); TPACKET_V3 in the kernel's
// Documentation/networking/packet_mmap.rst): one system call for hundreds of packets, each with the kernel's
// time stamp.
#pragma once

#include <cstdint>
#include <string>

#include "base/address.h"
#include "base/byte_reader.h"
#include "base/result.h"
#include "base/time.h"
#include "probing/link/file.h"

namespace nightjar::link {

struct Captured {
  Bytes packet;  // from the IP header on; valid until the next call of next()
  Time time;
  // Sent by this machine and not yet given the checksum that hardware would write.
  bool checksumPending = false;
};

// Every interface, loopback and tunnels too, unless one is named. Only what may answer a probe comes through
// (a filter in the kernel): ICMP echo replies and errors, SYN/ACK and RST, UDP from port 53.
class ReceiveRing {
 public:
  // Needs CAP_NET_RAW. `interface` is empty for all.
  static Result<ReceiveRing> open(Family family, const std::string& interface);
  ReceiveRing(ReceiveRing&& other) noexcept;
  ReceiveRing& operator=(ReceiveRing&&) = delete;
  ~ReceiveRing();

  // The next packet that has arrived; false when there is none now.
  bool next(Captured& captured);
  // For poll(2): readable when next() has something. An error state (the interface went down) is cleared by
  // clearError().
  int descriptor() const { return socket_.get(); }
  void clearError() const;
  // Packets that the kernel dropped because the ring was full, since the last call.
  uint64_t takeLost();

 private:
  ReceiveRing(File socket, uint8_t* ring) : socket_(std::move(socket)), ring_(ring) {}

  File socket_;
  uint8_t* ring_;
  uint32_t block_ = 0;             // the one being read
  uint32_t left_ = 0;              // packets of it not yet read
  const uint8_t* next_ = nullptr;  // the first of them
  bool held_ = false;              // the block is ours, to be given back
};

}  // namespace nightjar::link
