// A growing array whose elements never move.
#pragma once

#include <sys/mman.h>

#include <bit>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <type_traits>
#include <vector>

namespace nightjar::view {

// Elements live in blocks of 2 MiB aligned to huge pages: growing copies nothing, and the millions of small
// random accesses of a routing table miss the TLB less. Holds only types that need no destructor; new ones
// are value-initialised.
template <typename T>
class Arena {
  static_assert(std::is_trivially_destructible_v<T> && std::is_trivially_copyable_v<T>);

 public:
  uint32_t size() const { return size_; }
  T& operator[](uint32_t index) { return blocks_[index / kPerBlock][index % kPerBlock]; }
  const T& operator[](uint32_t index) const { return blocks_[index / kPerBlock][index % kPerBlock]; }

  uint32_t add(const T& value) {
    if (size_ % kPerBlock == 0 && size_ / kPerBlock == blocks_.size()) blocks_.push_back(newBlock());
    (*this)[size_] = value;
    return size_++;
  }

 private:
  struct Free {
    void operator()(T* block) const { std::free(block); }
  };
  using Block = std::unique_ptr<T[], Free>;

  static constexpr size_t kBlockBytes = 2U << 20;
  // A power of two, so that an index splits by shift and mask.
  static constexpr uint32_t kPerBlock = std::bit_floor(static_cast<uint32_t>(kBlockBytes / sizeof(T)));

  static Block newBlock() {
    void* memory = std::aligned_alloc(kBlockBytes, kBlockBytes);
    if (memory == nullptr) throw std::bad_alloc();
    madvise(memory, kBlockBytes, MADV_HUGEPAGE);  // a wish: refusal changes nothing
    return Block(static_cast<T*>(memory));
  }

  std::vector<Block> blocks_;
  uint32_t size_ = 0;
};

}  // namespace nightjar::view
