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

// Memory of a routing table: aligned to huge pages, so that millions of small random accesses miss the TLB
// less and fewer pages have to be faulted in. For arrays of 2 MiB and more; smaller ones are rounded up.
inline constexpr size_t kHugePage = size_t{2} << 20;

inline void* allocateHuge(size_t bytes) {
  const size_t rounded = (bytes + kHugePage - 1) / kHugePage * kHugePage;
  void* memory = std::aligned_alloc(kHugePage, rounded);
  if (memory == nullptr) throw std::bad_alloc();
  madvise(memory, rounded, MADV_HUGEPAGE);  // a wish: refusal changes nothing
  return memory;
}

// For vectors of that kind.
template <typename T>
struct HugeAllocator {
  using value_type = T;
  HugeAllocator() = default;
  template <typename U>
  explicit HugeAllocator(const HugeAllocator<U>&) {}
  T* allocate(size_t count) { return static_cast<T*>(allocateHuge(count * sizeof(T))); }
  void deallocate(T* memory, size_t) { std::free(memory); }
  bool operator==(const HugeAllocator&) const { return true; }
};

// Elements live in blocks of one huge page: growing copies nothing. Holds only types that need no destructor;
// new ones are value-initialised.
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

  // A power of two, so that an index splits by shift and mask.
  static constexpr uint32_t kPerBlock = std::bit_floor(static_cast<uint32_t>(kHugePage / sizeof(T)));

  static Block newBlock() { return Block(static_cast<T*>(allocateHuge(kHugePage))); }

  std::vector<Block> blocks_;
  uint32_t size_ = 0;
};

}  // namespace nightjar::view
