#include "probing/link/receive_ring.h"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <array>
#include <utility>

#include "probing/link/system_error.h"

namespace nightjar::link {

namespace {

// 16 MiB: about 95,000 echo replies. A block counts as full when its time is over, so this is also the
// longest that the reader may be away at a lower rate: a second.
constexpr uint32_t kBlockSize = 64U << 10;
constexpr uint32_t kBlocks = 256;
constexpr size_t kRingSize = size_t{kBlockSize} * kBlocks;
constexpr uint32_t kRetireMilliseconds = 4;  // a block that is not full is handed over after so long
constexpr uint32_t kSnapLength = 2048;       // bytes kept of a packet; checksums need all of it

constexpr sock_filter load(uint16_t code, uint32_t k) {
  return {static_cast<uint16_t>(BPF_LD | code), 0, 0, k};
}
constexpr sock_filter jumpIfEqual(uint32_t k, uint8_t yes, uint8_t no) {
  return {BPF_JMP | BPF_JEQ | BPF_K, yes, no, k};
}

// Takes a packet when its ICMP type, TCP flags or UDP source port may belong to a reply.
constexpr std::array<sock_filter, 19> filterFor(Family family) {
  const bool ipv4 = family == Family::kIpv4;
  const std::array<uint8_t, 5> types = ipv4 ? std::array<uint8_t, 5>{0, 3, 11, 12, 12}  // as codec_read.cc
                                            : std::array<uint8_t, 5>{129, 1, 2, 3, 4};
  constexpr uint16_t kLoadHeaderSize = BPF_LDX | BPF_B | BPF_MSH;
  constexpr uint16_t kLoadNumber = BPF_LDX | BPF_IMM;
  return {
      ipv4 ? sock_filter{kLoadHeaderSize, 0, 0, 0} : sock_filter{kLoadNumber, 0, 0, 40},
      load(BPF_B | BPF_ABS, ipv4 ? 9 : 6),
      jumpIfEqual(ipv4 ? 1 : 58, 0, 6),  // ICMP; else to TCP
      load(BPF_B | BPF_IND, 0),
      jumpIfEqual(types[0], 12, 0),
      jumpIfEqual(types[1], 11, 0),
      jumpIfEqual(types[2], 10, 0),
      jumpIfEqual(types[3], 9, 0),
      jumpIfEqual(types[4], 8, 9),
      jumpIfEqual(6, 0, 4),  // TCP; else to UDP
      load(BPF_B | BPF_IND, 13),
      {BPF_ALU | BPF_AND | BPF_K, 0, 0, 0x16},  // SYN, RST, ACK
      jumpIfEqual(0x12, 4, 0),
      jumpIfEqual(0x14, 3, 4),
      jumpIfEqual(17, 0, 3),  // UDP
      load(BPF_H | BPF_IND, 0),
      jumpIfEqual(53, 0, 1),
      {BPF_RET | BPF_K, 0, 0, kSnapLength},
      {BPF_RET | BPF_K, 0, 0, 0},  // drop
  };
}

bool setOption(int socket, int level, int name, const auto& value) {
  return setsockopt(socket, level, name, &value, sizeof value) == 0;
}

tpacket_hdr_v1& headerOf(uint8_t* ring, uint32_t block) {
  return reinterpret_cast<tpacket_block_desc*>(ring + size_t{block} * kBlockSize)->hdr.bh1;
}

}  // namespace

Result<ReceiveRing> ReceiveRing::open(Family family, const std::string& interface) {
  // Without a protocol nothing arrives until bind(), when filter and ring are in place.
  File socket(::socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return failSocket("cannot open a packet socket");
  const int fd = socket.get();
  auto filter = filterFor(family);
  const sock_fprog program{static_cast<uint16_t>(filter.size()), filter.data()};
  const int version = TPACKET_V3;
  tpacket_req3 request{};
  request.tp_block_size = kBlockSize;
  request.tp_block_nr = kBlocks;
  request.tp_frame_size = 2048;  // only a unit to count in: packets lie one behind the other
  request.tp_frame_nr = kBlocks * (kBlockSize / 2048);
  request.tp_retire_blk_tov = kRetireMilliseconds;
  if (!setOption(fd, SOL_SOCKET, SO_ATTACH_FILTER, program) ||
      !setOption(fd, SOL_PACKET, PACKET_VERSION, version) ||
      !setOption(fd, SOL_PACKET, PACKET_RX_RING, request))
    return failSystem("cannot set up the receiving ring");
  void* ring = mmap(nullptr, kRingSize, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (ring == MAP_FAILED) return failSystem("cannot map the receiving ring");
  ReceiveRing result(std::move(socket), static_cast<uint8_t*>(ring));
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(family == Family::kIpv4 ? ETH_P_IP : ETH_P_IPV6);
  if (!interface.empty()) {
    address.sll_ifindex = static_cast<int>(if_nametoindex(interface.c_str()));
    if (address.sll_ifindex == 0) return fail(ErrorKind::kUsage, "no interface is called " + interface);
  }
  if (bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return failSystem("cannot listen on the network");
  return result;
}

ReceiveRing::ReceiveRing(ReceiveRing&& other) noexcept
    : socket_(std::move(other.socket_)),
      ring_(std::exchange(other.ring_, nullptr)),
      block_(other.block_),
      left_(other.left_),
      next_(other.next_),
      held_(other.held_) {}

ReceiveRing::~ReceiveRing() {
  if (ring_ != nullptr) munmap(ring_, kRingSize);
}

bool ReceiveRing::next(Captured& captured) {
  while (left_ == 0) {
    tpacket_hdr_v1& header = headerOf(ring_, block_);
    if (held_) {
      __atomic_store_n(&header.block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
      held_ = false;
      block_ = (block_ + 1) % kBlocks;
      continue;
    }
    if ((__atomic_load_n(&header.block_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER) == 0) return false;
    held_ = true;
    left_ = header.num_pkts;
    next_ = ring_ + size_t{block_} * kBlockSize + header.offset_to_first_pkt;
  }
  const auto* header = reinterpret_cast<const tpacket3_hdr*>(next_);
  captured.packet = {next_ + header->tp_net, header->tp_snaplen};
  captured.time =
      Time(std::chrono::microseconds(int64_t{header->tp_sec} * 1'000'000 + header->tp_nsec / 1000));
  captured.checksumPending = (header->tp_status & TP_STATUS_CSUMNOTREADY) != 0;
  next_ += header->tp_next_offset;
  --left_;
  return true;
}

void ReceiveRing::clearError() const {
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size);
}

uint64_t ReceiveRing::takeLost() {
  tpacket_stats_v3 statistics{};
  socklen_t size = sizeof statistics;
  if (getsockopt(socket_.get(), SOL_PACKET, PACKET_STATISTICS, &statistics, &size) != 0) return 0;
  return statistics.tp_drops;
}

}  // namespace nightjar::link
