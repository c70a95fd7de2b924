// Work on all processors.
#pragma once

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace nightjar::bench {

// Calls work(0) to work(count - 1), each once, in any order and several at a time; returns when all are done.
template <typename Work>
void inParallel(size_t count, Work work) {
  std::atomic<size_t> next{0};
  std::vector<std::jthread> threads;
  for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i) {
    threads.emplace_back([&] {
      for (size_t which = next++; which < count; which = next++) work(which);
    });
  }
}

}  // namespace nightjar::bench
