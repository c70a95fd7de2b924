// A growing array whose elements never move.
#pragma once

#include <sys/mman.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <type_traits>
#include <vector>

namespace nightjar::view {

// Memory of a routing table: aligned to huge pages, so that millions of small random accesses miss the TLB
// less and fewer pages have to be faulted in. For arrays of 2 MiB and more; smaller ones are rounded up.
// Taken from the system: aligned blocks from the C library's heap have holes of nearly their own size between
// them, which cost memory where the kernel gives huge pages unasked.
inline constexpr size_t kHugePage = size_t{2} << 20;

inline size_t wholeHugePages(size_t bytes) {
  return (bytes + kHugePage - 1) / kHugePage * kHugePage;
}

inline void* allocateHuge(size_t bytes) {
  const size_t size = wholeHugePages(bytes);
  // With one page more, a part of it is aligned; what lies around that goes back.
  void* const mapped =
      mmap(nullptr, size + kHugePage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) throw std::bad_alloc();
  auto* const begin = static_cast<std::byte*>(mapped);
  const size_t before = -reinterpret_cast<uintptr_t>(begin) % kHugePage;
  if (before > 0) munmap(begin, before);
  munmap(begin + before + size, kHugePage - before);
  madvise(begin + before, size, MADV_HUGEPAGE);  // a wish: refusal changes nothing
  return begin + before;
}

inline void freeHuge(void* memory, size_t bytes) {
  munmap(memory, wholeHugePages(bytes));
}

// For vectors of that kind.
template <typename T>
struct HugeAllocator {
  using value_type = T;
  HugeAllocator() = default;
  template <typename U>
  explicit HugeAllocator(const HugeAllocator<U>&) {}
  T* allocate(size_t count) { return static_cast<T*>(allocateHuge(count * sizeof(T))); }
  void deallocate(T* memory, size_t count) { freeHuge(memory, count * sizeof(T)); }
  bool operator==(const HugeAllocator&) const { return true; }
};

// Elements live in blocks of whole huge pages: growing copies nothing and leaves nothing behind, and of a
// block that is not full yet only the pages in use cost memory. Holds only types that need no destructor.
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
    void operator()(T* block) const { freeHuge(block, kPerBlock * sizeof(T)); }
  };
  using Block = std::unique_ptr<T[], Free>;

  // The least power of two, so that an index splits by shift and mask, of elements that fill whole huge
  // pages.
  static constexpr uint32_t kPerBlock = kHugePage >> std::countr_zero(sizeof(T));

  static Block newBlock() { return Block(static_cast<T*>(allocateHuge(kPerBlock * sizeof(T)))); }

  std::vector<Block> blocks_;
  uint32_t size_ = 0;
};

}  // namespace nightjar::view
