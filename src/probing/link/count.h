// A number that one thread adds to and any thread reads.
#pragma once

#include <atomic>
#include <cstdint>

namespace nightjar::link {

class Count {
 public:
  void add(uint64_t more = 1) {
    value_.store(value_.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
  }
  uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_ = 0;
};

}  // namespace nightjar::link
