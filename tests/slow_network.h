// A network that answers pings as slowly, as seldom and as often as it is told: a process behind a TUN
// device. (netem would do, but not every kernel has it.)
#pragma once

#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <map>
#include <new>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace nightjar::test {

class SlowNetwork {
 public:
  // Makes the device `name` in a network namespace; hosts with a last octet of 1 to `hosts` answer what is
  // routed to it.
  SlowNetwork(const std::string& space, const std::string& name, int hosts) {
    void* shared = mmap(nullptr, sizeof(Line), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    line_ = shared == MAP_FAILED ? nullptr : new (shared) Line;
    const int tun = openIn(space, name);
    if (line_ == nullptr || tun < 0) return;
    child_ = fork();
    if (child_ == 0) answer(tun, hosts);
    close(tun);
  }
  ~SlowNetwork() {
    if (child_ > 0) {
      kill(child_, SIGKILL);
      waitpid(child_, nullptr, 0);
    }
    if (line_ != nullptr) munmap(line_, sizeof(Line));
  }
  SlowNetwork(const SlowNetwork&) = delete;
  SlowNetwork& operator=(const SlowNetwork&) = delete;

  bool runs() const { return child_ > 0; }
  void shape(int delayMs, int lossPercent, int duplicatePercent) {
    line_->delayMs = delayMs;
    line_->lossPercent = lossPercent;
    line_->duplicatePercent = duplicatePercent;
  }

 private:
  struct Line {
    std::atomic<int> delayMs = 0;
    std::atomic<int> lossPercent = 0;
    std::atomic<int> duplicatePercent = 0;
  };
  using Clock = std::chrono::steady_clock;

  static int openIn(const std::string& space, const std::string& name) {
    const int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    const int there = open(("/var/run/netns/" + space).c_str(), O_RDONLY | O_CLOEXEC);
    int tun = -1;
    if (home >= 0 && there >= 0 && setns(there, CLONE_NEWNET) == 0) {
      tun = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
      ifreq request{};
      request.ifr_flags = IFF_TUN | IFF_NO_PI;
      std::strncpy(request.ifr_name, name.c_str(), IFNAMSIZ - 1);
      if (tun >= 0 && ioctl(tun, TUNSETIFF, &request) != 0) {
        close(tun);
        tun = -1;
      }
      if (setns(home, CLONE_NEWNET) != 0) std::abort();
    }
    close(there);
    close(home);
    return tun;
  }

  // The answer in place; false for what is no ping of a host that answers.
  static bool turn(std::vector<uint8_t>& packet, int hosts) {
    constexpr size_t kHeaders = 28;
    if (packet.size() < kHeaders || packet[0] != 0x45 || packet[9] != 1 || packet[20] != 8) return false;
    if (packet[19] < 1 || packet[19] > hosts) return false;
    std::swap_ranges(packet.begin() + 12, packet.begin() + 16, packet.begin() + 16);
    packet[20] = 0;
    const uint32_t sum = (uint32_t{packet[22]} << 8 | packet[23]) + 0x0800;  // RFC 1624: the type was 8
    const uint32_t folded = (sum & 0xffff) + (sum >> 16);
    packet[22] = static_cast<uint8_t>(folded >> 8);
    packet[23] = static_cast<uint8_t>(folded);
    return true;
  }

  // Of every 20 packets so many are lost, in a random order: a minute of few probes has no luck.
  class Losses {
   public:
    bool next(int percent, std::mt19937& random) {
      if (percent != percent_ || at_ == drawn_.size()) {
        percent_ = percent;
        at_ = 0;
        for (size_t i = 0; i < drawn_.size(); ++i)
          drawn_[i] = static_cast<int>(i) * 100 < percent * static_cast<int>(drawn_.size());
        std::shuffle(drawn_.begin(), drawn_.end(), random);
      }
      return drawn_[at_++];
    }

   private:
    std::array<bool, 20> drawn_{};
    size_t at_ = drawn_.size();
    int percent_ = 0;
  };

  [[noreturn]] void answer(int tun, int hosts) const {
    std::multimap<Clock::time_point, std::vector<uint8_t>> waiting;
    std::mt19937 random(1);
    Losses losses;
    const auto chance = [&random](int percent) { return static_cast<int>(random() % 100) < percent; };
    for (;;) {
      pollfd ready{tun, POLLIN, 0};
      poll(&ready, 1, waiting.empty() ? 100 : 1);
      for (; !waiting.empty() && waiting.begin()->first <= Clock::now(); waiting.erase(waiting.begin())) {
        if (write(tun, waiting.begin()->second.data(), waiting.begin()->second.size()) < 0) continue;
      }
      if ((ready.revents & POLLIN) == 0) continue;
      std::vector<uint8_t> packet(2048);
      const ssize_t size = read(tun, packet.data(), packet.size());
      packet.resize(size > 0 ? static_cast<size_t>(size) : 0);
      if (!turn(packet, hosts) || losses.next(line_->lossPercent, random)) continue;
      const auto when = Clock::now() + std::chrono::milliseconds(line_->delayMs);
      waiting.emplace(when, packet);
      if (chance(line_->duplicatePercent)) waiting.emplace(when, packet);
    }
  }

  Line* line_ = nullptr;
  pid_t child_ = -1;
};

}  // namespace nightjar::test
